"""Rows of the balance and the statement: movements by pool, closings by day, lines, and the tenants' terms."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class PoolMove(NamedTuple):
    """A tenant's pool over a span: what stood there before its first date, what moved, what stands after its last."""

    tenant_id: str
    pool: str
    opening: Decimal
    granted: Decimal
    spent: Decimal
    withdrawn: Decimal
    expired: Decimal
    closing: Decimal


class DayBalance(NamedTuple):
    """Sums over the scope's tenants as a date ends: credits that can be used, and overdraft (0 or below)."""

    usage_date: date
    credits_left: Decimal
    overdraft: Decimal


class Entry(NamedTuple):
    """A line of mart_credit_statement, or without entry_no one beside them; what months were closed without is None."""

    tenant_id: str
    entry_no: int | None
    entry_date: date
    entry_type: str
    kind: str
    description: str
    pool: str
    model_id: str
    job_id: str
    billing_id: str
    quantity: Decimal | None
    unit_price: Decimal | None
    credits: Decimal
    amount: Decimal | None
    currency: str | None
    balance_after: Decimal
    invoice_id: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    due_on: date | None = None
    tax_amount: Decimal | None = None
    quantity_unit: str | None = None
    unit_price_unit: str | None = None
    adjusted_month: str = "(none)"


class Terms(NamedTuple):
    """What a tenant has agreed to: the order in which its credits are used."""

    tenant_id: str
    burn_order: str


_POOLS = """
    select s.span, m.tenant_id, m.pool, arg_min(m.opening, m.usage_date) as opening, sum(m.granted) as granted,
        sum(m.spent) as spent, sum(m.withdrawn) as withdrawn, sum(m.expired) as expired,
        arg_max(m.closing, m.usage_date) as closing
    from span_days as s
    inner join marts.mart_credit_balance_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.tenant_id, m.pool
    order by s.span, m.tenant_id, list_position(['plan', 'promo', 'topup', 'overdraft'], m.pool)
"""

_DAY_BALANCES = """
    select s.span, m.usage_date, sum(m.closing) filter (where m.pool <> 'overdraft') as credits_left,
        sum(m.closing) filter (where m.pool = 'overdraft') as overdraft
    from span_days as s
    inner join marts.mart_credit_balance_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.usage_date
    order by s.span, m.usage_date
"""

_ENTRIES = f"""
    select s.span, {", ".join(f"m.{name}" for name in Entry._fields)}
    from span_days as s
    inner join marts.mart_credit_statement as m on m.tenant_id = s.tenant_id and m.entry_date = s.usage_date
    where s.is_report
    order by s.span, m.tenant_id, m.entry_no
"""

_TERMS = """
    select distinct s.span, t.tenant_id, t.burn_order
    from span_days as s
    inner join shown_dim_tenants as t on t.month = s.month and t.tenant_id = s.tenant_id
    where s.is_report
    order by s.span, t.tenant_id
"""

ROWS = (
    Rows("pools", PoolMove, _POOLS),
    Rows("day_balances", DayBalance, _DAY_BALANCES),
    Rows("entries", Entry, _ENTRIES),
    Rows("terms", Terms, _TERMS),
)
