"""Draws chart specs: for pages in a wide and a narrow variant, of which the stylesheet shows one; for print in one."""

from collections.abc import Callable, Sequence
from typing import Any

from site_builder.charts.axes import frame, time_labels, to_read, value_text
from site_builder.charts.burn_up import paint_burn_up
from site_builder.charts.canvas import Canvas
from site_builder.charts.limits import label_row, paint_diverging, paint_gauges
from site_builder.charts.specs import Bars, BurnUp, Chart, Diverging, Gauges, Heat, Line, Number, Ranking

FULL, PHONE = 920, 350
# From here on a drawing has room for a day's 24 hours side by side.
WIDE = 700
_SIZE = 12.0
_HEAT_STEPS = 5


def draw(chart: Chart, ident: str, *, is_wide: bool) -> str:
    """A chart as SVG: for cards of the page's whole width (`is_wide`) in two variants, of which a stylesheet shows one.

    One of half the page's width is as wide as a phone's, and drawn once for both.
    """
    variants = ((FULL, "wide", "w"), (PHONE, "narrow", "n")) if is_wide else ((PHONE, "narrow", "n"),)
    return "".join(
        paint(chart, width).svg(
            f"{ident}-{mark}",
            chart.title,
            chart.desc,
            f"chart {css_class}",
            has_marks=(css_class, mark) == variants[0][1:],
        )
        for width, css_class, mark in variants
    )


def paint(chart: Chart, width: float) -> Canvas:
    """One drawing of a chart, `width` pixels wide."""
    return _PAINTERS[type(chart)](chart, width)


def spark(values: Sequence[Number]) -> str:
    """A sparkline."""
    return f'<svg class="spark" viewBox="0 0 96 26" aria-hidden="true">{paint_spark(values).shapes()}</svg>'


def paint_spark(values: Sequence[Number]) -> Canvas:
    """One drawing of a sparkline."""
    canvas = Canvas(96, 26)
    top = float(max(values)) or 1.0
    step = 92 / (len(values) - 1)
    points = [(2 + place * step, 23 - 20 * float(value) / top) for place, value in enumerate(values)]
    canvas.polygon([(2, 25), *points, (points[-1][0], 25)], "h1")
    canvas.line(points, "c1", 1.6)
    return canvas


def _bars(chart: Bars, width: float) -> Canvas:
    canvas = Canvas(width, 250 if width >= WIDE else 220)
    left, right, most, top = frame(canvas, chart.bars, 28, chart.unit, chart.limit)
    base = canvas.height - 28
    pitch = (right - left) / len(chart.bars)
    body = min(pitch * 0.72, 46)
    centres = [left + pitch * (place + 0.5) for place in range(len(chart.bars))]

    def box(x: float, value: Number, share: float) -> tuple[float, float, float, float]:
        height = (base - top) * float(value) / most
        return x - body * share / 2, base - height, body * share, height

    ghosts = [box(x, bar.ghost, 1) for x, bar in zip(centres, chart.bars, strict=True) if bar.ghost]
    canvas.rectangles(ghosts, "ghost")
    boxes = [box(x, bar.value, 0.66) for x, bar in zip(centres, chart.bars, strict=True)]
    plain = [b for b, bar in zip(boxes, chart.bars, strict=True) if bar.value and not bar.is_marked]
    canvas.rectangles(plain, "c1")
    marked = [b for b, bar in zip(boxes, chart.bars, strict=True) if bar.value and bar.is_marked]
    canvas.rectangles(marked, "mark")
    for x, y, wide, _ in marked:
        middle = x + wide / 2
        canvas.polygon([(middle, y - 4), (middle - 5, y - 12), (middle + 5, y - 12)], "mark")
    canvas.line([(left, base), (right, base)], "muted")
    if chart.limit is not None:
        y = base - (base - top) * float(chart.limit) / most
        canvas.line([(left, y), (right, y)], "muted", 2, (4, 3))
    time_labels(canvas, [bar.label for bar in chart.bars], centres, canvas.height - 8)
    to_read(canvas, chart.bars, [centre - pitch / 2 for centre in centres], pitch, chart.unit)
    return canvas


def _line(chart: Line, width: float) -> Canvas:
    canvas = Canvas(width, 210)
    left, right, most, top = frame(canvas, chart.points, 28, chart.unit)
    base = canvas.height - 28
    pitch = (right - left) / len(chart.points)
    centres = [left + pitch * (place + 0.5) for place in range(len(chart.points))]

    def at(x: float, value: Number) -> tuple[float, float]:
        return x, base - (base - top) * float(value) / most

    points = [at(x, point.value) for x, point in zip(centres, chart.points, strict=True)]
    if len(points) > 1:
        canvas.polygon([(points[0][0], base), *points, (points[-1][0], base)], "h1")
    past = [at(x, point.ghost) for x, point in zip(centres, chart.points, strict=True) if point.ghost is not None]
    if len(past) > 1:
        canvas.line(past, "muted", 1.4, (4, 3))
    if len(points) > 1:
        canvas.line(points, "c1", 2.2)
    if len(points) <= 31:
        canvas.rectangles([(x - 2.5, y - 2.5, 5, 5) for x, y in points], "c1")
    canvas.line([(left, base), (right, base)], "muted")
    time_labels(canvas, [point.label for point in chart.points], centres, canvas.height - 8)
    to_read(canvas, chart.points, [centre - pitch / 2 for centre in centres], pitch, chart.unit)
    return canvas


def _ranking(chart: Ranking, width: float) -> Canvas:
    pitch = 38
    canvas = Canvas(width, pitch * len(chart.rows) + 2)
    full = float(chart.full or max(max(row.value for row in chart.rows), 0)) or 1.0
    canvas.rectangles([(0, pitch * place + 22, width, 7) for place in range(len(chart.rows))], "h0")
    for place, row in enumerate(chart.rows):
        label_row(canvas, row, pitch * place + 15)
    bars = [
        (row.tone, (0.0, pitch * place + 22.0, max(width * float(row.value) / full, 2), 7.0))
        for place, row in enumerate(chart.rows)
        if row.value > 0
    ]
    canvas.toned(bars)
    return canvas


def _heat(chart: Heat, width: float) -> Canvas:
    lying = width >= WIDE
    weekdays, most = len(chart.rows), max(float(value or 0) for _, row in chart.rows for value in row) or 1.0
    left, top, gap = 40.0, 22.0, 2.0
    columns, lines = (24, weekdays) if lying else (weekdays, 24)
    cell = (width - left) / columns
    pitch = 30.0 if lying else 19.0
    canvas = Canvas(width, top + pitch * lines + 2)
    steps: dict[str, list[tuple[float, float, float, float]]] = {f"h{step}": [] for step in range(_HEAT_STEPS + 1)}
    for day, (label, values) in enumerate(chart.rows):
        if lying:
            canvas.text(left - 8, top + pitch * day + 19, label, "muted", _SIZE, "right")
        else:
            canvas.text(left + cell * (day + 0.5), 14, label, "muted", _SIZE, "center")
        for hour, value in enumerate(values):
            column, row = (hour, day) if lying else (day, hour)
            box = (left + cell * column + gap / 2, top + pitch * row, cell - gap, pitch - gap)
            steps[_heat_tone(value, most)].append(box)
            if value:
                canvas.mark(*box, f"{label} {hour:02d}:00, {chart.unit}: {value_text(value)}")
    for tone, boxes in steps.items():
        canvas.rectangles(boxes, tone)
    for hour in range(0, 24, 2 if lying else 3):
        if lying:
            canvas.text(left + cell * (hour + 0.5), 14, f"{hour:02d}", "muted", _SIZE, "center")
        else:
            canvas.text(left - 8, top + pitch * hour + 13, f"{hour:02d}", "muted", _SIZE, "right")
    return canvas


def _heat_tone(value: Number | None, most: float) -> str:
    """Grey for none, else one of five steps by share of the highest cell."""
    return f"h{min(_HEAT_STEPS, 1 + int(_HEAT_STEPS * float(value) / most))}" if value else "h0"


_PAINTERS: dict[type, Callable[[Any, float], Canvas]] = {
    Bars: _bars, BurnUp: paint_burn_up, Diverging: paint_diverging, Gauges: paint_gauges, Heat: _heat, Line: _line,
    Ranking: _ranking,
}  # fmt: skip
