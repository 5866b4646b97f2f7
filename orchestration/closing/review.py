"""What months hold that are closed or reopened, and what finance has to mend or accept before it closes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import duckdb

from orchestration.closing.journal import last_of_month, month_name

DIFFERING_INVOICES, UNKNOWN_COSTS, MISSING_RATES = "differing-invoices", "unknown-costs", "missing-rates"
KINDS = (DIFFERING_INVOICES, UNKNOWN_COSTS, MISSING_RATES)
"""Kinds of blockers, in the order in which they are named."""

# The first month that is closed freezes what is for dates before it, too.
_INVOICES = """
    select tenant_id, invoice_id, status, currency, difference_amount, difference_credits,
        greatest(shown_on, $1) as counted_on
    from marts.mart_invoice_reconciliation
    where shown_on between $1 and $2
        or shown_on < $1 and not exists (select 1 from marts.mart_closed_months where last_date < $1)
    order by counted_on, tenant_id, invoice_id"""
_UNKNOWN_COSTS = """
    select tenant_id, model_id, uncosted_requests, coalesce(uncosted_runs, 0), coalesce(uncosted_calls, 0), month
    from marts.mart_margin_monthly
    where month between $1 and $2
        and (uncosted_requests > 0 or uncosted_runs > 0 or uncosted_calls > 0)
    order by month, tenant_id, model_id"""
# Revenue of lots in several currencies is in US dollars, and unknown where any of them has no rate.
_MISSING_RATES = """
    select tenant_id, model_id, currency, revenue, month
    from marts.mart_margin_monthly
    where month between $1 and $2 and revenue_usd is null and coalesce(unpriced_credits, 0) = 0
        and (revenue is not null or currency = 'USD')
    order by month, tenant_id, model_id"""
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
    found = [
        Blocker(DIFFERING_INVOICES, day.replace(day=1), f"tenant {tenant}, invoice {invoice_id} {_differs(*row)}")
        for tenant, invoice_id, *row, day in con.execute(_INVOICES, _dates(months)).fetchall()
        if row[0] != "matched"
    ]
    found += [
        Blocker(UNKNOWN_COSTS, _first(month), f"tenant {tenant}, model {model}: {_of_unknown_cost(*counts)}")
        for tenant, model, *counts, month in con.execute(_UNKNOWN_COSTS, names).fetchall()
    ]
    found += [
        Blocker(MISSING_RATES, _first(month), f"tenant {tenant}, model {model}: {_lacks_rate(currency, revenue)}")
        for tenant, model, currency, revenue, month in con.execute(_MISSING_RATES, names).fetchall()
    ]
    return found


def figures_of(con: duckdb.DuckDBPyConnection, months: Sequence[date]) -> list[MonthFigures]:
    """What the marts have of months that follow each other; none of no months."""
    if not months:
        return []
    dates = _dates(months)
    usage = {month: row for month, *row in con.execute(_FIGURES, dates).fetchall()}
    tenants = dict(con.execute(_TENANTS, dates).fetchall())
    invoices: dict[str, Counter[str]] = {month_name(month): Counter() for month in months}
    for _, _, status, *_, day in con.execute(_INVOICES, dates).fetchall():
        invoices[month_name(day)][status or "not comparable"] += 1
    found = []
    for month in map(month_name, months):
        credits, cost_usd, uncosted = usage.get(month, (Decimal(0), Decimal(0), 0))
        by_status = dict(sorted(invoices[month].items()))
        found.append(MonthFigures(month, tenants.get(month, 0), credits, cost_usd, uncosted, by_status))
    return found


def _dates(months: Sequence[date]) -> list[date]:
    return [months[0], last_of_month(months[-1])]


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _of_unknown_cost(requests: int, runs: int, calls: int) -> str:
    counted = (("requests", requests), ("runs", runs), ("calls", calls))
    return ", ".join(f"{name} of unknown cost: {count:,}" for name, count in counted if count)


def _differs(
    status: str | None, currency: str | None, amount: Decimal | None, credits: Decimal | None
) -> str:  # fmt: skip
    if status is None:
        return "has nothing to be compared by"
    by = f"{amount:,} {currency}" if amount is not None else f"{credits:,} credits"
    return f"is {status}, by {by}"


def _lacks_rate(currency: str, revenue: Decimal | None) -> str:
    if revenue is None:
        return "an exchange rate of one of its currencies is missing"
    return f"an exchange rate of {currency} is missing for revenue of {revenue:,}"
