"""Text that an archival PDF can carry, and that a line can be broken in."""

import re
import unicodedata
from functools import cache, lru_cache

from site_builder.charts.printed import MARK, is_known

MOST_MARKS = 2
_UNBROKEN = re.compile(r"\S{25,}")
_PIECE = re.compile(r"\S{12}")
_BREAK = "\u200b"
# Controls, surrogates, characters for private use and those that are none: PDF/A has no place for them.
_REFUSED = frozenset(["Cc", "Cs", "Co", "Cn"])
_JOINERS = "\u200c\u200d"
_SKINS = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


@lru_cache(maxsize=4096)  # the same texts stand in each attempt to fit a report into its pages
def printable(text: str) -> str:
    """The text with a mark for what PDF/A refuses, and no more than MOST_MARKS accents on one letter.

    What the font has is not joined to what it lacks: Typst sets what belongs together in one font.
    """
    if all(map(_is_plain, set(text))):
        return text  # as most are
    kept: list[str] = []
    marks, has_base = 0, True
    for place, character in enumerate(text):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MOST_MARKS:
            continue
        if character == "\ufeff" or unicodedata.category(character) in _REFUSED:
            character = MARK
        if character in _JOINERS:
            if has_base and (place + 1 == len(text) or is_known(text[place + 1])):
                kept.append(character)
        elif unicodedata.category(character).startswith("M") or character in _SKINS:
            kept.append(MARK if has_base and not is_known(character) else character)
        else:
            has_base = is_known(character)
            kept.append(character)
    return "".join(kept)


@cache
def _is_plain(character: str) -> bool:
    """Whether a character stays as it is, whatever is beside it."""
    category = unicodedata.category(character)
    is_steering = character == "\ufeff" or character in _JOINERS or character in _SKINS
    return not (is_steering or category.startswith("M") or category in _REFUSED)


def breakable(text: str) -> str:
    """The text, printable, with places to break a line in its very long words."""
    return _UNBROKEN.sub(lambda word: _PIECE.sub(lambda piece: piece.group() + _BREAK, word.group()), printable(text))
