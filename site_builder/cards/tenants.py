"""Every tenant in a line, the one that needs attention most first: use, money, budget, balance, margin and alerts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from site_builder.cards import money
from site_builder.gather.alerts import CRITICAL, WARNING, Alert, Budget, count
from site_builder.gather.spend import TENANT
from site_builder.gather.tenants import TenantUse
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Table
from site_builder.words import formats, phrases

NAME = "tenants"
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("critical_alerts", "Critical", "int"),
    Column("warning_alerts", "Warnings", "int"), Column("credits", "Credits", "amount"),
    Column("change_pct", "Change", "pct"),
)  # fmt: skip
_REST = (
    Column("budget_used_pct", "Budget used", "percent"), Column("budget_status", "Budget", "figure"),
    Column("balance", "Balance", "amount"), Column("margin_usd", "Margin (USD)", "usd"),
)  # fmt: skip
_DATA = (
    Column("requests", "Messages", "int", data_only=True),
    Column("active_users", "Active users", "int", data_only=True),
    Column("previous_credits", "Before", "amount", data_only=True),
)  # fmt: skip


class _Line(NamedTuple):
    """A tenant's: `budget` of the whole tenant, `margin` None where it is not known or the month is not over."""

    use: TenantUse
    alerts: Sequence[Alert]
    budget: Budget | None
    balance: Decimal | None
    margin: Decimal | None

    @property
    def urgency(self) -> tuple[int, int]:
        return count(self.alerts, CRITICAL), count(self.alerts, WARNING)


def build(view: View) -> Card:
    """The card of one report of all tenants."""
    lines = sorted(_lines(view), key=lambda line: (tuple(-count for count in line.urgency), -line.use.credits))
    before = {use.tenant_id: use.credits for use in view.past.tenant_uses}
    spent = money.spent(view, TENANT)
    rows = []
    for line in lines:
        use = line.use
        past = before.get(use.tenant_id, ZERO) if view.has_past else None
        rows.append((
            use.tenant_id, *line.urgency, use.credits, phrases.change(use.credits, past, view).pct,
            *money.cells(view, spent, (use.tenant_id, use.tenant_id)),
            line.budget.used_pct if line.budget else None, line.budget.status if line.budget else None, line.balance,
            line.margin, use.requests, use.active_users, past,
        ))  # fmt: skip
    return Card(
        name=NAME,
        subject="Tenants",
        title=_title(view, lines),
        about=phrases.about(view),
        table=Table(_columns(view), rows),
        definition="The tenant with most critical alerts first, then most warnings, then most credits. "
        f"{money.DEFINITION} "
        "Budget is that of the whole tenant, in the month in which the period ends. Balance: what is left of all "
        "credits, less what is owed, as the period ends; a dash where no credits were ever bought. Margin is of a "
        "calendar month that is over, and known where that of all its models is.",
        note=money.note(view),
        is_empty=not lines,
        is_wide=True,
        shows_table=True,
    )


def _columns(view: View) -> tuple[Column, ...]:
    """Margins have no column on a page where there are none."""
    rest = _REST if view.now.margins else (*_REST[:-1], replace(_REST[-1], data_only=True))
    return (*_COLUMNS, *money.columns(view), *rest, *_DATA)


def _lines(view: View) -> list[_Line]:
    alerts: dict[str, list[Alert]] = defaultdict(list)
    for alert in view.now.alerts:
        alerts[alert.tenant_id].append(alert)
    budgets = {budget.tenant_id: budget for budget in view.now.budgets if budget.scope == TENANT}
    balances: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for pool in view.now.pools:
        balances[pool.tenant_id] += pool.closing
    margins = _margins(view)
    return [
        _Line(
            use,
            alerts[use.tenant_id],
            budgets.get(use.tenant_id),
            _balance(view, use, balances),
            margins.get(use.tenant_id),
        )
        for use in view.now.tenant_uses
    ]


def _balance(view: View, use: TenantUse, balances: Mapping[str, Decimal]) -> Decimal | None:
    """What is left; None of a tenant that has never had any credits."""
    had = any(pool.tenant_id == use.tenant_id and (pool.granted or pool.opening > 0) for pool in view.now.pools)
    left = balances.get(use.tenant_id)
    return left if had or (left is not None and left > 0) else None


def _margins(view: View) -> Mapping[str, Decimal]:
    """By tenant, where it is known of all its models."""
    found: dict[str, Decimal | None] = {}
    for margin in view.now.margins:
        known = found.get(margin.tenant_id, ZERO)
        found[margin.tenant_id] = None if known is None or margin.margin_usd is None else known + margin.margin_usd
    return {tenant: margin for tenant, margin in found.items() if margin is not None}


def _title(view: View, lines: Sequence[_Line]) -> str:
    if not lines:
        return phrases.NOTHING
    pressing = [line for line in lines if any(line.urgency)]
    if not pressing:
        return f"None of {formats.plural(len(lines), 'tenant')} needs attention"
    first = phrases.in_text(view.tenant_names[pressing[0].use.tenant_id])
    need = "needs" if len(pressing) == 1 else "need"
    most = f", {first} most" if len(pressing) > 1 else f": {first}"
    return f"{len(pressing)} of {formats.plural(len(lines), 'tenant')} {need} attention{most}"
