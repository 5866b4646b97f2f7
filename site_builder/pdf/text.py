"""Text that an archival PDF can carry, and that a line can be broken in."""

import re
import unicodedata

MOST_MARKS = 2
_UNBROKEN = re.compile(r"\S{25,}")
_PIECE = re.compile(r"\S{12}")
_BREAK = "\u200b"
# Controls, surrogates, characters for private use and those that are none: PDF/A has no place for them.
_REFUSED = frozenset(["Cc", "Cs", "Co", "Cn"])


def printable(text: str) -> str:
    """The text with a mark for what PDF/A refuses, and no more than MOST_MARKS accents on one letter."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            is_refused = character == "\ufeff" or unicodedata.category(character) in _REFUSED
            kept.append("\ufffd" if is_refused else character)
    return "".join(kept)


def breakable(text: str) -> str:
    """The text, printable, with places to break a line in its very long words."""
    return _UNBROKEN.sub(lambda word: _PIECE.sub(lambda piece: piece.group() + _BREAK, word.group()), printable(text))
