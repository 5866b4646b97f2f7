"""Sources that have not landed for too long: in doctor, as a check, and in what settings are refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.checking.doctor import examine
from orchestration.checking.freshness import lags
from orchestration.defs.checks import checks
from orchestration.defs.embedding import DEFAULT
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings, SettingsError

TODAY = date(2026, 11, 26)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    warehouse = tmp_path / "w.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("""
            create schema audit;
            create table audit.load_audit as
            select * from (values ('usage', date '2026-11-25'), ('usage', date '2026-11-20'), ('billing', date
                '2026-10-01'), ('directory', null)) as t (source, landing_date)
        """)
    return Settings(raw=str(tmp_path / "raw"), warehouse=warehouse, site=tmp_path / "site")


def test_the_newest_landing_date_counts(settings: Settings) -> None:
    found = lags(settings.warehouse, {"usage": 1, "billing": 35, "jobs": 2}, TODAY)
    assert [(lag.source, lag.days, lag.is_fresh) for lag in found] == [
        ("billing", 56, False), ("jobs", None, False), ("usage", 1, True)]  # fmt: skip
    assert [str(lag) for lag in found[:2]] == [
        "billing last landed on 2026-10-01, 56 days ago (35 are allowed)", "jobs has never landed"]  # fmt: skip
    assert not lags(Path("nowhere.duckdb"), {"usage": 1}, TODAY)[0].is_fresh


def test_doctor_and_check_name_what_is_late(settings: Settings) -> None:
    today = datetime.now(UTC).date()
    late, fine = replace(settings, freshness={"usage": 1}), replace(settings, freshness={"usage": 100_000})
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("update audit.load_audit set landing_date = ?", [today - timedelta(days=9)])
    sources_are_fresh = next(check for check in checks(DEFAULT) if check.check_key.name == "sources_are_fresh")
    for each, is_fresh in ((late, False), (fine, True), (settings, True)):
        given = {"tallybook_pipeline": Pipeline(each), "tallybook_options": None}
        result = sources_are_fresh(dg.build_asset_check_context(resources=given))
        assert isinstance(result, dg.AssetCheckResult)
        assert result.passed is is_fresh and result.severity == dg.AssetCheckSeverity.WARN
    found = {finding.subject: finding for finding in examine(late)}["freshness"]
    assert not found.is_well and "9 days ago (1 are allowed)" in found.seen


def test_the_policy_is_read_and_what_is_none_is_refused(tmp_path: Path) -> None:
    env = {"TALLYBOOK_FRESHNESS": "usage=2, billing=35"}
    assert Settings.from_env(env, raw=str(tmp_path)).freshness == {"usage": 2, "billing": 35}
    for wrong in ("usage", "usage=0", "usage=x", "=3", "a b=3"):
        with pytest.raises(SettingsError, match="is not source=days"):
            Settings.from_env({"TALLYBOOK_FRESHNESS": wrong}, raw=str(tmp_path))
