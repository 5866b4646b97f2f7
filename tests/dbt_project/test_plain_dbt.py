"""dbt as it is and dbt as it is patched make the same tables."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest

from orchestration.building import dbt_patches
from orchestration.building.build import BuildSummary, build
from orchestration.building.dbt_runner import ensure_manifest
from orchestration.loading.load import load
from orchestration.warehouse import lake_root, opened
from tests.dbt_project.comparing import different_tables


@dataclass(frozen=True)
class Both:
    """The same zone built by dbt as it is patched (`first`) and as it is (`second`)."""

    patched: Path
    plain: Path
    first: BuildSummary
    second: BuildSummary


@pytest.fixture(scope="module")
def both(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder = tmp_path_factory.mktemp("plain-dbt")
    patched, plain = folder / "patched.duckdb", folder / "plain.duckdb"
    load(str(tiny_zone), patched)
    shutil.copy(patched, plain)
    shutil.copytree(lake_root(patched), lake_root(plain))
    first = build(patched, patched.with_suffix(".dbt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALLYBOOK_PLAIN_DBT", "1")
        return Both(patched, plain, first, build(plain, plain.with_suffix(".dbt")))


def test_both_ways_give_the_same_tables(both: Both) -> None:
    assert sorted(node.unique_id for node in both.first.nodes) == sorted(node.unique_id for node in both.second.nodes)
    assert different_tables(both.patched, both.plain) == {}


def _comments(warehouse: Path) -> dict[tuple[str, str], str | None]:
    with opened(warehouse, read_only=True) as con:
        rows = con.execute("""
            select table_name, '', comment from duckdb_tables() where schema_name = 'marts'
            union all select view_name, '', comment from duckdb_views() where schema_name = 'marts'
            union all select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'""")
        return {(table, column): comment for table, column, comment in rows.fetchall()}


def _said(text: str) -> str:
    return " ".join(text.split())


def test_every_mart_and_column_says_in_the_warehouse_what_it_is(both: Both) -> None:
    nodes = json.loads(ensure_manifest().read_text(encoding="utf-8"))["nodes"].values()
    wanted, begins = {}, {}
    for node in nodes:
        if node["resource_type"] == "model" and node["schema"] == "marts":
            begins[node["name"], ""] = _said(node["description"])
            wanted |= {(node["name"], name): _said(each["description"]) for name, each in node["columns"].items()}
    comments = _comments(both.patched)
    assert {key: text for key, text in comments.items() if key[1]} == wanted
    of_tables = {key: text or "" for key, text in comments.items() if not key[1]}
    assert of_tables.keys() == begins.keys() and all(of_tables[key].startswith(begins[key]) for key in begins)
    assert of_tables["fct_usage_hourly", ""].endswith(
        "Primary key: tenant_id, usage_hour, usage_date, local_hour, team_id, channel, model_id. "
        "Foreign key: tenant_id of dim_tenants. Foreign key: tenant_id, team_id of dim_teams. "
        "Foreign key: model_id of dim_models."
    )
    assert of_tables["dim_tenants", ""].endswith("Primary key: tenant_id.")
    assert _comments(both.plain) == comments


def test_what_a_later_build_leaves_as_it_is_or_replaces_still_says_it(both: Both) -> None:
    before = _comments(both.patched)
    later = build(both.patched, both.patched.with_suffix(".dbt"), to=date(2026, 11, 1))
    assert later.is_built and not later.is_full_refresh
    assert _comments(both.patched) == before


def test_another_version_is_run_as_it_is_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dbt_patches.are_wanted()
    monkeypatch.setattr(dbt_patches, "TRIED_WITH", {"dbt-core": "1.10.0"})
    dbt_patches._untried.cache_clear()
    with pytest.warns(UserWarning, match=f"dbt-core is {version('dbt-core')}, not 1.10.0"):
        assert not dbt_patches.are_wanted()
    dbt_patches._untried.cache_clear()


def test_the_environment_wants_dbt_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYBOOK_PLAIN_DBT", "1")
    assert not dbt_patches.are_wanted()
