"""Axes of charts over time, and what a pointer reads there."""

import math
from collections.abc import Sequence

from site_builder.charts.canvas import Canvas, text_width
from site_builder.charts.specs import Bar, Number
from site_builder.words import formats

_SIZE = 12.0


def nice_ticks(top: Number) -> list[float]:
    """Round steps from 0, at most four, that reach `top`; whole numbers only where `top` is one."""
    if top <= 0:
        return [0.0, 1.0]
    raw = float(top) / 4
    scale = 10.0 ** math.floor(math.log10(raw))
    steps = [factor * scale for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 10, 20)]
    if isinstance(top, int):
        steps = [step for step in steps if step >= 1 and step == int(step)] or [1.0]
    step = next(step for step in steps if step >= raw * 0.999)
    return [step * place for place in range(math.ceil(float(top) / step - 1e-9) + 1)]


def frame(
    canvas: Canvas, points: Sequence[Bar], bottom: float, unit: str, limit: Number | None = None
) -> tuple[float, float, float, float]:
    """Draw gridlines and value axis with its unit; returns left, right, the value at the top line, its height."""
    highest = max(max(point.value, point.ghost or 0, limit or 0) for point in points)
    ticks = nice_ticks(highest)
    texts = [formats.compact(int(tick) if tick == int(tick) else round(tick, 6)) for tick in ticks]
    left = max(text_width(text, _SIZE) for text in texts) + 12
    right, top = canvas.width - 4, 26.0
    canvas.text(0, 10, unit, "muted", _SIZE)
    height = canvas.height - bottom - top
    for tick, text in zip(ticks, texts, strict=True):
        y = top + height * (1 - tick / ticks[-1])
        canvas.text(left - 8, y + 4, text, "muted", _SIZE, "right")
    canvas.lines([[(left, y), (right, y)] for y in (top + height * (1 - t / ticks[-1]) for t in ticks)], "grid")
    return left, right, ticks[-1], top


def time_labels(canvas: Canvas, labels: Sequence[str], centres: Sequence[float], y: float) -> None:
    """As many labels as fit without touching, evenly spaced from the first, none beyond the edge."""
    widest = max(text_width(label, _SIZE) for label in labels) + 10
    pitch = centres[1] - centres[0] if len(centres) > 1 else widest
    every = max(1, math.ceil(widest / pitch))
    for label, x in list(zip(labels, centres, strict=True))[::every]:
        if x + text_width(label, _SIZE) / 2 <= canvas.width + 6:
            canvas.text(x, y, label, "muted", _SIZE, "center")


def to_read(canvas: Canvas, points: Sequence[Bar], lefts: Sequence[float], pitch: float, unit: str) -> None:
    """The values of each place of the time axis, over the whole height, so that short columns can be pointed at."""
    for left, point in zip(lefts, points, strict=True):
        before = "" if point.ghost is None else f"; before: {value_text(point.ghost)}"
        canvas.mark(left, 14, pitch, canvas.height - 42, f"{point.label}, {unit}: {value_text(point.value)}{before}")


def value_text(value: Number) -> str:
    """A value as pages write it: counts whole, amounts as amounts."""
    return formats.count(value) if isinstance(value, int) else formats.amount(value)
