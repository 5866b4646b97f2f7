"""Rows of the recommendations card."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Recommendation(NamedTuple):
    """One piece of advice as of a span's last date; figures that its kind does not have are None, ids `(none)`."""

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

    @property
    def days(self) -> int:
        """How many dates the advice looks at."""
        return (self.as_of - self.first_date).days + 1


class Outcome(NamedTuple):
    """What became, in a month, of a cheaper model advised as the month before ended."""

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
