"""Rows of the cards about work itself: by task and user, calls, and what a tenant has."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows

MONTH_DAYS, WEEK_DAYS = 28, 7
# The user of what names none.
NOBODY = "(none)"


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


class TaskSpend(NamedTuple):
    """What a task category's credits of a span cost the tenants in `currency`; None: of some it is not known."""

    task_category: str
    currency: str
    spend: Decimal | None


class UserUse(NamedTuple):
    """Sums over a span by user, last what names none; `top_model_id` of the named models by credits, or None."""

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


# Summed by day before it meets the spans, since a date stands in many of them.
_USED = """
    used as (
        select m.*
        from marts.mart_usage_daily as m
        semi join span_days as s on s.tenant_id = m.tenant_id and s.usage_date = m.usage_date
    )"""

_TASKS = f"""
    with {_USED},
    daily as (
        select u.tenant_id, u.usage_date, u.task_category, coalesce(t.tier, 'unrated') as tier,
            sum(u.requests) as requests, sum(u.errors) as errors, sum(u.total_tokens)::hugeint as total_tokens,
            sum(u.credits) as credits, sum(u.rating_sum) as rating_sum, sum(u.rating_count) as rating_count
        from used as u
        left join marts.mart_model_daily as t
            on t.tenant_id = u.tenant_id and t.usage_date = u.usage_date and t.model_id = u.model_id
        group by all
    )
    select s.span, m.task_category, m.tier, sum(m.requests) as requests, sum(m.errors) as errors,
        sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits, sum(m.rating_sum) as rating_sum,
        sum(m.rating_count) as rating_count
    from span_days as s
    inner join daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.task_category, m.tier
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.task_category, m.tier
"""

_TASK_SPENDS = """
    select s.span, m.task_category, m.currency,
        case when count(*) = count(m.spend_amount) then sum(m.spend_amount) end as spend
    from span_days as s
    inner join marts.mart_task_spend_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.task_category, m.currency
    order by s.span, m.task_category, m.currency
"""

_USER_USES = f"""
    with {_USED},
    daily as (
        select tenant_id, usage_date, user_id, model_id, sum(requests) as requests, sum(errors) as errors,
            sum(total_tokens)::hugeint as total_tokens, sum(credits) as credits, sum(rating_sum) as rating_sum,
            sum(rating_count) as rating_count
        from used
        group by all
    ),
    by_model as (
        select s.span, s.month, m.tenant_id, m.user_id, m.model_id, sum(m.requests) as requests,
            sum(m.errors) as errors, sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits,
            sum(m.rating_sum) as rating_sum, sum(m.rating_count) as rating_count
        from span_days as s
        inner join daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where s.is_report
        group by all
    )
    select m.span, m.tenant_id, m.user_id, coalesce(any_value(d.user_name), m.user_id) as user_name,
        sum(m.requests) as requests, sum(m.errors) as errors, sum(m.total_tokens)::hugeint as total_tokens,
        sum(m.credits) as credits, sum(m.rating_sum) as rating_sum, sum(m.rating_count) as rating_count,
        min_by(m.model_id, (-m.credits, -m.requests, m.model_id)) filter (where m.model_id <> '(none)') as top_model_id
    from by_model as m
    left join shown_dim_users as d on d.month = m.month and d.tenant_id = m.tenant_id and d.user_id = m.user_id
    group by m.span, m.tenant_id, m.user_id
    order by m.span, m.user_id = '(none)', sum(m.requests) desc, sum(m.credits) desc, m.user_id, m.tenant_id
"""

_MODEL_RATINGS = f"""
    with {_USED},
    daily as (
        select tenant_id, usage_date, model_id, sum(rating_sum) as rating_sum, sum(rating_count) as rating_count
        from used
        where rating_count > 0
        group by all
    )
    select s.span, m.model_id, sum(m.rating_sum) as rating_sum, sum(m.rating_count) as rating_count
    from span_days as s
    inner join daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.model_id
    order by s.span, m.model_id
"""

_CALLS = """
    select s.span, m.direction, sum(m.calls) as calls, sum(m.failed_calls) as failed_calls,
        sum(m.call_seconds)::hugeint as call_seconds, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_call_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.direction
    order by s.span, sum(m.calls) desc, m.direction
"""

# As of the span's last date: it looks back from there, beyond the span itself.
_ACTIVES = """
    with spans as (
        select span, tenant_id, max(usage_date) as last from span_days where is_report group by span, tenant_id
    )
    select s.span, sum(m.weekly_users) as weekly, sum(m.monthly_users) as monthly, sum(m.user_days) as user_days
    from spans as s
    inner join marts.mart_active_users_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.last
    group by s.span
    having sum(m.monthly_users) > 0
    order by s.span
"""

# As of the span's last date: who signed up or was built later must not change a report of before.
_INVENTORY = """
    with spans as (
        select span, tenant_id, max(usage_date) as last from span_days group by span, tenant_id
    )
    select s.span, sum(m.seats) as seats, sum(m.item_slots) as item_slots, sum(m.users) as users,
        sum(m.items) as items, sum(m.workflows) as workflows, sum(m.assistants) as assistants
    from spans as s
    asof inner join marts.mart_inventory_daily as m on m.tenant_id = s.tenant_id and m.usage_date <= s.last
    group by s.span
    order by s.span
"""

ROWS = (
    Rows("tasks", Task, _TASKS),
    Rows("task_spends", TaskSpend, _TASK_SPENDS),
    Rows("user_uses", UserUse, _USER_USES),
    Rows("model_ratings", ModelRating, _MODEL_RATINGS),
    Rows("calls", Calls, _CALLS),
    Rows("inventory", Inventory, _INVENTORY),
    Rows("actives", Actives, _ACTIVES),
)
