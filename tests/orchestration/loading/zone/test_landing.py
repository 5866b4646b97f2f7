"""What a scan of the landing zone finds, leaves out and names."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from orchestration.loading.zone.landing import LandingError, Zone, scan_zone
from tests.orchestration.loading.zones import age

SOURCES = {"usage", "billing", "jobs"}


def scan(root: Path) -> Zone:
    return scan_zone(str(root), SOURCES)


def put(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")


def paths(zone: Zone) -> list[str]:
    return [file.path for file in zone.files]


def test_files_are_listed_in_byte_order_with_source_and_landing_date(tmp_path: Path) -> None:
    put(
        tmp_path,
        "usage/2026-03-01/b/x.jsonl",
        "usage/2026-03-01/Z.csv",
        "usage/2026-03-01/é.parquet",
        "jobs/2026-02-28/deep/er/1.jsonl",
        "usage/2026-03-01/what.ever",
    )
    zone = scan(tmp_path)
    assert paths(zone) == [
        "jobs/2026-02-28/deep/er/1.jsonl",
        "usage/2026-03-01/Z.csv",
        "usage/2026-03-01/b/x.jsonl",
        "usage/2026-03-01/what.ever",
        "usage/2026-03-01/é.parquet",
    ]
    assert (zone.files[0].source, str(zone.files[0].landing_date), zone.files[0].bytes) == ("jobs", "2026-02-28", 1)
    assert zone.outside == zone.unknown == {}


@pytest.mark.parametrize(
    "path",
    [
        "usage/2026-03-01/.hidden.jsonl",
        "usage/2026-03-01/_SUCCESS",
        "usage/2026-03-01/x.jsonl.tmp",
        "usage/2026-03-01/_temporary/0/x.jsonl",
        "usage/.staging/x.jsonl",
        "_old/usage/2026-03-01/x.jsonl",
        ".git/config",
    ],
)
def test_hidden_and_unfinished_files_are_not_there(tmp_path: Path, path: str) -> None:
    put(tmp_path, path)
    assert scan(tmp_path) == Zone()


def test_a_folder_may_end_in_tmp(tmp_path: Path) -> None:
    put(tmp_path, "usage/2026-03-01/x.tmp/a.jsonl")
    assert paths(scan(tmp_path)) == ["usage/2026-03-01/x.tmp/a.jsonl"]


@pytest.mark.parametrize(
    "path",
    [
        "usage/x.jsonl",
        "usage/2026-3-1/x.jsonl",
        "usage/2026-02-30/x.jsonl",
        "usage/20260301/x.jsonl",
        "stray.jsonl",
        "usage/9998-03-01/x.jsonl",
        "usage/2100-01-01/x.jsonl",
        "usage/1999-12-31/x.jsonl",
        "usage/0001-01-01/x.jsonl",
        "usage/latest/2026-03-01/x.jsonl",
        "other/x.jsonl",
        "usage/2026-03-01",
    ],
)
def test_files_outside_a_landing_date_are_named(tmp_path: Path, path: str) -> None:
    put(tmp_path, path)
    zone = scan(tmp_path)
    assert (list(zone.outside), zone.files) == ([path], [])
    assert "lies in no source's landing date" in zone.outside[path]


def test_sources_that_nobody_reads_are_named(tmp_path: Path) -> None:
    put(
        tmp_path,
        "otel/2026-03-01/x.jsonl",
        "directory/tenants.csv",
        "directory/more/x.csv",
        "directory/notes.txt",
        "README.md",
        "tallybook.toml",
    )
    zone = scan(tmp_path)
    assert zone.unknown == {
        "directory/more/x.csv": "is no CSV file right below directory/",
        "directory/notes.txt": "is no CSV file right below directory/",
        "otel/2026-03-01/x.jsonl": "lies in otel/, a source that nobody reads,",
    }
    assert [file.path for file in zone.directory] == ["directory/tenants.csv"]
    assert zone.outside == {}


def test_a_folder_that_is_no_date_is_named(tmp_path: Path) -> None:
    put(tmp_path, "usage/2026-02-30/x.jsonl", "usage/x.jsonl")
    assert scan(tmp_path).outside == {
        "usage/2026-02-30/x.jsonl": "lies in no source's landing date (2026-02-30 is no date as YYYY-MM-DD "
        "from 2000-01-01 to 2099-12-31)",
        "usage/x.jsonl": "lies in no source's landing date",
    }


def test_a_link_counts_where_it_leads_to_a_file_of_the_zone_and_else_is_said_to_be_one(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    put(root, "usage/2026-03-01/x.jsonl", "directory/tenants.csv", "jobs/2026-03-01/x.jsonl")
    put(tmp_path, "secret/passwd.jsonl", "raw-next-door/x.jsonl")
    landed = root / "usage" / "2026-03-01"
    links = {
        "inside.jsonl": landed / "x.jsonl",
        "out.jsonl": tmp_path / "secret" / "passwd.jsonl",
        "out": tmp_path / "secret",
        "beside": tmp_path / "raw-next-door",
        "circle": root / "usage",
        "whole": root,
        "nowhere.jsonl": landed / "gone.jsonl",
        "self.jsonl": landed / "self.jsonl",
        "null.jsonl": Path("/dev/null"),
        "../2026-03-02": landed,
        "../../otel": root / "jobs",
        "../../directory/users.csv": tmp_path / "secret" / "passwd.jsonl",
    }
    for name, target in links.items():
        (landed / name).symlink_to(target)
    zone = scan(root)
    assert paths(zone) == ["jobs/2026-03-01/x.jsonl", "usage/2026-03-01/inside.jsonl", "usage/2026-03-01/x.jsonl"]
    assert [file.path for file in zone.directory] == ["directory/tenants.csv"]
    out, circle = "is a symbolic link out of the landing zone, to a", "is a symbolic link in a circle"
    assert zone.outside == {
        "directory/users.csv": f"{out} file",
        "otel": "is a symbolic link to a folder",
        "usage/2026-03-01/beside": f"{out} folder",
        "usage/2026-03-01/circle": f"{circle}, to a folder that it lies in",
        "usage/2026-03-01/nowhere.jsonl": "is a symbolic link that leads nowhere",
        "usage/2026-03-01/null.jsonl": f"{out} device",
        "usage/2026-03-01/out": f"{out} folder",
        "usage/2026-03-01/out.jsonl": f"{out} file",
        "usage/2026-03-01/self.jsonl": circle,
        "usage/2026-03-01/whole": f"{circle}, to a folder that it lies in",
        "usage/2026-03-02": "is a symbolic link to a folder",
    }


@pytest.mark.parametrize("folder", ["usage/2026-03-01", "usage", "directory", "."])
def test_pipes_and_sockets_are_said_to_be_what_they_are_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    put(tmp_path, "usage/2026-03-01/x.jsonl", "directory/tenants.csv")
    monkeypatch.chdir(tmp_path / folder)
    os.mkfifo("pipe.csv")
    Path("to-pipe.csv").symlink_to(Path("pipe.csv").absolute())
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("ear.csv")
        zone = scan(tmp_path)
    below = "" if folder == "." else f"{folder}/"
    assert paths(zone) == ["usage/2026-03-01/x.jsonl"]
    assert zone.outside == {
        f"{below}ear.csv": "is a socket",
        f"{below}pipe.csv": "is a named pipe (FIFO)",
        f"{below}to-pipe.csv": "is a symbolic link to a named pipe (FIFO)",
    }


def test_a_zone_that_is_no_folder_is_said_to_be_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "lost").symlink_to(tmp_path / "gone")
    put(tmp_path, "file", "zone/usage/2026-03-01/x.jsonl")
    for name, what in {"pipe": "a named pipe", "lost": "a symbolic link that leads nowhere", "file": "a file"}.items():
        with pytest.raises(LandingError, match=f"{name} is {what}.*, not a folder"):
            scan(tmp_path / name)
    (tmp_path / "link").symlink_to(tmp_path / "zone")
    assert paths(scan(tmp_path / "link")) == ["usage/2026-03-01/x.jsonl"]


@pytest.mark.parametrize(
    "name",
    [
        "who?.jsonl",
        "a*b.jsonl",
        "[x].csv",
        "a#b.jsonl",
        "a%20b.jsonl",
        "q'u\"o.jsonl",
        " a .jsonl",
        "a\nb.jsonl",
        "back\\slash.jsonl",
        "{a,b}.csv",
        "~.jsonl",
        "$HOME.jsonl",
        "é😀.jsonl",
    ],
)
def test_a_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"usage/2026-03-01/{name}")
    (file,) = scan(tmp_path).files
    assert file.path == f"usage/2026-03-01/{name}"
    assert Path(file.location).read_text(encoding="utf-8") == "x"


def test_a_name_that_is_not_utf8_can_be_written_down(tmp_path: Path) -> None:
    put(tmp_path, "usage/2026-03-01/x.jsonl")
    (tmp_path / "usage" / "2026-03-01" / os.fsdecode(b"\xff.jsonl")).write_text("x", encoding="utf-8")
    zone = scan(tmp_path)
    assert paths(zone) == ["usage/2026-03-01/\\xff.jsonl", "usage/2026-03-01/x.jsonl"]
    assert Path(zone.files[0].location).read_text(encoding="utf-8") == "x"


def test_only_times_that_have_settled_prove_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "usage/2026-03-01/x.jsonl")
    written = (tmp_path / "usage/2026-03-01/x.jsonl").stat().st_ctime_ns
    monkeypatch.setattr("orchestration.loading.zone.landing.time.time_ns", lambda: written + 1_000_000)
    assert scan(tmp_path).files[0].stat is None
    monkeypatch.setattr("orchestration.loading.zone.landing.time.time_ns", lambda: written + 1_000_000_000)
    settled = scan(tmp_path).files[0].stat
    assert settled is not None
    age(tmp_path / "usage/2026-03-01/x.jsonl")
    monkeypatch.setattr("orchestration.loading.zone.landing.time.time_ns", lambda: written + 60_000_000_000)
    assert scan(tmp_path).files[0].stat != settled


def test_a_zone_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="nowhere is not there, not a folder"):
        scan(tmp_path / "nowhere")
