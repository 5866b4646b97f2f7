"""Credits and messages by channel."""

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "breakdown"
_COLUMNS = (
    Column("channel", "Channel"), Column("requests", "Messages", "int"), Column("runs", "Runs", "int"),
    Column("calls", "Calls", "int"), Column("total_tokens", "Tokens", "int"), Column("credits", "Credits", "amount"),
    Column("credits_share", "Share", "ratio"), Column("previous_credits", "Before", "amount"),
    Column("change_pct", "Change", "pct"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    channels, whole = view.now.channels, view.now.totals.credits
    past = {channel.channel: channel.credits for channel in view.past.channels}
    rows = []
    for channel in channels:
        before = past.get(channel.channel, ZERO) if view.has_past else None
        change = phrases.change(channel.credits, before, view).pct
        rows.append((*channel, phrases.share(channel.credits, whole), before, change))
    return Card(
        name=NAME,
        subject="Channels",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="The channel is where the work was asked for: chat, workflow, agent, app, API or phone; anything "
        "else the sources name counts as other.",
        panels=[Panel("Credits", [_chart(view, "credits")]), Panel("Messages", [_chart(view, "requests")])]
        if channels
        else (),
        is_empty=not channels,
    )


def _chart(view: View, field: str) -> Ranking:
    ranked = sorted(view.now.channels, key=lambda row: (-getattr(row, field), row.channel))
    whole = getattr(view.now.totals, field)
    ranks = []
    for row in ranked:
        value = getattr(row, field)
        text = formats.amount(value) if field == "credits" else formats.count(value)
        ranks.append(Rank(_shown(row.channel), value, f"{text} · {phrases.share_text(value, whole)}"))
    unit = "Credits" if field == "credits" else "Messages"
    return Ranking(f"{unit} by channel", f"Most came through {ranked[0].channel}.", ranks)


def _shown(channel: str) -> str:
    return "API" if channel == "api" else channel.capitalize()


def _title(view: View) -> str:
    if not view.now.channels:
        return phrases.NOTHING
    first, whole = view.now.channels[0], view.now.totals.credits
    if not whole:
        return "No credits were used in any channel"
    return f"{_shown(first.channel)} took {phrases.share_text(first.credits, whole)} of the credits"
