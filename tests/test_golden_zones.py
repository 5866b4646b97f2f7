"""Landing zones with the exact tables they must give, computed by code that has nothing in common with this."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.cli import main

TABLES = (
    "load_audit",
    "quarantine",
    "dim_tenants",
    "dim_teams",
    "dim_users",
    "dim_items",
    "dim_models",
    "fct_usage_hourly",
    "fct_usage_daily",
    "mart_tenant_daily",
    "mart_team_daily",
    "mart_model_daily",
    "mart_user_daily",
    "mart_item_daily",
    "mart_job_daily",
    "mart_credit_balance_daily",
    "mart_budget_status",
    "mart_user_activation",
    "mart_training_completion",
)
# What the reports of a golden zone say is in tests/test_golden_site.py.
pytestmark = pytest.mark.usefixtures("few_cards")


@pytest.mark.parametrize(("case", "exit_code"), [("small", 0), ("edge", 3)])
def test_a_golden_zone_gives_exactly_its_tables(case: str, exit_code: int, shared_dir: Path, tmp_path: Path) -> None:
    golden = shared_dir / "golden"
    places = ["--raw", str(golden / case / "raw"), "--warehouse", str(tmp_path / "w.duckdb")]
    assert main(["run", *places, "--site", str(tmp_path / "site")]) == exit_code
    command = [sys.executable, str(golden / "compare.py"), "--expected", str(golden / case / "expected")]
    command += ["--warehouse", str(tmp_path / "w.duckdb"), *(word for table in TABLES for word in ("--table", table))]
    compared = subprocess.run(command, capture_output=True, text=True, check=False)
    assert compared.returncode == 0, compared.stdout
