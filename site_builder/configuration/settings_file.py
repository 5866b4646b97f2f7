"""A TOML file with the line on which each key stands, so that what is wrong with it can be named."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn


class ConfigurationError(Exception):
    """The configuration cannot be used; the message names file, line and reason."""


class SettingsFile:
    """One file: its `document`, and the means to look into it. Raises ConfigurationError where it cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from error
        self._lines = dict(_lines_of_keys(text))
        try:
            self.document: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise ConfigurationError(f"{path}, line {line[1] if line else 'last'}: {error}") from error

    def table(self, *at: str) -> dict[str, Any]:
        """The table at a path of keys; empty where there is none."""
        found: dict[str, Any] = self.document
        for place, key in enumerate(at, 1):
            found = found.get(key, {})
            if not isinstance(found, dict):
                self.fail(at[:place], "a table is wanted")
        return found

    def tables(self, name: str) -> list[dict[str, Any]]:
        """The tables written as [[name]]; their keys are found at (name, "1", key), (name, "2", key) and so on."""
        found = self.document.get(name, [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.fail((name,), f"tables are wanted, each under a line [[{name}]]")
        return found

    def only(self, at: tuple[str, ...], known: tuple[str, ...]) -> None:
        """Refuse keys of the table at a path that are not known."""
        for key in self.table(*at):
            if key not in known:
                self.fail((*at, key), f"there is no such key; there are {', '.join(known)}")

    def amount(self, *at: str) -> Decimal:
        """A positive number at a path, of four decimals at most."""
        value = self.table(*at[:-1])[at[-1]]
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not is_number or not Decimal(value).is_finite() or not 0 < Decimal(value) < 10**9:
            self.fail(at, "a number above 0 and below a thousand million is wanted")
        amount = Decimal(value)
        if amount != amount.quantize(Decimal("0.0001")):
            self.fail(at, "at most four decimals are wanted")
        return amount

    def text(self, *at: str, pattern: re.Pattern[str], wanted: str) -> str:
        """A text at a path, which must match; `wanted` says what, in words. Empty where there is none."""
        value = self.table(*at[:-1]).get(at[-1])
        if value is None:
            return ""
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self.fail(at, wanted)
        return value

    def fail(self, at: tuple[str, ...], reason: str) -> NoReturn:
        """Raise ConfigurationError with the line of the key at a path."""
        # What was written inline has no line of its own: the one that holds it is named.
        line = next((self._lines[at[:size]] for size in range(len(at), 0, -1) if at[:size] in self._lines), 1)
        raise ConfigurationError(f"{self.path}, line {line}: {'.'.join(at)}: {reason}")


_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_LISTED = re.compile(rf"\s*\[\[\s*({_KEYS})\s*\]\]\s*(?:#.*)?$")
_HEADER = re.compile(rf"\s*\[\s*({_KEYS})\s*\]\s*(?:#.*)?$")
_PAIR = re.compile(rf"\s*({_KEYS})\s*=")


def _lines_of_keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Where each key, by its path, is written; of one written twice the last counts, which TOML refuses anyway."""
    above: tuple[str, ...] = ()
    listed = Counter[tuple[str, ...]]()
    for number, line in enumerate(text.splitlines(), 1):
        if entry := _LISTED.match(line):
            name = _path(entry[1])
            listed[name] += 1
            if listed[name] == 1:
                yield name, number
            above = (*name, str(listed[name]))
            yield above, number
        elif header := _HEADER.match(line):
            above = _path(header[1])
            yield above, number
        elif pair := _PAIR.match(line):
            yield (*above, *_path(pair[1])), number


def _path(keys: str) -> tuple[str, ...]:
    found = re.findall(_KEY, keys)
    return tuple(next(iter(tomllib.loads(f"{key} = 0"))) for key in found)
