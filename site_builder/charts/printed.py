"""Drawings as SVG files of their own, in the colours and the font of print."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from site_builder.charts.canvas import TEXT_RULES, TONES, Canvas

FONT = "DejaVu Sans"
# What stands for a character that cannot be shown.
MARK = "\ufffd"
_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
# A page lets the last label of an axis stand out to the right; a file ends at its edge.
_MARGIN = 6
_MARKS = ("Mn", "Me")
# Number signs, abbreviation marks and annotation anchors have a shape, and go the way of letters, numbers or signs.
_VISIBLE_FORMATS = ("L", "AN", "AL", "ON")
# Letters by their category, but made to fill a place that stays empty.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_OWN_SIGNS = frozenset("–—…−·×÷≤≥‘’“”•▲▼↑↓→←\u2009\u202f")
_TEXT = re.compile(r">([^<>]+)</text>")


def font_folder() -> Path:
    """Where the fonts are that matplotlib brings along: the same ones on every machine."""
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def standalone(canvas: Canvas, colours: dict[str, str]) -> str:
    """A finished drawing as an SVG document; `colours` by tone."""
    rules = "".join(
        f".{tone}{{fill:{colours[tone]}}}.s-{tone}{{stroke:{colours[tone]}}}" for tone in TONES if tone in colours
    )
    shapes = _TEXT.sub(lambda found: f">{_drawn(found.group(1))}</text>", canvas.shapes())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {canvas.width + _MARGIN:g} {canvas.height:g}" '
        f'font-family="{FONT}">'
        f"<style>{TEXT_RULES}{rules}</style>{shapes}</svg>"
    )


def in_one_font(text: str) -> str:
    """The text with a mark for every character but those of the font that stand for themselves, letter by letter.

    These are Latin, Greek, Cyrillic and symbols, no accent apart from its letter; what is nothing to see is left
    out, but for the places where a line may break.
    """
    return "\u200b".join(
        "".join(character if _is_plain(ord(character)) else MARK for character in _composed(piece))
        for piece in text.split("\u200b")
    )


def in_plain_letters(text: str) -> str:
    """The text with a mark for all but Latin letters, figures and the signs that reports are written with."""
    return "".join(
        character if character == "\u200b" or ord(character) < 0x0250 or character in _OWN_SIGNS else MARK
        for character in in_one_font(text)
    )


def _is_plain(code: int) -> bool:
    return code in _known() and (code < 0x0530 or 0x1E00 <= code < 0x2C00)


def is_known(character: str) -> bool:
    """Whether the font has a glyph for it, in both of its weights."""
    return ord(character) in _known()


def _composed(text: str) -> str:
    # An accent drawn apart from its letter would be a shape without a character, which PDF/A refuses; what only joins
    # or steers others would be a character without a shape.
    return "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) not in _MARKS and not is_ignorable(character)
    )


def is_ignorable(character: str) -> bool:
    """Whether it is nothing to see by itself: joiners, soft hyphens, tags, direction (Unicode: default ignorable).

    Of the format characters these are the ones without a direction of their own that letters or numbers would have.
    """
    return character in _FILLERS or (
        unicodedata.category(character) == "Cf" and unicodedata.bidirectional(character) not in _VISIBLE_FORMATS
    )


def _drawn(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # SVG text with one character that the font lacks is set in another font as a whole, and a mix of such characters
    # cannot be led back to text.
    return "".join(character if is_known(character) else MARK for character in _composed(text))


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    upright, bold = (FT2Font(str(font_folder() / name)).get_charmap() for name in _FILES)
    return frozenset(upright) & frozenset(bold)
