"""`tallybook doctor`: what is well, and each thing that can be wrong with what to do about it."""

import json
import shutil
import socket
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.checking import doctor
from orchestration.checking.doctor import Finding, examine
from orchestration.cli import main
from orchestration.settings import Settings
from tests.orchestration.conftest import BUCKET

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    return Settings(raw=str(tmp_path / "raw"), warehouse=tmp_path / "w/t.duckdb", site=tmp_path / "site")


def found(settings: Settings) -> dict[str, Finding]:
    return {each.subject: each for each in examine(settings)}


def test_all_is_well_and_nothing_is_left_behind(settings: Settings, tmp_path: Path) -> None:
    seen = found(settings)
    assert list(seen) == ["environment", "memory", "landing zone", "warehouse", "site", "clock"]
    assert [str(each) for each in seen.values() if not each.is_well] == []
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_another_version_than_the_locked_one_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor.version
    monkeypatch.setattr(doctor, "version", lambda name: "1.4.0" if name == "duckdb" else real(name))
    assert "duckdb is 1.4.0 instead of 1.5.5" in found(settings)["environment"].seen


def test_a_python_that_nobody_tried_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "python_version", lambda: "3.15.0")
    bad = found(settings)["environment"]
    assert not bad.is_well and bad.seen.startswith("Python 3.15.0") and "<3.15,>=3.11" in bad.remedy


def test_too_little_room_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 10**9 - 5 * 10**6, 5 * 10**6))
    bad = found(settings)["warehouse"]
    assert not bad.is_well and "0.0 GB free" in bad.seen and bad.remedy.startswith("make room: 1.0 GB are wanted")


def test_a_folder_that_cannot_be_written_to_is_named(settings: Settings) -> None:
    bad = found(replace(settings, site=Path("/proc/nowhere/site")))["site"]
    assert not bad.is_well and bad.seen.startswith("/proc cannot be written to: ") and "chown" in bad.remedy


def test_logs_of_a_date_that_is_still_to_come_are_named(settings: Settings) -> None:
    settings.warehouse.parent.mkdir()
    ahead = (datetime.now(UTC) + timedelta(days=3)).date()
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute(f"create schema audit; create table audit.load_audit as select date '{ahead}' as landing_date")
    bad = found(settings)["clock"]
    assert not bad.is_well and f"logs of {ahead} have landed" in bad.seen and "NTP" in bad.remedy


def test_files_in_the_wrong_place_are_counted(settings: Settings) -> None:
    (Path(settings.raw) / "usage").mkdir()
    (Path(settings.raw) / "usage/stray.jsonl").write_text("{}")
    bad = found(settings)["landing zone"]
    assert not bad.is_well and "lies in no source's landing date" in bad.seen


def test_an_unreachable_landing_zone_is_a_finding(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
    }.items():
        monkeypatch.setenv(name, value)
    assert not found(replace(settings, raw="s3://nowhere/zone"))["landing zone"].is_well


def test_targets_are_tried(settings: Settings, tmp_path: Path, bucket: Any) -> None:
    assert found(replace(settings, publish_target=str(tmp_path / "www")))["target"].is_well
    assert found(replace(settings, publish_target=f"s3://{BUCKET}/www"))["target"].is_well
    assert list(bucket.objects.all()) == []
    bad = found(replace(settings, publish_target="s3://no-such-bucket/www"))["target"]
    assert not bad.is_well and "s3://no-such-bucket/www: " in bad.seen and "list, read, write and delete" in bad.remedy


def test_the_mail_server_is_called(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "MAIL_FROM": "a@b.example",
        "SITE_URL": "https://r.example",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "1",
        "SMTP_SECURITY": "none",
    }.items():
        monkeypatch.setenv(f"TALLYBOOK_{name}", value)
    bad = found(replace(settings, sends_mail=True))["mail"]
    assert not bad.is_well and bad.seen.startswith("mail server 127.0.0.1:1: ") and "TALLYBOOK_SMTP_*" in bad.remedy


def test_the_webhook_is_connected_to(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYBOOK_ALERT_SECRET", "s")
    monkeypatch.setenv("TALLYBOOK_ALERT_WEBHOOK", "http://127.0.0.1:1/hook")
    local = found(replace(settings, tells_alerts=True))["alerts"]
    assert not local.is_well and "TALLYBOOK_ALERT_WEBHOOK_LOCAL" in local.seen
    monkeypatch.setenv("TALLYBOOK_ALERT_WEBHOOK_LOCAL", "1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("TALLYBOOK_ALERT_WEBHOOK", f"http://{place}/hook")
        well = found(replace(settings, tells_alerts=True))["alerts"]
        assert well.is_well and well.seen == f"webhook {place}"
    bad = found(replace(settings, tells_alerts=True))["alerts"]
    assert not bad.is_well and "refused" in bad.seen and "TALLYBOOK_ALERT_*" in bad.remedy


def test_the_command_exits_one_where_something_is_wrong(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["--raw", settings.raw, "--warehouse", str(settings.warehouse), "--site", str(settings.site)]
    assert main(["doctor", *places]) == 0
    assert "All 6 checks are well" in capsys.readouterr().out
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(1, 1, 0))
    assert main(["doctor", *places, "--json"]) == 1
    said = capsys.readouterr().out
    assert "2 of 6 checks found something" in said and "→ make room" in said
    assert json.loads(said.splitlines()[-1])["bad"] == ["warehouse", "site"]
