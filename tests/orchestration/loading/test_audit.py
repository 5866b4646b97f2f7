"""Held-back landing dates, releases, replaced and vanished files, and that the audit adds up."""

from __future__ import annotations

import gzip

import pytest

from orchestration.loading.audit import ReleaseError
from tests.orchestration.loading.zones import ZoneFolder, age, billing, day, usage

BAD = "{bad"
AUDIT = "select file, rows_read, accepted, duplicates, quarantined, held_back from audit.load_audit order by file"
COUNT = "select count(*) from lake.usage_events"


def held_zone(zone: ZoneFolder) -> None:
    """Two landing dates; of the first, one row of three is bad."""
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), BAD)
    zone.lines("billing/2026-03-01/a.jsonl", billing("b1"))
    zone.lines("usage/2026-03-02/a.jsonl", usage("e1"), usage("e2"))


def test_a_landing_date_over_the_limit_is_held_back_over_all_sources(zone: ZoneFolder) -> None:
    held_zone(zone)
    summary = zone.load()
    assert summary.held_dates == [day("2026-03-01")]
    assert not summary.is_complete
    assert zone.query(AUDIT) == [
        ("billing/2026-03-01/a.jsonl", 1, 1, 0, 0, True),
        ("usage/2026-03-01/a.jsonl", 2, 1, 0, 1, True),
        ("usage/2026-03-02/a.jsonl", 2, 2, 0, 0, False),
    ]
    assert zone.query("select landing_date::varchar, event_id from lake.usage_events order by 2") == [
        ("2026-03-02", "e1"),
        ("2026-03-02", "e2"),
    ]
    assert zone.query("select count(*) from lake.billing_events") == [(0,)]


def test_exactly_the_limit_is_not_over_it(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", *[usage(f"e{number}") for number in range(19)], BAD)
    assert zone.load().held_dates == []
    assert zone.load(quarantine_limit_pct=4.99).held_dates == [day("2026-03-01")]
    assert zone.query(COUNT) == [(0,)]
    assert zone.load().held_dates == []
    assert zone.query(COUNT) == [(19,)]


def test_a_release_is_remembered_even_by_a_full_refresh(zone: ZoneFolder) -> None:
    held_zone(zone)
    zone.load()
    summary = zone.load(release=day("2026-03-01"))
    assert (summary.changed, summary.held_dates) == (True, [])
    assert zone.query(AUDIT) == [
        ("billing/2026-03-01/a.jsonl", 1, 1, 0, 0, False),
        ("usage/2026-03-01/a.jsonl", 2, 1, 0, 1, False),
        ("usage/2026-03-02/a.jsonl", 2, 1, 1, 0, False),
    ]
    released = zone.state()
    assert zone.load(release=day("2026-03-01")).changed is False
    zone.load(full_refresh=True)
    assert zone.state() == released


def test_only_a_held_date_can_be_released(zone: ZoneFolder) -> None:
    held_zone(zone)
    with pytest.raises(ReleaseError, match="2026-03-02 is not held back"):
        zone.load(release=day("2026-03-02"))
    assert zone.query("select count(*) from lake.loads") == [(0,)]
    assert zone.load().held_dates == [day("2026-03-01")]


def test_an_accepted_date_is_withdrawn_and_comes_back(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    before = zone.state()
    bad = zone.lines("billing/2026-03-01/a.jsonl", BAD)
    withdrawn = zone.load()
    assert withdrawn.held_dates == [day("2026-03-01")]
    assert zone.query(COUNT) == [(0,)]
    assert zone.query(f"select tenant_id, hour(event_hour) from lake.changes where load_id = {withdrawn.load_id}") == [
        ("t1", 10)
    ]
    bad.write_bytes(b"")
    zone.load()
    assert zone.query(COUNT) == [(1,)]
    assert zone.state()["usage_events"] == before["usage_events"]


def test_unreadable_files_do_not_hold_a_date_back(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.put("usage/2026-03-01/b.jsonl.gz", gzip.compress(b"{}\n" * 1000)[:-9])
    zone.put("usage/2026-03-01/c.xlsx", b"PK")
    summary = zone.load()
    assert summary.held_dates == []
    assert summary.unreadable == ["usage/2026-03-01/b.jsonl.gz", "usage/2026-03-01/c.xlsx"]
    assert zone.query("select file, line, reason from audit.quarantine order by file") == [
        ("usage/2026-03-01/b.jsonl.gz", 0, "unreadable_file"),
        ("usage/2026-03-01/c.xlsx", 0, "unreadable_file"),
    ]
    assert [row[1:5] for row in zone.query(AUDIT)] == [(1, 1, 0, 0), (1, 0, 0, 1), (1, 0, 0, 1)]
    assert zone.load().unreadable == summary.unreadable


def test_an_empty_file_has_its_row(zone: ZoneFolder) -> None:
    zone.put("usage/2026-03-01/a.jsonl", b"")
    zone.load()
    assert zone.query(AUDIT) == [("usage/2026-03-01/a.jsonl", 0, 0, 0, 0, False)]
    assert zone.query("select bytes, sha256[:8] from audit.load_audit") == [(0, "e3b0c442")]


def test_nothing_new_changes_nothing(zone: ZoneFolder) -> None:
    held_zone(zone)
    first = zone.load()
    files = zone.parquet_files()
    again = zone.load()
    assert (again.changed, again.load_id, again.files_loaded) == (False, first.load_id, 0)
    assert zone.parquet_files() == files
    assert zone.query("select count(*) from lake.loads") == [(1,)]


def test_a_touched_file_is_hashed_once_and_has_no_effect(zone: ZoneFolder) -> None:
    held_zone(zone)
    zone.load()
    before = zone.query("select file, loaded_at from audit.load_audit order by 1")
    age(zone.raw / "usage/2026-03-02/a.jsonl")
    age(zone.raw / "directory/tenants.csv")
    assert zone.load().changed is False
    assert zone.query("select file, loaded_at from audit.load_audit order by 1") == before


def test_a_replaced_file_takes_back_what_it_gave(zone: ZoneFolder) -> None:
    file = zone.lines("usage/2026-03-01/a.jsonl", *[usage(f"e{number}") for number in range(30)], BAD)
    zone.load()
    # The same size: only the content tells.
    content = file.read_bytes().replace(b'"e7"', b'"E7"')
    zone.put("usage/2026-03-01/a.jsonl", content)
    age(file)
    summary = zone.load()
    assert (summary.files_loaded, summary.accepted, summary.quarantined) == (1, 30, 1)
    assert zone.query("select count(*), count(*) filter (event_id = 'E7') from lake.usage_events") == [(30, 1)]
    assert zone.query("select count(*) from audit.quarantine") == [(1,)]
    assert zone.query("select count(*) from audit.load_audit") == [(1,)]


def test_a_vanished_file_stays_until_a_full_refresh(zone: ZoneFolder) -> None:
    held_zone(zone)
    zone.load()
    zone.remove("usage/2026-03-02/a.jsonl")
    summary = zone.load()
    assert summary.files_vanished == ["usage/2026-03-02/a.jsonl"]
    assert summary.changed is False
    assert zone.query(COUNT) == [(2,)]
    refreshed = zone.load(full_refresh=True)
    assert (refreshed.files_vanished, refreshed.needs_full_refresh) == ([], True)
    assert refreshed.load_id == summary.load_id + 1
    assert zone.query(COUNT) == [(0,)]
    assert zone.query("select count(*) from audit.load_audit") == [(2,)]


def test_unknown_fields_and_columns_are_named(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1", colour="red"), usage("e2", colour="blue", shape=1))
    zone.directory("tenants", "tenant_id,tenant_name,mood\nt1,One,good\n")
    zone.load()
    assert zone.query("select source, file, field from audit.schema_drift order by all") == [
        ("directory", "directory/tenants.csv", "mood"),
        ("usage", "usage/2026-03-01/a.jsonl", "colour"),
        ("usage", "usage/2026-03-01/a.jsonl", "shape"),
    ]
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.directory("tenants", "tenant_id,tenant_name\nt1,One\n")
    zone.load()
    assert zone.query("from audit.schema_drift") == []


def test_the_clock_is_the_last_landing_date_of_any_file(zone: ZoneFolder) -> None:
    held_zone(zone)
    zone.put("jobs/2026-03-09/none.jsonl", b"")
    zone.load()
    assert zone.query("select last_landing_date::varchar from lake.loads") == [("2026-03-09",)]
