"""What somebody must know of the period: budgets, runaway items, overdraft, expiring credits, unknown prices."""

from collections.abc import Sequence
from decimal import Decimal

from site_builder.gather.alerts import SEVERITIES, Alert, over
from site_builder.gather.view import View
from site_builder.pages import mentions
from site_builder.pages.elements import Card, Column, Notice, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "alerts"
SHOWN = 8
_COLUMNS = (
    Column("alert_date", "Date"), Column("severity", "Severity"), Column("tenant_id", "Tenant", "name"),
    Column("kind", "Kind", "figure"), Column("subject_type", "About"),
    Column("subject_id", "Id", "name", data_only=True), Column("subject_name", "Name", "name"),
    Column("what", "What", "words"), Column("evidence", "Evidence", "words"), Column("first_date", "From"),
    Column("days", "Days", "int"),
    Column("amount", "Amount", "amount"), Column("reference", "Of", "amount"),
    Column("peak_amount", "At most", "amount"), Column("total_amount", "In all", "amount"),
    Column("excess", "Excess", "amount"), Column("currency", "Currency"), Column("happens_on", "On"),
    Column("muted_by", "Muted by", "words"), Column("muted_until", "Until"), Column("mute_note", "Because", "words"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    alerts = told(view.now.alerts)
    rows = [
        (
            alert.last_date, alert.severity, alert.tenant_id, alert.kind, alert.subject_type, alert.subject_id,
            alert.subject_name, _what(alert), _evidence(alert), alert.first_date, alert.days, alert.amount,
            alert.reference, alert.peak, alert.total, alert.excess, alert.currency, alert.happens_on, alert.muted_by,
            alert.muted_until, alert.mute_note,
        )
        for alert in alerts
    ]  # fmt: skip
    more = len(alerts) - SHOWN
    return Card(
        name=NAME,
        subject="Alerts",
        title=_title(alerts),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Budgets: the share of the month's budget that was reached in the period, the highest of a date; "
        "over or at risk as of the period's last date. Runaway items and high-usage days as on their "
        "cards; one of its tenant's usual day or more is critical. Of each severity the largest excess comes "
        "first: above the median, the budget, or what a week would take. "
        "Overdraft: use beyond every credit lot. Expiring: left of a lot seven days before its last. "
        "Invoices: those that bill more or less than was metered and purchased, those that bill use which "
        "bought credits had paid for, and those that were not paid in full when they were due. A balance "
        "is short where it would not last a week at the spend of the last 28 dates. What is muted "
        "(directory/alert_mutes.csv) is shown last and not sent. Like alerts of several dates stand in "
        "one row, under the last.",
        notices=[_notice(view, alert) for alert in alerts[:SHOWN]],
        note=f"{formats.plural(more, 'more alert')} in the table." if more > 0 else "",
        is_empty=not alerts,
    )


# The card that has what an alert is about, by the beginning of its kind.
_ABOUT = {
    "budget": "budgets", "runaway": "items", "balance": "balance", "overdraft": "balance", "credits": "balance",
    "invoice": "invoices", "high_usage": "credit_trend", "uncosted": "models", "unrated": "models",
    "margin": "margin",
}  # fmt: skip
# What happened, and is over: no risk any more.
_PAST = frozenset(["runaway_item", "high_usage_day"])


def about(alert: Alert) -> str:
    """The name of the card that has what an alert is about; "" where none has."""
    return next((card for start, card in _ABOUT.items() if alert.kind.startswith(start)), "")


def is_risk(alert: Alert) -> bool:
    """Whether something may still come of it."""
    return not alert.is_muted and alert.severity != "notice" and alert.kind not in _PAST


def said(view: View, alert: Alert) -> str:
    """An alert in a sentence, with its amount."""
    tenant = "" if _names_the_tenant(alert) else phrases.tenant_note(view, alert.tenant_id)
    return f"{_what(alert)}{f' ({tenant})' if tenant else ''}: {_measure(alert)}"


def told(alerts: Sequence[Alert]) -> list[Alert]:
    """The largest first, of each severity; without those that say of a budget what another one says with its date."""
    fresh = {alert[:1] + alert[3:5] for alert in alerts if alert.kind == "budget_100"}
    kept = [alert for alert in alerts if alert.kind != "budget_over" or alert[:1] + alert[3:5] not in fresh]
    return sorted(kept, key=lambda alert: (alert.is_muted, SEVERITIES.index(alert.severity), -_over(alert)))


def _over(alert: Alert) -> Decimal:
    return over(alert.kind, alert.amount, alert.reference, alert.excess)


def _notice(view: View, alert: Alert) -> Notice:
    tenant = "" if _names_the_tenant(alert) else phrases.tenant_note(view, alert.tenant_id)
    evidence = " · ".join(filter(None, [_evidence(alert), tenant, _mute(alert)]))
    tone = "muted" if alert.is_muted else alert.severity
    mark = mentions.mark_of(alert.subject_type, alert.tenant_id, alert.subject_id) if "{}" in alert.sentence else ""
    return Notice(tone, periods.axis_date(alert.last_date), _what(alert), evidence, about(alert), mark)


def _names_the_tenant(alert: Alert) -> bool:
    return alert.subject_type == "tenant" and "{}" in alert.sentence


def words_of(alert: Alert) -> tuple[str, str]:
    """What an alert says, and its evidence."""
    return _what(alert), _evidence(alert)


def _mute(alert: Alert) -> str:
    if not alert.is_muted:
        return ""
    until = f" until {periods.axis_date(alert.muted_until)}" if alert.muted_until else ""
    return f"muted by {phrases.in_text(alert.muted_by or '')}{until}: {phrases.in_text(alert.mute_note or '')}"


def _what(alert: Alert) -> str:
    sentence = alert.sentence[:1].upper() + alert.sentence[1:]
    on = periods.axis_date(alert.happens_on) if alert.happens_on else "a date that is not known"
    sentence = sentence.replace("{on}", on)
    # A sentence that names a date says it of the last one.
    on_days = f" on {formats.plural(alert.days, 'date')}" if alert.days > 1 and "{on}" not in alert.sentence else ""
    return sentence.replace("{}", phrases.in_text(alert.subject_name)) + on_days


def _evidence(alert: Alert) -> str:
    amount, peak, total = (formats.amount(value) for value in (alert.amount, alert.peak, alert.total))
    if alert.kind in ("budget_missing", "rate_missing"):
        used = f"{amount} credits in the month so far"
        return used if alert.currency is None else f"{formats.money(alert.total, alert.currency)} cannot be converted"
    if alert.reference is None or alert.total_reference is None:
        if alert.kind == "overdraft" and alert.days > 1:
            return f"at most {peak} credits owed, {amount} on the last date"
        return f"{total} credits" if alert.kind != "overdraft" else f"{amount} credits owed"
    reference = formats.amount(alert.reference)
    if alert.subject_type == "invoice":
        open_now = " open" if alert.kind in ("invoice_overdue", "invoice_unpaid") else ""
        return f"{amount} of {reference} {alert.currency or 'credits'}{open_now}"
    if alert.kind == "balance_short":
        short = f"; short on {formats.plural(alert.days, 'date')}" if alert.days > 1 else ""
        return f"{amount} credits left, {reference} spent in a day{short}"
    if alert.kind == "margin_negative":
        return f"{formats.money(alert.amount, alert.currency)} lost on revenue of {reference}"
    if alert.kind == "margin_unknown":
        return f"of {formats.count(int(alert.amount))} of {formats.plural(int(alert.reference), 'model')}"
    if alert.kind.endswith("_requests"):
        return f"{formats.grouped(alert.total)} of {formats.plural(int(alert.total_reference), 'message')}"
    if alert.kind == "budget_at_risk":
        return f"projected {amount} of {reference} credits"
    if alert.kind == "runaway_item":
        share = phrases.share_text(alert.total, alert.total_reference)
        taken = f"{total} credits, {share} of the tenant's on {'that date' if alert.days == 1 else 'those dates'}"
        return ": ".join(filter(None, [phrases.above_median(alert.excess), taken]))
    return f"{amount} of {reference} credits" + (" left" if alert.kind == "credits_expiring" else "")


def _measure(alert: Alert) -> str:
    """How much it is about, in a few words."""
    if alert.kind == "runaway_item":
        return phrases.above_median(alert.excess) or f"{formats.amount(alert.total)} credits"
    if alert.kind == "balance_short":
        return f"{formats.amount(alert.amount)} credits left"
    return _evidence(alert)


def _title(alerts: Sequence[Alert]) -> str:
    open_ones = [alert for alert in alerts if not alert.is_muted]
    pressing = [alert for alert in open_ones if alert.severity != "notice"]
    if not open_ones:
        muted = f"; {formats.plural(len(alerts), 'alert')} muted" if alerts else ""
        return f"Nothing needs attention in this period{muted}"
    if not pressing:
        return f"Nothing urgent; {formats.plural(len(open_ones), 'thing')} to know"
    others = len(pressing) - 1
    more = f"; {formats.plural(others, 'more alert')}" if others else ""
    return f"{_what(pressing[0])}: {_measure(pressing[0])}{more}"
