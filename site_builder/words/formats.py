"""Numbers and names as people read them. Rounding here is for display only; CSV and JSON keep every digit."""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from site_builder.words import notation
from site_builder.words.notation import THIN as THIN

MINUS = "\u2212"
NONE_TEXT = "–"
MAX_NAME = 80
_LEAST = Decimal("0.01")
_MOST_ROUNDED = Decimal(10) ** 21
_TYPESET = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069")) | {ord(THIN): " "}
# Explicit bidirectional controls and line separators: fine as data, but they scramble the text around them.
_UNSHOWN = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")


def grouped(value: Decimal | int | float, digits: int = 0) -> str:
    """`1,234.50` in the notation in use: `digits` decimals, half away from zero, a true minus sign."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if abs(exact) < _MOST_ROUNDED:
        return _rounded(notation.current(), exact, digits)
    return as_given(exact)


@lru_cache(maxsize=16_384)  # a page and its PDF write most numbers several times
def _rounded(marks: notation.Notation, exact: Decimal, digits: int) -> str:
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = marks.number(f"{abs(rounded):f}")
    return f"{MINUS}{text}" if rounded < 0 else text


def as_given(value: Decimal) -> str:
    """Every digit, and no more, in the notation in use."""
    return f"{MINUS if value < 0 else ''}{notation.current().number(f'{abs(value):f}')}"


def amount(value: Decimal | None) -> str:
    """Credits or money: fewer decimals the larger it is; what would round to nothing shows as `<0.01`."""
    if value is None:
        return NONE_TEXT
    size = abs(value)
    if 0 < size < _LEAST:
        return f"<{grouped(_LEAST, 2)}" if value > 0 else f">{grouped(-_LEAST, 2)}"
    return grouped(value, 0 if size >= 1000 or value == 0 else 1 if size >= 100 else 2)


def money(value: Decimal | None, currency: str | None) -> str:
    """`1,437.62 USD`: two decimals, whatever the size; what would round to nothing shows as `<0.01 USD`."""
    if value is None:
        return NONE_TEXT
    text = amount(value) if 0 < abs(value) < _LEAST else grouped(value, 2)
    return f"{text} {currency}" if currency else text


def decimals(value: Decimal) -> int:
    """How many decimals an amount of scale 6 needs."""
    exponent = value.normalize().as_tuple().exponent
    return min(max(-exponent, 0), 6) if isinstance(exponent, int) else 0


def exact(value: Decimal) -> str:
    """Every digit of an amount of scale 6, at least two decimals: for tables that are added up by hand."""
    return grouped(value, max(2, decimals(value)))


def count(value: int | None) -> str:
    """A whole number."""
    return NONE_TEXT if value is None else grouped(value)


def percent(value: float | None, digits: int = 1) -> str:
    """A percentage given as 0–100."""
    before, after = notation.current().percent
    return NONE_TEXT if value is None else f"{before}{grouped(value, digits)}{after}"


def compact(value: Decimal | int | float) -> str:
    """For axes and large tiles: `12.3k`, `4.5M`, `1.2bn`; below 10,000 as it is."""
    size = abs(Decimal(str(value)))
    for limit, unit in ((10**12, "tn"), (10**9, "bn"), (10**6, "M"), (10**4, "k")):
        if size >= limit:
            base = Decimal(str(value)) / (1000 if unit == "k" else limit)
            return f"{grouped(base, 0 if abs(base) >= 100 else 1)}{unit}"
    if isinstance(value, int) or value == int(value):
        return grouped(value)
    return grouped(value, 2 if size < 10 else 1 if size < 100 else 0)


def duration(seconds: int) -> str:
    """`38.6 h`, `4.2 min`, `9 s`."""
    if seconds >= 3600:
        return f"{grouped(Decimal(seconds) / 3600, 1)}{THIN}h"
    return f"{grouped(Decimal(seconds) / 60, 1)}{THIN}min" if seconds >= 60 else f"{seconds}{THIN}s"


def milliseconds(value: float) -> str:
    """`340 ms`, `1.51 s`, `4.2 min`."""
    if value < 1000:
        return f"{grouped(value)}{THIN}ms"
    return f"{grouped(value / 1000, 2)}{THIN}s" if value < 60_000 else duration(round(value / 1000))


def file_size(size: int) -> str:
    """`120 B`, `34.5 kB`, `1.2 MB`."""
    for limit, unit in ((10**6, "MB"), (10**3, "kB")):
        if size >= limit:
            return f"{grouped(Decimal(size) / limit, 1)}{THIN}{unit}"
    return f"{size}{THIN}B"


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 team`, `3 teams`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


@lru_cache(maxsize=16_384)
def shown_name(text: str, limit: int = MAX_NAME) -> str:
    """A name made fit for a line of a page: blanks for breaks, a mark for control characters, cut at `limit`."""
    squeezed = " ".join(in_one_line(text[: 4 * limit]).split()) or "(blank)"
    return squeezed if len(squeezed) <= limit else squeezed[: limit - 1].rstrip() + "…"


def plain(sentence: str) -> str:
    """A sentence for files that nothing typesets: without marks of direction, with blanks for narrow spaces."""
    return sentence.translate(_TYPESET)


def in_one_line(text: str) -> str:
    """The text as one line that nothing in it steers: a blank for each break, a mark for each control character."""
    return text if text.isprintable() else "".join(map(_shown_character, text))


def _shown_character(character: str) -> str:
    if character.isspace():
        return " "
    # Cc, Cs, Cn: controls, surrogates and non-characters, which HTML does not allow either.
    if character in _UNSHOWN or unicodedata.category(character) in ("Cc", "Cs", "Cn"):
        return "\ufffd"
    return character
