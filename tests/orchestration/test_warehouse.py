"""The DuckDB file: moved, copied, renamed, damaged, held by somebody else; what is said, and what is kept beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.building.lake_state import require_whole_lake
from orchestration.building.state import begin_build, read_state, record_build
from orchestration.checking.doctor import examine
from orchestration.cli import main
from orchestration.closing.journal import Signature, closed_months, enter
from orchestration.keeping import keep, kept_folder
from orchestration.loading.lake.mending import LakeError
from orchestration.settings import Settings
from orchestration.warehouse import DamagedWarehouseError, WarehouseError, connected, explained, opened
from orchestration.writer_lock import WarehouseBusyError
from tests.orchestration.loading.zones import ZoneFolder, day, usage

SIGNATURE = Signature("Finance", "February")
IDS = "select event_id from lake.usage_events order by 1"


@pytest.fixture
def zone(tmp_path: Path) -> ZoneFolder:
    zone = ZoneFolder(tmp_path / "zone")
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    return zone


def _ids(warehouse: Path) -> list[str]:
    with opened(warehouse, read_only=True) as con:
        return [row[0] for row in con.execute(IDS).fetchall()]


def _write_over(place: int, content: bytes) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        with file.open("r+b") as there:
            there.seek(place)
            there.write(content)

    return write


def test_a_folder_that_moved_reads_its_own_lake_without_a_load(zone: ZoneFolder, tmp_path: Path) -> None:
    zone.warehouse.parent.rename(tmp_path / "moved")
    moved = tmp_path / "moved" / "w.duckdb"
    assert _ids(moved) == ["e1"]
    require_whole_lake(moved)
    with duckdb.connect(str(moved), read_only=True) as con:
        assert con.execute(IDS).fetchall() == [("e1",)], "other programs find it, too"


def test_a_copy_never_reads_the_lake_of_the_original(zone: ZoneFolder, tmp_path: Path) -> None:
    shutil.copytree(zone.warehouse.parent, tmp_path / "copy")
    copy = tmp_path / "copy" / "w.duckdb"
    zone.lines("usage/2026-03-01/a.jsonl", usage("other"))
    zone.load(full_refresh=True)
    assert _ids(copy) == ["e1"]
    assert _ids(zone.warehouse) == ["other"]
    shutil.rmtree(zone.warehouse.parent)
    assert _ids(copy) == ["e1"]


def test_a_warehouse_and_its_lake_can_take_another_name(zone: ZoneFolder) -> None:
    renamed = zone.warehouse.with_name("it's 1.duckdb")
    zone.warehouse.rename(renamed)
    zone.warehouse.with_name("w.lake").rename(renamed.with_name("it's 1.lake"))
    assert _ids(renamed) == ["e1"]


def test_a_file_that_was_copied_without_its_lake_does_not_read_that_of_the_original(zone: ZoneFolder) -> None:
    alone = zone.warehouse.with_name("alone.duckdb")
    shutil.copy(zone.warehouse, alone)
    with pytest.raises(LakeError, match=r"alone\.lake/usage_events/.* is missing: tallybook load mends it"):
        require_whole_lake(alone)
    with opened(alone, read_only=True) as con, pytest.raises(duckdb.Error, match=r"alone\.lake are missing"):
        con.execute(IDS)
    zone.warehouse = alone
    assert len(zone.load().mended) == 1
    assert _ids(alone) == ["e1"]


def test_a_moved_warehouse_that_cannot_be_written_says_so(
    zone: ZoneFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone.warehouse.parent.rename(tmp_path / "moved")
    real = duckdb.connect

    def connect(path: str = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        if not read_only:
            raise duckdb.IOException(f'IO Error: Cannot open file "{path}": Permission denied')
        return real(path, read_only=True)

    monkeypatch.setattr(duckdb, "connect", connect)
    with pytest.raises(WarehouseError, match="was moved or copied.*lake of where it was.*this user may not"):
        opened(tmp_path / "moved" / "w.duckdb", read_only=True)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "empty": lambda file: file.write_bytes(b"") and None,
    "text": lambda file: file.write_text("something else " * 1000) and None,
    "short": lambda file: file.write_text("no") and None,
    "cut in half": lambda file: os.truncate(file, file.stat().st_size // 2),
    "cut to its headers": lambda file: os.truncate(file, 5000),
    "zeroed header": _write_over(0, bytes(4096)),
    "zeroed second headers": _write_over(4096, bytes(8192)),
    "flipped bytes": _write_over(20, bytes(range(30))),
    "another version": _write_over(12, b"\xff\0\0\0\0\0\0\0"),
    "of SQLite": lambda file: file.write_bytes(b"SQLite format 3\0" + bytes(4080)) and None,
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_is_named_set_aside_and_made_anew(
    zone: ZoneFolder, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = zone.state()
    DAMAGES[kind](zone.warehouse)
    command = ["load", "--raw", str(zone.raw), "--warehouse", str(zone.warehouse)]
    assert main(command) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{zone.warehouse} is damaged and cannot be read" in said and "tallybook run --full-refresh" in said
    settings = Settings(raw=str(zone.raw), warehouse=zone.warehouse, site=zone.raw.parent / "site")
    bad = {each.subject: each for each in examine(settings) if not each.is_well}
    assert list(bad) == ["warehouse"]
    assert "is damaged" in bad["warehouse"].seen and "put a copy of it back" in bad["warehouse"].remedy
    assert main([*command, "--full-refresh"]) == 0
    assert f"is now {zone.warehouse}.damaged" in capsys.readouterr().out
    assert zone.state() == before
    assert zone.warehouse.with_name("w.duckdb.damaged").exists()


def test_damage_amid_the_file_is_found_by_whoever_reads_it(
    zone: ZoneFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    with connected(zone.warehouse) as con:
        con.execute("create table audit.restatements as select range as n, hash(range) as h from range(200000)")
    size = zone.warehouse.stat().st_size
    for tenth in range(2, 10):
        _write_over(size * tenth // 10, bytes(range(200)))(zone.warehouse)
    command = ["load", "--raw", str(zone.raw), "--warehouse", str(zone.warehouse), "--full-refresh"]
    assert main(command) == 0
    assert "is now" in capsys.readouterr().out
    assert _ids(zone.warehouse) == ["e1"]


def test_faults_of_file_and_disk_are_said_with_place_and_remedy(tmp_path: Path) -> None:
    w = tmp_path / "w.duckdb"
    said = {
        duckdb.IOException('IO Error: Could not write file "/w/w.duckdb": No space left on device'):
            "the disk of /w/w.duckdb is full: make room and run again",
        OSError(28, "No space left on device"): f"the disk of {tmp_path} is full",
        PermissionError(13, "Permission denied", "/w/w.lock"): "this user may not read and write /w/w.lock",
        IsADirectoryError(21, "Is a directory", "/w/w.lock"): "/w/w.lock is a folder where a file should be",
        NotADirectoryError(20, "Not a directory", "/w/w.lake"): "/w/w.lake is a file where a folder should be",
        FileExistsError(17, "File exists", "/w"): "/w is a file where a folder should be",
    }  # fmt: skip
    for error, text in said.items():
        assert str(explained(error, w)).startswith(text)
    assert explained(ConnectionResetError(104, "reset by peer"), w) is None
    assert explained(ValueError("else"), w) is None
    other = duckdb.IOException('IO Error: Could not read enough bytes from file "/raw/a.parquet": attempted to read 8')
    assert explained(other, w) is None, "that is not the warehouse"


def test_a_file_that_another_process_holds_is_named_with_its_number(zone: ZoneFolder) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb; c = duckdb.connect({str(zone.warehouse)!r}); print(1, flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline()
        with pytest.raises(WarehouseBusyError, match=f"is held open by process {holder.pid} .*close it there"):
            zone.load()
    finally:
        holder.communicate(b"\n")


@pytest.mark.parametrize("verb", ["load", "build", "site", "check", "alerts", "close"])
def test_a_folder_where_a_file_is_meant_and_the_reverse(
    zone: ZoneFolder, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = zone.warehouse.with_name("w.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()
    signed = ["--by", "Finance", "--note", "March"]
    words = {
        "load": ["--raw", str(zone.raw)],
        "close": ["2026-03", *signed],
        "site": ["--site", str(zone.raw.parent / "s")],
    }
    if verb != "alerts":
        assert main([verb, *words.get(verb, []), "--warehouse", str(zone.warehouse)]) == 1
        assert f"{lock} is a folder where a file should be" in capsys.readouterr().err
    inside = zone.raw / "directory/tenants.csv/w.duckdb"
    assert main([verb, *words.get(verb, []), "--warehouse", str(inside)]) == 1
    said = capsys.readouterr().err
    assert "tenants.csv is a file where a folder should be" in said or "there is no warehouse at" in said
    assert said.count("\n") == 1


def test_the_lakes_folder_is_a_file(zone: ZoneFolder, capsys: pytest.CaptureFixture[str]) -> None:
    lake = zone.warehouse.with_name("w.lake")
    shutil.rmtree(lake)
    lake.write_text("not a folder")
    assert main(["load", "--raw", str(zone.raw), "--warehouse", str(zone.warehouse)]) == 1
    assert f"{lake} is a file where the folder of the lake should be" in capsys.readouterr().err


def test_a_question_mark_in_the_path_is_refused_in_a_sentence(zone: ZoneFolder, tmp_path: Path) -> None:
    zone.warehouse = tmp_path / "what?" / "w.duckdb"
    with pytest.raises(WarehouseError, match=r"has a '\?' in its path"):
        zone.load()


@pytest.mark.parametrize("name", ["a?b", "a#b", "a*[b]", 'it\'s "it" 100%'])
def test_odd_names_of_the_landing_zone_are_only_names(tmp_path: Path, name: str) -> None:
    zone = ZoneFolder(tmp_path / "w")
    zone.raw = tmp_path / name
    zone.directory("tenants", "tenant_id,tenant_name\nt1,One\n")
    zone.lines(f"usage/2026-03-01/{name}.jsonl", usage("e1"))
    zone.put(f"usage/2026-03-01/{name}.csv", b"event_id,occurred_at,tenant_id,model_id\ne2,2026-03-01T10:00:00Z,t1,m\n")
    assert zone.load().is_complete
    assert zone.query(IDS) == [("e1",), ("e2",)]


def test_a_new_warehouse_takes_what_only_the_one_before_it_knew(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-02/bad.jsonl", "not JSON", usage("e2"))
    zone.load(release=day("2026-03-02"))
    with connected(zone.warehouse) as con:
        con.execute("create schema closing")
        con.execute("create table closing.fct as select 1::hugeint as n, 2.5::decimal(38,6) as x")
        con.execute("insert into lake.list_models values ('p', 'm', null, null, '1.0')")
        con.execute("create table audit.restatements as select 'all' as scope, ['a.csv'] as files")
    state, _ = read_state(zone.warehouse)
    with connected(zone.warehouse) as con:
        enter(con, "close", [date(2026, 2, 1)], SIGNATURE, build_id=1, load_id=1, clock="2026-03-01")
        con.execute("create schema handover")
        con.execute("create table handover.tenants_of_build (tenant_id text, first_changed_on date)")
    begin_build(zone.warehouse, state)
    record_build(zone.warehouse, type(state)(load_id=2, fingerprint="f", pseudonyms="users mark"), True)
    kept = ("audit.releases", "audit.month_closings", "closing.fct", "lake.list_models", "audit.restatements")
    before = {table: zone.query(f"from {table}") for table in kept}
    keep(zone.warehouse)
    inode = (kept_folder(zone.warehouse) / "closed_months.duckdb").stat().st_ino
    keep(zone.warehouse)
    assert (kept_folder(zone.warehouse) / "closed_months.duckdb").stat().st_ino == inode, "unchanged is not written"
    zone.remove("usage/2026-03-01/a.jsonl")
    zone.warehouse.unlink()
    done = zone.load()
    assert "1 entries of closed months" in done.restored and "1 releases" in done.restored
    assert done.lost == {"usage/2026-03-01/a.jsonl": 1}
    assert {table: zone.query(f"from {table}") for table in kept} == before
    assert done.held_dates == []
    state, _ = read_state(zone.warehouse)
    assert (state.build_id, state.load_id, state.fingerprint, state.pseudonyms) == (1, 0, "", "users mark")
    with connected(zone.warehouse) as con:
        assert closed_months(con) == (date(2026, 2, 1),)
        enter(con, "reopen", [date(2026, 2, 1)], SIGNATURE, build_id=1, load_id=1, clock="2026-03-01")


def test_a_copy_that_is_damaged_is_named_and_leaves_no_half_warehouse(zone: ZoneFolder) -> None:
    keep(zone.warehouse)
    copy = kept_folder(zone.warehouse) / "journals.duckdb"
    os.truncate(copy, copy.stat().st_size // 2)
    zone.warehouse.unlink()
    with pytest.raises(WarehouseError, match=r"journals\.duckdb is damaged.*remove it and go on without"):
        zone.load()
    assert not zone.warehouse.exists()
    copy.unlink()
    assert zone.load().changed


def test_a_damaged_copy_is_written_anew(zone: ZoneFolder) -> None:
    keep(zone.warehouse)
    copy = kept_folder(zone.warehouse) / "journals.duckdb"
    copy.write_bytes(b"")
    keep(zone.warehouse)
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.execute("select path from lake.files").fetchall() == [("usage/2026-03-01/a.jsonl",)]


def test_without_copies_the_message_says_what_is_lost(zone: ZoneFolder) -> None:
    zone.warehouse.write_bytes(b"")
    with pytest.raises(DamagedWarehouseError, match=r"closed months, .* are lost with it"):
        opened(zone.warehouse)
