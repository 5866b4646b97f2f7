"""Painter of a month that adds up: what was used so far, where it is expected to end, and what it may not exceed."""

from collections.abc import Sequence

from site_builder.charts.axes import frame, time_labels, to_read, value_text
from site_builder.charts.canvas import Canvas
from site_builder.charts.specs import Bar, BurnUp, Number, Point


def paint_burn_up(chart: BurnUp, width: float) -> Canvas:
    """The sum so far as a line, the month before as a dashed one, the projection as a band to the month's end."""
    canvas = Canvas(width, 230)
    used = [Bar(point.label, point.value, point.ghost) for point in chart.points if point.value is not None]
    outer = [value for value in (chart.low, chart.projected, chart.high, chart.limit) if value is not None]
    shown = [*_drawn(chart.points), *(Bar("", value) for value in outer)]
    left, right, most, top = frame(canvas, shown, 28, chart.unit)
    base = canvas.height - 28
    pitch = (right - left) / len(chart.points)
    centres = [left + pitch * (place + 0.5) for place in range(len(chart.points))]

    def at(place: int, value: Number) -> tuple[float, float]:
        return centres[place], base - (base - top) * float(value) / most

    last = len(used) - 1
    end = len(chart.points) - 1
    if chart.low is not None and chart.high is not None and last < end:
        now = at(last, used[last].value)
        canvas.polygon([now, at(end, chart.high), at(end, chart.low)], "h2")
    past = [at(place, point.ghost) for place, point in enumerate(chart.points) if point.ghost is not None]
    if len(past) > 1:
        canvas.line(past, "muted", 1.4, (4, 3))
    if chart.projected is not None and last < end:
        canvas.line([at(last, used[last].value), at(end, chart.projected)], "c1", 1.4, (1, 3))
    line = [at(place, point.value) for place, point in enumerate(used)]
    if len(line) > 1:
        canvas.line(line, "c1", 2.4)
    canvas.rectangles([(line[-1][0] - 3, line[-1][1] - 3, 6, 6)], "c1")
    canvas.line([(left, base), (right, base)], "muted")
    if chart.limit is not None:
        y = base - (base - top) * float(chart.limit) / most
        canvas.rectangles([(left, y - 0.75, right - left, 1.5)], "ink")
    time_labels(canvas, [point.label for point in chart.points], centres, canvas.height - 8)
    to_read(canvas, used, [centre - pitch / 2 for centre in centres[: len(used)]], pitch, chart.unit)
    if chart.projected is not None and last < end:
        text = f"{chart.points[end].label}, projected: {value_text(chart.projected)}"
        canvas.mark(centres[end] - pitch / 2, 14, pitch, canvas.height - 42, text)
    return canvas


def _drawn(points: Sequence[Point]) -> list[Bar]:
    return [Bar("", point.value or 0, point.ghost) for point in points]
