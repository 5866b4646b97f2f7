"""How the dbt project appears in the asset graph, and how a build's results become Dagster events."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from orchestration.building.dbt_runner import KEPT_DIR, NodeResult, ensure_manifest
from orchestration.defs.embedding import Embedding
from orchestration.serving.meanings import read_marts
from orchestration.settings import DBT_PROJECT_DIR
from orchestration.warehouse import opened


class MartsTranslator(DagsterDbtTranslator):
    """Key = schema and model name, group = the model's first folder, so that the graph mirrors the folder tree."""

    def __init__(self, embedding: Embedding) -> None:
        # All directory tables come from one asset: their CSV files are one snapshot.
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._embedding = embedding

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = manifest["nodes"].get(unique_id)
        if node is None or node["resource_type"] != "model":
            return spec.replace_attributes(key=self._embedding.key(*spec.key.path))
        key = self._embedding.key(node["schema"], node["name"])
        return spec.replace_attributes(key=key, group_name=node["fqn"][1], **self._embedding.described)


@cache
def dbt_project() -> DbtProject:
    """The dbt project with its kept manifest."""
    ensure_manifest()
    return DbtProject(project_dir=DBT_PROJECT_DIR, target_path=KEPT_DIR)


@cache
def dbt_manifest() -> Mapping[str, Any]:
    """manifest.json as a mapping."""
    manifest: Mapping[str, Any] = json.loads(ensure_manifest().read_text(encoding="utf-8"))
    return manifest


@cache
def translator(embedding: Embedding) -> MartsTranslator:
    """One for all, since it remembers what it resolved: a model's spec takes those of all that it stands on."""
    return MartsTranslator(embedding)


@cache
def asset_key(embedding: Embedding, unique_id: str) -> dg.AssetKey:
    """The asset key of a dbt model or source."""
    return translator(embedding).get_asset_spec(dbt_manifest(), unique_id, dbt_project()).key


def site_dependencies(embedding: Embedding) -> list[dg.AssetKey]:
    """The asset keys the site reads, as the dbt project's exposure `report_site` declares them."""
    exposure = next(node for node in dbt_manifest()["exposures"].values() if node["name"] == "report_site")
    return [asset_key(embedding, unique_id) for unique_id in exposure["depends_on"]["nodes"]]


def served_marts(embedding: Embedding) -> list[dg.AssetKey]:
    """The asset keys of the marts that BI tools get."""
    return [embedding.key("marts", mart.name) for mart in read_marts(ensure_manifest())]


def sources_beside_the_lake(embedding: Embedding) -> list[dg.AssetSpec]:
    """What models read that no asset here makes: the audit's tables, each with what the dbt project says of it."""
    found = {}
    for unique_id, source in sorted(dbt_manifest()["sources"].items()):
        key = asset_key(embedding, unique_id)
        if key.path[-2] == "source":
            found[key] = dg.AssetSpec(
                key, description=source["description"], group_name="source", owners=list(embedding.owners)
            )
    return list(found.values())


def node_events(
    embedding: Embedding,
    nodes: Iterable[NodeResult],
    asset_keys: Container[dg.AssetKey],
    check_keys: Iterable[dg.AssetCheckKey],
    rows: Mapping[str, int],
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """One materialization per asset that was built and one check result per test that ran.

    rows: number of rows by model name, where known.
    """
    checks = {key.name: key for key in check_keys}
    place = {unique_id: number for number, unique_id in enumerate(_dependency_order())}
    # dbt reports nodes as its threads finish with them; Dagster wants each asset after what it stands on.
    for node in sorted(nodes, key=lambda node: place.get(node.unique_id, len(place))):
        key_of = asset_key(embedding, node.unique_id) if node.kind == "model" else None
        if key_of in asset_keys and node.status == "success":
            metadata: dict[str, Any] = {"seconds": node.seconds}
            if node.name in rows:
                metadata["dagster/row_count"] = rows[node.name]
            yield dg.MaterializeResult(asset_key=key_of, metadata=metadata)
        elif node.kind == "test" and node.name in checks and node.status != "skipped":
            key = checks[node.name]
            yield dg.AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=node.status == "pass",
                severity=dg.AssetCheckSeverity.WARN if node.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"seconds": node.seconds, "failures": node.failures, "message": node.message},
            )


def unchanged_events(
    embedding: Embedding, asset_keys: Container[dg.AssetKey], check_keys: Iterable[dg.AssetCheckKey]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """What a build says when there was nothing to build: all stands as the last build left and checked it."""
    models = [unique_id for unique_id in _dependency_order() if unique_id.startswith("model.")]
    for unique_id in models:
        if (key := asset_key(embedding, unique_id)) in asset_keys:
            yield dg.MaterializeResult(asset_key=key, metadata={"unchanged": True})
    for check in check_keys:
        yield dg.AssetCheckResult(
            asset_key=check.asset_key, check_name=check.name, passed=True, metadata={"unchanged": True}
        )


@cache
def _dependency_order() -> tuple[str, ...]:
    graph = {unique_id: node["depends_on"]["nodes"] for unique_id, node in dbt_manifest()["nodes"].items()}
    return tuple(TopologicalSorter(graph).static_order())


def table_rows(warehouse: Path, schemas: tuple[str, ...] = ("intermediate", "marts")) -> dict[str, int]:
    """Rows of every table of these schemas, by table name; one query."""
    with opened(warehouse, read_only=True) as con:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in (select unnest(?)) order by all",
            [list(schemas)],
        ).fetchall()
        if not tables:
            return {}
        return dict(
            con.execute(
                " union all ".join(f"select '{table}', count(*) from {schema}.{table}" for schema, table in tables)
            ).fetchall()
        )
