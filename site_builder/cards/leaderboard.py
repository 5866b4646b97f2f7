"""The most run apps, workflows and agents."""

from collections.abc import Sequence

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.items import Item
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "leaderboard"
CHART_ROWS = 8
_TYPES = {"agent": "Agents", "workflow": "Workflows", "app": "Apps"}
_COLUMNS = (
    Column("item_type", "Type"), Column("rank", "Rank", "int"), Column("tenant_id", "Tenant", "name"),
    Column("item_id", "Item id", "name", data_only=True), Column("item_name", "Item", "name"),
    Column("runs", "Runs", "int"), Column("requests", "Messages", "int"), Column("credits", "Credits", "amount"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    by_type = _by_type(view.now.items)
    rows = [
        (kind, item.place, item.tenant_id, item.item_id, item.item_name, item.runs, item.requests, item.credits)
        for kind, items in by_type.items()
        for item in items
    ]
    panels = [Panel(_TYPES[kind], [_chart(_TYPES[kind], items, view)]) for kind, items in by_type.items() if items]
    return Card(
        name=NAME,
        subject="Leaderboard",
        title=_title(by_type),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Items used in the period by runs, then credits, then item id; the first 20 agents, workflows "
        "and apps each.",
        panels=panels,
        is_empty=not rows,
    )


def _by_type(items: Sequence[Item]) -> dict[str, list[Item]]:
    """The items of each type; first, and on the open tab, the type of the item that the title names."""
    found: dict[str, list[Item]] = {kind: [item for item in items if item.item_type == kind] for kind in _TYPES}
    return dict(sorted(found.items(), key=lambda pair: -max((item.runs for item in pair[1]), default=0)))


def _chart(label: str, items: list[Item], view: View) -> Ranking:
    notes = phrases.row_notes(view, [item[:3] for item in items[:CHART_ROWS]])
    ranks = [
        Rank(
            formats.shown_name(item.item_name),
            item.runs,
            f"{formats.plural(item.runs, 'run')} · {formats.amount(item.credits)} cr",
            note,
        )
        for item, note in zip(items, notes, strict=False)
    ]
    return Ranking(f"{label} by runs", f"The first {len(ranks)} by runs.", ranks)


def _title(by_type: dict[str, list[Item]]) -> str:
    leaders = [items[0] for items in by_type.values() if items and items[0].runs]
    if not leaders:
        return "No agent, workflow or app was run"
    first = leaders[0]
    name = phrases.in_text(first.item_name)
    return f"{name} is the most used {first.item_type}, with {formats.plural(first.runs, 'run')}"
