"""What tables and figures mean, in the words of the dbt project: a page for each scope."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from site_builder.files import urls
from site_builder.files.manifest import PublishedScope
from site_builder.render import templating

MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
# The publisher's own: no tenant's folder speaks of them.
_PUBLISHERS = ("dim_subscriptions", "mart_margin_", "mart_audit_", "mart_data_findings", "mart_budget_backtest")
_BLOCK = re.compile(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", re.DOTALL)
_CALL = re.compile(r"{{ doc\('(\w+)'\) }}")
_CODE = re.compile(r"`([^`]*)`")


@dataclass(frozen=True)
class Meaning:
    """A column: its `name`, `data_type`, and what it means."""

    name: str
    data_type: str
    text: str


@dataclass(frozen=True)
class TableMeaning:
    """A mart: its `name`, what it holds and of what it has one row each, its columns, and which tell rows apart."""

    name: str
    text: str
    columns: Sequence[Meaning]
    keys: Sequence[str]


@dataclass(frozen=True)
class Figure:
    """A column's name as cards and CSVs use it, and each thing it means, with the tables that mean it."""

    name: str
    meanings: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class GlossaryPage:
    """Context of templates/glossary.html."""

    path: str
    stylesheet: str
    home: str
    scope_name: str
    figures: Sequence[Figure]
    tables: Sequence[TableMeaning]


@cache
def tables() -> tuple[TableMeaning, ...]:
    """Every mart and dim, by name, as their YAML describes them."""
    words = dict(_BLOCK.findall((MODELS / "shared_columns.md").read_text(encoding="utf-8")))
    found = []
    for folder in ("marts", "dims"):
        for path in (MODELS / folder).rglob("*.yml"):
            for model in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["models"]:
                columns = [
                    Meaning(column["name"], column["data_type"], _said(column["description"], words))
                    for column in model["columns"]
                ]
                text = _said(model["description"], words)
                found.append(TableMeaning(model["name"], text, tuple(columns), _keys(model)))
    return tuple(sorted(found, key=lambda table: table.name))


def _keys(model: dict[str, Any]) -> tuple[str, ...]:
    """The columns that tell all rows apart, as the model declares them; where it does not, all columns."""
    declared = model.get("config", {}).get("meta", {}).get("primary_key")
    return tuple(declared or (column["name"] for column in model["columns"]))


def _said(description: str, words: dict[str, str]) -> str:
    text = _CALL.sub(lambda call: words[call[1]], description)
    return _CODE.sub(r"\1", " ".join(text.split()))


def figures(listed: Sequence[TableMeaning]) -> tuple[Figure, ...]:
    """Every column's name, with what it means where."""
    found: dict[str, dict[str, list[str]]] = {}
    for table in listed:
        for column in table.columns:
            found.setdefault(column.name, {}).setdefault(column.text, []).append(table.name)
    return tuple(
        Figure(name, tuple((text, ", ".join(where)) for text, where in found[name].items())) for name in sorted(found)
    )


@cache
def for_tenants() -> tuple[TableMeaning, ...]:
    """The tables that a tenant's glossary speaks of."""
    return tuple(table for table in tables() if not table.name.startswith(_PUBLISHERS))


@cache
def names() -> frozenset[str]:
    """The figures that every glossary explains."""
    return frozenset(figure.name for figure in figures(for_tenants()))


def glossary(scope: PublishedScope, css: bytes) -> bytes:
    """The page of a scope."""
    path = urls.glossary_page(scope.folder)
    listed = for_tenants() if scope.tenant_id is not None else tables()
    page = GlossaryPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=scope.name,
        figures=figures(listed),
        tables=listed,
    )
    return templating.html("glossary.html", page)
