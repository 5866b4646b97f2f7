"""Query of the jobs card, over the dates that `queries` has laid out."""

from site_builder.gather import jobs

_JOBS = """
    select s.span, m.tenant_id, m.job_id, max_by(m.job_type, m.usage_date), sum(m.runs), sum(m.errors), sum(m.running),
        sum(m.seconds), sum(m.credits), max(m.usage_date) filter (where m.errors > 0),
        max_by(m.last_error, m.usage_date) filter (where m.last_error is not null)
    from span_days as s
    inner join marts.mart_job_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.tenant_id, m.job_id
    order by s.span, sum(m.errors) desc, sum(m.runs) desc, m.job_id, m.tenant_id
"""

LISTS: tuple[tuple[str, type, str], ...] = (("jobs", jobs.Job, _JOBS),)
