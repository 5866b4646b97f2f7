"""Cards of what went wrong or may: response times, failed messages, alerts, budgets; and when the thing is used."""

from decimal import Decimal

from site_builder.cards import alerts as alerts_card
from site_builder.charts.specs import Bar, Bars
from site_builder.entities.figures import about
from site_builder.entities.view import EntityView
from site_builder.gather.usage import ZERO
from site_builder.pages.elements import Card, Column, Fact, Notice, Panel, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

ALERTS_SHOWN = 5
SHOWN = 6
_STATUS = {"over": "over", "at_risk": "at risk", "on_track": "on track"}


def latency(view: EntityView) -> Card:
    """Response times by model; exact percentiles of the single messages."""
    columns = (
        Column("model_id", "Model id", "name", data_only=True), Column("model_name", "Model", "name"),
        Column("requests", "Messages", "int"), Column("avg_ms", "Average", "ms"), Column("p50_ms", "Median", "ms"),
        Column("p95_ms", "p95", "ms"),
    )  # fmt: skip
    rows = [
        (
            row.model_id, view.name("model", row.model_id), row.answers, _exact(row.total_ms / row.answers),
            _exact(row.p50_ms), _exact(row.p95_ms),
        )
        for row in view.latencies
        if row.window == "now" and row.model_id is not None
    ]  # fmt: skip
    whole = next((row for row in view.latencies if row.window == "now" and row.model_id is None), None)
    return Card(
        name="latency",
        subject="Response times",
        title=f"Half of the messages took {formats.milliseconds(whole.p50_ms)} or less" if whole else "None are known",
        about=about(view.entity),
        table=Table(columns, rows),
        definition="Of successful messages whose event names a latency. Percentiles are of the single messages, "
        "interpolated linearly.",
        shows_table=True,
        page_table=Table(columns, rows[:SHOWN]),
        is_empty=not rows,
    )


def errors(view: EntityView) -> Card:
    """Failed messages: of an item by type and model, of teams and users by model."""
    columns = (
        Column("error_type", "Type", "name"), Column("model_id", "Model id", "name", data_only=True),
        Column("model_name", "Model", "name"), Column("errors", "Failed", "int"),
        Column("previous_errors", "Before", "int"), Column("all_time_errors", "In all", "int"),
    )  # fmt: skip
    rows = [
        (row.error_type, row.model_id, view.name("model", row.model_id), row.errors, row.before_errors,
         row.total_errors)
        for row in view.errors
    ]  # fmt: skip
    sums = view.sums(view.entity.now)
    failed = formats.plural(sums.errors, "message")
    rate = phrases.share_text(sums.errors, sums.requests)
    return Card(
        name="errors",
        subject="Errors",
        title=f"{failed} failed, {rate} of all" if sums.errors else "No message failed",
        about=about(view.entity),
        table=Table(columns, rows),
        definition="Failed messages by error type and model; “none” where the event names no type. The table has "
        "all since the first use.",
        shows_table=True,
        page_table=Table(columns, rows[:SHOWN]),
        is_empty=not rows,
    )


def hours(view: EntityView) -> Card:
    """When the thing is used: credits by local hour, and the weekdays with most."""
    known = {hour.local_hour: hour for hour in view.hours}
    sums = [(hour, known[hour].requests if hour in known else 0, known[hour].credits if hour in known else ZERO)
            for hour in range(24)]  # fmt: skip
    whole = sum((credits for _, _, credits in sums), ZERO)
    bars = [Bar(f"{hour:02d}", credits) for hour, _, credits in sums]
    busiest = max(sums, key=lambda row: (row[2], row[1]))
    title = f"Busiest at {busiest[0]:02d}:00, with {phrases.share_text(busiest[2], whole)} of the credits"
    return Card(
        name="hours",
        subject="Hours",
        title=title if whole else "No credits in these dates",
        about=about(view.entity),
        table=Table(
            (Column("local_hour", "Hour", "hour"), Column("requests", "Messages", "int"),
             Column("credits", "Credits", "amount")),
            sums,
        ),
        definition="Credits by local hour, over all of the 28 dates.",
        facts=_weekdays(view),
        panels=[Panel("", [Bars("Credits by hour", f"24 hours. {title}.", "credits", bars)])] if whole else (),
        is_empty=not whole,
    )  # fmt: skip


def _weekdays(view: EntityView) -> list[Fact]:
    entity = view.entity
    by_weekday: dict[int, Decimal] = {}
    for day in view.days:
        if entity.now.first <= day.usage_date <= entity.now.last and day.credits:
            weekday = day.usage_date.weekday()
            by_weekday[weekday] = by_weekday.get(weekday, ZERO) + day.credits
    first = sorted(by_weekday, key=lambda weekday: (-by_weekday[weekday], weekday))[:3]
    named = [f"{periods.WEEKDAYS[weekday]} ({formats.amount(by_weekday[weekday] / 4)} a day)" for weekday in first]
    return [Fact("Most active weekdays", phrases.joined(named))] if named else []


def alerts(view: EntityView) -> Card:
    """Alerts about the thing, newest first, runaway days with what they took above the median."""
    columns = (
        Column("alert_date", "Date"), Column("severity", "Severity"), Column("kind", "Kind", "figure"),
        Column("what", "What", "words", data_only=True), Column("evidence", "Evidence", "words", data_only=True),
        Column("amount", "Amount", "amount"), Column("reference", "Of", "amount"),
        Column("excess", "Excess", "amount"), Column("muted_by", "Muted by", "words", data_only=True),
    )  # fmt: skip
    told = [(alert, *alerts_card.words_of(alert)) for alert in view.alerts]
    rows = [
        (alert.last_date, alert.severity, alert.kind, what, evidence, alert.amount, alert.reference, alert.excess,
         alert.muted_by)
        for alert, what, evidence in told
    ]  # fmt: skip
    more = len(rows) - ALERTS_SHOWN
    return Card(
        name="alerts",
        subject="Alerts",
        title=formats.plural(len(rows), "alert") if rows else "No alert so far",
        about=f"Since the first use, newest first · {view.entity.scope.zone}",
        table=Table(columns, rows),
        definition="As on reports; a budget that is over or at risk is told as of the as-of date alone. At most the "
        "newest 200.",
        notices=[
            Notice("muted" if alert.is_muted else alert.severity, periods.short_date(alert.last_date), what, evidence)
            for alert, what, evidence in told[:ALERTS_SHOWN]
        ],
        note=f"{formats.plural(more, 'more alert')} in the table." if more > 0 else "",
        is_empty=not rows,
    )


def budgets(view: EntityView) -> Card:
    """The budgets of the thing, month by month."""
    columns = (
        Column("month", "Month"), Column("budget", "Budget", "amount"), Column("used", "Used", "amount"),
        Column("remaining", "Remaining", "amount", data_only=True), Column("used_pct", "Share", "percent"),
        Column("projected", "Projected", "amount", data_only=True), Column("status", "Status", "figure"),
        Column("crossed_75_on", "75% on", data_only=True), Column("crossed_90_on", "90% on", data_only=True),
        Column("crossed_100_on", "100% on", data_only=True),
    )  # fmt: skip
    title = "No budget"
    if view.budgets:
        newest = view.budgets[0]
        used = f"{formats.amount(newest.used)} of {formats.amount(newest.budget)} credits used in {newest.month}"
        title = f"{used}: {_STATUS.get(newest.status, newest.status)}"
    return Card(
        name="budgets",
        subject="Budget",
        title=title,
        about=f"To {periods.short_date(view.entity.scope.as_of)} · {view.entity.scope.zone}",
        table=Table(columns, list(view.budgets)),
        definition="As of the as-of date; months before it as they ended. The projection adds, for each day that is "
        "left, the mean of its weekday over the last 28 dates.",
        shows_table=True,
        page_table=Table(columns, list(view.budgets[:SHOWN])),
        facts=_budget_facts(view),
        is_empty=not view.budgets,
    )


def _budget_facts(view: EntityView) -> list[Fact]:
    if not view.budgets:
        return []
    newest = view.budgets[0]
    reached = [(share, day) for share, day in ((100, newest.crossed_100_on), (90, newest.crossed_90_on),
                                               (75, newest.crossed_75_on)) if day]  # fmt: skip
    facts = [
        Fact("Remaining", f"{formats.amount(newest.remaining)} credits"),
        Fact("Projected for the month", f"{formats.amount(newest.projected)} credits"),
    ]
    return facts + [Fact(f"{formats.percent(share, 0)} reached", periods.short_date(day)) for share, day in reached[:1]]


def members(view: EntityView) -> Card:
    """The users whom the directory has in the team, with what they used in it."""
    used = {part.key: part for part in view.parts if part.dimension == "user"}
    columns = (
        Column("tenant_id", "Tenant", "name", data_only=True), Column("user_id", "User id", "name", data_only=True),
        Column("user_name", "User", "name"), Column("role", "Role", "name"), Column("credits", "Credits", "amount"),
        Column("last_active_on", "Last active"),
    )  # fmt: skip
    rows = [
        (view.entity.tenant_id, *member[:3], used[member.user_id].credits if member.user_id in used else ZERO,
         member.last_active_on)
        for member in view.members
    ]  # fmt: skip
    rows.sort(key=lambda row: -row[4])
    dates = [member.last_active_on for member in view.members if member.last_active_on]
    active = sum(1 for day in dates if day >= view.entity.now.first)
    return Card(
        name="members",
        subject="Members",
        title=f"{formats.plural(len(rows), 'member')}, {formats.count(active)} of them active in these dates",
        about=about(view.entity),
        table=Table(columns, rows),
        definition="Users whom the directory has in the team now; credits are those that they used in it. Last active "
        "counts all that they used anywhere.",
        shows_table=True,
        page_table=Table(columns, rows[:SHOWN]),
        is_empty=not rows,
    )


def _exact(milliseconds: float) -> Decimal:
    return Decimal(str(round(milliseconds, 3)))
