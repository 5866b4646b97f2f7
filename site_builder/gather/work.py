"""Rows of the cards about work itself: by task and user, how long answers took, calls, and what a tenant has."""

from decimal import Decimal
from typing import NamedTuple

# What latencies are broken down by; `all` has one row.
ALL, MODEL, USER, HOUR, TIME = "all", "model", "user", "hour", "time"


MONTH_DAYS, WEEK_DAYS = 28, 7


class Task(NamedTuple):
    """Sums over a span by task category and the tier that the model had on each day."""

    task_category: str
    tier: str
    requests: int
    errors: int
    total_tokens: int
    credits: Decimal
    rating_sum: int
    rating_count: int


class UserUse(NamedTuple):
    """Sums over a span by user; `top_model_id` of the named models by credits, None where there is none."""

    tenant_id: str
    user_id: str
    user_name: str
    requests: int
    errors: int
    total_tokens: int
    credits: Decimal
    rating_sum: int
    rating_count: int
    top_model_id: str | None


class ModelRating(NamedTuple):
    """Ratings of a span by model."""

    model_id: str
    rating_sum: int
    rating_count: int


class Latency(NamedTuple):
    """Milliseconds of the successful requests with a latency; percentiles interpolated linearly.

    breakdown: one of the constants above; key: what of it, a model id, `tenant_id/user_id`, an hour as two digits, or
    peak, off_peak and weekend.
    """

    breakdown: str
    tenant_id: str | None
    key: str
    name: str | None
    answers: int
    total_ms: int
    p50_ms: float
    p95_ms: float
    fastest_ms: int
    slowest_ms: int

    @property
    def average_ms(self) -> float:
        """The mean."""
        return self.total_ms / self.answers


class Calls(NamedTuple):
    """Sums over a span by direction: inbound, outbound, or (none)."""

    direction: str
    calls: int
    failed_calls: int
    call_seconds: int
    credits: Decimal


class Actives(NamedTuple):
    """Users active in the 7 and the 28 dates up to a span's last; `user_days`: on how many of the 28, added up."""

    weekly: int
    monthly: int
    user_days: int

    @property
    def stickiness(self) -> float | None:
        """Mean daily ÷ monthly active users, 0–1."""
        return self.user_days / MONTH_DAYS / self.monthly if self.monthly else None


class Inventory(NamedTuple):
    """What the scope's tenants have as of a span's last date; seats and slots None where no tenant says any."""

    seats: int | None
    item_slots: int | None
    users: int
    items: int
    workflows: int
    assistants: int
