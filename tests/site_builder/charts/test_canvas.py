"""Texts of drawings are written past matplotlib's layout, and are what that would make of them, to the byte."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from site_builder.charts.canvas import _ATTRIBUTE, _SENTINELS, TONES, Canvas, _from_style, _tenths

_TAG = re.compile(r"<text\b([^>]*)>")
TEXTS = ("", "a", "<b>&\"'", "Ümläut €", "x" * 40, " lead", "12.5", "\u202e", "a\nb", "]]>", "  ")


class ByLayout(Canvas):
    """A drawing whose texts matplotlib's renderer sets."""

    def text(self, x: float, y: float, text: str, tone: str = "muted", size: float = 12, anchor: Any = "left",
             weight: str = "normal") -> None:  # fmt: skip
        gc = self._renderer.new_gc()
        gc.set_foreground(_SENTINELS[tone])
        font = FontProperties(family=["sans-serif"], size=size, weight=weight)
        place = Text(x, self.height - y, "", horizontalalignment=anchor)
        self._renderer.draw_text(gc, x, y, text, font, 0, ismath=False, mtext=place)

    def shapes(self) -> str:
        return _TAG.sub(_in_classes, super().shapes())


def _in_classes(tag: re.Match[str]) -> str:
    found = dict(_ATTRIBUTE.findall(tag[1]))
    x, y = (_tenths(float(found[name])) for name in ("x", "y"))
    return f'<text {" ".join(_from_style(found["style"]))} x="{x}" y="{y}">{"</text>" if tag[1].endswith("/") else ""}'


@pytest.mark.parametrize("seed", range(100))
def test_a_text_is_what_the_renderer_makes_of_it(seed: int) -> None:
    def drawn(kind: type[Canvas]) -> str:
        pick = random.Random(seed)
        canvas = kind(pick.choice((920, 500.5, 350)), pick.choice((250, 26.25)))
        for _ in range(9):
            x = pick.choice(
                (pick.uniform(-5, 900), pick.randrange(900), pick.random() * 1e-7, pick.randrange(9000) / 20)
            )
            y = pick.choice((pick.uniform(-5, 300), pick.randrange(300), pick.randrange(9000) / 40))
            tone, size = pick.choice(TONES), pick.choice((12, 12.0, 9, 13.25))
            canvas.text(x, y, pick.choice(TEXTS), tone, size, pick.choice(("left", "center", "right")),
                        pick.choice(("normal", "bold")))  # fmt: skip
            canvas.rectangles([(x, y, 5, 6)], pick.choice(TONES))
        return canvas.shapes()

    assert drawn(Canvas) == drawn(ByLayout)
