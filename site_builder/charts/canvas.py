"""A drawing surface over matplotlib's SVG renderer: shapes in, small themable deterministic SVG out.

It talks to the renderer itself instead of Figure and Axes, which lay out the same paths ten times slower (0.4 ms
against 5 ms for thirty columns and a dozen labels). Colours are tones: drawn as sentinel colours, they come out as
CSS classes, so that one drawing serves light, dark and print. Coordinates are pixels from the top left.
"""

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from math import fsum
from typing import Any, Literal
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import weight_dict
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Anchor = Literal["left", "center", "right"]

# Classes in report.css. h0–h5 are the heat map's steps.
TONES = ("ink", "muted", "grid", "ghost", "mark", "c1", "c2", "c3", "c4", "h0", "h1", "h2", "h3", "h4", "h5", "onheat")
_SENTINELS = {tone: f"#10{index:02x}77" for index, tone in enumerate(TONES)}
_CLASSES = {sentinel: tone for tone, sentinel in _SENTINELS.items()}
_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_IDENTITY = IdentityTransform()
_BOX = (Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY)
_ATTRIBUTES = {"stroke-width", "stroke-dasharray", "stroke-linecap"}
# How texts are set, by classes rather than attributes, which would stand in each of them; 12 pixels without one.
TEXT_RULES = "text{font-size:12px}.f13{font-size:13px}.b{font-weight:700}.m{text-anchor:middle}.e{text-anchor:end}"
_TEXT_CLASSES = {
    ("font-size", "12"): "", ("font-size", "13"): "f13", ("font-weight", "700"): "b", ("text-anchor", "start"): "",
    ("text-anchor", "middle"): "m", ("text-anchor", "end"): "e",
}  # fmt: skip
_BODY = re.compile(r"</defs>\s*(.*)</svg>", re.DOTALL)
_TAG = re.compile(r"<path\b([^>]*?)(/?)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_STEP = re.compile(r"([MLZz])(?: *(-?[\d.]+) (-?[\d.]+))?")
_NUMBER = re.compile(r"-?\d+\.\d+")


class Canvas:
    """One drawing of `width` × `height` pixels."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._marks: list[str] = []
        self._out = io.StringIO()
        _set_up()
        self._renderer = RendererSVG(width, height, self._out, image_dpi=72, metadata=_METADATA)

    def toned(self, boxes: Sequence[tuple[str, Box]]) -> None:
        """Fill boxes, each in a tone of its own: those of one tone as one path."""
        for tone in dict.fromkeys(tone for tone, _ in boxes):
            self.rectangles([box for of_box, box in boxes if of_box == tone], tone)

    def rectangles(self, boxes: Sequence[Box], tone: str) -> None:
        """Fill boxes, all as one path."""
        if not boxes:
            return
        points: list[Point] = []
        codes: list[Any] = []
        for left, top, width, height in boxes:
            low, high = self.height - top - height, self.height - top
            points += [(left, low), (left, high), (left + width, high), (left + width, low), (left, low)]
            codes += _BOX
        self._fill(Path(points, codes), tone)

    def polygon(self, points: Sequence[Point], tone: str) -> None:
        """Fill one shape."""
        flipped = [(x, self.height - y) for x, y in points]
        self._fill(Path([*flipped, flipped[0]], closed=True), tone)

    def line(self, points: Sequence[Point], tone: str, width: float = 1, dash: Sequence[float] | None = None) -> None:
        """Draw a line through points."""
        self.lines([points], tone, width, dash)

    def lines(
        self, lines: Sequence[Sequence[Point]], tone: str, width: float = 1, dash: Sequence[float] | None = None
    ) -> None:
        """Draw lines, all as one path."""
        points = [(x, self.height - y) for line in lines for x, y in line]
        codes = [Path.LINETO if place else Path.MOVETO for line in lines for place in range(len(line))]
        if not points:
            return
        gc = self._renderer.new_gc()
        gc.set_foreground(_SENTINELS[tone])
        gc.set_linewidth(width)
        if dash:
            gc.set_dashes(0, dash)
        self._renderer.draw_path(gc, Path(points, codes), _IDENTITY)

    def text(
        self, x: float, y: float, text: str, tone: str = "muted", size: float = 12, anchor: Anchor = "left",
        weight: str = "normal",
    ) -> None:  # fmt: skip
        """Write text on the baseline `y`; `anchor` says which of its ends `x` is: left, center or right."""
        # The renderer's own way goes over a Text, its transform and all names of fonts, as does its writer over tags
        # and attributes: ten times as long. Between two paths nothing of it is pending.
        look = _text_look(tone, size, anchor, weight)
        self._out.write(f'<text {look} x="{_tenths(x)}" y="{_tenths(y)}">{escape(text)}</text>\n')

    def mark(self, left: float, top: float, width: float, height: float, text: str) -> None:
        """Say `text` where a pointer rests on a box, in which nothing is drawn."""
        box = f"M{left:.1f} {top:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z".replace(".0", "")
        self._marks.append(f'<path d="{box}"><title>{escape(text)}</title></path>')

    def svg(self, ident: str, title: str, desc: str, css_class: str, *, has_marks: bool) -> str:
        """The finished SVG element, named for screen readers; `ident` must be unique within the page.

        With or without marks: where a drawing is for phones alone, there is no pointer to read them.
        """
        return (
            f'<svg class="{css_class}" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-labelledby="{ident}-t {ident}-d"><title id="{ident}-t">{escape(title)}</title>'
            f'<desc id="{ident}-d">{escape(desc)}</desc>{self.shapes()}{self._to_read() if has_marks else ""}</svg>'
        )

    def shapes(self) -> str:
        """Everything drawn, as the elements within an SVG element; to be taken once, when all is drawn."""
        self._renderer.finalize()
        body = _BODY.search(self._out.getvalue())
        shapes = _TAG.sub(_slim, body.group(1)) if body else ""
        return re.sub(r"\s*\n\s*", "", shapes).strip()

    def _to_read(self) -> str:
        return f'<g fill="none" pointer-events="all">{"".join(self._marks)}</g>' if self._marks else ""

    def _fill(self, path: Path, tone: str) -> None:
        gc = self._renderer.new_gc()
        gc.set_linewidth(0)
        self._renderer.draw_path(gc, path, _IDENTITY, _rgb(tone))


@lru_cache(maxsize=16_384)
def text_width(text: str, size: float) -> float:
    """An upper estimate of a text's width in pixels; fonts differ between machines."""
    # sum() rounds otherwise from Python 3.12 on, and a text that just fits would not.
    return size * fsum(map(_em, text))


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    if character in " .,:;'|!()[]iljft\u202f":
        return 0.4
    if ord(character) > 0x2E80:
        return 1.05
    return 0.9 if character in "mwMW@%<>=+&" or not character.isascii() else 0.72 if character.isupper() else 0.64


def fitted(text: str, width: float, size: float) -> str:
    """The text, shortened with an ellipsis until it fits."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


@lru_cache(maxsize=1)
def _set_up() -> None:
    # Once per process: a context per chart would copy every setting.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "tallybook"})


@lru_cache(maxsize=256)
def _text_look(tone: str, size: float, anchor: Anchor, weight: str) -> str:
    heavy = f"font-weight: {weight_dict[weight]}; " if weight_dict[weight] != weight_dict["normal"] else ""
    end = {"left": "start", "center": "middle", "right": "end"}[anchor]
    return " ".join(_from_style(f"{heavy}font-size: {size:g}px; text-anchor: {end}; fill: {_SENTINELS[tone]}"))


@lru_cache(maxsize=16_384)
def _tenths(number: float) -> str:
    return f"{float(f'{number:f}'):.1f}".removesuffix(".0")


@lru_cache(maxsize=64)
def _rgb(tone: str) -> tuple[float, float, float]:
    value = int(_SENTINELS[tone][1:], 16)
    return (value >> 16) / 255, (value >> 8 & 255) / 255, (value & 255) / 255


def _slim(tag: re.Match[str]) -> str:
    """Rewrite a tag: sentinel colours to classes, style to attributes (strict pages run no inline style)."""
    attributes, end = tag.groups()
    kept: list[str] = []
    for key, value in _ATTRIBUTE.findall(attributes):
        if key == "style":
            kept += _from_style(value)
        elif key == "d":
            kept.append(f'd="{_short(_rounded(value))}"')
    return f"<path {' '.join(kept)}{end}>"


@lru_cache(maxsize=1024)
def _from_style(style: str) -> list[str]:
    kept: list[str] = []
    classes: list[str] = []
    for declaration in style.split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        value = value.removesuffix("px")
        if key in ("fill", "stroke") and value in _CLASSES:
            classes.insert(0, f"s-{_CLASSES[value]}" if key == "stroke" else _CLASSES[value])
        elif key == "fill" and value == "none":
            kept.append('fill="none"')
        elif (key, value) in _TEXT_CLASSES:
            classes.append(_TEXT_CLASSES[key, value])
        elif key in _ATTRIBUTES:
            kept.append(f'{key}="{value}"')
    found = " ".join(filter(None, classes))
    return [*([f'class="{found}"'] if found else []), *kept]


def _short(path: str) -> str:
    """The path with its level and its upright lines as such, and without what only spaces it."""
    drawn: list[str] = []
    at = ("", "")
    for command, x, y in _STEP.findall(path):
        if command in "Zz":
            drawn.append("z")
        elif command == "L" and x == at[0]:
            drawn.append(f"V{y}")
        elif command == "L" and y == at[1]:
            drawn.append(f"H{x}")
        else:
            drawn.append(f"{command}{x} {y}")
        at = (x, y) if x else at
    return "".join(drawn)


def _rounded(text: str) -> str:
    return _NUMBER.sub(lambda number: f"{float(number.group()):.1f}".removesuffix(".0"), text)
