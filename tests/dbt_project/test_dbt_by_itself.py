"""dbt's own command line on a warehouse of Tallybook's: on this project alone, and on one that has it as a package.

October is closed and something came late for it, so that each way shows whether closed months stand.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from closed_zone import close
from comparing import rows_of

from orchestration.building.build import build
from orchestration.loading.load import load
from orchestration.settings import DBT_PROJECT_DIR

OCTOBER = (
    "select * from marts.mart_tenant_daily where usage_date < date '2026-11-01' order by all",
    "select * from marts.mart_model_daily where usage_date < date '2026-11-01' order by all",
)
POSTED = "select distinct month from marts.mart_closing_adjustments"
HOST = {
    "dbt_project.yml": """
name: host
version: "1.0.0"
profile: tallybook
flags:
  warn_error_options: {silence: [UnsupportedConstraintMaterialization]}
models:
  host: {+materialized: table, +schema: reports}
  # What nobody should do: this mart keeps its rows of closed months.
  tallybook: {marts: {usage: {mart_channel_daily: {+materialized: table}}}}
""",
    "packages.yml": f"packages: [{{local: {DBT_PROJECT_DIR}}}]\n",
    "models/busy_days.sql": "select * from {{ ref('mart_tenant_daily') }} where requests > 0\n",
}


@dataclass(frozen=True)
class Closed:
    """A warehouse with a closed month, as a build left it. october: the rows of OCTOBER as they were closed."""

    warehouse: Path
    october: list[list[tuple]]


@pytest.fixture(scope="module")
def closed(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Closed:
    folder = tmp_path_factory.mktemp("by_itself")
    shutil.copytree(tiny_zone, folder / "zone")
    warehouse = folder / "w.duckdb"
    load(str(folder / "zone"), warehouse)
    build(warehouse, folder / "dbt")
    close(warehouse, date(2026, 10, 1))
    october = [rows_of(warehouse, query) for query in OCTOBER]
    [(tenant,)] = rows_of(warehouse, "select min(tenant_id) from lake.usage_events")
    late = {
        "event_id": "late",
        "occurred_at": "2026-10-30T12:00:00Z",
        "tenant_id": tenant,
        "model_id": "m",
        "credits": 7,
    }
    landed = folder / "zone" / "usage" / "2026-11-05" / "late.jsonl"
    landed.parent.mkdir()
    landed.write_text(json.dumps(late) + "\n", encoding="utf-8")
    load(str(folder / "zone"), warehouse)
    return Closed(warehouse, october)


def _dbt(project: Path, warehouse: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """dbt's command in a project, with the profile of dbt_project/ and a target folder beside the warehouse."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "TALLYBOOK_"))}
    target = str(warehouse.with_name(f"target_of_{project.name}"))
    env |= {
        "TALLYBOOK_WAREHOUSE": str(warehouse), "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR), "DBT_USE_COLORS": "0",
        "DBT_TARGET_PATH": target, "DBT_LOG_PATH": target, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
    }  # fmt: skip
    command = [str(Path(sys.executable).with_name("dbt")), *words]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)


def _artifact(project: Path, warehouse: Path, name: str) -> dict[str, Any]:
    return json.loads((warehouse.with_name(f"target_of_{project.name}") / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def alone(closed: Closed) -> Closed:
    """The same after `dbt build` on this project alone."""
    done = _dbt(DBT_PROJECT_DIR, closed.warehouse, "build", "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout
    return closed


def test_a_build_alone_keeps_closed_months_and_posts_what_came_late(alone: Closed) -> None:
    results = _artifact(DBT_PROJECT_DIR, alone.warehouse, "run_results.json")["results"]
    assert len(results) > 200 and {result["status"] for result in results} <= {"success", "pass", "no-op"}
    assert [rows_of(alone.warehouse, query) for query in OCTOBER] == alone.october
    assert rows_of(alone.warehouse, POSTED) == [("2026-10",)]


def test_documentation_is_made_alone(alone: Closed) -> None:
    done = _dbt(DBT_PROJECT_DIR, alone.warehouse, "docs", "generate")
    assert done.returncode == 0, done.stdout
    catalog = _artifact(DBT_PROJECT_DIR, alone.warehouse, "catalog.json")
    named = {node["metadata"]["name"] for node in catalog["nodes"].values()}
    assert {"fct_usage_daily", "mart_tenant_daily", "mart_focus_cost_usage", "int_ledger_lots"} <= named
    assert "usage_events" in {node["metadata"]["name"] for node in catalog["sources"].values()}


def _landed(project: Path, warehouse: Path) -> dict[str, tuple[str, str]]:
    """When each source landed, by `dbt source freshness`, and whether that is fresh: this depends on the day."""
    done = _dbt(project, warehouse, "source", "freshness")
    assert "runtime error" not in done.stdout.lower(), done.stdout
    results = _artifact(project, warehouse, "sources.json")["results"]
    return {each["unique_id"].split(".")[-1]: (each["max_loaded_at"][:10], each["status"]) for each in results}


def test_freshness_of_every_source_of_logs_is_looked_at_alone(alone: Closed) -> None:
    landed = _landed(DBT_PROJECT_DIR, alone.warehouse)
    assert set(landed) == {"usage_events", "billing_events", "job_runs", "litellm_requests"}
    assert landed["usage_events"][0] == "2026-11-05"
    assert landed["litellm_requests"][1] == "pass", "what never landed is not in use"


@pytest.fixture(scope="module")
def host(alone: Closed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of somebody else's with this one as a package."""
    folder = tmp_path_factory.mktemp("host")
    for name, text in HOST.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = _dbt(folder, alone.warehouse, "deps")
    assert done.returncode == 0, done.stdout
    return folder


def test_as_a_package_closed_months_stand_and_the_host_keeps_the_materializations_of_dbt(
    alone: Closed, host: Path
) -> None:
    done = _dbt(host, alone.warehouse, "build", "--select", "+busy_days", "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout
    assert [rows_of(alone.warehouse, query) for query in OCTOBER] == alone.october
    assert rows_of(alone.warehouse, "select count(*) > 0 from main_reports.busy_days") == [(True,)]
    run = alone.warehouse.with_name(f"target_of_{host.name}") / "run"
    [of_host] = [path.read_text(encoding="utf-8") for path in run.rglob("busy_days.sql")]
    [of_package] = [path.read_text(encoding="utf-8") for path in run.rglob("mart_tenant_daily.sql")]
    assert "busy_days__dbt_tmp" in of_host and "__dbt_tmp" not in of_package


def test_a_model_that_cannot_keep_closed_months_is_refused(alone: Closed, host: Path) -> None:
    before = rows_of(alone.warehouse, "from marts.mart_channel_daily order by all")
    done = _dbt(host, alone.warehouse, "run", "--select", "mart_channel_daily")
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "mart_channel_daily keeps its rows of closed months by usage_date (meta.closed_by), which the " in said
    assert "materialization table cannot: it would compute the months up to 2026-10-31 again" in said
    assert rows_of(alone.warehouse, "from marts.mart_channel_daily order by all") == before


def test_documentation_and_freshness_as_a_package(alone: Closed, host: Path) -> None:
    done = _dbt(host, alone.warehouse, "docs", "generate", "--exclude", "mart_channel_daily")
    assert done.returncode == 0, done.stdout
    catalog = _artifact(host, alone.warehouse, "catalog.json")
    assert {"model.host.busy_days", "model.tallybook.mart_tenant_daily"} <= set(catalog["nodes"])
    assert _landed(host, alone.warehouse)["usage_events"][0] == "2026-11-05"
