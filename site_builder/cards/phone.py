"""Phone calls: how many, how long, in and out."""

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.gather.work import Calls
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.words import formats, phrases

NAME = "phone"
_COLUMNS = (
    Column("direction", "Direction", "name"), Column("calls", "Calls", "int"),
    Column("failed_calls", "Failed", "int"), Column("call_seconds", "Seconds", "int"),
    Column("minutes_per_call", "Minutes per call", "amount"), Column("credits", "Credits", "amount"),
    Column("previous_calls", "Calls before", "int"), Column("change_pct", "Change", "pct"),
)  # fmt: skip
_SHOWN = {"inbound": "Inbound", "outbound": "Outbound"}
_MISSING = "Direction not given"


def build(view: View) -> Card:
    """The card of one report."""
    calls = view.now.calls
    past = {row.direction: row.calls for row in view.past.calls}
    rows = []
    for row in calls:
        before = past.get(row.direction, 0) if view.has_past else None
        minutes = phrases.per_unit(row.call_seconds, 60 * row.calls)
        change = phrases.change(row.calls, before, view).pct
        rows.append((*row[:4], minutes, row.credits, before, change))
    return Card(
        name=NAME,
        subject="Phone",
        title=_title(calls),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Phone calls by who called: inbound or outbound, as the events say. Minutes are those of the calls "
        "that name their duration; failed calls count as calls.",
        facts=_facts(calls),
        panels=[Panel(unit.capitalize(), [_chart(calls, unit)]) for unit in ("minutes", "calls") if calls],
        is_empty=not calls,
    )


def _facts(calls: tuple[Calls, ...]) -> list[Fact]:
    number = sum(row.calls for row in calls)
    if not number:
        return []
    seconds = sum(row.call_seconds for row in calls)
    credits = sum((row.credits for row in calls), ZERO)
    return [
        Fact("Time", formats.duration(seconds)), Fact("Mean call", formats.duration(round(seconds / number))),
        Fact("Credits", formats.amount(credits)),
    ]  # fmt: skip


def _chart(calls: tuple[Calls, ...], unit: str) -> Ranking:
    ranks = []
    for row in calls:
        value = row.calls if unit == "calls" else row.call_seconds
        text = formats.count(row.calls) if unit == "calls" else formats.duration(row.call_seconds)
        ranks.append(Rank(_SHOWN.get(row.direction, _MISSING), value, text))
    return Ranking(f"{unit.capitalize()} by direction", formats.plural(len(ranks), "direction") + ".", ranks)


def _title(calls: tuple[Calls, ...]) -> str:
    number = sum(row.calls for row in calls)
    if not number:
        return "No phone calls in this period"
    spent = formats.duration(sum(row.call_seconds for row in calls))
    inbound = sum(row.calls for row in calls if row.direction == "inbound")
    return f"{formats.plural(number, 'call')} took {spent}; {phrases.share_text(inbound, number)} were inbound"
