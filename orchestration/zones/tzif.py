"""A compiled zone file (TZif, RFC 9636) as spans: the changes it lists, then those by the rule at its end."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from orchestration.zones.spans import ALL_TIME_END, ALL_TIME_START, CYCLE_START, Span, joined

EPOCH = datetime.fromisoformat("1970-01-01")
HEADER = struct.Struct(">4s1s15x6l")
OFFSET = re.compile(r"([+-]?)(\d{1,3})(?::(\d{2}))?(?::(\d{2}))?")
RULE = re.compile(
    r"(?:<[^>]+>|[A-Za-z]+)(?P<standard>[+-]?[\d:]+)"
    r"(?:(?:<[^>]+>|[A-Za-z]+)(?P<summer>[+-]?[\d:]+)?,(?P<start>[^,/]+)(?:/(?P<start_time>[^,]+))?"
    r",(?P<end>[^,/]+)(?:/(?P<end_time>[^,]+))?)?"
)
ONE_DAY = timedelta(days=1)
ONE_HOUR = 3600
DEFAULT_TIME = "2"
Change = tuple[datetime, int]


def read_spans(content: bytes) -> tuple[Span, ...]:
    """The spans of a zone, from the beginning to the end of time. Raises ValueError where it is no such
    file, or lists changes so late that they are no part of what repeats.
    """
    first, changes, rule = _parse(content)
    if changes and changes[-1][0] >= CYCLE_START:
        raise ValueError(f"a change is listed for {changes[-1][0]}, from {CYCLE_START} on a zone must go by rule")
    if rule:
        changes += _by_rule(rule, changes[-1][0] if changes else ALL_TIME_START)
    starts = [(ALL_TIME_START, first), *changes, (ALL_TIME_END, first)]
    return joined(Span(start, end, offset) for (start, offset), (end, _) in pairwise(starts))


def _parse(content: bytes) -> tuple[int, list[Change], str]:
    """The offset before all changes (seconds ahead of UTC), the changes that are listed, and the rule for later."""
    magic, form, *counts = HEADER.unpack_from(content)
    if magic != b"TZif" or form < b"2":
        raise ValueError("not a zone file of version 2 or later")
    place = HEADER.size + _size(counts, 4)
    _, _, *counts = HEADER.unpack_from(content, place)
    place += HEADER.size
    _, _, _, changes, types, _ = counts
    times = struct.unpack_from(f">{changes}q", content, place)
    kinds = content[place + 8 * changes : place + 9 * changes]
    offsets = [struct.unpack_from(">l", content, place + 9 * changes + 6 * kind)[0] for kind in range(types)]
    rule = content[place + _size(counts, 8) :].strip(b"\n").decode("ascii")
    return offsets[0], [(_moment(at), offsets[kind]) for at, kind in zip(times, kinds, strict=True)], rule


def _size(counts: list[int], width: int) -> int:
    """Bytes of a block whose times take `width` bytes each."""
    is_utc, is_standard, leaps, changes, types, letters = counts
    return changes * (width + 1) + types * 6 + letters + leaps * (width + 4) + is_standard + is_utc


def _moment(seconds: int) -> datetime:
    """Seconds since 1970 as a time; one before the calendar begins as its beginning."""
    return EPOCH + max(timedelta(seconds=seconds), ALL_TIME_START - EPOCH)


def _by_rule(rule: str, last: datetime) -> list[Change]:
    """The changes after the last one that is listed."""
    match = RULE.fullmatch(rule)
    if not match:
        raise ValueError(f"{rule!r} is no rule of a zone")
    standard = -_seconds(match["standard"])
    if not match["start"]:
        return [(last, standard)]
    summer = -_seconds(match["summer"]) if match["summer"] else standard + ONE_HOUR
    start_time, end_time = (_seconds(match[name] or DEFAULT_TIME) for name in ("start_time", "end_time"))
    changes = []
    for year in range(max(last.year - 1, EPOCH.year), ALL_TIME_END.year + 1):
        # At the same moment the end comes first: a year that is summer throughout stays so.
        changes.append((_day(match["end"], year) + timedelta(seconds=end_time - summer), standard))
        changes.append((_day(match["start"], year) + timedelta(seconds=start_time - standard), summer))
    changes.sort(key=lambda change: change[0])
    return [change for change in changes if last < change[0] < ALL_TIME_END]


def _seconds(text: str) -> int:
    match = OFFSET.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no time of a zone's rule")
    sign, hours, minutes, seconds = match.groups(default="0")
    return (-1 if sign == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60 + int(seconds))


def _day(text: str, year: int) -> datetime:
    """The day of a year that a rule names: Jn (without February 29), n (from 0) or Mmonth.week.weekday."""
    first = datetime(year, 1, 1)  # noqa: DTZ001
    if text.startswith("J"):
        day = int(text[1:])
        is_leap_year = (datetime(year, 3, 1) - first).days == 60  # noqa: DTZ001
        return first + ONE_DAY * (day - 1 + (is_leap_year and day >= 60))
    if not text.startswith("M"):
        return first + ONE_DAY * int(text)
    month, week, weekday = (int(part) for part in text[1:].split("."))
    return list(_weekdays(year, month, weekday))[:week][-1]


def _weekdays(year: int, month: int, weekday: int) -> Iterator[datetime]:
    """The days of a month that are Sundays (0), Mondays (1) …"""
    day = datetime(year, month, 1)  # noqa: DTZ001
    day += ONE_DAY * ((weekday - day.isoweekday()) % 7)
    while day.month == month:
        yield day
        day += 7 * ONE_DAY
