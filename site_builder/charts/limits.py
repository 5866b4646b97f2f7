"""Painters of bars with a line to hold them against: a limit to reach, or zero."""

from site_builder.charts.canvas import Canvas, fitted, text_width
from site_builder.charts.specs import Diverging, Gauge, Gauges, Rank

_PITCH = 42
_BAR_TOP, _BAR = 24, 9
# Beyond this share of the limit a gauge is cut, so that one that is far off leaves the others readable.
_MOST = 1.6


def paint_gauges(chart: Gauges, width: float) -> Canvas:
    """Bars of what is used over the band of what is expected, under one limit line."""
    canvas = Canvas(width, _PITCH * len(chart.rows) + 4)
    most = min(max([1.05, *(max(row.used, row.expected, row.high or 0) for row in chart.rows)]), _MOST)

    def at(share: float) -> float:
        return width * min(share, most) / most

    tops = [_PITCH * place + _BAR_TOP for place in range(len(chart.rows))]
    for place, row in enumerate(chart.rows):
        label_row(canvas, row, _PITCH * place + 15)
    canvas.rectangles([(0, top, width, _BAR) for top in tops], "h0")
    bands = [
        (at(row.low), top, max(at(row.high) - at(row.low), 1), _BAR)
        for row, top in zip(chart.rows, tops, strict=True)
        if row.low is not None and row.high is not None and row.high > row.low
    ]
    canvas.rectangles(bands, "h2")
    used = [(row, top) for row, top in zip(chart.rows, tops, strict=True) if row.used > 0]
    canvas.toned([(row.tone, (0, top + 1, max(at(row.used), 2), _BAR - 2)) for row, top in used])
    ahead = [(row, top) for row, top in zip(chart.rows, tops, strict=True) if row.expected > row.used]
    canvas.rectangles([(min(at(row.expected), width - 2) - 1, top - 1, 2, _BAR + 2) for row, top in ahead], "muted")
    canvas.rectangles([(at(1) - 0.75, top - 4, 1.5, _BAR + 8) for top in tops], "ink")
    return canvas


def paint_diverging(chart: Diverging, width: float) -> Canvas:
    """Bars to the right of a zero line for values above 0, to its left for those below."""
    canvas = Canvas(width, _PITCH * len(chart.rows) + 4)
    values = [float(row.value) for row in chart.rows]
    low, high = min(0.0, *values), max(0.0, *values)
    scale = width / ((high - low) or 1.0)
    zero = -low * scale
    for place, row in enumerate(chart.rows):
        label_row(canvas, row, _PITCH * place + 15)
    bars = [
        (row.tone, (zero + min(value, 0) * scale, _PITCH * place + _BAR_TOP, max(abs(value) * scale, 2), _BAR))
        for place, (row, value) in enumerate(zip(chart.rows, values, strict=True))
        if value
    ]
    canvas.toned(bars)
    tops = [_PITCH * place + _BAR_TOP - 3 for place in range(len(chart.rows))]
    canvas.rectangles([(min(zero, width - 1), top, 1, _BAR + 6) for top in tops], "muted")
    return canvas


def label_row(canvas: Canvas, row: Gauge | Rank, y: float) -> None:
    """Above a bar its label and note on the left, its value on the right, on the baseline `y`."""
    value_width = text_width(row.text, 13) + 14
    label = fitted(row.label, canvas.width - value_width, 13)
    canvas.text(0, y, label, "ink", 13)
    note_at = text_width(label, 13) + 8
    room = canvas.width - value_width - note_at
    if row.note and room > 40:
        canvas.text(note_at, y, fitted(row.note, room, 11), "muted", 11)
    canvas.text(canvas.width, y, row.text, "ink", 13, "right", "bold")
