"""When work happens: weekday by local hour."""

from site_builder.charts.specs import Heat
from site_builder.gather.usage import ZERO, Hour
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "heatmap"
OFFICE_HOURS = range(9, 17)
_COLUMNS = (
    Column("weekday", "Weekday (1 = Monday)", "int"), Column("local_hour", "Local hour", "hour"),
    Column("requests", "Messages", "int"), Column("credits", "Credits", "amount"),
)  # fmt: skip
# The steps of the chart, each a fifth of the highest cell.
_LEGEND = (
    Key("h0", "none"), Key("h1", "up to 20% of the busiest hour"), Key("h2", "to 40%"), Key("h3", "to 60%"),
    Key("h4", "to 80%"), Key("h5", "more"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    cells = {(cell.weekday, cell.local_hour): cell for cell in view.now.hours}
    weekdays = sorted({day.isoweekday() for day in view.period.covered.dates()})
    rows = [cells.get((weekday, hour)) or Hour(weekday, hour, 0, ZERO) for weekday in weekdays for hour in range(24)]
    panels = [
        Panel("Messages", [_chart(weekdays, rows, "requests")]), Panel("Credits", [_chart(weekdays, rows, "credits")])
    ]  # fmt: skip
    return Card(
        name=NAME,
        subject="Heat map",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Each cell adds up the period's dates of that weekday at that hour of the tenant's local time; "
        "the darker, the more; grey is none. Office hours are 09:00–16:59, Monday to Friday.",
        facts=() if view.is_empty else _facts(view),
        panels=panels if cells else (),
        legend=_LEGEND if cells else (),
        is_empty=not cells,
        is_wide=True,
    )


def _chart(weekdays: list[int], rows: list[Hour], field: str) -> Heat:
    grid = []
    for place, weekday in enumerate(weekdays):
        cells = rows[24 * place : 24 * place + 24]
        grid.append((periods.WEEKDAYS[weekday - 1][:3], [getattr(cell, field) for cell in cells]))
    unit = "Messages" if field == "requests" else "Credits"
    return Heat(f"{unit} by weekday and local hour", f"{len(grid)} weekdays by 24 hours.", unit.lower(), grid)


def _office(view: View) -> tuple[int, int]:
    """Messages within office hours, and all messages."""
    inside = sum(cell.requests for cell in view.now.hours if cell.weekday < 6 and cell.local_hour in OFFICE_HOURS)
    return inside, sum(cell.requests for cell in view.now.hours)


def _facts(view: View) -> list[Fact]:
    inside, whole = _office(view)
    weekend = sum(cell.requests for cell in view.now.hours if cell.weekday >= 6)
    facts = [
        Fact("Office hours", phrases.share_text(inside, whole)), Fact("Weekend", phrases.share_text(weekend, whole))
    ] if whole else []  # fmt: skip
    return [*facts, *_dearest(view)]


def _dearest(view: View) -> list[Fact]:
    """The hour of the day with most credits, first of equals, beside the average hour."""
    hours = [ZERO] * 24
    for cell in view.now.hours:
        hours[cell.local_hour] += cell.credits
    most, days = max(hours), view.period.covered.days
    if not most:
        return []
    hour, mean = hours.index(most), sum(hours, ZERO) / (24 * days)
    text = f"{hour:02d}:00–{hour:02d}:59, {formats.amount(most / days)} credits a day"
    return [Fact("Peak hour by credits", f"{text}; the average hour takes {formats.amount(mean)}")]


def _title(view: View) -> str:
    inside, whole = _office(view)
    if not whole:
        return phrases.NOTHING if view.is_empty else "No messages in this period"
    busiest = max(view.now.hours, key=lambda cell: (cell.requests, -cell.weekday, -cell.local_hour))
    weekday = "" if view.period.covered.days == 1 else f"{periods.WEEKDAYS[busiest.weekday - 1]} at "
    when = f"{weekday}{busiest.local_hour:02d}:00"
    return f"The busiest hour is {when}, with {formats.plural(busiest.requests, 'message')}"
