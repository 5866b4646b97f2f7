"""When runs start: daily, weekly and monthly, by the clock of TALLYBOOK_TIMEZONE."""

from collections.abc import Callable
from datetime import date, timedelta

import dagster as dg

from orchestration.defs.jobs import refresh_job
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


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """The three schedules; all are off until switched on."""
    return [
        _schedule("daily", "0 6 * * *", yesterday, settings),
        _schedule("weekly", "30 6 * * 1", last_iso_week, settings),
        _schedule("monthly", "0 7 1 * *", last_month, settings),
    ]


def _schedule(name: str, cron: str, period: Callable[[date], Period], settings: Settings) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=name,
        cron_schedule=cron,
        job=refresh_job,
        execution_timezone=settings.timezone,
        description=(period.__doc__ or "").strip(),
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        tick = context.scheduled_execution_time.astimezone(settings.zone).date()
        first, last = period(tick)
        landed = pending_landing_dates(settings) or (last, tick)
        return dg.RunRequest(
            run_key=f"{name}-{tick}", run_config=run_config(first=first, last=last), tags=landing_range_tags(*landed)
        )

    return schedule
