"""Queries of the recommendations card, over the dates that `queries` has laid out."""

from site_builder.gather import advice

_NAMES = {
    "item_name": "coalesce(i.item_name, m.item_id)",
    "from_model_name": "coalesce(f.model_name, m.from_model_id)",
    "to_model_name": "coalesce(t.model_name, m.to_model_id)",
}


def _columns(kind: type) -> str:
    return ", ".join(_NAMES.get(name, f"m.{name}") for name in kind._fields)  # type: ignore[attr-defined]


# What was advised as the span's last date ended, and no other date.
_RECOMMENDATIONS = f"""
    with spans as (
        select span, tenant_id, max(usage_date) as last
        from span_days
        where is_report
        group by span, tenant_id
    )
    select s.span, {_columns(advice.Recommendation)}
    from spans as s
    inner join marts.mart_recommendations as m on m.tenant_id = s.tenant_id and m.as_of = s.last
    left join marts.dim_items as i on i.tenant_id = m.tenant_id and i.item_id = m.item_id
    left join marts.dim_models as f on f.model_id = m.from_model_id
    left join marts.dim_models as t on t.model_id = m.to_model_id
    order by s.span, m.monthly_savings_credits desc nulls last, m.kind, m.excess_credits desc nulls last, m.rank,
        m.tenant_id
"""

_OUTCOMES = f"""
    with months as (
        select s.span, s.tenant_id, strftime(s.usage_date, '%Y-%m') as month
        from span_days as s
        inner join wanted_spans as w on w.span = s.span
        where s.is_report and s.usage_date = w.last and w.first = date_trunc('month', w.last)
    )
    select s.span, {_columns(advice.Outcome)}
    from months as s
    inner join marts.mart_recommendation_outcomes as m on m.tenant_id = s.tenant_id and m.month = s.month
    left join marts.dim_models as f on f.model_id = m.from_model_id
    left join marts.dim_models as t on t.model_id = m.to_model_id
    order by s.span, m.saved_credits desc nulls last, m.task_category, m.from_model_id, m.tenant_id
"""

LISTS: tuple[tuple[str, type, str], ...] = (
    ("recommendations", advice.Recommendation, _RECOMMENDATIONS),
    ("outcomes", advice.Outcome, _OUTCOMES),
)
