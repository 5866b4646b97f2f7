"""The dbt unit tests, run on a built warehouse, from which dbt learns the types of what they give."""

from __future__ import annotations

from pathlib import Path

from changing_zone import ChangingZone
from comparing import build_parts

from orchestration.building.dbt_runner import run_dbt
from orchestration.loading.load import load


def test_every_dbt_unit_test_passes(tmp_path: Path) -> None:
    raw, warehouse = tmp_path / "raw", tmp_path / "w.duckdb"
    ChangingZone(raw, seed=1).land(2)
    load(str(raw), warehouse)
    build_parts(warehouse, None)
    nodes = run_dbt(["test", "--select", "test_type:unit"], warehouse=warehouse, target=tmp_path / "dbt", variables={})
    assert len(nodes) >= 12
    assert "\n".join(f"{node.name}: {node.message}" for node in nodes if node.status != "pass") == ""
