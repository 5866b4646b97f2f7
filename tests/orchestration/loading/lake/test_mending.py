"""Damaged, missing and foreign files of the lake: what finds them, and how a load mends them from the landing zone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.building.lake_state import audit_lake, look_at_lake, require_whole_lake
from orchestration.loading.lake.mending import LakeError
from tests.orchestration.loading.zones import ZoneFolder, billing, usage

Damage = Callable[[Path, Path], None]


def _truncate(one: Path, _: Path) -> None:
    os.truncate(one, one.stat().st_size // 2)


def _empty(one: Path, _: Path) -> None:
    os.truncate(one, 0)


def _zero(one: Path, _: Path) -> None:
    one.write_bytes(bytes(one.stat().st_size))


def _flip(one: Path, _: Path) -> None:
    content = bytearray(one.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 30] = bytes(byte ^ 0xFF for byte in content[middle : middle + 30])
    one.write_bytes(content)


def _swap(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def _folder(one: Path, _: Path) -> None:
    one.unlink()
    one.mkdir()


DAMAGES: list[Damage] = [lambda one, _: one.unlink(), _truncate, _empty, _zero, _flip, _swap, _folder]


@pytest.fixture
def loaded(zone: ZoneFolder) -> ZoneFolder:
    """Three files over three UTC dates, with versions that lost and another source beside."""
    zone.lines("usage/2026-03-03/a.jsonl", *(_on(day, f"e{day}") for day in (1, 2, 3)))
    zone.lines("usage/2026-03-03/b.jsonl", _on(2, "e2", revision=1), _on(2, "e4"), "not JSON")
    zone.lines("usage/2026-03-04/c.jsonl", _on(3, "e3"), _on(3, "e5"))
    zone.lines("billing/2026-03-03/a.jsonl", billing("b1"))
    zone.load(quarantine_limit_pct=100)
    return zone


def _on(day: int, event_id: str, **fields: object) -> dict[str, object]:
    return usage(event_id, occurred_at=f"2026-03-{day:02}T10:00:00Z", **fields)


def _lake_file(zone: ZoneFolder, part: str) -> Path:
    return next(zone.warehouse.with_name("w.lake").rglob(f"{part}/*.parquet"))


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("part", ["usage_events/event_date=2026-03-02", "usage_events_aside/event_date=2026-03-01"])
def test_a_damaged_file_is_found_named_and_mended(loaded: ZoneFolder, part: str, damage: Damage) -> None:
    before, billed = loaded.state(), _lake_file(loaded, "billing_events/event_date=2026-03-01")
    hurt = _lake_file(loaded, part)
    damage(hurt, _lake_file(loaded, "usage_events/event_date=2026-03-03"))
    with pytest.raises(LakeError, match=f"{part}/.* tallybook load mends it"):
        require_whole_lake(loaded.warehouse)
    done = loaded.load(quarantine_limit_pct=100)
    assert any(str(hurt) in line for line in done.mended)
    assert done.needs_full_refresh
    assert loaded.state() == before
    assert billed.exists(), "other sources are left alone"
    require_whole_lake(loaded.warehouse)
    assert audit_lake(loaded.warehouse) == []
    assert loaded.load(quarantine_limit_pct=100).changed is False


def test_bytes_that_changed_behind_the_times_of_a_file_are_found_by_a_check(loaded: ZoneFolder) -> None:
    before, hurt = loaded.state(), _lake_file(loaded, "usage_events/event_date=2026-03-02")
    _flip(hurt, hurt)
    _note_as_seen(loaded, hurt)
    require_whole_lake(loaded.warehouse)
    [fault] = audit_lake(loaded.warehouse)
    assert fault == f"{hurt} has other bytes than were written: tallybook run mends it from the landing zone"
    assert loaded.load(quarantine_limit_pct=100).mended == (f"{hurt} has other bytes than were written",)
    assert loaded.state() == before


def test_what_a_vanished_file_gave_is_never_lost_unsaid(loaded: ZoneFolder) -> None:
    whole = loaded.state()
    loaded.remove("usage/2026-03-03/b.jsonl")
    hurt = _lake_file(loaded, "usage_events/event_date=2026-03-02")
    content = hurt.read_bytes()
    hurt.unlink()
    with pytest.raises(LakeError, match=r"b\.jsonl \(2 rows\).*put them or the lake's files back.*--full-refresh"):
        loaded.load(quarantine_limit_pct=100)
    hurt.write_bytes(content)
    assert loaded.load(quarantine_limit_pct=100).mended == ()
    assert loaded.state() == whole


def test_a_vanished_file_that_lost_nothing_stops_nothing(loaded: ZoneFolder) -> None:
    whole = loaded.state()
    loaded.remove("usage/2026-03-03/b.jsonl")
    _lake_file(loaded, "usage_events/event_date=2026-03-03").unlink()
    assert len(loaded.load(quarantine_limit_pct=100).mended) == 1
    assert loaded.state() == whole


def test_a_mended_lake_takes_what_changed_in_the_zone_meanwhile(loaded: ZoneFolder) -> None:
    loaded.lines("usage/2026-03-03/a.jsonl", _on(1, "e1"))
    _lake_file(loaded, "usage_events/event_date=2026-03-02").unlink()
    loaded.load(quarantine_limit_pct=100)
    mended = loaded.state()
    loaded.load(full_refresh=True, quarantine_limit_pct=100)
    assert loaded.state() == mended


def test_files_that_are_not_of_the_lake_are_named_by_a_check(loaded: ZoneFolder) -> None:
    root = loaded.warehouse.with_name("w.lake")
    (root / "usage_events/notes.txt").write_text("mine")
    (root / "usage_events/event_date=2026-03-02/load-00000099-0.parquet").write_bytes(b"of a load that died")
    [fault] = audit_lake(loaded.warehouse)
    assert fault.startswith(f"{root}/usage_events/notes.txt is no file of the lake")


def test_a_copied_lake_is_looked_at_once_and_believed_from_then_on(loaded: ZoneFolder, tmp_path: Path) -> None:
    shutil.copytree(loaded.warehouse.parent, tmp_path / "copy")
    loaded.warehouse = tmp_path / "copy" / "w.duckdb"
    assert look_at_lake(loaded.warehouse).settled
    assert loaded.load(quarantine_limit_pct=100).changed is False
    assert look_at_lake(loaded.warehouse) == look_at_lake(tmp_path / "nowhere.duckdb")


def test_a_lake_of_a_version_that_noted_no_hashes_is_taken_over(loaded: ZoneFolder) -> None:
    _execute(
        loaded,
        "alter table lake.parts drop bytes; alter table lake.parts drop sha256; "
        "alter table lake.parts drop stat; drop table lake.place",
    )
    hurt = _lake_file(loaded, "usage_events/event_date=2026-03-02")
    before = loaded.state()
    _truncate(hurt, hurt)
    done = loaded.load(quarantine_limit_pct=100)
    assert [line.split(" is ")[0] for line in done.mended] == [str(hurt)]
    assert loaded.state() == before
    assert loaded.query("select count(*) from lake.parts where sha256 is null or stat is null") == [(0,)]


def _note_as_seen(zone: ZoneFolder, file: Path) -> None:
    from orchestration.loading.lake.lake_files import stat_of

    path = file.relative_to(zone.warehouse.with_name("w.lake"))
    _execute(zone, f"update lake.parts set stat = '{stat_of(file)}' where path = '{path}'")


def _execute(zone: ZoneFolder, sql: str) -> None:
    from orchestration.warehouse import connected

    with connected(zone.warehouse) as con:
        con.execute(sql)
