from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.settings import Settings, SettingsError
from site_builder.configuration.schema import DEFAULT


def test_defaults_lie_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    settings = Settings.from_env({})
    assert settings.raw == str(tmp_path / "raw")
    assert settings.warehouse == tmp_path / "warehouse" / "tallybook.duckdb"
    assert settings.site == tmp_path / "site"


def test_flags_win_over_the_environment(tmp_path: Path) -> None:
    env = {"TALLYBOOK_RAW": "s3://elsewhere", "TALLYBOOK_WAREHOUSE": "other.duckdb"}
    settings = Settings.from_env(env, raw=str(tmp_path), warehouse=str(tmp_path / "w.duckdb"))
    assert settings.raw == str(tmp_path)
    assert settings.warehouse == tmp_path / "w.duckdb"


def test_a_warehouse_folder_means_the_file_in_it(tmp_path: Path) -> None:
    assert Settings.from_env({}, warehouse=str(tmp_path)).warehouse == tmp_path / "tallybook.duckdb"


def test_what_lies_beside_the_warehouse_has_its_name(tmp_path: Path) -> None:
    settings = Settings.from_env({}, warehouse=str(tmp_path / "trial.duckdb"))
    assert settings.dagster_home == tmp_path / "trial.dagster"


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    env = {"TALLYBOOK_QUARANTINE_LIMIT_PCT": "many", "TALLYBOOK_TIMEZONE": "Mars/Olympus"}
    with pytest.raises(SettingsError) as fault:
        Settings.from_env(env, raw=str(tmp_path / "nowhere"))
    for part in ("TALLYBOOK_QUARANTINE_LIMIT_PCT", "Mars/Olympus", "nowhere"):
        assert part in str(fault.value)


def test_the_configuration_of_the_site_is_named_or_lies_where_the_command_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    assert Settings.from_env({}).configuration == DEFAULT
    (tmp_path / "tallybook.toml").write_text('[cards.all]\ndaily = ["kpis"]\n')
    assert Settings.from_env({}).configuration.cards == {("all", "daily"): ("kpis",)}
    other = tmp_path / "other.toml"
    other.write_text('[cards.all]\ndaily = ["kpis", "models"]\n')
    assert Settings.from_env({"TALLYBOOK_CONFIG": str(other)}).configuration.cards["all", "daily"][1] == "models"
    other.write_text("[kards]\n")
    with pytest.raises(SettingsError, match="other.toml, line 1: kards"):
        Settings.from_env({}, config=str(other))
