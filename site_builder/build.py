"""Builds the report site from the marts: gather → compose → render → write → check links → manifest."""

import hashlib
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import duckdb

from site_builder import (
    glossary,
    indexes,
    links,
    manifest,
    plan,
    queries,
    queries_closing,
    render,
    scopes,
    urls,
    write,
)  # fmt: skip
from site_builder.configuration import DEFAULT, Configuration
from site_builder.data.page import put_data
from site_builder.explore.page import put_explorers
from site_builder.making import Job, Made, make_all
from site_builder.manifest import FileRecord, Manifest, PublishedReport, PublishedScope
from site_builder.pdf.forking import TypesettingError
from site_builder.periods import DAILY
from site_builder.quality.gather import Audit, gather_audit
from site_builder.quality.page import put_quality
from site_builder.scopes import Scope

_DRAWN_BY = ("babel", "matplotlib", "jinja2", "typst", "vl-convert-python")
_SCRIPT_OR_DATA = re.compile(rf"/{urls.ASSETS}/[^/]+\.js$|^[^/]+/data/")
_LOOKS = (".css", ".svg", ".png")
_DIMS = ("tenants", "teams", "users", "items", "models", "model_rates", "budgets")


class SiteError(Exception):
    """The site could not be built; the message says what is missing or wrong and where."""


@dataclass(frozen=True)
class ReportMade:
    """A report made or made anew: `scope` is `all` or the tenant_id, `path` its page below the site."""

    scope: str
    edition: str
    period: str
    path: str


@dataclass(frozen=True)
class SiteSummary:
    """What a build did.

    `reports` were made or made anew, `unchanged` looked at and found as published; `kept` are the folders of
    published reports that reach beyond the marts' as-of dates and were left alone; `dates` of the daily reports
    made; `files` and `bytes` of the reports made; `scopes` the number of scopes; seconds by step.
    """

    reports: tuple[ReportMade, ...] = ()
    unchanged: int = 0
    kept: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    files: int = 0
    bytes: int = 0
    scopes: int = 0
    seconds_by_step: dict[str, float] = field(default_factory=dict)


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
    progress: Callable[[int, int], None] | None = None,
) -> SiteSummary:
    """Publish the reports of the local dates first..last, or all whose content changed, into the folder `site`.

    `changed` gives each tenant's earliest changed date (None: anything may have changed). Of the reports looked at,
    those whose content is as published are not touched. Weekly and monthly reports have a PDF, and from now on those of
    the editions `pdf`. `configuration`: which cards stand where; another than before means that anything may have
    changed. Raises SiteError.
    """
    if first and last and first > last:
        raise SiteError(f"the first date {first} is after the last date {last}")
    with configuration.in_use():
        return _build(warehouse, site, first, last, changed, pdf, workers, link_secret, configuration, progress)


def _build(
    warehouse: Path, site: Path, first: date | None, last: date | None, changed: Mapping[str, date] | None,
    pdf: Collection[str], workers: int, link_secret: str | None, configuration: Configuration,
    progress: Callable[[int, int], None] | None,
) -> SiteSummary:  # fmt: skip
    seconds: dict[str, float] = {}
    published = manifest.load(site)
    with _timed(seconds, "gather"):
        found, planned, gathered, names, audit = _gather(
            warehouse, site, published, first, last, changed, pdf, link_secret, str(configuration)
        )
    css = render.stylesheet()
    known = frozenset([*published.reports, *(report.folder for report in planned.reports)])
    tenant_names = {scope.tenant_id: scope.name for scope in found if scope.tenant_id is not None}
    job = Job(site, planned.reports, gathered, published, known, tenant_names, css, configuration)
    with _timed(seconds, "render"):
        try:
            made = list(make_all(job, workers, progress))
        except TypesettingError as error:
            raise SiteError(str(error)) from error
    with _timed(seconds, "index"):
        after = _after(site, published, found, made, names)
        _put_explorers_and_data(warehouse, site, published, after, found, planned)
        # Reports that a range leaves out were not compared.
        after.configuration = str(configuration) if first is None else published.configuration
        if found:
            put_quality(site, published, after, audit, css)
    with _timed(seconds, "check"):
        _check(site, made, after)
    write.put(site, manifest.FILE_NAME, manifest.to_bytes(after))
    return _summary(planned, made, found, seconds)


def _gather(
    warehouse: Path, site: Path, published: Manifest, first: date | None, last: date | None,
    changed: Mapping[str, date] | None, pdf: Collection[str], link_secret: str | None, settings: str,
) -> tuple[list[Scope], plan.Plan, queries.Gathered, str, Audit]:  # fmt: skip
    if not warehouse.is_file():
        raise SiteError(f"there is no warehouse at {warehouse}")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        try:
            found = scopes.read_scopes(con, link_secret)
            names = _names_digest(con)
            _follow_renames(site, published, found)
            is_same_code = published.builder == builder_digest() and published.configuration == settings
            changed = changed if is_same_code and published.names == names else None
            closing = plan.Closing(queries_closing.closed_to(con), stands=is_same_code)
            planned = plan.make_plan(found, published, first, last, changed, pdf, closing)
            wanted = [(report.scope, report.period.covered, report.before) for report in planned.reports]
            return found, planned, queries.gather(con, found, wanted), names, gather_audit(con)
        except duckdb.CatalogException as error:
            raise SiteError(f"{warehouse} lacks marts that reports need: {error}") from error


def builder_digest() -> str:
    """A hash of everything that turns numbers into bytes: this package's files and the versions of what draws."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _DRAWN_BY).encode())
    digest.update(repr(glossary.tables()).encode())
    for path in sorted(render.HERE.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js", ".typ"):
            digest.update(path.relative_to(render.HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _names_digest(con: duckdb.DuckDBPyConnection) -> str:
    # A renamed user changes reports of any date, which no list of changed dates says.
    digest = hashlib.sha256()
    for name in _DIMS:
        query = f"select count(*), bit_xor(md5_number(cast(d as varchar))) from marts.dim_{name} as d"
        digest.update(repr(con.execute(query).fetchone()).encode())
    return digest.hexdigest()


def _follow_renames(site: Path, published: Manifest, found: Sequence[Scope]) -> None:
    """Move what is published to the folders that the present link secret gives, so that old links end."""
    present = {scope.tenant_id: scope.folder for scope in found}
    for old, scope in list(published.scopes.items()):
        new = present.get(scope.tenant_id, old)
        if new == old:
            continue
        write.move_folder(site, old, new)
        published.scopes[new] = replace(published.scopes.pop(old), folder=new)
        for folder in [report.folder for report in published.of_scope(old)]:
            record = published.reports.pop(folder)
            moved = new + folder.removeprefix(old)
            published.reports[moved] = replace(record, folder=moved, scope=new)
        for path in [path for path in published.files if path.startswith(f"{old}/")]:
            file = published.files.pop(path)
            moved = new + path.removeprefix(old)
            published.files[moved] = replace(file, path=moved, scope=new if file.scope else None)


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
        if one.files is not None:
            write.remove(site, {file.path for file in before} - {file.path for file in one.files})
    looked_at = {one.report.folder for one in made}
    for folder in published.reports.keys() - looked_at:
        after.files.update({file.path: file for file in published.files_of(folder)})
    # Pages left alone still need the stylesheet and the logo that they were made with.
    looks = [file for path, file in published.files.items() if f"{urls.ASSETS}/" in path and path.endswith(_LOOKS)]
    after.files.update({file.path: file for file in looks if write.is_there(site, file)})
    for path, content in indexes.index_files(after).items():
        after.files[path] = write.put(site, path, content)
    return after


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


def _summary(
    planned: plan.Plan, made: Sequence[Made], found: Sequence[Scope], seconds: dict[str, float]
) -> SiteSummary:
    ids = {scope.folder: "all" if scope.tenant_id is None else scope.tenant_id for scope in found}
    new = [one for one in made if one.files is not None]
    files: list[FileRecord] = [file for one in new for file in one.files or ()]
    reports: list[PublishedReport] = [one.report for one in new]
    return SiteSummary(
        reports=tuple(
            ReportMade(ids[one.scope], one.edition, one.period, urls.report_page(one.scope, one.edition, one.period))
            for one in reports
        ),
        unchanged=len(made) - len(new),
        kept=planned.kept,
        dates=tuple(sorted({report.first for report in reports if report.edition == DAILY})),
        files=len(files),
        bytes=sum(file.bytes for file in files),
        scopes=len(found),
        seconds_by_step=seconds,
    )


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - start, 3)
