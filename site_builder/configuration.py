"""tallybook.toml: which cards stand in which reports, what an hour is worth. What is wrong is named with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from site_builder.cards import registry
from site_builder.periods import EDITIONS

FILE_NAME = "tallybook.toml"
ALL, TENANT = "all", "tenant"
OPENING = "kpis"
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST_MINUTES = Decimal(24 * 60)


class ConfigurationError(Exception):
    """The configuration cannot be used; the message names file, line and reason."""


@dataclass(frozen=True)
class Roi:
    """What an hour is worth in `currency`, and how many minutes a successful message saves, by task category."""

    hourly_rate: Decimal
    currency: str
    minutes_saved: Mapping[str, Decimal]


@dataclass(frozen=True)
class Configuration:
    """`cards`: names in order by (scope `all` or `tenant`, edition); editions that it lacks have the usual ones."""

    cards: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    roi: Roi | None = None

    def cards_of(self, edition: str, *, is_all: bool) -> tuple[registry.Build, ...]:
        """What builds the cards of an edition's reports, in their order on the page."""
        usual = registry.cards_of(edition, is_all=is_all, has_roi=self.roi is not None)
        named = self.cards.get((ALL if is_all else TENANT, edition))
        if named is None:
            return usual
        by_name = {registry.name_of(build): build for build in usual}
        return tuple(by_name[name] for name in named)

    def __str__(self) -> str:
        """The same text for the same settings, in whatever order they were written; empty without any."""
        if self == DEFAULT:
            return ""
        roi = self.roi and (f"{self.roi.hourly_rate:f}", self.roi.currency, sorted(self.roi.minutes_saved.items()))
        return repr((sorted(self.cards.items()), roi))


DEFAULT = Configuration()


def read_configuration(path: Path | None) -> Configuration:
    """The configuration in a file; without one, the defaults. Raises ConfigurationError."""
    if path is None:
        return DEFAULT
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return _Reader(path, text).configuration()


class _Reader:
    """One file: its parsed settings, and where each of them stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = dict(_lines_of_keys(text))
        try:
            self.document = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise ConfigurationError(f"{path}, line {line[1] if line else 'last'}: {error}") from error

    def configuration(self) -> Configuration:
        self._only(self.document, (), ("cards", "roi"))
        roi = self._roi(self._table(self.document, "roi")) if "roi" in self.document else None
        cards = self._table(self.document, "cards")
        self._only(cards, ("cards",), (ALL, TENANT))
        found = {}
        for scope in cards:
            editions = self._table(cards, scope, "cards")
            self._only(editions, ("cards", scope), EDITIONS)
            for edition, names in editions.items():
                found[scope, edition] = self._names(names, scope, edition, has_roi=roi is not None)
        return Configuration(found, roi)

    def _names(self, names: Any, scope: str, edition: str, *, has_roi: bool) -> tuple[str, ...]:
        at = ("cards", scope, edition)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self._fail(at, "a list of card names is wanted")
        usual = registry.cards_of(edition, is_all=scope == ALL, has_roi=has_roi)
        known = [registry.name_of(build) for build in usual]
        for name in names:
            if name not in known:
                self._fail(at, f"there is no card {name!r} in {edition} reports; there are {', '.join(sorted(known))}")
        if len(set(names)) < len(names):
            self._fail(at, "a card is named twice")
        if OPENING not in names:
            self._fail(at, f"the card {OPENING!r} cannot be left out: headline and PDF begin with it")
        return tuple(names)

    def _roi(self, table: dict[str, Any]) -> Roi:
        self._only(table, ("roi",), ("hourly_rate", "currency", "minutes_saved"))
        for key in ("hourly_rate", "currency", "minutes_saved"):
            if key not in table:
                self._fail(("roi",), f"{key} is missing")
        currency = table["currency"]
        if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
            self._fail(("roi", "currency"), "three capitals are wanted, as in 'EUR'")
        minutes = self._table(table, "minutes_saved", "roi")
        saved = {task: self._amount(value, ("roi", "minutes_saved", task)) for task, value in minutes.items()}
        for task, value in saved.items():
            if value > _MOST_MINUTES:
                self._fail(("roi", "minutes_saved", task), "more minutes than a day has")
        return Roi(self._amount(table["hourly_rate"], ("roi", "hourly_rate")), currency, saved)

    def _amount(self, value: Any, at: tuple[str, ...]) -> Decimal:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not is_number or not Decimal(value).is_finite() or not 0 < Decimal(value) < 10**9:
            self._fail(at, "a number above 0 and below a thousand million is wanted")
        amount = Decimal(value)
        if amount != amount.quantize(Decimal("0.0001")):
            self._fail(at, "at most four decimals are wanted")
        return amount

    def _table(self, table: dict[str, Any], key: str, *above: str) -> dict[str, Any]:
        found = table.get(key, {})
        if not isinstance(found, dict):
            self._fail((*above, key), "a table is wanted")
        return found

    def _only(self, table: dict[str, Any], at: tuple[str, ...], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                self._fail((*at, key), f"there is no such key; there are {', '.join(known)}")

    def _fail(self, at: tuple[str, ...], reason: str) -> NoReturn:
        # What was written inline has no line of its own: the one that holds it is named.
        line = next((self.lines[at[:size]] for size in range(len(at), 0, -1) if at[:size] in self.lines), 1)
        raise ConfigurationError(f"{self.path}, line {line}: {'.'.join(at)}: {reason}")


_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*\[\s*({_KEYS})\s*\]\s*(?:#.*)?$")
_PAIR = re.compile(rf"\s*({_KEYS})\s*=")


def _lines_of_keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Where each key, by its path, is written; of one written twice the last counts, which TOML refuses anyway."""
    above: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            above = _path(header[1])
            yield above, number
        elif pair := _PAIR.match(line):
            yield (*above, *_path(pair[1])), number


def _path(keys: str) -> tuple[str, ...]:
    found = re.findall(_KEY, keys)
    return tuple(next(iter(tomllib.loads(f"{key} = 0"))) for key in found)
