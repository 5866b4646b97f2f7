"""Rows of a scope's own sums: by date, by hour and by channel."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows

# Nothing, in the scale of credits, so that it is written like any other amount.
ZERO = Decimal("0.000000")


class Totals(NamedTuple):
    """Sums of mart_tenant_daily over a span; credits and cost exact, `cost_usd` None where no cost is known."""

    requests: int
    errors: int
    unrated_requests: int
    runs: int
    calls: int
    call_seconds: int
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    total_tokens: int
    input_credits: Decimal
    output_credits: Decimal
    credits: Decimal
    cost_usd: Decimal | None
    uncosted_requests: int
    cache_write_input_tokens: int
    cache_write_1h_input_tokens: int
    workflow_runs: int
    items_built: int
    workflows_built: int


NO_TOTALS = Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ZERO, ZERO, ZERO, None, 0, 0, 0, 0, 0, 0)
# Whole numbers that may have more digits than 64 bits hold are decimals in the marts.
_WHOLE = {name: "::hugeint" for name in Totals._fields if name.endswith("_tokens") or name == "call_seconds"}


class Day(NamedTuple):
    """One scope's date; `high_usage` counts the tenants for which it was a high-usage day."""

    usage_date: date
    requests: int
    credits: Decimal
    active_users: int
    high_usage: int
    input_credits: Decimal = ZERO

    @property
    def output_credits(self) -> Decimal:
        """What input leaves of the credits."""
        return self.credits - self.input_credits


class Hour(NamedTuple):
    """Sums over a span's dates of one ISO weekday (1 = Monday) at one local hour."""

    weekday: int
    local_hour: int
    requests: int
    credits: Decimal


class Channel(NamedTuple):
    """Sums over a span by channel."""

    channel: str
    requests: int
    runs: int
    calls: int
    total_tokens: int
    credits: Decimal


DAYS = """
    select t.scope, m.usage_date, sum(m.requests) as requests, sum(m.credits) as credits,
        sum(m.active_users) as active_users, count(*) filter (where m.is_high_usage_day) as high_usage,
        sum(m.input_credits) as input_credits
    from scope_tenants as t
    inner join marts.mart_tenant_daily as m on m.tenant_id = t.tenant_id
    group by all order by all
"""

TOTALS = f"""
    select s.span, {", ".join(f"sum(m.{name}){_WHOLE.get(name, '')} as {name}" for name in Totals._fields)}
    from span_days as s
    inner join marts.mart_tenant_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span
"""

_HOURS = """
    select s.span, isodow(m.usage_date) as weekday, m.local_hour, sum(m.requests) as requests,
        sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_tenant_hourly as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by all order by s.span, weekday, m.local_hour
"""

_CHANNELS = """
    select s.span, m.channel, sum(m.requests) as requests, sum(m.runs) as runs, sum(m.calls) as calls,
        sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_channel_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.channel
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.channel
"""

ACTIVE_USERS = """
    select s.span, count(distinct (m.tenant_id, m.user_id))
    from span_days as s
    inner join marts.mart_user_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where m.user_id <> '(none)'
    group by s.span
"""

ROWS = (
    Rows("hours", Hour, _HOURS),
    Rows("channels", Channel, _CHANNELS),
)
