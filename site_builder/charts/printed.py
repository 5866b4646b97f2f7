"""Drawings as SVG files of their own, in the colours and the font of print."""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from site_builder.charts.canvas import TONES, Canvas

FONT = "DejaVu Sans"
LAST_RESORT = "Last Resort High-Efficiency"
# A page lets the last label of an axis stand out to the right; a file ends at its edge.
_MARGIN = 6
_MARKS = ("Mn", "Me")
_TEXT = re.compile(r">([^<>]+)</text>")


def font_folder() -> Path:
    """Where the fonts are that matplotlib brings along: the same ones on every machine."""
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def standalone(canvas: Canvas, colours: dict[str, str]) -> str:
    """A finished drawing as an SVG document; `colours` by tone."""
    rules = "".join(
        f".{tone}{{fill:{colours[tone]}}}.s-{tone}{{stroke:{colours[tone]}}}" for tone in TONES if tone in colours
    )
    shapes = _TEXT.sub(lambda found: f">{_with_last_resort(_composed(found.group(1)))}</text>", canvas.shapes())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {canvas.width + _MARGIN:g} {canvas.height:g}" '
        f'font-family="{FONT}">'
        f"<style>{rules}</style>{shapes}</svg>"
    )


def in_one_font(text: str) -> str:
    """The text with a mark for every character but those of the font that stand for themselves, letter by letter.

    These are Latin, Greek, Cyrillic and symbols, without accents apart from their letter; isolates are left out.
    """
    return "".join(
        character if character == "\u200b" or _is_plain(ord(character)) else "\ufffd"
        for character in _composed(text)
        if character not in "\u2068\u2069"
    )


def _is_plain(code: int) -> bool:
    return code in _known() and (code < 0x0530 or 0x1E00 <= code < 0x2C00)


def _composed(text: str) -> str:
    # An accent drawn apart from its letter would be a shape without a character, which PDF/A refuses.
    return "".join(
        character for character in unicodedata.normalize("NFC", text) if unicodedata.category(character) not in _MARKS
    )


def _with_last_resort(text: str) -> str:
    # Left to itself, SVG text with one character that the font lacks is set in another font as a whole.
    return "".join(
        "".join(run) if is_known else f'<tspan font-family="{LAST_RESORT}">{"".join(run)}</tspan>'
        for is_known, run in groupby(text, lambda character: ord(character) in _known())
    )


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    return frozenset(FT2Font(str(font_folder() / "DejaVuSans.ttf")).get_charmap())
