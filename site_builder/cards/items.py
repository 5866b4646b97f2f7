"""Assistants, agents, workflows, apps and phone agents: what each was used for and took, and which ran away."""

from decimal import Decimal

from site_builder.cards import money
from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.shares import ItemUse
from site_builder.gather.spend import ITEM
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table
from site_builder.words import formats, phrases

NAME = "items"
CHART_ROWS = 8
MOST_NAMED = 4
_TYPES = {
    "assistant": "Assistants", "agent": "Agents", "workflow": "Workflows", "app": "Apps",
    "phone_agent": "Phone agents", phrases.NONE_KEY: "Of unknown type",
}  # fmt: skip
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("item_id", "Item id", "name", data_only=True),
    Column("item_name", "Item", "name"), Column("item_type", "Type"), Column("runs", "Runs", "int"),
    Column("requests", "Messages", "int"), Column("calls", "Calls", "int"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("runaway_days", "Runaway days", "int"),
    Column("runaway_excess", "Excess", "amount"),
    Column("credits_share", "Share", "ratio"), Column("previous_credits", "Before", "amount"),
    Column("change_pct", "Change", "pct"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    items, whole = view.now.item_uses, view.now.totals.credits
    past = {(item.tenant_id, item.item_id): item.credits for item in view.past.item_uses}
    spent = money.spent(view, ITEM)
    rows = []
    for item in items:
        before = past.get((item.tenant_id, item.item_id), ZERO) if view.has_past else None
        change = phrases.change(item.credits, before, view).pct
        rows.append((*item, phrases.share(item.credits, whole), before, change, *money.cells(view, spent, item[:2])))
    runaways = sorted((item for item in items if item.runaway_days), key=lambda item: -(item.runaway_excess or ZERO))
    return Card(
        name=NAME,
        subject="Items",
        title=_title(view, runaways),
        about=phrases.about(view),
        table=Table((*_COLUMNS, *money.columns(view)), rows),
        definition="Every item used in the period, most credits first. A runaway day: the item's credits are more "
        "than twice the highest of its 28 dates before, and at least half of the tenant's usual day (the median of the "
        "tenant's 28 dates before) above the item's own median of those dates. Excess: the credits above that median "
        "on the runaway days. Shares are of all credits, those that no item took included. "
        f"{money.DEFINITION}",
        facts=_facts(runaways),
        panels=[Panel("Items", [_items_chart(view)]), Panel("By type", [_types_chart(view)])] if items else (),
        legend=[Key("c1", "credits"), Key("mark", "with runaway days")] if runaways else (),
        is_empty=not items,
    )


def _facts(runaways: list[ItemUse]) -> list[Fact]:
    if not runaways:
        return []
    named = [f"{phrases.in_text(item.item_name)} ({_runaway(item)})" for item in runaways[:MOST_NAMED]]
    more = [f"{len(runaways) - MOST_NAMED} more"] if len(runaways) > MOST_NAMED else []
    return [Fact("Runaway items", phrases.joined([*named, *more]))]


def _runaway(item: ItemUse) -> str:
    days = formats.plural(item.runaway_days, "day")
    return ", ".join(filter(None, [days, phrases.above_median(item.runaway_excess)]))


def _items_chart(view: View) -> Ranking:
    whole, items = view.now.totals.credits, view.now.item_uses
    shown = items[:CHART_ROWS]
    notes = phrases.row_notes(view, [item[:3] for item in shown])
    ranks = [
        Rank(
            formats.shown_name(item.item_name),
            item.credits,
            _text(item.credits, whole),
            " · ".join(filter(None, [item.item_type.replace("_", " "), note])),
            "mark" if item.runaway_days else "c1",
        )
        for item, note in zip(shown, notes, strict=True)
    ]
    others = items[CHART_ROWS:]
    if others:
        rest = sum((item.credits for item in others), ZERO)
        ranks.append(Rank(formats.plural(len(others), "other item"), rest, _text(rest, whole), "", "c4"))
    return Ranking("Credits by item", f"{formats.plural(len(items), 'item')}, most credits first.", ranks)


def _types_chart(view: View) -> Ranking:
    whole = view.now.totals.credits
    ranks = []
    for kind, label in _TYPES.items():
        items = [item for item in view.now.item_uses if item.item_type == kind]
        if items:
            credits = sum((item.credits for item in items), ZERO)
            used = f"{formats.plural(len(items), 'item')} · {formats.plural(sum(item.runs for item in items), 'run')}"
            ranks.append(Rank(label, credits, _text(credits, whole), used))
    ranks.sort(key=lambda rank: -rank.value)
    return Ranking("Credits by type of item", f"{formats.plural(len(ranks), 'type')}, most credits first.", ranks)


def _text(credits: Decimal, whole: Decimal) -> str:
    return f"{formats.amount(credits)} · {phrases.share_text(credits, whole)}"


def _title(view: View, runaways: list[ItemUse]) -> str:
    items, whole = view.now.item_uses, view.now.totals.credits
    if not items:
        return phrases.NOTHING if view.is_empty else "No item was used"
    if runaways:
        first = phrases.in_text(runaways[0].item_name)
        others = f" and {formats.plural(len(runaways) - 1, 'other')}" if len(runaways) > 1 else ""
        return f"{first}{others} ran away"
    if not whole:
        return f"{formats.plural(len(items), 'item')} used, without credits"
    share = phrases.share_text(sum((item.credits for item in items), ZERO), whole)
    first = phrases.in_text(items[0].item_name)
    return f"{formats.plural(len(items), 'item')} took {share} of the credits, most of them {first}"
