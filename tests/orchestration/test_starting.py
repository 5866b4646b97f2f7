"""`tallybook init`: what it writes is true, and a run begins from there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main
from orchestration.loading.directory.tables import DIRECTORY_TABLES, TENANTS
from site_builder.configuration.schema import DEFAULT, DELIVERING_SOURCES, read_configuration


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "acme")]) == 0
    return tmp_path / "acme"


def test_its_settings_change_nothing_and_are_right_once_in_force(folder: Path) -> None:
    settings = folder / "tallybook.toml"
    assert read_configuration(settings) == DEFAULT
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^#(?=\S)", "", text), encoding="utf-8")
    made = read_configuration(settings)
    assert made.roi and made.brand.name == "Example Platform" and made.notation.locale and made.cards
    assert set(made.final_after_days) <= set(DELIVERING_SOURCES)


def test_a_load_begins_from_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert main(["load"]) == 0
    with (folder / "raw" / "directory" / "tenants.csv").open("a", encoding="utf-8") as tenants:
        tenants.write("t1,One" + "," * (len(TENANTS.columns) - 2) + "\n")
    landed = folder / "raw" / "usage" / "2026-03-01"
    landed.mkdir(parents=True)
    event = {"event_id": "e", "occurred_at": "2026-03-01T10:00:00Z", "tenant_id": "t1", "model_id": "m"}
    (landed / "a.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    assert main(["load"]) == 0
    with duckdb.connect(str(folder / "warehouse" / "tallybook.duckdb"), read_only=True) as con:
        assert con.execute("select event_id, tenant_name from lake.usage_events join lake.directory_tenants "
                           "using (tenant_id)").fetchall() == [("e", "One")]  # fmt: skip
    assert {path.name for path in (folder / "raw" / "directory").iterdir()} == {
        f"{table.name}.csv" for table in DIRECTORY_TABLES
    }


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "tallybook.toml").unlink()
    assert main(["init", str(folder)]) == 1
    assert ".gitignore is there already; nothing was written" in capsys.readouterr().err
    assert not (folder / "tallybook.toml").exists()
    assert all(path.read_bytes() == content for path, content in before.items() if path.exists())
