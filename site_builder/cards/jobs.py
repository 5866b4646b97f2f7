"""The platform's own jobs and events: how often they ran, what failed and why, and what they took."""

from collections.abc import Sequence

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.jobs import Job
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "jobs"
CHART_ROWS = 10
ERRORS_SHOWN = 3
ERROR_LENGTH = 60
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("job_id", "Job id", "name", data_only=True),
    Column("job_name", "Job", "name"), Column("job_type", "Type", "name"), Column("runs", "Runs", "int"),
    Column("errors", "Failed", "int"), Column("running", "Unfinished", "int"), Column("last_run_at", "Last run"),
    Column("last_status", "State"),
    Column("seconds", "Seconds", "amount"), Column("credits", "Credits", "amount"),
    Column("last_error_on", "Last failed"), Column("last_error", "Last error", "name"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    jobs = view.now.jobs
    failed = [job for job in jobs if job.errors]
    return Card(
        name=NAME,
        subject="Jobs and events",
        title=_title(jobs),
        about=phrases.about(view),
        table=Table(_COLUMNS, [job._replace(job_name=job.name) for job in jobs]),
        definition="Runs of the platform's schedulers, assets, webhooks and notifications by the local date on which "
        "they started, those that failed most first. Unfinished: not ended when last heard of. Name, last run and "
        "state are those of the last run that started in the period. Seconds are those of runs that ended. Their "
        "credits are drawn from the balance, but are no usage. The last error is the last that a failed run gave as "
        "the last one of its date.",
        facts=[_fact(job, view) for job in failed[:ERRORS_SHOWN]],
        panels=[Panel("", [_chart(view)])] if jobs else (),
        legend=[Key("c1", "runs"), Key("mark", "runs of a job that failed")] if failed else (),
        is_empty=not jobs,
    )


def _title(jobs: Sequence[Job]) -> str:
    if not jobs:
        return "No job ran in this period"
    runs, errors = sum(job.runs for job in jobs), sum(job.errors for job in jobs)
    if not errors:
        return f"None of {formats.plural(runs, 'job run')} failed"
    most = "all" if jobs[0].errors == errors else f"{formats.count(jobs[0].errors)} of them"
    return (
        f"{formats.count(errors)} of {formats.plural(runs, 'job run')} failed, "
        f"{most} of {phrases.in_text(jobs[0].name)}"
    )


def _fact(job: Job, view: View) -> Fact:
    day = periods.short_date(job.last_error_on) if job.last_error_on else ""
    reason = f"\u2068{formats.shown_name(job.last_error, ERROR_LENGTH)}\u2069" if job.last_error else "no reason given"
    whose = phrases.tenant_note(view, job.tenant_id)
    return Fact(f"{phrases.in_text(job.name)}{f' of {whose}' if whose else ''}, last failed {day}", reason)


def _counts(job: Job) -> list[str]:
    counts = [formats.plural(job.runs, "run")]
    counts += [f"{formats.count(job.errors)} failed"] if job.errors else []
    return [*counts, f"{formats.count(job.running)} running"] if job.running else counts


def _chart(view: View) -> Ranking:
    shown = view.now.jobs[:CHART_ROWS]
    notes = [phrases.tenant_note(view, job.tenant_id) or formats.shown_name(job.job_type, 20) for job in shown]
    ranks = [
        Rank(
            formats.shown_name(job.name),
            job.runs,
            " · ".join(_counts(job)),
            note,
            "mark" if job.errors else "c1",
        )
        for job, note in zip(shown, notes, strict=True)
    ]
    others = view.now.jobs[CHART_ROWS:]
    if others:
        runs = sum(job.runs for job in others)
        ranks.append(Rank(formats.plural(len(others), "other job"), runs, formats.plural(runs, "run"), "", "c4"))
    return Ranking("Runs by job", f"{formats.plural(len(view.now.jobs), 'job')}, most failures first.", ranks)
