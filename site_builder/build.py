"""Builds the report site from the marts: gather → compose → render → write → check links → manifest."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from site_builder.configuration.schema import DEFAULT, Configuration
from site_builder.entities import make as entities
from site_builder.entities.linking import relink
from site_builder.failures import Failed, PlaceError, SiteError, reason_of
from site_builder.files import damage, manifest, urls, write
from site_builder.files.manifest import Manifest
from site_builder.files.renaming import follow_renames
from site_builder.files.undisturbed import undisturbed
from site_builder.files.write import Draft
from site_builder.gather import closing
from site_builder.gather.audit import gather_audit
from site_builder.gather.meanings import COST_COLUMNS, read_meanings
from site_builder.gather.reading import Gathered, gather
from site_builder.glossary.page import explained
from site_builder.pages import assembling, mentions
from site_builder.pages.assembling import Basis
from site_builder.planning import plan, scopes
from site_builder.render import templating
from site_builder.reports import restatements, summary
from site_builder.reports.fingerprints import builder_digest, names_digest
from site_builder.reports.make import Batch, Made, make_all
from site_builder.reports.summary import SiteSummary

__all__ = ["SiteError", "build_site"]


@dataclass(frozen=True)
class _Order:
    """What a build is asked for: as the arguments of build_site."""

    warehouse: Path
    site: Path
    first: date | None
    last: date | None
    changed: Mapping[str, date] | None
    pdf: Collection[str]
    workers: int
    link_secret: str | None
    configuration: Configuration
    freshness: Mapping[str, int]
    progress: Callable[[int, int], None] | None
    renamed: bool


def build_site(
    warehouse: Path,
    site: Path,
    *,
    first: date | None = None,
    last: date | None = None,
    changed: Mapping[str, date] | None = None,
    pdf: Collection[str] = (),
    workers: int = 2,
    link_secret: str | None = None,
    configuration: Configuration = DEFAULT,
    freshness: Mapping[str, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
    renamed: bool = False,
) -> SiteSummary:
    """Publish the reports of the local dates first..last, or all whose content changed, into the folder `site`.

    `changed` gives each tenant's earliest changed date (None: anything may have changed). Of the reports looked at,
    those whose content is as published are not touched. Weekly and monthly reports have a PDF, and from now on those of
    the editions `pdf`. `configuration`: which cards stand where; another than before means that anything may have
    changed. `freshness`: how many days old each source may be, for the quality page. `renamed`: people have other names
    now, on reports of closed months too. What cannot be made stays as it was published, and the summary names it.
    Raises SiteError, and leaves the site as it was, where nothing can be made.
    """
    if first and last and first > last:
        raise SiteError(f"the first date {first} is after the last date {last}")
    order = _Order(
        warehouse, site, first, last, changed, pdf, workers, link_secret, configuration, freshness or {}, progress,
        renamed,
    )  # fmt: skip
    with configuration.in_use(), _in_words(site):
        if not warehouse.is_file():
            raise SiteError(f"there is no warehouse at {warehouse}")
        _require_folder(site)
        with undisturbed():
            write.finish(site)
        write.sweep(site)
        published = manifest.load(site)
        _refuse_lost_history(site, published)
        with write.draft_of(site) as draft:
            return _build(order, draft, published)


def _build(order: _Order, draft: Draft, published: Manifest) -> SiteSummary:
    seconds: dict[str, float] = {}
    failed: list[Failed] = []
    # Nothing is read after this block, where workers are forked.
    with _reading(order.warehouse) as con:
        with _timed(seconds, "gather"):
            basis, gathered = _gather(con, order, draft, published)
        with _timed(seconds, "parts"):
            parts = assembling.put_parts(con, basis, failed)
            looked_at = {report.scope.folder for report in basis.planned.reports}
            of_entities = _entities_basis(order, basis)
            entities_read = entities.gather(con, of_entities, basis.found, looked_at)
        with _timed(seconds, "compare"):
            batch = _batch(order, basis, gathered, parts)
            batch = replace(batch, restatements=restatements.restatements(con, batch))
    with _timed(seconds, "entities"):
        own = entities.make(of_entities, entities_read, order.workers, failed)
    with _timed(seconds, "render"):
        there = {scope.folder: mentions.places(own.entities.values(), scope.folder) for scope in basis.found}
        after, made = _make(basis, replace(batch, there=there), parts, order, failed, own)
    with _timed(seconds, "place"):
        _commit(draft, after)
    left = {failure.place for failure in failed}
    mended = [path for path in basis.lost if path in after.files and urls.folder_of_report(path) not in left]
    done = summary.summarised(basis.planned, made, batch.restatements, basis.found, after, seconds)
    return replace(done, failed=tuple(failed), mended=len(mended))


def _batch(order: _Order, basis: Basis, gathered: Gathered, parts: Mapping[str, manifest.FileRecord]) -> Batch:
    published, draft = basis.published, basis.draft
    own = {page for scope in basis.found for page in (urls.explore_page(scope.folder), urls.jobs_page(scope.folder))}
    return Batch(
        draft,
        basis.planned.reports,
        gathered,
        basis.sound,
        frozenset([*published.reports, *(report.folder for report in basis.planned.reports), *(own & parts.keys())]),
        {scope.tenant_id: scope.name for scope in basis.found if scope.tenant_id is not None},
        basis.css,
        basis.builder,
        explained(basis.meanings),
        order.configuration,
        basis.publications,
        renamed=order.renamed,
        tenant_folders={scope.tenant_id: scope.folder for scope in basis.found if scope.tenant_id is not None},
    )


def _entities_basis(order: _Order, basis: Basis) -> entities.Basis:
    return entities.Basis(
        basis.draft, basis.published, basis.sound, order.configuration, basis.css, basis.builder,
        explained(basis.meanings),
    )  # fmt: skip


def _make(
    basis: Basis,
    batch: Batch,
    parts: Mapping[str, manifest.FileRecord],
    order: _Order,
    failed: list[Failed],
    own: entities.Result,
) -> tuple[Manifest, list[Made]]:
    """The manifest to be, and the reports made; what could not be made is added to `failed`.

    A report that never was and cannot be made must not be led to: pages that might are made again without.
    """
    made: dict[str, Made] = {}
    todo = batch.reports
    while True:
        done, bad = make_all(replace(batch, reports=todo), order.workers, order.progress)
        made |= {result.report.folder: result for result in done}
        gone = _note(bad, made, basis, failed)
        if not gone:
            all_made = [made[report.folder] for report in batch.reports if report.folder in made]
            after, more = assembling.assembled(basis, {**parts, **own.files}, all_made, failed, own.entities)
            fresh = {file.path for result in all_made for file in result.files or ()}
            relink(basis.draft, basis.linked, after, batch.there, fresh | own.fresh)
            all_made = [result for result in all_made if result.report.folder in after.reports]
            bad = assembling.faulty_links(basis, all_made, after)
            if not bad:
                failed += more
                return after, all_made
            gone = _note(bad, made, basis, failed)
        batch = replace(batch, known=batch.known - gone)
        # Pages of all tenants lead to those of each.
        scopes_of_gone = {urls.ALL_FOLDER, *(folder.split("/")[0] for folder in gone)}
        todo = tuple(
            report for report in batch.reports if report.scope.folder in scopes_of_gone and report.folder in made
        )


def _note(bad: Collection[Failed], made: dict[str, Made], basis: Basis, failed: list[Failed]) -> set[str]:
    """Take reports that could not be made for failed; those of them that never were."""
    for failure in bad:
        made.pop(failure.place, None)
        basis.draft.forget(failure.place)
        failed.append(failure)
    return {failure.place for failure in bad if failure.place not in basis.published.reports}


def _gather(con: duckdb.DuckDBPyConnection, order: _Order, draft: Draft, published: Manifest) -> tuple[Basis, Gathered]:
    found = scopes.read_scopes(con, order.link_secret)
    hidden = () if order.configuration.tenants_see_cost else COST_COLUMNS
    meanings, audit = read_meanings(con, hidden), gather_audit(con)
    names = names_digest(con, meanings)
    # Before anything is renamed: what is published lies where the manifest says, and leads there.
    linked = tuple(published.entities.values())
    damaged = damage.damaged(order.site, published)
    renamed = follow_renames(draft, published, found)
    lost = {renamed.get(path, path) for path in damaged}
    configuration = str(order.configuration)
    is_same_code = published.builder == builder_digest() and published.configuration == configuration
    wanted = plan.Wanted(
        order.first,
        order.last,
        # Pages of all tenants lead to folders by their names.
        order.changed if is_same_code and published.names == names and not renamed else None,
        order.pdf,
        plan.Closing(closing.closed_to(con), stands=is_same_code and not (order.renamed or renamed)),
        restatements.final_through(audit.files, order.configuration),
        frozenset(urls.folder_of_report(path) for path in lost),
        order.configuration.schedule,
    )
    planned = plan.make_plan(found, published, wanted)
    spans = [(report.scope, report.period.covered, report.before) for report in planned.reports]
    publications = restatements.publications_after(published, [file.file_version for file in audit.files])
    basis = Basis(
        draft, published, damage.without(published, lost), frozenset(lost), found, planned, audit, builder_digest(),
        names, publications, configuration, order.freshness, templating.stylesheet(), order.first,
        meanings, linked, order.configuration.tenants_see_cost,
    )  # fmt: skip
    return basis, gather(con, found, spans)


def _require_folder(site: Path) -> None:
    for place in (site, *site.parents):
        if place.is_dir():
            return
        if place.exists() or place.is_symlink():
            raise SiteError(f"the site cannot be written to {site}: {place} is not a folder")


def _refuse_lost_history(site: Path, published: Manifest) -> None:
    if published.files or published.reports:
        return
    for path in site.glob("*/*/*_r[1-9]*/report.json"):
        raise SiteError(
            f"{site / manifest.FILE_NAME} is missing, which knows what earlier revisions such as {path.parent} said; "
            f"{manifest.REMEDY}"
        )


def _commit(draft: Draft, after: Manifest) -> None:
    try:
        with undisturbed():
            draft.commit(after)
    except (OSError, PlaceError) as error:
        raise SiteError(
            f"the site in {draft.site} is not whole: {reason_of(error)}; the next run puts the rest in its place"
        ) from error


@contextmanager
def _in_words(site: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, MemoryError, PlaceError) as error:
        raise SiteError(f"the site in {site} could not be built and stays as it was: {reason_of(error)}") from error


@contextmanager
def _reading(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect(str(warehouse), read_only=True) as con:
            yield con
    except duckdb.CatalogException as error:
        raise SiteError(f"{warehouse} lacks marts that reports need: {error}") from error


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - start, 3)
