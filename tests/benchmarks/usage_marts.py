"""Build what stands on usage, jobs and directory alone, without the ledger and what hangs on it, from scratch.

    python -m tests.benchmarks.usage_marts WAREHOUSE

The part of a build that the floor has a counterpart of: the benchmark sets it against the floor beside the whole. The
warehouse is one that a load just made; nothing is marked as built.
"""

from __future__ import annotations

import sys
from pathlib import Path

from orchestration.building.dbt_runner import run_dbt

MODELS = (
    "fct_usage_hourly", "fct_usage_daily", "mart_tenant_daily", "mart_tenant_hourly", "mart_team_daily",
    "mart_model_daily", "mart_user_daily", "mart_item_daily", "mart_project_daily", "mart_channel_daily",
    "mart_job_daily", "dim_tenants", "dim_teams", "dim_users", "dim_items", "dim_models",
)  # fmt: skip


def main() -> None:
    """Build them with their tests. Exits 1 naming what failed."""
    warehouse = Path(sys.argv[1])
    command = ["build", "--full-refresh", "--exclude-resource-type", "unit_test"]
    command += ["--indirect-selection", "buildable", "--select", *(f"+{model}" for model in MODELS)]
    nodes = run_dbt(command, warehouse=warehouse, target=warehouse.with_suffix(".dbt"), variables={})
    kinds = [node.kind for node in nodes]
    print(f"{kinds.count('model')} models, {kinds.count('test')} tests")
    failed = [f"{node.name}: {node.message}" for node in nodes if node.status not in ("success", "pass")]
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
