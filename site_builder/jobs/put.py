"""Writing the pages of jobs: those of scopes of which something is looked at, and those that are not whole."""

from collections.abc import Iterable, Sequence

import duckdb

from site_builder.failures import Failed, costing_only
from site_builder.files import urls
from site_builder.files.manifest import FileRecord, Manifest
from site_builder.files.write import Draft
from site_builder.jobs.compose import compose
from site_builder.jobs.reading import Jobs, read_jobs
from site_builder.planning.plan import Report
from site_builder.planning.scopes import Scope
from site_builder.render import templating
from site_builder.reports import outputs


def put_jobs(
    con: duckdb.DuckDBPyConnection,
    explained: Sequence[str],
    draft: Draft,
    published: Manifest,
    sound: Manifest,
    scopes: Sequence[Scope],
    reports: Iterable[Report],
    failed: list[Failed],
) -> dict[str, FileRecord]:
    """Write what may have changed of every scope's page of jobs; the records of all their files, by path.

    A scope without any run has none, unless it had one that reports may lead to. `sound`: what is published without
    what was damaged. What cannot be made goes to `failed`, and stays as published.
    """
    looked_at = {report.scope.folder for report in reports}
    renewed = [scope for scope in scopes if scope.folder in looked_at or not _is_whole(published, sound, scope)]
    records = {path: file for scope in scopes for path, file in _of_scope(published, scope).items()}
    for found in read_jobs(con, renewed):
        folder = found.scope.folder
        page = urls.jobs_page(folder)
        if not found.runs and page not in published.files:
            continue
        before = len(failed)
        with costing_only(page, failed):
            made = {path: draft.put(path, content) for path, content in _contents(found, explained).items()}
            records |= made
        if len(failed) > before:
            draft.forget(urls.jobs_folder(folder).removesuffix("/"))
    return records


def _contents(found: Jobs, explained: Sequence[str]) -> dict[str, bytes]:
    page = compose(found, templating.stylesheet(), explained)
    contents = {urls.jobs_data(found.scope.folder, card.name): outputs.csv_bytes(card.table) for card in page.cards}
    return contents | {page.path: templating.html("jobs.html", page)}


def _of_scope(manifest: Manifest, scope: Scope) -> dict[str, FileRecord]:
    below = urls.jobs_folder(scope.folder)
    return {path: file for path, file in manifest.files.items() if path.startswith(below)}


def _is_whole(published: Manifest, sound: Manifest, scope: Scope) -> bool:
    return _of_scope(sound, scope).keys() == _of_scope(published, scope).keys()
