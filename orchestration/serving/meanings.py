"""What the dbt project says of its marts: what each holds, what its columns mean, and which of them tell rows apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = "marts"


@dataclass(frozen=True)
class Mart:
    """A mart: its `name`, what it holds, the text of each column by its name, its key (empty: it has none), and the
    date that each row is of (None: of none).
    """

    name: str
    text: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    dated_by: str | None


def read_marts(manifest_json: Path) -> list[Mart]:
    """The marts by name, all of whose tests run with the build."""
    nodes = json.loads(manifest_json.read_text(encoding="utf-8"))["nodes"]
    models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    tests = [node for node in nodes.values() if node["resource_type"] == "test"]
    keys = {test["attached_node"]: _tested_key(test) for test in tests if _tested_key(test)}
    return sorted(
        (_mart(node, keys.get(name, ())) for name, node in models.items() if node["schema"] == _SCHEMA),
        key=lambda mart: mart.name,
    )


def _mart(node: Mapping[str, Any], tested_key: tuple[str, ...]) -> Mart:
    columns = {column["name"]: _one_line(column["description"]) for column in node["columns"].values()}
    closed_by = node["config"].get("meta", {}).get("closed_by")
    types = {column["name"]: str(column["data_type"]).lower() for column in node["columns"].values()}
    dated_by = closed_by if types.get(closed_by) == "date" else None
    return Mart(node["name"], _one_line(node["description"]), columns, _declared_key(node) or tested_key, dated_by)


def _declared_key(node: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(node["config"].get("meta", {}).get("primary_key", ()))


def _tested_key(test: Mapping[str, Any]) -> tuple[str, ...]:
    metadata = test.get("test_metadata") or {}
    return tuple(metadata["kwargs"].get("keys", ())) if metadata.get("name") == "sound_rows" else ()


def _one_line(text: str) -> str:
    return " ".join(text.split())
