"""Rows of the jobs card."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Job(NamedTuple):
    """Sums over a span by job of the platform; type and error are the last ones of the span."""

    tenant_id: str
    job_id: str
    job_type: str
    runs: int
    errors: int
    running: int
    seconds: Decimal
    credits: Decimal
    last_error_on: date | None
    last_error: str | None


_JOBS = """
    select s.span, m.tenant_id, m.job_id, max_by(m.job_type, m.usage_date) as job_type, sum(m.runs) as runs,
        sum(m.errors) as errors, sum(m.running) as running, sum(m.seconds) as seconds, sum(m.credits) as credits,
        max(m.usage_date) filter (where m.errors > 0) as last_error_on,
        max_by(m.last_error, m.usage_date) filter (where m.last_error is not null) as last_error
    from span_days as s
    inner join marts.mart_job_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.tenant_id, m.job_id
    order by s.span, sum(m.errors) desc, sum(m.runs) desc, m.job_id, m.tenant_id
"""

ROWS = (Rows("jobs", Job, _JOBS),)
