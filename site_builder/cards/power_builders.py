"""The users who built most items in the period."""

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "power_builders"
CHART_ROWS = 10
_COLUMNS = (
    Column("rank", "Rank", "int"), Column("tenant_id", "Tenant", "name"),
    Column("user_id", "User id", "name", data_only=True), Column("user_name", "Builder", "name"),
    Column("items_built", "Items built", "int"), Column("workflows_built", "Workflows built", "int"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    builders = view.now.builders
    return Card(
        name=NAME,
        subject="Power builders",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, [(place, *builder) for place, builder in enumerate(builders, 1)]),
        definition="Creators by items (assistants, agents, workflows, apps, phone agents) created on the period's "
        "local dates, then user id; the first 20. Items without a known creator count among items built, but rank "
        "nowhere.",
        panels=[Panel("", [_chart(view)])] if builders else (),
        is_empty=not builders,
    )


def _chart(view: View) -> Ranking:
    builders = view.now.builders[:CHART_ROWS]
    notes = phrases.row_notes(view, [builder[:3] for builder in builders])
    ranks = [
        Rank(
            formats.shown_name(builder.user_name),
            builder.items_built,
            formats.plural(builder.items_built, "item"),
            note,
        )
        for builder, note in zip(builders, notes, strict=True)
    ]
    return Ranking("Items built by user", f"The first {len(ranks)} builders.", ranks)


def _title(view: View) -> str:
    built, builders = view.now.totals.items_built, view.now.builders
    if not builders:
        return f"{formats.plural(built, 'item')} built, by unknown creators" if built else "Nothing was built"
    first = phrases.in_text(builders[0].user_name)
    return f"{first} built {formats.count(builders[0].items_built)} of {formats.plural(built, 'new item')}"
