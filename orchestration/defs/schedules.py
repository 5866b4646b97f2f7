"""When runs start: daily, weekly and monthly, by the clock of TALLYBOOK_TIMEZONE."""

from datetime import date, timedelta

import dagster as dg

from orchestration.defs.embedding import Embedding
from orchestration.defs.partitions import landing_range_tags
from orchestration.defs.resources import run_config
from orchestration.pending import pending_landing_dates
from orchestration.settings import Settings

Period = tuple[date | None, date]


def yesterday(today: date) -> Period:
    """What changed, up to yesterday."""
    return None, today - timedelta(days=1)


def last_iso_week(today: date) -> Period:
    """Monday to Sunday of the week before the one `today` is in."""
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


def last_month(today: date) -> Period:
    """First to last day of the calendar month before the one `today` is in."""
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


# By name: when, and which local dates it is about.
SCHEDULES = {
    "daily": ("0 6 * * *", yesterday),
    "weekly": ("30 6 * * 1", last_iso_week),
    "monthly": ("0 7 1 * *", last_month),
}


def schedule(name: str, settings: Settings, embedding: Embedding) -> dg.ScheduleDefinition:
    """One of SCHEDULES, which is off until switched on."""
    cron, period = SCHEDULES[name]

    @dg.schedule(
        name=embedding.named(name),
        cron_schedule=cron,
        job_name=embedding.refresh,
        execution_timezone=settings.timezone,
        description=(period.__doc__ or "").strip(),
    )
    def due(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        tick = context.scheduled_execution_time.astimezone(settings.zone).date()
        first, last = period(tick)
        landed = landing_range_tags(*(pending_landing_dates(settings) or (last, tick)))
        config = run_config(embedding, first=first, last=last)
        return dg.RunRequest(run_key=f"{name}-{tick}", run_config=config, tags=landed)

    return due
