"""Every run of the platform's jobs: what runs now, when each last ran and how it ended, and every error message."""

from collections.abc import Sequence

from site_builder.gather.jobs import JobRun
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Table
from site_builder.words import formats, phrases

NAME = "job_runs"
MOST_NAMED = 5
ROWS_SHOWN = 12
RUNNING, FAILED = "running", "error"
_COLUMNS = (
    Column("job_name", "Job", "name"), Column("started_at", "Started"), Column("status", "State"),
    Column("seconds", "Seconds", "amount"), Column("error_message", "Error", "name"),
    Column("credits", "Credits", "amount"), Column("job_type", "Type", "name"),
    Column("job_id", "Job id", "name", data_only=True), Column("job_run_id", "Run id", "name", data_only=True),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    runs = view.now.job_runs
    rows = [
        (
            run.job_name, run.started_at, run.status, run.seconds, run.error_message, run.credits, run.job_type,
            run.tenant_id, run.job_id, run.job_run_id,
        )
        for run in runs
    ]  # fmt: skip
    # On a tenant's page each row would say the same.
    columns = (*_COLUMNS[:-2], Column("tenant_id", "Tenant", "name", data_only=not view.scope.is_all), *_COLUMNS[-2:])
    return Card(
        name=NAME,
        subject="Job runs",
        title=_title(runs),
        about=phrases.about(view),
        table=Table(columns, rows),
        page_table=Table(columns, rows[:ROWS_SHOWN]),
        definition="Each run that started in the period, by the tenant's clock, as it was last heard of: what had not "
        "ended then is running and comes first, then the newest. Seconds are from start to end.",
        facts=_facts(view),
        note=_note(view),
        is_empty=not runs,
        is_wide=True,
        shows_table=True,
    )


def _title(runs: Sequence[JobRun]) -> str:
    if not runs:
        return "No run of a job started in this period"
    running = [run for run in runs if run.status == RUNNING]
    failed = sum(run.status == FAILED for run in runs)
    if running:
        names = phrases.some_of(list(dict.fromkeys(run.job_name for run in running)), 1)
        verb = "is" if len(running) == 1 else "are"
        return f"{formats.plural(len(running), 'run')} {verb} not known to have ended: {names}"
    last = runs[0]
    how = "failed" if last.status == FAILED else "succeeded"
    others = f"; {formats.count(failed)} of {formats.plural(len(runs), 'run')} failed" if failed else ""
    return f"The last run, {phrases.in_text(last.job_name)}, {how}{others}"


def _facts(view: View) -> list[Fact]:
    """What each job that does not run as it should is doing."""
    facts = []
    for job in view.now.jobs:
        if job.last_status in (RUNNING, FAILED):
            state = "running since" if job.last_status == RUNNING else "last run failed,"
            whose = phrases.tenant_note(view, job.tenant_id)
            label = f"{phrases.in_text(job.name)}{f' of {whose}' if whose else ''}"
            facts.append(Fact(label, f"{state} {job.last_run_at}"))
    return facts[:MOST_NAMED]


def _note(view: View) -> str:
    """Where the runs of months that were closed before single runs were kept are missing."""
    missing = sum(job.runs for job in view.now.jobs) - len(view.now.job_runs)
    if missing <= 0:
        return ""
    return f"Of {formats.plural(missing, 'run')} nothing single is known: the month was closed before runs were kept."
