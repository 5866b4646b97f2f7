"""What the spans of zones say, against zoneinfo's own reading of the same package."""

from __future__ import annotations

import zoneinfo
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from orchestration.zones import rules
from orchestration.zones.spans import (
    ALL_TIME_END,
    ALL_TIME_START,
    Span,
    Zone,
    cycles_back,
    day_start,
    differing,
    spliced,
)
from orchestration.zones.tzif import read_spans

SECOND = timedelta(seconds=1)
# Gaps and overlaps of half an hour, of a whole date, at midnight; seconds of mean time; changes by rule, by list only.
ZONES = (
    "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "Europe/Dublin", "Asia/Kathmandu",
    "America/Nuuk", "Asia/Gaza", "America/St_Johns", "Africa/Monrovia", "Europe/Amsterdam", "Asia/Calcutta",
    "America/Coyhaique", "Europe/Kyiv", "US/Pacific", "EST5EDT", "UTC", "Etc/GMT+5", "Antarctica/Troll",
)  # fmt: skip


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moments(spans: tuple[Span, ...], random: Random) -> list[datetime]:
    """Before, at and after every change that is no repetition, and at some times of any year."""
    listed = [span.utc_from for span in spans[1:] if span.utc_from.year < 2045]
    edges = [start + around for start in listed for around in (-SECOND, timedelta(), SECOND)]
    year = timedelta(days=365.25)
    return edges + [naive("1000-01-01") + year * random.uniform(0, 8990) for _ in range(200)]


def test_the_package_alone_says_what_zones_are_whatever_the_machine_has() -> None:
    assert zoneinfo.TZPATH == ()
    assert zoneinfo.available_timezones() - rules.zone_names() == {"Factory"}
    assert rules.zone_names() >= set(ZONES)
    assert not rules.zone_names() & {"localtime", "posixrules", "Factory", "europe/berlin", "../x", "right/UTC", ""}


@pytest.mark.parametrize("name", ZONES)
def test_spans_say_what_zoneinfo_says_at_every_change_and_in_any_year(name: str) -> None:
    spans, zone = rules.installed_spans(name), ZoneInfo(name)
    by_spans = Zone(spans)
    assert (spans[0].utc_from, spans[-1].utc_to) == (ALL_TIME_START, ALL_TIME_END)
    assert all(before.utc_to == after.utc_from for before, after in zip(spans, spans[1:], strict=False))
    for moment in moments(spans, Random(name)):
        known = moment - cycles_back(moment.year)
        said = spans[bisect_right(spans, known, key=lambda span: span.utc_from) - 1].offset
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        assert said == local.utcoffset(), (name, moment)
        shown = local.replace(tzinfo=None, fold=0)
        for wanted in (shown, shown + timedelta(minutes=20), shown - timedelta(minutes=50)):
            expected = wanted.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
            assert by_spans.to_utc(wanted) == expected, (name, wanted)


def test_samoa_left_a_date_out() -> None:
    apia = rules.installed_spans("Pacific/Apia")
    assert day_start(apia, date(2011, 12, 30)) == day_start(apia, date(2011, 12, 31)) == naive("2011-12-30T10:00")


def test_other_rules_after_a_cut_leave_what_is_before_it() -> None:
    before, after = (tuple(Span(ALL_TIME_START, ALL_TIME_END, hours * 3600) for hours in [each]) for each in (1, 2))
    cut = naive("2026-10-31T23:00")
    both = spliced(before, after, cut)
    assert both == (Span(ALL_TIME_START, cut, 3600), Span(cut, ALL_TIME_END, 7200))
    assert differing(before, both) == [(cut, ALL_TIME_END)] and spliced(before, before, cut) == before


def test_what_is_no_zone_file_is_refused() -> None:
    with pytest.raises(ValueError, match="not a zone file"):
        read_spans(b"TZif" + bytes(60))
