"""Rows of the recommendations card."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Recommendation(NamedTuple):
    """One piece of advice as of a span's last date; figures that its kind does not have are None, ids `(none)`.

    monthly_savings_amount: in `currency`; both None where a credit has no price.
    """

    tenant_id: str
    as_of: date
    rank: int
    kind: str
    task_category: str
    channel: str
    item_id: str
    item_name: str
    from_model_id: str
    from_model_name: str
    to_model_id: str
    to_model_name: str
    first_date: date
    monthly_savings_credits: Decimal | None
    from_credits: Decimal | None
    to_credits: Decimal | None
    from_requests: int | None
    to_requests: int | None
    from_success_rate: float | None
    to_success_rate: float | None
    success_difference_low: float | None
    from_ratings: int | None
    to_ratings: int | None
    from_avg_rating: float | None
    to_avg_rating: float | None
    rating_difference_low: float | None
    from_latency_ms: float | None
    to_latency_ms: float | None
    quantity: int | None
    quantity_of: int | None
    excess_credits: Decimal | None
    monthly_savings_amount: Decimal | None
    currency: str | None

    @property
    def days(self) -> int:
        """How many dates the advice looks at."""
        return (self.as_of - self.first_date).days + 1


class Outcome(NamedTuple):
    """What became, in a month, of a cheaper model advised as the month before ended.

    expected_to_date_credits: by the dates that count, of a whole month all; both amounts in `currency`, None: unknown.
    """

    tenant_id: str
    task_category: str
    from_model_id: str
    from_model_name: str
    to_model_id: str
    to_model_name: str
    recommended_on: date
    expected_credits: Decimal
    from_requests: int
    to_requests: int
    moved_requests: int
    saved_credits: Decimal | None
    is_whole_month: bool
    expected_to_date_credits: Decimal
    expected_to_date_amount: Decimal | None
    saved_amount: Decimal | None
    currency: str | None


_NAMES = {
    "item_name": "coalesce(i.item_name, m.item_id)",
    "from_model_name": "coalesce(f.model_name, m.from_model_id)",
    "to_model_name": "coalesce(t.model_name, m.to_model_id)",
    # Of months that were closed before this was kept, which are whole.
    "is_whole_month": "coalesce(m.is_whole_month, true)",
    "expected_to_date_credits": "coalesce(m.expected_to_date_credits, m.expected_credits)",
}


def _columns(kind: type) -> str:
    return ", ".join(f"{_NAMES.get(name, f'm.{name}')} as {name}" for name in kind._fields)  # type: ignore[attr-defined]


# What was advised as the span's last date ended, and no other date.
_RECOMMENDATIONS = f"""
    with spans as (
        select span, month, tenant_id, max(usage_date) as last
        from span_days
        where is_report
        group by span, month, tenant_id
    )
    select s.span, {_columns(Recommendation)}
    from spans as s
    inner join marts.mart_recommendations as m on m.tenant_id = s.tenant_id and m.as_of = s.last
    left join shown_dim_items as i on i.month = s.month and i.tenant_id = m.tenant_id and i.item_id = m.item_id
    left join shown_dim_models as f on f.month = s.month and f.model_id = m.from_model_id
    left join shown_dim_models as t on t.month = s.month and t.model_id = m.to_model_id
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
    select s.span, {_columns(Outcome)}
    from months as s
    inner join marts.mart_recommendation_outcomes as m on m.tenant_id = s.tenant_id and m.month = s.month
    left join shown_dim_models as f on f.month = s.month and f.model_id = m.from_model_id
    left join shown_dim_models as t on t.month = s.month and t.model_id = m.to_model_id
    order by s.span, m.saved_credits desc nulls last, m.task_category, m.from_model_id, m.tenant_id, m.month
"""

ROWS = (
    Rows("recommendations", Recommendation, _RECOMMENDATIONS),
    Rows("outcomes", Outcome, _OUTCOMES),
)
