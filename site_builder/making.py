"""Making reports: each from its slice of the numbers to its files, over as many processes as asked for."""

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from site_builder import headlines, outputs, periods, render, revisions, urls, write
from site_builder.compose import compose
from site_builder.configuration import DEFAULT, Configuration
from site_builder.manifest import FileRecord, Manifest, PublishedReport, Restatement, revision_of
from site_builder.pages import Page
from site_builder.pdf import forking
from site_builder.plan import Report
from site_builder.queries import Gathered
from site_builder.view import View

_CHUNK = 4


@dataclass(frozen=True)
class Job:
    """What every worker knows: where to write, the numbers, what is published, which reports are or will be there.

    `builder` hashes the code and templates that make reports of numbers. `publications` are those of the manifest, this
    one among them; `restatements` the revisions to come, by folder.
    """

    site: Path
    reports: tuple[Report, ...]
    gathered: Gathered
    published: Manifest
    known: frozenset[str]
    tenant_names: dict[str, str]
    css: bytes
    builder: str
    configuration: Configuration = DEFAULT
    publications: Sequence[Sequence[str]] = ()
    restatements: Mapping[str, Restatement] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """One report after its turn: its record, and its files (None: unchanged, the published ones stand).

    `earlier` are the files of the revision that this one takes the place of.
    """

    report: PublishedReport
    files: tuple[FileRecord, ...] | None
    earlier: tuple[FileRecord, ...] = ()


def make_all(job: Job, workers: int, progress: Callable[[int, int], None] | None) -> Iterator[Made]:
    """Every report of the job, in its order."""
    total = len(job.reports)
    for done, made in enumerate(_run(job, workers), 1):
        if progress:
            progress(done, total)
        yield made


def _run(job: Job, workers: int) -> Iterator[Made]:
    # Forked workers share the numbers with this process; spawned ones would have to be sent them and take seconds
    # to start. A daemonic process may not have children. PDFs are left to workers, however few there are, so that this
    # process can always fork more.
    forkable = "fork" in multiprocessing.get_all_start_methods() and not multiprocessing.current_process().daemon
    workers = workers if len(job.reports) >= 2 * _CHUNK else 1
    is_worth_it = workers > 1 or any(report.has_pdf for report in job.reports)
    if not (forkable and is_worth_it and forking.may_fork()):
        for report in job.reports:
            yield _make(job, report)
        return
    with multiprocessing.get_context("fork").Pool(max(workers, 1), _adopt, (job,)) as pool:
        yield from pool.imap(_make_numbered, range(len(job.reports)), _CHUNK)
        pool.close()
        pool.join()


_adopted: list[Job] = []


def _adopt(job: Job) -> None:
    # Handlers of the forking program are not meant for its workers: the pool ends them by SIGTERM when something
    # fails, and an interrupt from the terminal is the parent's to handle.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Of Typst's threads: the workers are as many as are wanted at a time.
    os.environ["RAYON_NUM_THREADS"] = "1"
    _adopted[:] = [job]


def _make_numbered(number: int) -> Made:
    job = _adopted[0]
    with job.configuration.in_use():
        return _make(job, job.reports[number])


def view_of(job: Job, report: Report) -> View:
    """The report's slice of the numbers."""
    scope, gathered = report.scope, job.gathered
    return View(
        scope=scope,
        period=report.period,
        before=report.before,
        now=gathered.slice(scope, report.period.covered),
        past=gathered.slice(scope, report.before),
        days=gathered.days[scope.folder],
        tenant_names={tenant: job.tenant_names[tenant] for tenant in scope.tenants},
        is_closed=report.is_closed,
        roi=job.configuration.roi,
    )


def _make(job: Job, report: Report) -> Made:
    view = view_of(job, report)
    known, new = job.published.reports.get(report.folder), job.restatements.get(report.folder)
    restatements = (*(known.restatements if known else ()), *([new] if new else []))
    page = compose(view, report, job.known, job.css, job.configuration, restatements)
    document = outputs.json_bytes(view, page, restatements)
    looks = repr((page, str(job.configuration.brand), job.builder)).encode("utf-8", "surrogatepass")
    fingerprint = hashlib.sha256(looks + document).hexdigest()
    period = report.period
    record = PublishedReport(
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
        fingerprint=fingerprint,
        is_closed=report.is_closed,
        is_provisional=report.is_provisional,
        publication=len(job.publications),
        figures=headlines.figures_of(view.now),
        restatements=restatements,
    )
    if _is_published(job, record):
        return Made(record, None)
    earlier = revisions.keep_earlier(job.site, job.published, known) if known and new else []
    # The page last: whoever sees it finds the files that it links to.
    csvs = {card.name: outputs.csv_bytes(card.table) for card in page.cards}
    contents = {f"data/{name}.csv": content for name, content in csvs.items()}
    contents["report.json"] = document
    if report.has_pdf:
        contents["report.pdf"] = _pdf(page, period.covered.last, csvs)
    contents["index.html"] = render.html("report.html", page)
    write.put(job.site, urls.asset(report.scope.folder, render.STYLESHEET, job.css), job.css)
    files = [write.put(job.site, f"{report.folder}/{name}", content) for name, content in contents.items()]
    of_earlier = (_of_report(file, record, record.revision - 1) for file in earlier)
    return Made(record, tuple(_of_report(file, record, record.revision) for file in files), tuple(of_earlier))


def _pdf(page: Page, ends: date, csvs: Mapping[str, bytes]) -> bytes:
    # Deferred: a run in which no report changed needs neither Typst nor matplotlib.
    from site_builder.pdf.typesetting import typeset

    return typeset(page, ends, csvs)


def _of_report(file: FileRecord, record: PublishedReport, revision: int) -> FileRecord:
    return replace(file, scope=record.scope, edition=record.edition, period=record.period, revision=revision)


def _is_published(job: Job, record: PublishedReport) -> bool:
    known = job.published.reports.get(record.folder)
    if known is None or known.fingerprint != record.fingerprint:
        return False
    files = job.published.files_of(record.folder)
    return bool(files) and all(write.is_there(job.site, file) for file in files)
