"""Rows of the jobs cards."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Job(NamedTuple):
    """Sums over a span by job of the platform; type, error, and what is said of a run are the last ones of the span.

    What a run says is None in months that were closed before single runs were kept; last_run_at: local time.
    """

    tenant_id: str
    job_id: str
    job_name: str | None
    job_type: str
    runs: int
    errors: int
    running: int
    last_run_at: str | None
    last_status: str | None
    seconds: Decimal
    credits: Decimal
    last_error_on: date | None
    last_error: str | None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.job_name or self.job_id


class JobRun(NamedTuple):
    """A run that started within a span, as it was last heard of; `started_at` local, `seconds` None: not ended yet."""

    tenant_id: str
    job_run_id: str
    job_id: str
    job_name: str
    job_type: str
    status: str
    started_at: str
    seconds: Decimal | None
    credits: Decimal
    error_message: str | None


_STARTED = "strftime(m.started_local_at, '%Y-%m-%d %H:%M:%S')"

_JOBS = f"""
    with last_runs as (
        select s.span, m.tenant_id, m.job_id,
            max_by(
                {{'name': m.job_name, 'at': {_STARTED}, 'status': m.status}}, (m.started_at, m.usage_date, m.job_run_id)
            ) as run
        from span_days as s
        inner join marts.mart_job_runs as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where s.is_report
        group by s.span, m.tenant_id, m.job_id
    ),
    sums as (
        select s.span, m.tenant_id, m.job_id, max_by(m.job_type, m.usage_date) as job_type, sum(m.runs) as runs,
            sum(m.errors) as errors, sum(m.running) as running, sum(m.seconds) as seconds, sum(m.credits) as credits,
            max(m.usage_date) filter (where m.errors > 0) as last_error_on,
            max_by(m.last_error, m.usage_date) filter (where m.last_error is not null) as last_error
        from span_days as s
        inner join marts.mart_job_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where s.is_report
        group by s.span, m.tenant_id, m.job_id
    )
    select m.span, m.tenant_id, m.job_id, r.run.name as job_name, m.job_type, m.runs, m.errors, m.running,
        r.run.at as last_run_at, r.run.status as last_status, m.seconds, m.credits, m.last_error_on, m.last_error
    from sums as m
    left join last_runs as r on r.span = m.span and r.tenant_id = m.tenant_id and r.job_id = m.job_id
    order by m.span, m.errors desc, m.runs desc, m.job_id, m.tenant_id
"""

# What still runs comes first, then the newest.
_JOB_RUNS = f"""
    select s.span, m.tenant_id, m.job_run_id, m.job_id, coalesce(m.job_name, m.job_id) as job_name, m.job_type,
        m.status, {_STARTED} as started_at, m.seconds, m.credits, m.error_message
    from span_days as s
    inner join marts.mart_job_runs as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    order by s.span, m.status <> 'running', m.started_at desc, m.usage_date desc, m.job_run_id, m.tenant_id
"""

ROWS = (
    Rows("jobs", Job, _JOBS),
    Rows("job_runs", JobRun, _JOB_RUNS),
)
