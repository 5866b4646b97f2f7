"""Making reports: each from its slice of the numbers to its files, over as many processes as asked for."""

import hashlib
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from site_builder.configuration.schema import DEFAULT, Configuration
from site_builder.failures import Failed, SiteError, reason_of, stops_all
from site_builder.files import revisions, urls
from site_builder.files.manifest import FileRecord, Manifest, PublishedReport, Restatement, revision_of
from site_builder.files.write import Draft
from site_builder.gather import alerts
from site_builder.gather.reading import Gathered
from site_builder.gather.view import View
from site_builder.pages import mentions
from site_builder.pages.elements import Page
from site_builder.pdf import forking
from site_builder.planning import periods
from site_builder.planning.plan import Report
from site_builder.render import templating
from site_builder.reports import headlines, outputs
from site_builder.reports.compose import compose
from site_builder.reports.workers import Died, done_by_workers

# Fewer reports than that are made sooner than two workers have started.
_WORTH_IT = 8


@dataclass(frozen=True)
class Batch:
    """What every worker knows: where to write, the numbers, what is published, which reports are or will be there.

    `published` is without what was damaged since. `known`: folders of reports, and pages of explorers and of jobs.

    `builder` hashes the code and templates that make reports of numbers. `publications` are those of the manifest, this
    one among them; `restatements` the revisions to come, by folder; `explained` the columns that the glossary explains.
    `renamed`: people have other names now, in closed months too. `there`: by scope, where mentions lead;
    `tenant_folders`: where tenants' reports lie.
    """

    draft: Draft
    reports: tuple[Report, ...]
    gathered: Gathered
    published: Manifest
    known: frozenset[str]
    tenant_names: dict[str, str]
    css: bytes
    builder: str
    explained: Sequence[str] = ()
    configuration: Configuration = DEFAULT
    publications: Sequence[Sequence[str]] = ()
    restatements: Mapping[str, Restatement] = field(default_factory=dict)
    renamed: bool = False
    there: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tenant_folders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """One report after its turn: its record, and its files (None: unchanged, the published ones stand).

    `earlier` are the files of the revision that this one takes the place of.
    """

    report: PublishedReport
    files: tuple[FileRecord, ...] | None
    earlier: tuple[FileRecord, ...] = ()


def make_all(
    batch: Batch, workers: int, progress: Callable[[int, int], None] | None
) -> tuple[list[Made], list[Failed]]:
    """Every report of the batch, in its order: those that could be made, and those that could not.

    Raises SiteError where no report could.
    """
    found: dict[int, Made | Failed] = {}
    for number, result in _results(batch, workers):
        found[number] = _failed(batch, number, result.reason) if isinstance(result, Died) else result
        if progress:
            progress(len(found), len(batch.reports))
    results = [found[number] for number in sorted(found)]
    return [result for result in results if isinstance(result, Made)], [
        result for result in results if isinstance(result, Failed)
    ]


def _results(batch: Batch, workers: int) -> Iterator[tuple[int, Made | Failed | Died]]:
    # Forked workers share the numbers with this process; spawned ones would have to be sent them and take seconds
    # to start. A daemonic process may not have children. PDFs are left to workers, however few there are, so that this
    # process can always fork more.
    forkable = "fork" in multiprocessing.get_all_start_methods() and not multiprocessing.current_process().daemon
    workers = workers if len(batch.reports) >= _WORTH_IT else 1
    is_worth_it = workers > 1 or any(report.has_pdf for report in batch.reports)
    if forkable and is_worth_it and forking.may_fork():
        results: Iterator[tuple[int, Made | Failed | _Stop | Died]] = done_by_workers(
            range(len(batch.reports)), lambda number: _made(batch, number), workers
        )
    else:
        results = ((number, _made(batch, number)) for number in range(len(batch.reports)))
    for number, result in results:
        if isinstance(result, _Stop):
            raise SiteError(result.reason)
        yield number, result


@dataclass(frozen=True)
class _Stop:
    """Why no report can be made."""

    reason: str


def _made(batch: Batch, number: int) -> Made | Failed | _Stop:
    try:
        with batch.configuration.in_use():
            return _make(batch, batch.reports[number])
    except Exception as error:
        return _Stop(reason_of(error)) if stops_all(error) else _failed(batch, number, reason_of(error))


def _failed(batch: Batch, number: int, reason: str) -> Failed:
    """What a report that could not be made has left in the draft goes."""
    folder = batch.reports[number].folder
    batch.draft.forget(folder)
    if folder in batch.restatements:
        batch.draft.forget(urls.earlier_folder(folder, batch.published.reports[folder].revision))
    return Failed(folder, reason)


def view_of(batch: Batch, report: Report) -> View:
    """The report's slice of the numbers."""
    scope, gathered, covered = report.scope, batch.gathered, report.period.covered
    return View(
        scope=gathered.scope_as_of(scope, covered),
        period=report.period,
        before=report.before,
        now=gathered.slice(scope, covered),
        past=gathered.slice(scope, report.before),
        days=gathered.days[scope.folder],
        tenant_names=gathered.tenant_names(scope, covered, batch.tenant_names),
        is_closed=report.is_closed,
        roi=batch.configuration.roi,
        shows_cost=batch.configuration.shows_cost(is_all=scope.is_all),
    )


def _make(batch: Batch, report: Report) -> Made:
    view = view_of(batch, report)
    known, new = batch.published.reports.get(report.folder), batch.restatements.get(report.folder)
    restatements = (*(known.restatements if known else ()), *([new] if new else []))
    page = compose(
        view, report, batch.known, batch.css, batch.configuration, batch.explained, restatements, batch.tenant_folders
    )
    document = outputs.json_bytes(view, page, restatements)
    record = _record_of(batch, report, view, page, document, restatements)
    if _is_published(batch, record):
        batch.draft.forget(report.folder)
        return Made(record, None)
    csvs = {card.name: outputs.csv_bytes(card.table) for card in page.cards}
    contents = {f"data/{name}.csv": content for name, content in csvs.items()}
    contents["report.json"] = document
    if known and _stands(batch, report, known, contents):
        batch.draft.forget(report.folder)
        return Made(known, None)
    earlier = revisions.keep_earlier(batch.draft, batch.published, known) if known and new else []
    contents |= _pdfs(view, page, csvs, has_report=report.has_pdf)
    there = batch.there.get(report.scope.folder, {})
    contents["index.html"] = mentions.linked(templating.html("report.html", page), page.path, there)
    if page.workbook:
        contents[urls.WORKBOOK] = _workbook(page, view.period.covered.last)
    files = [batch.draft.put(f"{report.folder}/{name}", content) for name, content in contents.items()]
    of_earlier = (_of_report(file, record, record.revision - 1) for file in earlier)
    return Made(record, tuple(_of_report(file, record, record.revision) for file in files), tuple(of_earlier))


def _record_of(
    batch: Batch, report: Report, view: View, page: Page, document: bytes, restatements: tuple[Restatement, ...]
) -> PublishedReport:
    looks = repr((page, str(batch.configuration.brand), batch.builder)).encode("utf-8", "surrogatepass")
    period = report.period
    return PublishedReport(
        folder=report.folder,
        scope=report.scope.folder,
        edition=period.edition,
        period=period.name,
        label=periods.label(period),
        first=period.covered.first,
        last=period.covered.last,
        whole_last=period.whole.last,
        revision=revision_of(restatements),
        headline=page.headline,
        fingerprint=hashlib.sha256(looks + document).hexdigest(),
        is_closed=report.is_closed,
        is_provisional=report.is_provisional,
        publication=len(batch.publications),
        figures=headlines.figures_of(view.now, shows_cost=view.shows_cost),
        restatements=restatements,
        critical_alerts=alerts.count(view.now.alerts, alerts.CRITICAL),
        warning_alerts=alerts.count(view.now.alerts, alerts.WARNING),
    )


def _pdfs(view: View, page: Page, csvs: Mapping[str, bytes], *, has_report: bool) -> dict[str, bytes]:
    """The report's PDF, where it has one, and the statement's, where a card leads to it."""
    found = {"report.pdf": _pdf(page, view.period.covered.last, csvs)} if has_report else {}
    has_statement = any(card.pdf for card in page.cards)
    return found | ({urls.STATEMENT_PDF: _statement_pdf(view, page, csvs)} if has_statement else {})


def _pdf(page: Page, ends: date, csvs: Mapping[str, bytes]) -> bytes:
    # Deferred: a run in which no report changed needs neither Typst nor matplotlib.
    from site_builder.pdf.typesetting import typeset

    return typeset(page, ends, csvs)


def _workbook(page: Page, ends: date) -> bytes:
    from site_builder.workbooks.of_report import report_workbook  # deferred: pandas takes its time, too

    return report_workbook(page, ends)


def _statement_pdf(view: View, page: Page, csvs: Mapping[str, bytes]) -> bytes:
    from site_builder.pdf.typesetting import typeset_statement  # deferred, as above

    return typeset_statement(view, page, csvs["statement"])


def _of_report(file: FileRecord, record: PublishedReport, revision: int) -> FileRecord:
    return replace(file, scope=record.scope, edition=record.edition, period=record.period, revision=revision)


def _stands(batch: Batch, report: Report, known: PublishedReport, data: Mapping[str, bytes]) -> bool:
    """Whether a closed report stays as it is: its `data`, by file name, would be others, and no revision says so.

    Whatever does that, such as new code or another worth of an hour. What is damaged is made again.
    """
    is_sound = bool(known.fingerprint)
    if not (known.is_closed and report.is_closed and is_sound) or batch.renamed or known.folder in batch.restatements:
        return False
    of_files = batch.published.files_of(known.folder)
    published = {file.path: file.sha256 for file in of_files if not file.path.endswith((".html", ".pdf", ".xlsx"))}
    return published != {f"{known.folder}/{name}": hashlib.sha256(data[name]).hexdigest() for name in data}


def _is_published(batch: Batch, record: PublishedReport) -> bool:
    known = batch.published.reports.get(record.folder)
    return known is not None and known.fingerprint == record.fingerprint
