"""dbt as it is and dbt as it is patched make the same tables."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from orchestration.building import dbt_patches
from orchestration.building.build import build
from orchestration.loading.load import load
from orchestration.warehouse import lake_root
from tests.dbt_project.comparing import different_tables


def test_both_ways_give_the_same_tables(tiny_zone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patched, plain = tmp_path / "patched.duckdb", tmp_path / "plain.duckdb"
    load(str(tiny_zone), patched)
    shutil.copy(patched, plain)
    shutil.copytree(lake_root(patched), lake_root(plain))
    first = build(patched, patched.with_suffix(".dbt"))
    monkeypatch.setenv("TALLYBOOK_PLAIN_DBT", "1")
    second = build(plain, plain.with_suffix(".dbt"))
    assert sorted(node.unique_id for node in first.nodes) == sorted(node.unique_id for node in second.nodes)
    assert different_tables(patched, plain) == {}


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
