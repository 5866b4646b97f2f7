"""What tables and figures mean, in the words of the dbt project: a page for each scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from site_builder.files import urls
from site_builder.files.manifest import PublishedScope
from site_builder.gather.meanings import TableMeaning
from site_builder.render import templating


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


def figures(listed: Sequence[TableMeaning]) -> tuple[Figure, ...]:
    """Every column's name, with what it means where."""
    found: dict[str, dict[str, list[str]]] = {}
    for table in listed:
        for column in table.columns:
            found.setdefault(column.name, {}).setdefault(column.text, []).append(table.name)
    return tuple(
        Figure(name, tuple((text, ", ".join(where)) for text, where in found[name].items()))
        for name in sorted(found, key=_place)
    )


def _place(name: str) -> tuple[bool, str]:
    """By the alphabet, the names of FOCUS's columns (in capitals) after those that cards use."""
    return name[:1].isupper(), name


def explained(tables: Sequence[TableMeaning]) -> tuple[str, ...]:
    """The names of the columns that the glossary of every scope explains, in order."""
    return tuple(sorted({column.name for table in tables if table.is_for_tenants for column in table.columns}))


def glossary(tables: Sequence[TableMeaning], scope: PublishedScope, css: bytes) -> bytes:
    """The page of a scope."""
    path = urls.glossary_page(scope.folder)
    is_all = scope.tenant_id is None
    listed = [table.seen_by(is_all=is_all) for table in tables if table.is_for_tenants or is_all]
    page = GlossaryPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=scope.name,
        figures=figures(listed),
        tables=listed,
    )
    return templating.html("glossary.html", page)
