"""Queries of the cards that watch, over the spans that `queries` has laid out."""

from site_builder.gather import alerts

_BUDGETS = """
    select s.span, m.tenant_id, m.scope, m.scope_id, b.scope_name, m.month, m.budget, m.used, m.used_pct, m.projected,
        m.projected_low, m.projected_high, m.status,
        case when b.crossed_75_on <= m.usage_date then b.crossed_75_on end,
        case when b.crossed_90_on <= m.usage_date then b.crossed_90_on end,
        case when b.crossed_100_on <= m.usage_date then b.crossed_100_on end,
        b.is_known_scope
    from wanted_spans as s
    inner join scope_tenants as t on t.scope = s.scope
    inner join marts.mart_budget_daily as m on m.tenant_id = t.tenant_id and m.usage_date = s.last
    inner join marts.mart_budget_status as b
        on b.tenant_id = m.tenant_id and b.scope = m.scope and b.scope_id = m.scope_id and b.month = m.month
    where s.is_report
    order by s.span, m.used_pct desc, m.tenant_id,
        case m.scope when 'tenant' then 1 when 'team' then 2 when 'project' then 3 else 4 end, m.scope_id
"""

# What lasts is told as of the period's last date only; what happens, on each of its dates.
# The largest excess comes first.
_ALERTS = """
    select s.span, m.tenant_id, m.kind, m.severity, m.subject_type, m.subject_id, any_value(m.subject_name),
        min(m.usage_date), max(m.usage_date), count(*), max_by(m.amount, m.usage_date),
        max_by(m.reference, m.usage_date), max(m.amount), sum(m.amount), sum(m.reference), sum(m.excess)
    from span_days as s
    inner join marts.mart_alert_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    inner join wanted_spans as w on w.span = s.span
    where s.is_report and (m.kind not in ('budget_over', 'budget_at_risk') or m.usage_date = w.last)
    group by s.span, m.tenant_id, m.kind, m.severity, m.subject_type, m.subject_id
    order by s.span, case m.severity when 'critical' then 1 when 'warning' then 2 else 3 end,
        m.subject_type <> 'tenant', sum(m.excess) desc nulls last, max(m.usage_date) desc, m.kind, m.tenant_id,
        m.subject_type, m.subject_id
"""

LISTS: tuple[tuple[str, type, str], ...] = (
    ("budgets", alerts.Budget, _BUDGETS), ("alerts", alerts.Alert, _ALERTS),
)  # fmt: skip
