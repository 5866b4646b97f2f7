"""Exposures name what each output reads of the marts and nothing else: compared with the tables that the code names."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestration.building.dbt_runner import ensure_manifest
from orchestration.exporting import VIEWS
from site_builder.files.urls import KINDS
from site_builder.gather.causes import ITEM, TEAM, USER
from site_builder.gather.snapshots import SNAPSHOTS
from site_builder.gather.tables import _TWICE, LEFT_TO_THE_WAREHOUSE
from site_builder.reports.fingerprints import _DIMS

# Where the code of an output lies.
OUTPUTS = {
    "report_site": ("site_builder",),
    "mailed_digests": ("orchestration/mailing",),
    "told_alerts": ("orchestration/alerting",),
    "focus_export": ("orchestration/exporting.py",),
}
# Tables that a file names by parts, where a name ends in a placeholder; EVERY one of the schema marts, but some.
EVERY = "every mart"
BY_PARTS: Mapping[str, set[str]] = {
    "site_builder/gather/tables.py": {EVERY},
    "site_builder/gather/causes.py": {f"mart_{dimension}_daily" for dimension in (ITEM, TEAM, USER)},
    "site_builder/gather/snapshots.py": {*SNAPSHOTS, *(f"{name}_monthly" for name in SNAPSHOTS)},
    "site_builder/gather/cubes.py": {"dim_tenants", "dim_teams", "dim_users", "dim_items", "dim_models"},
    "site_builder/entities/reading.py": {
        "mart_usage_daily", "mart_usage_events", "mart_alert_daily", "mart_error_daily",
    },
    "site_builder/entities/selection.py": {
        *(f"mart_{kind}_daily" for kind in KINDS), *(f"dim_{kind}s" for kind in KINDS),
    },
    "site_builder/reports/fingerprints.py": {f"dim_{name}" for name in _DIMS},
    "orchestration/exporting.py": set(VIEWS.values()),
}  # fmt: skip


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ensure_manifest().read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def every(manifest: dict[str, Any]) -> set[str]:
    """The tables that a site publishes whole."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    names = {node["name"] for node in models if node["schema"] == "marts" and node["fqn"][1] != "facts"}
    return names - LEFT_TO_THE_WAREHOUSE - _TWICE


@pytest.fixture(scope="module")
def exposures(manifest: dict[str, Any]) -> dict[str, set[str]]:
    """The models that each exposure names."""
    return {
        node["name"]: {unique_id.split(".")[-1] for unique_id in node["depends_on"]["nodes"]}
        for node in manifest["exposures"].values()
    }


def _texts(path: Path) -> Iterator[str]:
    """The texts in a Python file, each placeholder as {}."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _named(project: Path, places: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Which tables of the marts the files of these places name in whole, and which files name some by parts."""
    whole: set[str] = set()
    by_parts: set[str] = set()
    for place in places:
        for path in [project / place] if place.endswith(".py") else (project / place).rglob("*.py"):
            for name, part in re.findall(r"\bmarts\.(?!xlsx\b)(\w*)(\{)?", " ".join(_texts(path))):
                if part:
                    by_parts.add(str(path.relative_to(project)))
                elif name and not name.endswith("_"):
                    whole.add(name)
    return whole, by_parts


@pytest.mark.parametrize("output", OUTPUTS)
def test_an_exposure_names_what_its_output_reads(
    project_dir: Path, exposures: dict[str, set[str]], every: set[str], output: str
) -> None:
    whole, by_parts = _named(project_dir, OUTPUTS[output])
    assert by_parts <= set(BY_PARTS), "say in BY_PARTS which tables these name"
    named = whole.union(*(BY_PARTS[path] for path in by_parts))
    assert exposures[output] == (named - {EVERY} | every if EVERY in named else named)


def test_every_exposure_is_an_output(exposures: dict[str, set[str]]) -> None:
    assert set(exposures) == set(OUTPUTS)
