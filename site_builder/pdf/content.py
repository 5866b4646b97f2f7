"""From a page to what its PDF shows, as plain data: the report's words and tables, and its charts as files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from site_builder.charts.canvas import Canvas
from site_builder.charts.draw import paint, paint_spark
from site_builder.charts.printed import standalone
from site_builder.charts.specs import Chart, Ranking
from site_builder.pages.elements import Card, Column, Page, Table, Tile
from site_builder.pdf.parts import EDITIONS, OPENING, Part
from site_builder.pdf.text import breakable, printable
from site_builder.render import cells
from site_builder.render.columns import in_one_scale
from site_builder.style import brand, palette

# Pixels of a drawing that takes the page's width, or half of it.
FULL, HALF = 880, 424
# Text cells beyond this many characters share the room that is left, and break lines.
LONG_TEXT = 18


@dataclass(frozen=True)
class Content:
    """What the template reads: `data`, and the `charts` that it names, SVG by file name."""

    data: dict[str, Any]
    charts: dict[str, str]

    def changed(self, change: Callable[[str], str]) -> "Content":
        """The same with its texts, those of the charts too, changed."""
        return Content(_mapped(change, self.data), _mapped(change, self.charts))


class _Charts(dict[str, str]):
    """Charts of a PDF by file name; `drawn` has what was drawn for another attempt at it, by name and width."""

    def __init__(self, drawn: dict[tuple[str, int], str]) -> None:
        super().__init__()
        self._drawn = drawn

    def add(self, name: str, width: int, draw: Callable[[], Canvas]) -> str:
        """Draw what was not drawn yet; its name."""
        if (name, width) not in self._drawn:
            self._drawn[name, width] = standalone(draw(), palette.light())
        self[name] = self._drawn[name, width]
        return name


def content(
    page: Page, ends: date, most_rows: int, *, has_optional: bool, drawn: dict[tuple[str, int], str] | None = None
) -> Content:
    """What the PDF of a page shows, with or without optional parts; `ends` is the period's last date.

    No table has more than `most_rows` rows. `drawn`: charts of the same page that were drawn before, and will be again.
    """
    charts = _Charts({} if drawn is None else drawn)
    by_name = {card.name: card for card in page.cards}
    rows = _rows([part for part in EDITIONS[page.edition] if has_optional or not part.is_optional], by_name)
    shown = [by_name[part.card] for row in rows for part in row]
    opening = by_name[OPENING]
    data = {
        "title": f"{page.period_label} · {page.scope_name} · usage report",
        "author": brand.current().author,
        "logo": _logo(),
        "ends": [ends.year, ends.month, ends.day],
        **{name: getattr(page, name) for name in (
            "scope_name", "edition", "period_label", "period_text", "zone", "compared_with", "state", "status",
        )},
        "headline": breakable(page.headline),
        "lines": [[line.label, breakable(line.text)] for line in page.lines],
        "opening": _opening(opening, charts),
        "rows": [
            [_part(part, by_name[part.card], len(row) == 1, most_rows, opening.about, charts) for part in row]
            for row in rows
        ],
        "findings": [_finding(card) for card in shown],
        "definitions": [[card.subject, card.definition] for card in [opening, *shown]],
        "attached": [[f"{card.name}.csv", card.subject] for card in page.cards],
        "colours": palette.light(),
    }  # fmt: skip
    return Content(_mapped(printable, data), _mapped(printable, charts))


def _logo() -> str:
    logo = brand.current().logo
    return logo.file_name if logo else ""


def _opening(card: Card, charts: _Charts) -> dict[str, Any]:
    tiles = [_tile(tile, place, charts) for place, tile in enumerate(card.tiles, 1)]
    return {"title": breakable(card.title), "tiles": tiles, "note": breakable(card.note)}


def _tile(tile: Tile, place: int, charts: _Charts) -> dict[str, str]:
    spark = ""
    if tile.spark:
        spark = charts.add(f"spark-{place}.svg", 0, partial(paint_spark, tile.spark.values))
    return {
        "label": tile.label, "value": tile.value, "before": tile.before, "change": tile.change.text, "spark": spark,
    }  # fmt: skip


def _rows(parts: Sequence[Part], by_name: Mapping[str, Card]) -> list[list[Part]]:
    """The parts that have something to show, one or two a row."""
    rows: list[list[Part]] = []
    for part in parts:
        card = by_name.get(part.card)
        if card is None or card.is_empty:
            continue
        if not part.is_wide and rows and len(rows[-1]) == 1 and not rows[-1][0].is_wide:
            rows[-1].append(part)
        else:
            rows.append([part])
    return rows


def _part(part: Part, card: Card, is_wide: bool, most_rows: int, usual: str, charts: _Charts) -> dict[str, Any]:
    """A card; its period and zone only where they are not the `usual` ones, which stand on each page."""
    table = _table(card, part, min(part.rows, most_rows))
    width = FULL if is_wide and not table else HALF
    drawn = [_cut(chart, part.bars) for chart in card.panels[0].charts] if card.panels and part.has_chart else []
    return {
        **_finding(card),
        "about": card.about if card.about != usual else "",
        "facts": [[fact.label, breakable(fact.text)] for fact in card.facts],
        "charts": [_chart(f"{card.name}-{place}.svg", chart, width, charts) for place, chart in enumerate(drawn, 1)],
        "legend": [[key.tone, key.text] for key in card.legend] if drawn else [],
        "table": table,
        "note": breakable(card.note) if part.has_note else "",
    }


def _finding(card: Card) -> dict[str, str]:
    return {"name": card.name, "subject": card.subject, "title": breakable(card.title)}


def _cut(chart: Chart, bars: int | None) -> Chart:
    """A ranking with so many of its rows; other charts as they are."""
    return replace(chart, rows=chart.rows[:bars]) if isinstance(chart, Ranking) else chart


def _chart(name: str, chart: Chart, width: int, charts: _Charts) -> dict[str, str]:
    charts.add(name, width, partial(paint, chart, width))
    rows = [f"{row.label}: {row.text}" for row in getattr(chart, "rows", ()) if hasattr(row, "text")]
    alt = f"{chart.title}. {chart.desc} {'; '.join(rows)}"
    return {"file": name, "alt": alt.strip()}


def _table(card: Card, part: Part, most_rows: int) -> dict[str, Any] | None:
    table = card.table
    columns = [
        (place, in_one_scale(column, [row[place] for row in table.rows[:most_rows]]))
        for place, column in enumerate(table.columns)
        if _is_printed(table, place, part)
    ]
    if not columns or not table.rows or not most_rows:
        return None
    rows = [[cells.shown(row[place], column) for place, column in columns] for row in table.rows[:most_rows]]
    kinds = [_kind(column, [row[place] for row in rows]) for place, (_, column) in enumerate(columns)]
    return {
        "columns": [{"label": column.label, "kind": kind} for (_, column), kind in zip(columns, kinds, strict=True)],
        "rows": [
            [breakable(text) if kind == "words" else text for text, kind in zip(row, kinds, strict=True)]
            for row in rows
        ],
        "more": max(0, len(table.rows) - most_rows),
        "file": f"{card.name}.csv",
    }


def _is_printed(table: Table, place: int, part: Part) -> bool:
    """The columns that the part names; whose a row is, too, where rows of several tenants stand together."""
    name = table.columns[place].name
    if name == "tenant_id":
        return bool(part.columns) and len({row[place] for row in table.rows}) > 1
    return name in part.columns


def _kind(column: Column, texts: Sequence[str]) -> str:
    """How the template sets a column: a `name` on one line, `words` on several, a `number`, or `text` as it comes."""
    if column.kind == "name":
        return "name"
    if cells.is_numeric(column):
        return "number"
    return "words" if column.kind == "words" or any(len(text) > LONG_TEXT for text in texts) else "text"


def _mapped(change: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(change, inner) for key, inner in value.items()}
    return [_mapped(change, inner) for inner in value] if isinstance(value, list) else value
