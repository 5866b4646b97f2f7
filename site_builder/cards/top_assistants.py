"""The assistants that took most tokens, and those that nobody used for weeks."""

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.shares import IDLE_DAYS, IdleItem, ItemUse
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.words import formats, phrases

NAME = "top_assistants"
TYPE = "assistant"
RANKED_ROWS = 20
CHART_ROWS = 8
MOST_NAMED = 4
_WEEKS = formats.plural(IDLE_DAYS // 7, "week")
_COLUMNS = (
    Column("rank", "Rank", "int"), Column("tenant_id", "Tenant", "name"),
    Column("item_id", "Item id", "name", data_only=True), Column("item_name", "Assistant", "name"),
    Column("total_tokens", "Tokens", "int"), Column("requests", "Messages", "int"),
    Column("credits", "Credits", "amount"), Column("last_used_on", "Last used before"),
    Column("unused_days", "Days unused", "int"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    used, idle = _used(view), view.now.idle_items
    rows: list[tuple] = [
        (place, *item[:3], item.total_tokens, item.requests, item.credits, None, None)
        for place, item in enumerate(used[:RANKED_ROWS], 1)
    ]
    rows += [
        (None, *item[:3], None, None, None, item.last_used_on and item.last_used_on.isoformat(), item.unused_days)
        for item in idle
    ]
    return Card(
        name=NAME,
        subject="Top assistants",
        title=_title(used, idle),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition=f"Assistants used in the period by tokens, then messages, then item id; the first {RANKED_ROWS}. "
        f"Below them those of the directory, not retired, that nobody used in the {IDLE_DAYS} dates up to the period's "
        "last, longest unused first; where nobody ever did, the days count since they were built or the data began.",
        facts=_facts(idle),
        panels=[Panel("", [_chart(view, used)])] if used else (),
        is_empty=not rows,
    )


def _used(view: View) -> list[ItemUse]:
    used = [item for item in view.now.item_uses if item.item_type == TYPE]
    return sorted(used, key=lambda item: (-item.total_tokens, -item.requests, item.item_id, item.tenant_id))


def _facts(idle: tuple[IdleItem, ...]) -> list[Fact]:
    if not idle:
        return []
    named = [phrases.in_text(item.item_name) for item in idle[:MOST_NAMED]]
    more = [f"{len(idle) - MOST_NAMED} more"] if len(idle) > MOST_NAMED else []
    return [Fact(f"Not used for {_WEEKS}", phrases.joined([*named, *more]))]


def _chart(view: View, used: list[ItemUse]) -> Ranking:
    shown = used[:CHART_ROWS]
    notes = phrases.row_notes(view, [item[:3] for item in shown])
    ranks = [
        Rank(
            formats.shown_name(item.item_name),
            item.total_tokens,
            f"{formats.compact(item.total_tokens)} tokens · {formats.count(item.requests)} msg",
            note,
        )
        for item, note in zip(shown, notes, strict=True)
    ]
    return Ranking("Tokens by assistant", f"The first {len(ranks)} by tokens.", ranks)


def _title(used: list[ItemUse], idle: tuple[IdleItem, ...]) -> str:
    unused = f"{formats.plural(len(idle), 'assistant')} unused for {_WEEKS}" if idle else ""
    if not used:
        return f"No assistant was used; {unused}" if idle else "No assistant was used"
    whole = sum(item.total_tokens for item in used)
    first = phrases.in_text(used[0].item_name)
    if not whole:
        return f"{formats.plural(len(used), 'assistant')} used, without tokens"
    lead = f"{first} took {phrases.share_text(used[0].total_tokens, whole)} of the assistants’ tokens"
    return f"{lead}; {unused}" if idle else lead
