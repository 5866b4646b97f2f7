"""From the jobs of a scope to their page: a card of jobs, one of runs, one of what errors said."""

from collections.abc import Sequence
from dataclasses import dataclass

from site_builder.files import urls
from site_builder.jobs.reading import RECENT_DAYS, JobNow, Jobs, recent_of
from site_builder.pages.elements import Card, Column, Fact, Glossary, Table
from site_builder.planning import periods
from site_builder.planning.periods import Span
from site_builder.render import templating
from site_builder.words import formats, phrases

RUNNING, FAILED = "running", "error"
JOB_ROWS, RUN_ROWS, MESSAGE_ROWS, MOST_NAMED = 200, 100, 100, 6
TITLE = "Jobs"


@dataclass(frozen=True)
class JobsPage:
    """Context of templates/jobs.html."""

    path: str
    stylesheet: str
    home: str
    scope_name: str
    title: str
    about: str
    cards: Sequence[Card]
    glossary: Glossary


def compose(found: Jobs, css: bytes, explained: Sequence[str]) -> JobsPage:
    """The page of a scope's jobs."""
    scope = found.scope
    path = urls.jobs_page(scope.folder)
    return JobsPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=scope.name,
        title=TITLE,
        about=f"To {periods.short_date(scope.as_of)} · {scope.zone}",
        cards=[_jobs(found), _runs(found), _errors(found)],
        glossary=Glossary(urls.relative(path, urls.glossary_page(scope.folder)), explained),
    )


def _jobs(found: Jobs) -> Card:
    columns = (
        _tenant(found), Column("job_id", "Job id", "name", data_only=True), Column("job_name", "Job", "name"),
        Column("last_status", "State"), Column("last_run_at", "Last run"),
        Column("last_seconds", "Seconds", "amount"), Column("usual_seconds", "Usually", "amount"),
        Column("against_usual_pct", "Against usual", "pct"), Column("runs", "Runs", "int"),
        Column("errors", "Failed", "int"), Column("running", "Unfinished", "int"),
        Column("last_failed_at", "Last failed"),
        Column("last_error", "Last error", "name"), Column("job_type", "Type", "name"),
        Column("total_runs", "Runs in all", "int"), Column("total_errors", "Failed in all", "int"),
        Column("first_run_at", "First run", data_only=True),
    )  # fmt: skip
    rows = [
        (
            job.tenant_id, job.job_id, job.job_name, job.last_status, job.last_run_at, job.last_seconds,
            job.usual_seconds, _against_usual(job), job.runs, job.errors, job.running, job.last_failed_at,
            job.last_error, job.job_type, job.total_runs, job.total_errors, job.first_run_at,
        )
        for job in found.jobs
    ]  # fmt: skip
    return Card(
        name="jobs",
        subject="Jobs",
        title=_state(found.jobs),
        about=_about(found),
        table=Table(columns, rows),
        page_table=Table(columns, rows[:JOB_ROWS]),
        definition="Every job that ever ran, as its last run left it: what runs first, then what failed. Runs, and how "
        f"many failed, are of the {RECENT_DAYS} dates unless they are in all; usually is the middle one of the seconds "
        "of the successful runs of these dates. Unfinished: not ended when last heard of.",
        facts=_facts(found),
        note=_note(found),
        is_empty=not rows,
        is_wide=True,
        shows_table=True,
    )


def _runs(found: Jobs) -> Card:
    columns = (
        _tenant(found), Column("job_name", "Job", "name"), Column("started_at", "Started"), Column("status", "State"),
        Column("seconds", "Seconds", "amount"), Column("error_message", "Error", "name"),
        Column("credits", "Credits", "amount"), Column("job_type", "Type", "name"),
        Column("usage_date", "Date", data_only=True), Column("job_id", "Job id", "name", data_only=True),
        Column("job_run_id", "Run id", "name", data_only=True),
    )  # fmt: skip
    rows = [
        (
            run.tenant_id, run.job_name, run.started_at, run.status, run.seconds, run.error_message, run.credits,
            run.job_type, run.usage_date, run.job_id, run.job_run_id,
        )
        for run in found.runs
    ]  # fmt: skip
    failed = sum(run.status == FAILED for run in found.runs)
    return Card(
        name="runs",
        subject="Runs",
        title=f"{formats.plural(len(rows), 'run')} in all, of which {formats.count(failed)} failed"
        if failed
        else f"None of {formats.plural(len(rows), 'run')} failed",
        about=_dates(found),
        table=Table(columns, rows),
        page_table=Table(columns, rows[:RUN_ROWS]),
        definition="Every run as it was last heard of, the newest first. Seconds are from start to end; a run without "
        "any is not known to have ended.",
        is_empty=not rows,
        is_wide=True,
        shows_table=True,
    )


def _errors(found: Jobs) -> Card:
    columns = (
        _tenant(found), Column("error_message", "Error", "name"), Column("job_name", "Job", "name"),
        Column("errors", "Failed", "int"), Column("total_errors", "Failed in all", "int"),
        Column("first_seen_at", "First seen"), Column("last_seen_at", "Last seen"),
        Column("job_id", "Job id", "name", data_only=True),
    )  # fmt: skip
    rows = [
        (
            message.tenant_id, message.error_message, message.job_name, message.errors, message.total_errors,
            message.first_seen_at, message.last_seen_at, message.job_id,
        )
        for message in found.messages
    ]  # fmt: skip
    return Card(
        name="errors",
        subject="Error messages",
        title=_most_frequent(found),
        about=_dates(found),
        table=Table(columns, rows),
        page_table=Table(columns, rows[:MESSAGE_ROWS]),
        definition=f"What failed runs said, by job, most failures of the {RECENT_DAYS} dates first; a dash stands for "
        "runs that gave no reason. Seen: when the first and the last run that said it started.",
        is_empty=not rows,
        is_wide=True,
        shows_table=True,
    )


def _tenant(found: Jobs) -> Column:
    # On a tenant's page each row would say the same.
    return Column("tenant_id", "Tenant", "name", data_only=not found.scope.is_all)


def _against_usual(job: JobNow) -> float | None:
    return phrases.change_of(job.last_seconds, job.usual_seconds, has_past=True).pct if job.last_seconds else None


def _about(found: Jobs) -> str:
    return f"{RECENT_DAYS} dates to {periods.short_date(found.scope.as_of)} · {found.scope.zone}"


def _dates(found: Jobs) -> str:
    """From the first run that is known to the scope's last date."""
    first = min((run.usage_date for run in found.runs), default=recent_of(found.scope))
    return f"{periods.range_text(Span(first, found.scope.as_of))} · {found.scope.zone}"


def _state(jobs: Sequence[JobNow]) -> str:
    if not jobs:
        return "No job has run"
    running = [job for job in jobs if job.running]
    failed = [job for job in jobs if job.last_status == FAILED]
    parts = []
    if running:
        names = phrases.some_of([job.job_name for job in running], 1)
        parts.append(f"{names} {'is' if len(running) == 1 else 'are'} not known to have ended")
    if failed:
        names = phrases.some_of([job.job_name for job in failed], 1)
        parts.append(
            f"{formats.count(len(failed))} of {formats.plural(len(jobs), 'job')} failed when last run: {names}"
        )
    return "; ".join(parts) if parts else f"None of {formats.plural(len(jobs), 'job')} failed when last run"


def _facts(found: Jobs) -> list[Fact]:
    """What runs since when, and how long it usually takes; then what failed last."""
    facts = []
    for job in found.jobs:
        whose = f" of {phrases.in_text(job.tenant_id)}" if found.scope.is_all else ""
        name = f"{phrases.in_text(job.job_name)}{whose}"
        usual = f", usually {formats.amount(job.usual_seconds)} s" if job.usual_seconds is not None else ""
        if job.running:
            since = min(run.started_at for run in found.runs if _is_running(job, run.tenant_id, run.job_id, run.status))
            facts.append(Fact(name, f"running since {since}{usual}"))
        elif job.last_status == FAILED:
            facts.append(Fact(name, f"last run failed, {job.last_run_at}"))
    return facts[:MOST_NAMED]


def _is_running(job: JobNow, tenant_id: str, job_id: str, status: str) -> bool:
    return (tenant_id, job_id, status) == (job.tenant_id, job.job_id, RUNNING)


def _most_frequent(found: Jobs) -> str:
    if not found.messages:
        return "No run has failed"
    counts: dict[str | None, int] = {}
    for message in found.messages:
        counts[message.error_message] = counts.get(message.error_message, 0) + message.total_errors
    said = sorted(
        ((count, text) for text, count in counts.items() if text is not None), key=lambda pair: (-pair[0], pair[1])
    )
    failed = formats.plural(sum(counts.values()), "failed run")
    if not said:
        return f"{failed}, none with a reason"
    return f"{formats.plural(len(said), 'message')} in {failed}, most often {phrases.in_text(said[0][1])}"


def _note(found: Jobs) -> str:
    if not found.unlisted:
        return ""
    runs = formats.plural(found.unlisted, "run")
    return f"Of {runs} more nothing single is known: the month was closed before runs were kept."
