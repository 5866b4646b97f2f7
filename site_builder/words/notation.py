"""How numbers and dates are written: by the CLDR (Babel) where a locale is set. No word changes.

The notation in use is one for a whole build, as the context of `decimal` is one for a computation.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton

from site_builder.configuration.settings_file import SettingsFile

THIN = "\u202f"
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_WANTED = "a locale that the CLDR knows is wanted, as in 'de-DE'"


@dataclass(frozen=True)
class Notation:
    """Marks of numbers; `percent` before and after one; the `sizes` of the last group of digits and of the others.

    `locale` is a tag such as `de-DE`; "" without one: numbers as in en-US, and dates with the month's name, which
    nobody reads the wrong way round.
    """

    locale: str = ""
    decimal: str = "."
    group: str = ","
    minus: str = "\u2212"
    percent: tuple[str, str] = ("", "%")
    sizes: tuple[int, int] = (3, 3)

    def number(self, plain: str) -> str:
        """Digits and perhaps a point, as `1234.50`, with this notation's marks."""
        whole, point, rest = plain.partition(".")
        last, other = self.sizes
        cut = max(len(whole) - last, 0)
        head = [whole[max(end - other, 0) : end] for end in range(cut, 0, -other)][::-1]
        return self.group.join([*head, whole[cut:]]) + (self.decimal + rest if point else "")


def read_notation(file: SettingsFile) -> Notation:
    """The notation that [format] asks for. Raises ConfigurationError."""
    file.only(("format",), ("locale",))
    tag = file.text("format", "locale", pattern=_LOCALE, wanted=_WANTED)
    if not tag:
        return NO_LOCALE
    try:
        return notation_of(tag)
    except UnknownLocaleError:
        file.fail(("format", "locale"), _WANTED)


def notation_of(tag: str) -> Notation:
    """The notation of a locale, always with the digits 0 to 9. Raises babel.UnknownLocaleError."""
    locale = Locale.parse(tag, sep="-")
    symbols = locale.number_symbols["latn"]
    whole, percent = locale.decimal_formats[None], locale.percent_formats[None]
    # A hyphen breaks lines and is shorter than a plus; marks of direction are the page's business.
    return Notation(
        tag, symbols["decimal"], symbols["group"], "\u2212", (percent.prefix[0], percent.suffix[0]), whole.grouping
    )


NO_LOCALE = Notation()
_in_use: ContextVar[Notation] = ContextVar("notation", default=NO_LOCALE)


def current() -> Notation:
    """The notation in use."""
    return _in_use.get()


@contextmanager
def using(notation: Notation) -> Iterator[None]:
    """Write in a notation until the end of the block."""
    token = _in_use.set(notation)
    try:
        yield
    finally:
        _in_use.reset(token)


def numeric_date(day: date, fields: str) -> str | None:
    """A date in digits, in the order of the locale in use: `fields` are yMd, Md or yM. None without a locale."""
    tag = current().locale
    return _numeric_date(tag, day, fields) if tag else None


@lru_cache(maxsize=4096)
def _numeric_date(tag: str, day: date, fields: str) -> str:
    return format_skeleton(fields, day, locale=Locale.parse(tag, sep="-"))
