"""What months hold that are closed or reopened, and what finance has to mend or accept before it closes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.closing.journal import last_of_month, month_name

DIFFERING_INVOICES, UNKNOWN_COSTS, MISSING_RATES = "differing-invoices", "unknown-costs", "missing-rates"
KINDS = (DIFFERING_INVOICES, UNKNOWN_COSTS, MISSING_RATES)
"""Kinds of blockers, in the order in which they are named."""

# Open months before the first that is closed are frozen with it.
_BLOCKERS = """
    select kind, greatest(month, $1) as month, tenant_id, subject_id, status, currency, amount, credits, requests, runs,
        calls
    from marts.mart_audit_closing_blockers
    where month <= $2
    order by list_position($3, kind), month, tenant_id, subject_id"""
_INVOICES = """
    select strftime(greatest(shown_on, $1), '%Y-%m') as month, coalesce(status, 'not comparable') as status, count(*)
    from marts.mart_invoice_reconciliation
    where shown_on between $1 and $2
        or shown_on < $1 and not exists (select 1 from marts.mart_closed_months where last_date < $1)
    group by all order by all"""
_FIGURES = """
    select strftime(usage_date, '%Y-%m') as month, cast(sum(credits) as decimal(38, 6)),
        cast(sum(cost_usd) as decimal(38, 6)), cast(sum(uncosted_requests) as bigint)
    from marts.mart_tenant_daily where usage_date between $1 and $2 group by all"""
_TENANTS = """
    select strftime(usage_date, '%Y-%m') as month, count(distinct tenant_id)
    from marts.mart_credit_balance_daily where usage_date between $1 and $2 group by all"""


@dataclass(frozen=True)
class Blocker:
    """Something that keeps a month (its first date) from being closed, unless its kind is accepted."""

    kind: str
    month: date
    text: str


@dataclass(frozen=True)
class MonthFigures:
    """A month as the marts have it: tenants with usage, billing or jobs; credits and known cost in USD of its usage;
    requests of unknown cost; invoices by status.
    """

    month: str
    tenants: int = 0
    credits: Decimal = Decimal(0)
    cost_usd: Decimal = Decimal(0)
    uncosted_requests: int = 0
    invoices: dict[str, int] = field(default_factory=dict)


def blockers(con: duckdb.DuckDBPyConnection, months: Sequence[date]) -> list[Blocker]:
    """Everything that keeps the months, which follow each other, from being closed; by kind, month and tenant."""
    names = [month_name(months[0]), month_name(months[-1])]
    return [
        Blocker(kind, date.fromisoformat(f"{month}-01"), f"tenant {tenant}, {_TEXTS[kind](subject, *figures)}")
        for kind, month, tenant, subject, *figures in con.execute(_BLOCKERS, [*names, list(KINDS)]).fetchall()
    ]


def figures_of(con: duckdb.DuckDBPyConnection, months: Sequence[date]) -> list[MonthFigures]:
    """What the marts have of months that follow each other; none of no months."""
    if not months:
        return []
    dates = _dates(months)
    usage = {month: row for month, *row in con.execute(_FIGURES, dates).fetchall()}
    tenants = dict(con.execute(_TENANTS, dates).fetchall())
    invoices: dict[str, dict[str, int]] = defaultdict(dict)
    for month, status, count in con.execute(_INVOICES, dates).fetchall():
        invoices[month][status] = count
    found = []
    for month in map(month_name, months):
        credits, cost_usd, uncosted = usage.get(month, (Decimal(0), Decimal(0), 0))
        found.append(MonthFigures(month, tenants.get(month, 0), credits, cost_usd, uncosted, invoices[month]))
    return found


def _dates(months: Sequence[date]) -> list[date]:
    return [months[0], last_of_month(months[-1])]


def _differs(
    invoice_id: str, status: str | None, currency: str | None, amount: Decimal | None, credits: Decimal | None, *_: None
) -> str:
    if status is None:
        return f"invoice {invoice_id} has nothing to be compared by"
    if amount is None and credits is None:
        return f"invoice {invoice_id} is {status}, nobody knows by how much"
    by = f"{amount:,} {currency}" if amount is not None else f"{credits:,} credits"
    if status == "charged_twice":
        return f"invoice {invoice_id} charges {by} twice"
    return f"invoice {invoice_id} is {status}, by {by}"


def _of_unknown_cost(model_id: str, *figures: Any) -> str:
    counted = zip(("requests", "runs", "calls"), figures[-3:], strict=True)
    return f"model {model_id}: {', '.join(f'{name} of unknown cost: {count:,}' for name, count in counted if count)}"


def _lacks_rate(model_id: str, status: None, currency: str, revenue: Decimal | None, *_: None) -> str:
    if revenue is None:
        return f"model {model_id}: an exchange rate of one of its currencies is missing"
    return f"model {model_id}: an exchange rate of {currency} is missing for revenue of {revenue:,}"


_TEXTS: dict[str, Callable[..., str]] = {
    DIFFERING_INVOICES: _differs, UNKNOWN_COSTS: _of_unknown_cost, MISSING_RATES: _lacks_rate,
}  # fmt: skip
