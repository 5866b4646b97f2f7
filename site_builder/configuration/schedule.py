"""Tables [editions] and [[custom]]: which reports there are besides days, weeks and months."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from site_builder.configuration.settings_file import SettingsFile
from site_builder.planning.schedule import OPTIONAL_EDITIONS, Interval, Schedule

_KEYS = ("name", "first", "last", "weeks", "tenants")
_LONGEST_NAME = 60
_MOST_WEEKS = 520
_EARLIEST = date(2000, 1, 1)


def read_schedule(file: SettingsFile) -> Schedule:
    """What a file says of them. Raises ConfigurationError."""
    file.only(("editions",), OPTIONAL_EDITIONS)
    given = file.table("editions")
    for edition, is_on in given.items():
        if not isinstance(is_on, bool):
            file.fail(("editions", edition), "true or false is wanted")
    editions = tuple(edition for edition in OPTIONAL_EDITIONS if given.get(edition, True))
    intervals = tuple(_interval(file, place, table) for place, table in enumerate(file.tables("custom"), 1))
    spans: set[tuple[date, date | None, int]] = set()
    for place, interval in enumerate(intervals, 1):
        key = interval.first, interval.last, interval.weeks
        if key in spans:
            file.fail(("custom", str(place), "first"), "these dates are named twice")
        spans.add(key)
    return Schedule(editions, intervals)


def _interval(file: SettingsFile, place: int, table: Mapping[str, Any]) -> Interval:
    at = ("custom", str(place))
    for key in table:
        if key not in _KEYS:
            file.fail((*at, key), f"there is no such key; there are {', '.join(_KEYS)}")
    name, weeks, tenants = table.get("name"), table.get("weeks", 0), table.get("tenants")
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        file.fail((*at, "name"), f"a name of at most {_LONGEST_NAME} characters is wanted")
    first, last = (_date(file, (*at, key), table.get(key)) for key in ("first", "last"))
    if first is None:
        file.fail((*at, "first"), "the first date is missing")
    is_number = isinstance(weeks, int) and not isinstance(weeks, bool)
    if "weeks" in table and not (is_number and 1 <= weeks <= _MOST_WEEKS):
        file.fail((*at, "weeks"), f"a whole number of weeks from 1 to {_MOST_WEEKS} is wanted")
    if last is None and not weeks:
        file.fail((*at, "last"), "the last date is missing, or weeks, if it repeats")
    if last is not None and last < first:
        file.fail((*at, "last"), "the last date is before the first")
    if tenants is not None and (not isinstance(tenants, list) or not all(isinstance(key, str) for key in tenants)):
        file.fail((*at, "tenants"), "a list of tenant ids is wanted")
    return Interval(name, first, last, weeks, None if tenants is None else tuple(tenants))


def _date(file: SettingsFile, at: tuple[str, ...], value: Any) -> date | None:
    if value is None:
        return None
    if not isinstance(value, date) or isinstance(value, datetime) or value < _EARLIEST:
        file.fail(at, f"a date from {_EARLIEST} on is wanted, without quotes, as in 2026-11-03")
    return value
