"""Rows of the card of response times: how long answers took, by model, user, hour, part of the week and date."""

from typing import NamedTuple

from site_builder.gather.rows import DATE_OR_MONTH, Rows

# What latencies are broken down by; `all` has one row.
ALL, MODEL, USER, HOUR, TIME = "all", "model", "user", "hour", "time"


class Latency(NamedTuple):
    """Milliseconds of the successful requests with a latency; percentiles interpolated linearly.

    breakdown: one of the constants above, date or month; key: what of it, a model id, a user id, an hour as two
    digits, peak, off_peak and weekend, a date, or a month (YYYY-MM).
    """

    breakdown: str
    tenant_id: str | None
    key: str
    name: str | None
    answers: int
    total_ms: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    fastest_ms: int
    slowest_ms: int

    @property
    def average_ms(self) -> float:
        """The mean."""
        return self.total_ms / self.answers


_FIGURES = """count(*) as answers, sum(l.latency_ms) as total_ms, quantile_cont(l.latency_ms, 0.5) as p50_ms,
        quantile_cont(l.latency_ms, 0.95) as p95_ms, quantile_cont(l.latency_ms, 0.99) as p99_ms,
        min(l.latency_ms) as fastest_ms, max(l.latency_ms) as slowest_ms"""

# The period compared with needs the whole and its dates alone.
_LATENCIES = f"""
    with spread as (
        select s.span, s.is_report, m.tenant_id, m.user_id, m.model_id, m.latency_ms,
            lpad(cast(m.local_hour as varchar), 2, '0') as local_hour, m.part_of_week as time,
            {DATE_OR_MONTH} as place
        from span_days as s
        inner join wanted_spans as w on w.span = s.span
        inner join marts.mart_usage_events as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where m.latency_ms is not null
    ),
    figures as (
        select l.span, case length(l.place) when 10 then 'date' when 7 then 'month' else 'all' end as breakdown,
            null as tenant_id, coalesce(l.place, 'all') as key, {_FIGURES}
        from spread as l
        group by grouping sets ((l.span), (l.span, l.place))
        union all
        select l.span,
            case when grouping(l.model_id) = 0 then 'model' when grouping(l.user_id) = 0 then 'user'
                when grouping(l.local_hour) = 0 then 'hour' else 'time' end,
            l.tenant_id, coalesce(l.model_id, l.user_id, l.local_hour, l.time), {_FIGURES}
        from spread as l
        where l.is_report
        group by grouping sets (
            (l.span, l.model_id), (l.span, l.tenant_id, l.user_id), (l.span, l.local_hour), (l.span, l.time)
        )
    )
    select t.span, t.breakdown, t.tenant_id, t.key, coalesce(m.model_name, u.user_name) as name, t.answers,
        t.total_ms, t.p50_ms, t.p95_ms, t.p99_ms, t.fastest_ms, t.slowest_ms
    from figures as t
    inner join wanted_spans as w on w.span = t.span
    left join shown_dim_models as m on t.breakdown = 'model' and m.month = w.month and m.model_id = t.key
    left join shown_dim_users as u
        on t.breakdown = 'user' and u.month = w.month and u.tenant_id = t.tenant_id and u.user_id = t.key
    where (t.breakdown <> 'user' or t.key <> '(none)') and (t.breakdown <> 'date' or w.first < w.last)
    order by t.span, t.breakdown, t.answers desc, t.key, t.tenant_id
"""

ROWS = (Rows("latencies", Latency, _LATENCIES),)
