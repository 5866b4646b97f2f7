"""Budgets of the month in which the period ends: used, projected with its band, status and when each threshold fell."""

from collections.abc import Sequence

from site_builder.charts.specs import Gauge, Gauges
from site_builder.gather.alerts import Budget
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table, Value
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "budgets"
CHART_ROWS = 10
OVER, AT_RISK = "over", "at_risk"
_TONES = {OVER: "mark", AT_RISK: "c3"}
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("scope", "For"), Column("scope_id", "Id", "name", data_only=True),
    Column("scope_name", "Name", "name"), Column("month", "Month"), Column("budget", "Budget", "amount"),
    Column("used", "Used", "amount"), Column("remaining", "Left", "amount"), Column("used_pct", "Used, %", "percent"),
    Column("projected", "Projected", "amount"), Column("projected_low", "At least", "amount"),
    Column("projected_high", "At most", "amount"), Column("status", "Status", "figure"),
    Column("crossed_75_on", "75% on"), Column("crossed_90_on", "90% on"), Column("crossed_100_on", "100% on"),
    Column("is_known_scope", "Known", "yes"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    budgets = view.now.budgets
    departments = _departments(budgets)
    last = view.period.covered.last
    return Card(
        name=NAME,
        subject="Budgets",
        title=_title(budgets),
        about=f"{periods.month_text(last)}, as of {periods.short_date(last)} · {view.scope.zone}",
        table=Table(_COLUMNS, [_row(budget) for budget in (*budgets, *departments)]),
        definition="Used: credits of the month so far. Projected: that, and for each day left the mean of its "
        "weekday over the 28 dates up to now (none yet: the mean of what there is). Band: 8 in 10 months are expected "
        "to end in it. Over: used reached the budget; at risk: projected above it. Dates: the first on which the use "
        "of the month reached the share. Left: the budget less what is used, negative where that is more. A department "
        "has the budgets of its teams together.",
        facts=_facts(view),
        panels=_panels(view, departments) if budgets else (),
        legend=_legend(budgets),
        note=_note(budgets),
        is_empty=not budgets,
    )


def _row(budget: Budget) -> tuple[Value, ...]:
    known = budget._asdict()
    return tuple(
        budget.budget - budget.used if column.name == "remaining" else known[column.name] for column in _COLUMNS
    )


def _departments(budgets: Sequence[Budget]) -> list[Budget]:
    """The budgets of departments, which are those of their teams together, most used first."""
    teams: dict[tuple[str, str], list[Budget]] = {}
    for budget in budgets:
        if budget.department:
            teams.setdefault((budget.tenant_id, budget.department), []).append(budget)
    found = [_together(tenant, name, of) for (tenant, name), of in teams.items()]
    return sorted(found, key=lambda budget: (-budget.used_pct, budget.tenant_id, budget.scope_id))


def _together(tenant: str, name: str, teams: Sequence[Budget]) -> Budget:
    whole, used, projected = (
        sum((getattr(team, figure) for team in teams), ZERO) for figure in ("budget", "used", "projected")
    )
    return teams[0]._replace(
        tenant_id=tenant, scope="department", scope_id=name, scope_name=name, budget=whole, used=used,
        used_pct=float(100 * used / whole), projected=projected, projected_low=None, projected_high=None,
        status=OVER if used >= whole else AT_RISK if projected > whole else "on_track", crossed_75_on=None,
        crossed_90_on=None, crossed_100_on=None, is_known_scope=True,
    )  # fmt: skip


def _panels(view: View, departments: Sequence[Budget]) -> list[Panel]:
    if not departments:
        return [Panel("", [_chart(view, view.now.budgets)])]
    return [Panel("All", [_chart(view, view.now.budgets)]), Panel("Departments", [_chart(view, departments)])]


def _left(budget: Budget) -> str:
    rest = budget.budget - budget.used
    return f"{formats.amount(rest)} left" if rest >= 0 else f"{formats.amount(-rest)} over"


def _chart(view: View, budgets: Sequence[Budget]) -> Gauges:
    shown = budgets[:CHART_ROWS]
    notes = phrases.row_notes(view, [(budget.tenant_id, budget.scope_id, budget.scope_name) for budget in shown])
    rows = [
        Gauge(
            label=formats.shown_name(phrases.named(each.scope_name, each.scope_id, f"No {each.scope}")),
            used=_share(each, each.used),
            expected=_share(each, each.projected),
            low=None if each.projected_low is None else _share(each, each.projected_low),
            high=None if each.projected_high is None else _share(each, each.projected_high),
            text=f"{formats.percent(each.used_pct, 0)} of {formats.amount(each.budget)} · {_left(each)}",
            note=" · ".join(filter(None, [each.scope, note])),
            tone=_TONES.get(each.status, "c1"),
        )
        for each, note in zip(shown, notes, strict=True)
    ]
    more = f"; the first {len(rows)} of {len(budgets)}" if len(budgets) > len(rows) else ""
    desc = f"{formats.plural(len(rows), 'budget')}, most used first{more}."
    return Gauges("Used and projected against the budget", desc, rows)


def _share(budget: Budget, credits: object) -> float:
    return float(str(credits)) / float(budget.budget)


def _facts(view: View) -> list[Fact]:
    """The budget of the whole tenant, in words."""
    whole = next((budget for budget in view.now.budgets if budget.scope == "tenant"), None)
    if whole is None or view.scope.is_all:
        return []
    used = f"{formats.amount(whole.used)} of {formats.amount(whole.budget)} credits"
    if whole.projected == whole.used:
        return [Fact("The tenant's budget", used)]
    band = ""
    if whole.projected_low is not None and whole.projected_high is not None:
        band = f" ({formats.amount(whole.projected_low)} to {formats.amount(whole.projected_high)})"
    return [Fact("The tenant's budget", used), Fact("Projected", f"{formats.amount(whole.projected)} credits{band}")]


def _legend(budgets: Sequence[Budget]) -> list[Key]:
    if not budgets:
        return []
    statuses = {budget.status for budget in budgets[:CHART_ROWS]}
    keys = [Key("c1", "used")] if statuses - {OVER, AT_RISK} else []
    keys += [Key("c3", "used, at risk")] if AT_RISK in statuses else []
    keys += [Key("mark", "used, over")] if OVER in statuses else []
    return [*keys, Key("h2", "band of the projection"), Key("bar", "budget")]


def _note(budgets: Sequence[Budget]) -> str:
    unknown = [budget for budget in budgets if not budget.is_known_scope]
    if not unknown:
        return ""
    named = [phrases.in_text(tenant.scope_id) for tenant in unknown[:4]]
    more = [f"{len(unknown) - 4} more"] if len(unknown) > 4 else []
    verb = "is" if len(unknown) == 1 else "are"
    return (
        f"{formats.plural(len(unknown), 'budget')} {verb} for somebody that neither directory nor usage names, perhaps "
        f"misspelt: {phrases.joined([*named, *more])}."
    )


def _title(budgets: Sequence[Budget]) -> str:
    if not budgets:
        return "No budget is set for this month"
    over = [budget for budget in budgets if budget.status == OVER]
    at_risk = [budget for budget in budgets if budget.status == AT_RISK]
    whole = formats.plural(len(budgets), "budget")
    if not over and not at_risk:
        return "The only budget is on track" if len(budgets) == 1 else f"All {whole} are on track"
    lead = phrases.in_text((over or at_risk)[0].scope_name)
    if over:
        others = f" and {formats.plural(len(over) - 1, 'other')}" if len(over) > 1 else ""
        coming = f"; {len(at_risk)} more at risk" if at_risk else ""
        return f"{lead}{others} used up the budget{coming}"
    others = f" and {formats.plural(len(at_risk) - 1, 'other')}" if len(at_risk) > 1 else ""
    return f"{lead}{others} will go over budget at this pace"
