"""What a scan of the landing zone finds, leaves out and names."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.loading.landing import LandingError, Zone, scan_zone
from tests.orchestration.loading.zones import age

SOURCES = {"usage", "billing", "jobs"}


def scan(root: Path) -> Zone:
    with duckdb.connect() as con:
        return scan_zone(con, str(root), SOURCES)


def put(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")


def paths(zone: Zone) -> list[str]:
    return [file.path for file in zone.files]


def test_files_are_listed_in_byte_order_with_source_and_landing_date(tmp_path: Path) -> None:
    put(tmp_path, "usage/2026-03-01/b/x.jsonl", "usage/2026-03-01/Z.csv", "usage/2026-03-01/é.parquet",
        "jobs/2026-02-28/deep/er/1.jsonl", "usage/2026-03-01/what.ever")
    zone = scan(tmp_path)
    assert paths(zone) == ["jobs/2026-02-28/deep/er/1.jsonl", "usage/2026-03-01/Z.csv", "usage/2026-03-01/b/x.jsonl",
                           "usage/2026-03-01/what.ever", "usage/2026-03-01/é.parquet"]
    assert (zone.files[0].source, str(zone.files[0].landing_date), zone.files[0].bytes) == ("jobs", "2026-02-28", 1)
    assert zone.outside == zone.unknown == []


@pytest.mark.parametrize("path", [
    "usage/2026-03-01/.hidden.jsonl", "usage/2026-03-01/_SUCCESS", "usage/2026-03-01/x.jsonl.tmp",
    "usage/2026-03-01/_temporary/0/x.jsonl", "usage/.staging/x.jsonl", "_old/usage/2026-03-01/x.jsonl", ".git/config"])
def test_hidden_and_unfinished_files_are_not_there(tmp_path: Path, path: str) -> None:
    put(tmp_path, path)
    assert scan(tmp_path) == Zone()


def test_a_folder_may_end_in_tmp(tmp_path: Path) -> None:
    put(tmp_path, "usage/2026-03-01/x.tmp/a.jsonl")
    assert paths(scan(tmp_path)) == ["usage/2026-03-01/x.tmp/a.jsonl"]


@pytest.mark.parametrize("path", [
    "usage/x.jsonl", "usage/2026-3-1/x.jsonl", "usage/2026-02-30/x.jsonl", "usage/20260301/x.jsonl", "stray.jsonl",
    "usage/latest/2026-03-01/x.jsonl", "other/x.jsonl", "usage/2026-03-01"])
def test_files_outside_a_landing_date_are_named(tmp_path: Path, path: str) -> None:
    put(tmp_path, path)
    zone = scan(tmp_path)
    assert (zone.outside, zone.files) == ([path], [])


def test_sources_that_nobody_reads_are_named(tmp_path: Path) -> None:
    put(tmp_path, "otel/2026-03-01/x.jsonl", "directory/tenants.csv", "directory/more/x.csv", "directory/notes.txt",
        "README.md")
    zone = scan(tmp_path)
    assert zone.unknown == ["directory/more/x.csv", "directory/notes.txt", "otel/2026-03-01/x.jsonl"]
    assert [file.path for file in zone.directory] == ["directory/tenants.csv"]
    assert zone.outside == []


def test_links_are_followed_inside_the_zone_only(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    put(root, "usage/2026-03-01/x.jsonl")
    put(tmp_path, "secret/passwd.jsonl", "raw-next-door/x.jsonl")
    landed = root / "usage" / "2026-03-01"
    (landed / "inside.jsonl").symlink_to(landed / "x.jsonl")
    (landed / "out.jsonl").symlink_to(tmp_path / "secret" / "passwd.jsonl")
    (landed / "out").symlink_to(tmp_path / "secret")
    (landed / "beside").symlink_to(tmp_path / "raw-next-door")
    (landed / "circle").symlink_to(root / "usage")
    (landed / "nowhere.jsonl").symlink_to(landed / "gone.jsonl")
    zone = scan(root)
    assert paths(zone) == ["usage/2026-03-01/inside.jsonl", "usage/2026-03-01/x.jsonl"]
    assert zone.outside == [f"usage/2026-03-01/{name}" for name in ("beside", "circle", "nowhere.jsonl", "out",
                                                                    "out.jsonl")]


def test_a_pipe_is_named_and_not_read(tmp_path: Path) -> None:
    put(tmp_path, "usage/2026-03-01/x.jsonl")
    os.mkfifo(tmp_path / "usage" / "2026-03-01" / "pipe.jsonl")
    zone = scan(tmp_path)
    assert (paths(zone), zone.outside) == (["usage/2026-03-01/x.jsonl"], ["usage/2026-03-01/pipe.jsonl"])


def test_a_name_that_is_not_utf8_can_be_written_down(tmp_path: Path) -> None:
    put(tmp_path, "usage/2026-03-01/x.jsonl")
    (tmp_path / "usage" / "2026-03-01" / os.fsdecode(b"\xff.jsonl")).write_text("x", encoding="utf-8")
    zone = scan(tmp_path)
    assert paths(zone) == ["usage/2026-03-01/\\xff.jsonl", "usage/2026-03-01/x.jsonl"]
    assert Path(zone.files[0].location).read_text(encoding="utf-8") == "x"


def test_only_times_that_have_settled_prove_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "usage/2026-03-01/x.jsonl")
    written = (tmp_path / "usage/2026-03-01/x.jsonl").stat().st_ctime_ns
    monkeypatch.setattr("orchestration.loading.landing.time.time_ns", lambda: written + 1_000_000)
    assert scan(tmp_path).files[0].stat is None
    monkeypatch.setattr("orchestration.loading.landing.time.time_ns", lambda: written + 1_000_000_000)
    settled = scan(tmp_path).files[0].stat
    assert settled is not None
    age(tmp_path / "usage/2026-03-01/x.jsonl")
    monkeypatch.setattr("orchestration.loading.landing.time.time_ns", lambda: written + 60_000_000_000)
    assert scan(tmp_path).files[0].stat != settled


def test_a_zone_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="nowhere is not a folder"):
        scan(tmp_path / "nowhere")
