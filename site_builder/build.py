"""Builds the report site from the marts: gather → compose → render → write → check links → manifest."""

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from site_builder import (
    indexes,
    links,
    manifest,
    plan,
    queries,
    queries_closing,
    render,
    restating,
    scopes,
    summary,
    urls,
    write,
)  # fmt: skip
from site_builder.configuration import DEFAULT, Configuration
from site_builder.data.page import put_data
from site_builder.explore.page import put_explorers
from site_builder.fingerprints import builder_digest, names_digest
from site_builder.making import Job, Made, make_all
from site_builder.manifest import Manifest, PublishedScope
from site_builder.pdf.forking import TypesettingError
from site_builder.quality.gather import Audit, gather_audit
from site_builder.quality.page import put_quality
from site_builder.renaming import follow_renames
from site_builder.scopes import Scope
from site_builder.summary import SiteSummary

_SCRIPT_OR_DATA = re.compile(rf"/{urls.ASSETS}/[^/]+\.js$|^[^/]+/data/")
_LOOKS = (".css", ".svg", ".png")


class SiteError(Exception):
    """The site could not be built; the message says what is missing or wrong and where."""


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
) -> SiteSummary:
    """Publish the reports of the local dates first..last, or all whose content changed, into the folder `site`.

    `changed` gives each tenant's earliest changed date (None: anything may have changed). Of the reports looked at,
    those whose content is as published are not touched. Weekly and monthly reports have a PDF, and from now on those of
    the editions `pdf`. `configuration`: which cards stand where; another than before means that anything may have
    changed. `freshness`: how many days old each source may be, for the quality page. Raises SiteError.
    """
    if first and last and first > last:
        raise SiteError(f"the first date {first} is after the last date {last}")
    with configuration.in_use():
        return _build(
            warehouse, site, first, last, changed, pdf, workers, link_secret, configuration, freshness or {}, progress
        )


def _build(
    warehouse: Path, site: Path, first: date | None, last: date | None, changed: Mapping[str, date] | None,
    pdf: Collection[str], workers: int, link_secret: str | None, configuration: Configuration,
    freshness: Mapping[str, int], progress: Callable[[int, int], None] | None,
) -> SiteSummary:  # fmt: skip
    seconds: dict[str, float] = {}
    published = manifest.load(site)
    with _timed(seconds, "gather"):
        found, planned, gathered, names, audit = _gather(
            warehouse, site, published, first, last, changed, pdf, link_secret, configuration
        )
        publications = restating.publications_after(published, [each.file_version for each in audit.files])
    css = render.stylesheet()
    known = frozenset([*published.reports, *(report.folder for report in planned.reports)])
    tenant_names = {scope.tenant_id: scope.name for scope in found if scope.tenant_id is not None}
    code = builder_digest()
    job = Job(site, planned.reports, gathered, published, known, tenant_names, css, code, configuration, publications)
    with _timed(seconds, "compare"):
        job = replace(job, restatements=restating.restatements(warehouse, job))
    with _timed(seconds, "render"):
        try:
            made = list(make_all(job, workers, progress))
        except TypesettingError as error:
            raise SiteError(str(error)) from error
    with _timed(seconds, "index"):
        after = _after(site, published, found, made, names)
        _note_publication(published, after, publications, planned, is_whole=first is None)
        _put_explorers_and_data(warehouse, site, published, after, found, planned)
        after.configuration, after.freshness = str(configuration), freshness
        if found:
            put_quality(site, published, after, audit, freshness, css)
        if first is not None:  # reports that a range leaves out were not compared
            after.builder, after.names = published.builder, published.names
            after.configuration = published.configuration
    with _timed(seconds, "check"):
        _check(site, made, after)
    write.put(site, manifest.FILE_NAME, manifest.to_bytes(after))
    return summary.summarised(planned, made, job.restatements, found, after, seconds)


def _gather(
    warehouse: Path, site: Path, published: Manifest, first: date | None, last: date | None,
    changed: Mapping[str, date] | None, pdf: Collection[str], link_secret: str | None, configuration: Configuration,
) -> tuple[list[Scope], plan.Plan, queries.Gathered, str, Audit]:  # fmt: skip
    if not warehouse.is_file():
        raise SiteError(f"there is no warehouse at {warehouse}")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        try:
            found = scopes.read_scopes(con, link_secret)
            names = names_digest(con)
            follow_renames(site, published, found)
            is_same_code = published.builder == builder_digest() and published.configuration == str(configuration)
            audit = gather_audit(con)
            changed = changed if is_same_code and published.names == names else None
            closing = plan.Closing(queries_closing.closed_to(con), stands=is_same_code)
            final_through = restating.final_through(audit.files, configuration)
            planned = plan.make_plan(found, published, first, last, changed, pdf, closing, final_through)
            wanted = [(report.scope, report.period.covered, report.before) for report in planned.reports]
            return found, planned, queries.gather(con, found, wanted), names, audit
        except duckdb.CatalogException as error:
            raise SiteError(f"{warehouse} lacks marts that reports need: {error}") from error


def _note_publication(
    published: Manifest, after: Manifest, publications: list[list[str]], planned: plan.Plan, *, is_whole: bool
) -> None:
    """Reports that need not be looked at are as good as looked at, but for closed ones and what a range left out."""
    after.publications = publications
    if is_whole:
        for folder in published.reports.keys() - set(planned.kept):
            if not after.reports[folder].is_closed:
                after.reports[folder] = replace(after.reports[folder], publication=len(publications))


def _after(
    site: Path, published: Manifest, found: Sequence[Scope], made: Sequence[Made], names: str
) -> Manifest:
    """Write the indexes over all that is now published; the manifest to be."""
    after = Manifest(builder_digest(), names, "", dict(published.scopes), dict(published.reports), {})
    for scope in found:
        after.scopes[scope.folder] = PublishedScope(scope.folder, scope.tenant_id, scope.name, scope.zone)
    for one in made:
        after.reports[one.report.folder] = one.report
        before = published.files_of(one.report.folder) if one.report.folder in published.reports else []
        for file in before if one.files is None else one.files:
            after.files[file.path] = file
        after.files.update({file.path: file for file in one.earlier})
        if one.files is not None:
            write.remove(site, {file.path for file in before} - {file.path for file in one.files})
    looked_at = {one.report.folder for one in made}
    for folder in published.reports.keys() - looked_at:
        after.files.update({file.path: file for file in published.files_of(folder)})
    earlier = [file for path, file in published.files.items() if file.edition and _is_earlier(path, published)]
    after.files.update({file.path: file for file in earlier if write.is_there(site, file)})
    # Pages left alone still need the stylesheet and the logo that they were made with.
    looks = [file for path, file in published.files.items() if f"{urls.ASSETS}/" in path and path.endswith(_LOOKS)]
    after.files.update({file.path: file for file in looks if write.is_there(site, file)})
    for path, content in indexes.index_files(after).items():
        after.files[path] = write.put(site, path, content)
    return after


def _is_earlier(path: str, published: Manifest) -> bool:
    return urls.folder_of_report(path) not in published.reports


def _put_explorers_and_data(
    warehouse: Path, site: Path, published: Manifest, after: Manifest, found: Sequence[Scope], planned: plan.Plan
) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        after.files.update(put_explorers(con, site, published, found, planned.reports))
        after.files.update(put_data(con, site, published, found, planned.reports))
    gone = {path for path in published.files if _SCRIPT_OR_DATA.search(path)}
    write.remove(site, gone - after.files.keys())


def _check(site: Path, made: Sequence[Made], after: Manifest) -> None:
    pages = [file.path for one in made for file in one.files or () if file.path.endswith(".html")]
    pages += [file.path for file in after.files.values() if file.edition is None and file.path.endswith(".html")]
    faults = links.broken_links(site, pages)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise SiteError(f"a link of the site is broken: {faults[0]}{more}")


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - start, 3)
