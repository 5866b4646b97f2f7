"""The list of sources is the origin: each step that a source needs is compared with it; a forgotten one is named."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.building.dbt_runner import ensure_manifest
from orchestration.defs.assets import LAKE_TABLES
from orchestration.forgetting.rows import PEOPLE
from orchestration.loading.directory.tables import DIRECTORY_TABLES
from orchestration.loading.sources import SOURCES, Source
from orchestration.loading.work_tables import ReadTables
from orchestration.progress import silent
from orchestration.pseudonyms import DIRECTORY_ADDRESSES, DIRECTORY_PEOPLE
from site_builder.configuration.schema import DELIVERING_SOURCES as SOURCES_OF_THE_SITE

of_each = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return json.loads(ensure_manifest().read_text(encoding="utf-8"))


def _model(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["name"] == name]
    assert found, f"there is no dbt model {name}"
    return found[0]


def _reads(manifest: dict[str, Any], node: dict[str, Any]) -> set[str]:
    """The names of the models and lake tables that a node reads."""
    return {unique_id.split(".")[-1] for unique_id in node["depends_on"]["nodes"]}


@of_each
def test_whoever_a_source_names_is_declared(source: Source) -> None:
    with duckdb.connect() as con:
        source.read(con, [], silent, ReadTables())
        columns = {row[0] for row in con.execute(f"describe {source.landed}").fetchall()}
    assert set(source.people) == columns & set(PEOPLE)


@of_each
def test_the_staging_model_reads_the_lake_and_gives_people_their_pseudonyms(
    manifest: dict[str, Any], source: Source
) -> None:
    model = _model(manifest, source.staging)
    assert source.table in _reads(manifest, model)
    assert ("with_pseudonyms(" in model["raw_code"]) == bool(source.people)
    assert ("pseudonyms" in _reads(manifest, model)) == bool(source.people)


def test_usage_events_of_every_source_are_unioned(manifest: dict[str, Any]) -> None:
    models = {source.staging for source in SOURCES if source.is_usage}
    assert _reads(manifest, _model(manifest, "int_usage_events_unioned")) == models


def test_versions_that_lost_are_unioned_of_every_source_of_usage(manifest: dict[str, Any]) -> None:
    superseded = _reads(manifest, _model(manifest, "int_usage_events_superseded"))
    read = set().union(*(_reads(manifest, _model(manifest, name)) for name in superseded))
    assert {name for name in read if name.endswith("_aside")} == {
        source.table_aside for source in SOURCES if source.is_usage
    }


@of_each
def test_the_lake_of_a_source_is_declared_counted_and_in_the_graph(manifest: dict[str, Any], source: Source) -> None:
    declared = {node["name"]: node for node in manifest["sources"].values() if node["source_name"] == "lake"}
    assert declared[source.table]["config"]["meta"]["dagster"]["asset_key"] == ["lake", source.table]
    assert source.table in LAKE_TABLES
    [test] = [node for node in manifest["nodes"].values() if node["name"] == "assert_lake_equals_audit"]
    assert source.table in _reads(manifest, test)


def test_the_site_knows_how_late_each_may_be_said_to_land() -> None:
    assert tuple(source.name for source in SOURCES) == SOURCES_OF_THE_SITE


@of_each
def test_the_landing_zone_is_described(project_dir: Path, source: Source) -> None:
    text = (project_dir / "raw" / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^    {source.name}/<landing date>/", text, re.MULTILINE)


def test_whoever_the_directory_names_is_declared() -> None:
    columns = {(f"directory_{table.name}", column.name) for table in DIRECTORY_TABLES for column in table.columns}
    assert {place for place in columns if place[1] in PEOPLE} == set(DIRECTORY_PEOPLE)
    # Of a user the address is left out in staging, and the name.
    addresses = {place for place in columns if "email" in place[1]} - {("directory_users", "email")}
    assert addresses == set(DIRECTORY_ADDRESSES)
