"""Rows of the balance and the statement: movements by pool, closings by day, lines, and the tenants' terms."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


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


class Standing(NamedTuple):
    """Sums over the scope's tenants as a date ends: credits that can be used, and overdraft (0 or below)."""

    usage_date: date
    credits_left: Decimal
    overdraft: Decimal


class Entry(NamedTuple):
    """A line of mart_credit_statement."""

    tenant_id: str
    entry_no: int
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


class Terms(NamedTuple):
    """What a tenant has agreed to: the order in which its credits are used, and the date of the next invoice."""

    tenant_id: str
    burn_order: str
    next_billing_date: date | None
