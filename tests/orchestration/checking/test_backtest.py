"""The back-test as the command prints it, and the warning of budgets for nobody."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.checking.backtest import backtest, backtest_lines
from orchestration.cli import main
from orchestration.errors import TallybookError
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings

# Two months of 10 credits each Monday to Friday: known weekdays project exactly, a run rate does not.
TENANTS = "tenant_id,tenant_name\nacme,Acme\n"
BUDGETS = (
    "tenant_id,scope,scope_id,month,credits\nacme,tenant,,*,300\nacme,user,nobody,*,5\nacme,team,ghosts,2026-09,5\n"
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A built and published zone of August to October 2026, with two budgets for nobody."""
    folder = tmp_path_factory.mktemp("budgeted")
    (folder / "zone/directory").mkdir(parents=True)
    (folder / "zone/directory/tenants.csv").write_text(TENANTS, encoding="utf-8")
    (folder / "zone/directory/budgets.csv").write_text(BUDGETS, encoding="utf-8")
    with duckdb.connect() as con:
        days = con.execute("select unnest(generate_series(timestamp '2026-08-03', date '2026-10-02', interval 1 day))")
        for (day,) in days.fetchall():
            event = {
                "event_id": f"{day:%j}", "tenant_id": "acme", "model_id": "m", "occurred_at": f"{day:%F}T12:00:00Z",
                "credits": "10" if day.isoweekday() < 6 else "0",
            }  # fmt: skip
            landed = folder / f"zone/usage/{day:%F}"
            landed.mkdir(parents=True)
            (landed / "e.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    settings = Settings(raw=str(folder / "zone"), warehouse=folder / "w.duckdb", site=folder / "site")
    pipeline = Pipeline(settings)
    pipeline.load()
    pipeline.build()
    pipeline.publish()
    return settings


def test_a_steady_week_is_projected_better_than_by_its_run_rate(settings: Settings) -> None:
    found = backtest(settings.warehouse)
    assert {row["scope"] for row in found["by_scope"]} == {"all", "tenant"}
    days = {row["day_of_month"]: row for row in found["by_day"] if row["scope"] == "tenant"}
    assert days.keys() == set(range(1, 31))
    # August from its first usage on, the 3rd; September whole, after four weeks to learn from.
    assert (days[1]["months"], days[3]["months"]) == (1, 2)
    assert days[1]["projection_error_pct"] == 0 and days[1]["in_band_pct"] == 100
    assert days[1]["run_rate_error_pct"] == pytest.approx(100 * (300 - 220) / 220)
    whole = next(row for row in found["by_scope"] if row["scope"] == "tenant")
    assert whole["forecasts"] == sum(row["months"] for row in days.values()) == 28 + 29
    assert whole["months"] == 2 and whole["compared"] == whole["forecasts"]
    assert whole["projection_error_pct"] < whole["run_rate_error_pct"]


def test_the_command_prints_it_after_the_checks(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    places = ["--warehouse", str(settings.warehouse), "--site", str(settings.site)]
    assert main(["check", *places, "--backtest", "--json"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Checked") and lines[1].startswith("Backtest")
    assert [line.split()[0] for line in lines[5:7]] == ["all", "tenant"] and "day 30" in lines[-1]
    summary = json.loads(last)
    assert summary["checks"] > 20 and len(summary["backtest"]["by_day"]) == 60


def test_without_a_month_that_is_over_there_is_nothing_to_test() -> None:
    assert backtest_lines({"by_scope": [], "by_day": []}) == ["Backtest no budgeted month is over yet"]


def test_a_warehouse_without_marts_says_so(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "w.duckdb")).close()
    with pytest.raises(TallybookError, match="no back-test yet"):
        backtest(tmp_path / "w.duckdb")


def test_budgets_for_nobody_are_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--warehouse", str(settings.warehouse)]) == 0
    said = capsys.readouterr().err
    assert "directory/budgets.csv: budget for nobody (tenant acme): neither directory nor usage names the" in said
    assert "team ghosts; and 1 more in marts.mart_data_findings" in said
