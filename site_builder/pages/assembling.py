"""From what was made to what is to be published: records, indexes, and the manifest that lists them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from site_builder.data.page import put_data
from site_builder.explore.page import put_explorers
from site_builder.failures import Failed, SiteError, costing_only
from site_builder.files import links, revisions, urls
from site_builder.files.manifest import FileRecord, Manifest, PublishedEntity, PublishedScope
from site_builder.files.write import Draft
from site_builder.gather.audit import Audit
from site_builder.gather.meanings import TableMeaning
from site_builder.glossary.page import explained
from site_builder.jobs.put import put_jobs
from site_builder.pages import indexes
from site_builder.planning import plan
from site_builder.planning.scopes import Scope
from site_builder.quality.page import put_quality
from site_builder.reports.make import Made

_SCRIPT_OR_DATA = re.compile(rf"/{urls.ASSETS}/[^/]+\.js$|^[^/]+/data/")
_LOOKS = (".css", ".svg", ".png")


@dataclass(frozen=True)
class Basis:
    """What a build stands on.

    `published` as its manifest lists it, `sound` without what was damaged since, the paths `lost`; `found` the scopes,
    `planned` the reports to look at; `builder`, `names`, `publications`, `configuration` what the manifest is to say;
    `first`: of the range that the build is limited to, if it is; `meanings`: of all marts; `linked`: the pages of
    things that published pages lead to; `tenants_see_cost`: what use cost at providers.
    """

    draft: Draft
    published: Manifest
    sound: Manifest
    lost: frozenset[str]
    found: Sequence[Scope]
    planned: plan.Plan
    audit: Audit
    builder: str
    names: str
    publications: list[list[str]]
    configuration: str
    freshness: Mapping[str, int]
    css: bytes
    first: date | None
    meanings: Sequence[TableMeaning]
    linked: Sequence[PublishedEntity]
    tenants_see_cost: bool


def put_parts(con: duckdb.DuckDBPyConnection, basis: Basis, failed: list[Failed]) -> dict[str, FileRecord]:
    """Explorers, pages of jobs and data of all scopes; the records of their files, by path."""
    given = (basis.draft, basis.published, basis.sound, basis.found, basis.planned.reports, failed)
    explorers = put_explorers(con, *given, tenants_see_cost=basis.tenants_see_cost)
    jobs = put_jobs(con, explained(basis.meanings), *given)
    return {**explorers, **jobs, **put_data(con, basis.meanings, *given)}


def assembled(
    basis: Basis,
    parts: Mapping[str, FileRecord],
    made: Sequence[Made],
    failed: Collection[Failed],
    entities: Mapping[str, PublishedEntity],
) -> tuple[Manifest, list[Failed]]:
    """The manifest to be, over the `made` reports, those `failed`, and explorers, data and own pages as `parts`.

    With what failed of the indexes. What nothing can make again of what is lost is named there, too.
    """
    published, more = basis.published, list[Failed]()
    after = Manifest(basis.builder, basis.names, "", dict(published.scopes), dict(published.reports), dict(parts))
    after.entities = dict(entities)
    for scope in basis.found:
        after.scopes[scope.folder] = PublishedScope(scope.folder, scope.tenant_id, scope.name, scope.zone)
    _add_reports(basis, after, made, more)
    _note_publication(basis, after, {failure.place for failure in failed})
    if basis.found:
        _add_quality(basis, after, more)
    _add_indexes(basis, after, more)
    known = {failure.place for failure in (*failed, *more)}
    for path in sorted(basis.lost):
        is_left = after.files.get(path) == published.files[path] and not (basis.draft.folder / path).is_file()
        if is_left and basis.first is None and urls.folder_of_report(path) not in known:
            known.add(urls.folder_of_report(path))
            more.append(Failed(urls.folder_of_report(path), f"{path} is damaged, and nothing here can make it again"))
    after.configuration, after.freshness = basis.configuration, basis.freshness
    if basis.first is not None or failed or more:  # not all that has to be looked at was made
        after.builder, after.names, after.configuration = published.builder, published.names, published.configuration
    if failed or more:
        after.names = ""  # as which no tables stand: the next build looks at every report
    return after, more


def faulty_links(basis: Basis, made: Sequence[Made], after: Manifest) -> list[Failed]:
    """The reports among those made that have a broken link. Raises SiteError where another page has one."""
    whose = {file.path: result.report.folder for result in made for file in result.files or ()}
    pages = [path for path in whose if path.endswith(".html")]
    pages += [file.path for file in after.files.values() if file.edition is None and file.path.endswith(".html")]
    there = [page for page in pages if basis.draft.find(page).is_file()]
    found = links.faults_of_links(there, basis.draft.find, after.files.__contains__)
    for page, faults in found.items():
        if page not in whose:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise SiteError(f"a link of the site is broken: {page}: {faults[0]}{more}")
    return [Failed(whose[page], f"a link of it is broken: {faults[0]}") for page, faults in found.items()]


def _add_reports(basis: Basis, after: Manifest, made: Sequence[Made], failed: list[Failed]) -> None:
    published, sound = basis.published, basis.sound
    for result in made:
        after.reports[result.report.folder] = result.report
        files = published.files_of(result.report.folder) if result.files is None else result.files
        after.files.update({file.path: file for file in (*files, *result.earlier)})
    for folder in published.reports.keys() - {result.report.folder for result in made}:
        after.files.update({file.path: file for file in published.files_of(folder)})
    earlier = [file for path, file in sound.files.items() if file.edition and _is_earlier(path, published)]
    after.files.update({file.path: file for file in earlier if file.path not in after.files})
    for folder, left in revisions.mend_earlier(basis.draft, published, sound, basis.lost):
        after.files.update({file.path: file for file in left})
        failed.append(Failed(folder, "an earlier revision; part of it is damaged, and nothing can make it again"))
    # Pages left alone still need the stylesheet and the logo that they were made with.
    looks = [file for path, file in sound.files.items() if f"{urls.ASSETS}/" in path and path.endswith(_LOOKS)]
    after.files.update({file.path: file for file in looks})


def _is_earlier(path: str, published: Manifest) -> bool:
    return urls.folder_of_report(path) not in published.reports


def _note_publication(basis: Basis, after: Manifest, failed: Collection[str]) -> None:
    """Reports that need not be looked at are as good as looked at, but for closed ones and what a range left out."""
    after.publications = basis.publications
    if basis.first is None:
        for folder in basis.published.reports.keys() - {*basis.planned.kept, *failed}:
            if not after.reports[folder].is_closed:
                after.reports[folder] = replace(after.reports[folder], publication=len(basis.publications))


def _add_quality(basis: Basis, after: Manifest, failed: list[Failed]) -> None:
    before = len(failed)
    with costing_only(urls.quality_page(), failed):
        put_quality(basis.draft, basis.sound, after, basis.audit, basis.freshness, basis.css, explained(basis.meanings))
    if len(failed) > before:
        basis.draft.forget(urls.quality_folder().removesuffix("/"))
        after.quality = basis.published.quality
        kept = {path: file for path, file in basis.published.files.items() if path.startswith(urls.quality_folder())}
        after.files.update(kept)


def _add_indexes(basis: Basis, after: Manifest, failed: list[Failed]) -> None:
    before = len(failed)
    # Whether an index was there before: it may still be linked to.
    paths = [urls.scope_index(folder) for folder in basis.published.scopes]
    published = {path: basis.published.files[path] for path in paths if path in basis.published.files}
    after.files.update(published)
    for path, content in indexes.index_files(after, basis.meanings, failed).items():
        after.files[path] = basis.draft.put(path, content)
    for place in [failure.place for failure in failed[before:]]:
        folder = place.split("/")[0]
        if place in published:
            own = (f"{folder}/glossary/", f"{folder}/latest/", place)
            after.files.update({path: file for path, file in basis.published.files.items() if path.startswith(own)})
        else:
            _leave_out(after, folder)


def _leave_out(after: Manifest, folder: str) -> None:
    """A scope without a page that leads to its reports is not there yet."""
    del after.scopes[folder]
    after.entities = {name: page for name, page in after.entities.items() if page.scope != folder}
    after.reports = {name: report for name, report in after.reports.items() if report.scope != folder}
    after.files = {path: file for path, file in after.files.items() if not path.startswith(f"{folder}/")}
