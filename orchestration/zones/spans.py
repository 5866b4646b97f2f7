"""The stretches of time between the clock changes of a zone, and what follows from them.

They end with a whole cycle of the calendar, after the last change that any zone lists (Gaza's of 2086): what holds at a
time from CYCLE_START on holds 400 years later, so times from ALL_TIME_END on are looked up cycles earlier.
dbt_project/macros/times.sql has the same bounds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

ALL_TIME_START = datetime.fromisoformat("0001-01-01")
CYCLE_START, ALL_TIME_END = datetime.fromisoformat("2100-01-01"), datetime.fromisoformat("2500-01-01")
CYCLE_YEARS = ALL_TIME_END.year - CYCLE_START.year
CYCLE = ALL_TIME_END - CYCLE_START
TWO_DAYS = timedelta(days=2)


class Span(NamedTuple):
    """From utc_from until before utc_to, local time is offset_seconds ahead of UTC; both naive, UTC."""

    utc_from: datetime
    utc_to: datetime
    offset_seconds: int

    @property
    def offset(self) -> timedelta:
        return timedelta(seconds=self.offset_seconds)


@dataclass(frozen=True)
class Zone:
    """A zone by its spans, which leave no gap from ALL_TIME_START to ALL_TIME_END."""

    spans: tuple[Span, ...]

    def to_utc(self, local: datetime) -> datetime:
        """The naive UTC time at which the zone's clocks show `local`.

        A time that they skip is read with the offset from before the change (so it lands as much later); of one that
        they show twice, the first is taken. Raises OverflowError where that is no time of the calendar.
        """
        earlier = cycles_back(local.year)
        span = self.spans[bisect_right(self._shown_from, local - earlier)]
        return local - span.offset

    @cached_property
    def _shown_from(self) -> list[datetime]:
        """The local times from which on each span but the first holds alone: past what is skipped or shown twice."""
        return [span.utc_from + max(before.offset, span.offset) for before, span in pairwise(self.spans)]


def cycles_back(year: int) -> timedelta:
    """How much earlier the spans say what holds in a year."""
    return CYCLE * max((year - CYCLE_START.year) // CYCLE_YEARS, 0)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same without empty spans, neighbours of one offset as one."""
    found: list[Span] = []
    for span in spans:
        if span.utc_from >= span.utc_to:
            continue
        if found and found[-1].offset_seconds == span.offset_seconds:
            found[-1] = found[-1]._replace(utc_to=span.utc_to)
        else:
            found.append(span)
    return tuple(found)


def spliced(before: Sequence[Span], after: Sequence[Span], cut: datetime) -> tuple[Span, ...]:
    """The spans `before` until the time `cut`, those `after` from then on."""
    kept = (span._replace(utc_to=min(span.utc_to, cut)) for span in before)
    new = (span._replace(utc_from=max(span.utc_from, cut)) for span in after)
    return joined([*kept, *new])


def day_start(spans: Sequence[Span], day: date) -> datetime:
    """The first time, UTC, at which clocks show a date before ALL_TIME_END, or a later one where they skip it."""
    midnight = datetime.combine(day, time())
    near = [span for span in spans if span.utc_to > midnight - TWO_DAYS and span.utc_from < midnight + TWO_DAYS]
    starts = ((max(span.utc_from, midnight - span.offset), span.utc_to) for span in near)
    return min(start for start, end in starts if start < end)


def differing(before: Sequence[Span], after: Sequence[Span]) -> list[tuple[datetime, datetime]]:
    """The stretches of time, UTC, in which the two say different offsets."""
    return [
        (max(old.utc_from, new.utc_from), min(old.utc_to, new.utc_to))
        for old in before
        for new in after
        if old.offset_seconds != new.offset_seconds and old.utc_from < new.utc_to and new.utc_from < old.utc_to
    ]
