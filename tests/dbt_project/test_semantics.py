"""The semantic models and metrics over the daily fact: what MetricFlow would read is whole, no measure is missing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator

from orchestration.building.dbt_runner import ensure_manifest


@pytest.fixture(scope="module")
def semantics() -> PydanticSemanticManifest:
    return PydanticSemanticManifest.parse_raw(ensure_manifest().with_name("semantic_manifest.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return json.loads(ensure_manifest().read_text(encoding="utf-8"))


def test_the_semantic_manifest_is_valid(semantics: PydanticSemanticManifest) -> None:
    found = SemanticManifestValidator[PydanticSemanticManifest]().validate_semantic_manifest(semantics)
    assert [issue.message for issue in (*found.errors, *found.future_errors)] == []


def test_what_people_ask_for_can_be_asked(semantics: PydanticSemanticManifest) -> None:
    metrics = {metric.name for metric in semantics.metrics}
    assert {"requests", "success_rate", "credits", "credits_month_to_date", "cost_usd", "active_users"} <= metrics
    assert all(metric.description and metric.label for metric in semantics.metrics)


def test_measures_and_dimensions_are_columns_of_the_model(
    semantics: PydanticSemanticManifest, manifest: dict[str, Any]
) -> None:
    columns = {
        node["name"]: set(node["columns"]) for node in manifest["nodes"].values() if node["resource_type"] == "model"
    }
    for model in semantics.semantic_models:
        asked = [each.expr or each.name for each in (*model.measures, *model.dimensions, *model.entities)]
        named = set(re.findall(r"\b[a-z_]{4,}\b", re.sub(r"'[^']*'", "", " ".join(asked)))) - {"case", "when", "then"}
        assert named <= columns[model.node_relation.alias], model.name


def test_the_fact_is_told_in_the_words_of_its_measures(
    semantics: PydanticSemanticManifest, manifest: dict[str, Any]
) -> None:
    """A new column of the fact that counts something is a measure, or is left out here on purpose."""
    [fact] = [node for node in manifest["nodes"].values() if node["name"] == "fct_usage_daily"]
    [usage] = [model for model in semantics.semantic_models if model.name == "usage"]
    counted = {name for name, column in fact["columns"].items() if column["data_type"] not in ("varchar", "date")}
    parts_of_others = {"reasoning_tokens", "input_credits", "output_credits", "estimated_cost_usd"}
    assert counted - {measure.expr or measure.name for measure in usage.measures} == parts_of_others


def test_there_is_a_time_spine(semantics: PydanticSemanticManifest) -> None:
    [spine] = semantics.project_configuration.time_spines
    assert (spine.node_relation.alias, spine.primary_column.name) == ("int_time_spine", "date_day")
