"""What dbt leaves beside the warehouse for other tools, patched or plain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.building import dbt_patches
from orchestration.building.dbt_runner import run_dbt
from orchestration.loading.load import load
from orchestration.settings import Settings


@pytest.fixture(scope="module")
def settings(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A loaded warehouse, its name one that has to be quoted."""
    folder = tmp_path_factory.mktemp("artifacts")
    settings = Settings(raw=str(tiny_zone), warehouse=folder / "my warehouse.duckdb", site=folder / "site")
    load(settings.raw, settings.warehouse)
    return settings


def _artifact(settings: Settings, name: str) -> dict[str, Any]:
    return json.loads((settings.dbt_target / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("is_plain", [False, True], ids=["patched", "plain"])
def test_a_command_leaves_its_manifest_and_results_in_the_target_folder(
    settings: Settings, is_plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYBOOK_PLAIN_DBT", str(int(is_plain)))
    assert dbt_patches.are_wanted() is not is_plain
    command = ["build", "--select", "stg_directory__tenants", "stg_native__usage_events"]
    nodes = run_dbt(command, warehouse=settings.warehouse, target=settings.dbt_target, variables={"to": "2026-11-01"})
    assert settings.dbt_target.name == "target" and settings.dbt_target.parent.parent == settings.warehouse.parent
    results = _artifact(settings, "run_results.json")
    of_nodes = [each for each in results["results"] if not each["unique_id"].startswith("operation.")]
    assert {each["unique_id"]: each["status"] for each in of_nodes} == {node.unique_id: node.status for node in nodes}
    assert results["args"]["vars"] == {"to": "2026-11-01"}
    manifest = _artifact(settings, "manifest.json")
    tenants = manifest["nodes"]["model.tallybook.stg_directory__tenants"]
    assert (
        tenants["database"] == settings.warehouse.stem and 'from "lake"."directory_tenants"' in tenants["compiled_code"]
    )
    assert tenants["relation_name"].endswith('"staging"."stg_directory__tenants"')
    assert "parse_only" not in json.dumps([tenants, _artifact(settings, "semantic_manifest.json")])
