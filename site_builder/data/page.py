"""The folder `data/` of every scope: its files, and the page that leads to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from site_builder.data import files
from site_builder.failures import Failed, costing_only
from site_builder.files import urls
from site_builder.files.manifest import FileRecord, Manifest
from site_builder.files.write import Draft
from site_builder.gather import tables
from site_builder.gather.meanings import TableMeaning
from site_builder.gather.tables import PublishedTable
from site_builder.pages.elements import Column, Table
from site_builder.planning.plan import Report
from site_builder.planning.scopes import Scope
from site_builder.render import templating
from site_builder.reports import outputs
from site_builder.workbooks.of_data import data_workbook

DICTIONARY, WORKBOOK = "dictionary.csv", "marts.xlsx"
ENDINGS = ("csv", "parquet")


@dataclass(frozen=True)
class TableFiles:
    """A table's line on the page: its `name`, what it holds, how many rows, and the sizes of its files in bytes."""

    name: str
    text: str
    rows: int
    csv_bytes: int
    parquet_bytes: int


@dataclass(frozen=True)
class TableRows:
    """TableRows of a table, typed, and the same ones as a CSV has them."""

    typed: pa.Table
    as_text: pa.Table


@dataclass(frozen=True)
class Renewed:
    """A scope whose data are written again: what its tables mean, and their lines on its page as they are written.

    `kept`: of each table its name, what it holds, and its rows.
    """

    scope: Scope
    meanings: Sequence[TableMeaning]
    lines: list[TableFiles]
    kept: list[tuple[str, str, pa.Table]]


@dataclass(frozen=True)
class DataPage:
    """Context of templates/data.html."""

    path: str
    stylesheet: str
    home: str
    scope_name: str
    glossary: str
    dictionary: str
    workbook: str
    workbook_bytes: int
    tables: Sequence[TableFiles]


def put_data(
    con: duckdb.DuckDBPyConnection,
    meanings: Sequence[TableMeaning],
    draft: Draft,
    published: Manifest,
    sound: Manifest,
    scopes: Sequence[Scope],
    reports: Iterable[Report],
    failed: list[Failed],
) -> dict[str, FileRecord]:
    """Write what may have changed of every scope's data; the records of all its files, by path.

    That is the data of tenants of whom a report is looked at, and those of all of them together. `sound`: what is
    published without what was damaged. A scope whose data cannot be made goes to `failed`, and they stay as published.
    """
    found = tables.published_tables(meanings)
    looked_at = {report.scope.folder for report in reports}
    records: dict[str, dict[str, FileRecord]] = {}
    renewed: dict[str, Renewed] = {}
    for scope in scopes:
        wanted = [table for table in found if scope.is_all or table.is_for_tenants]
        if scope.is_all or scope.folder in looked_at or not _is_whole(sound, scope, wanted):
            seen = [table.meaning.seen_by(is_all=scope.is_all) for table in wanted]
            renewed[scope.folder] = Renewed(scope, seen, [], [])
    for table in found:
        for folder, rows in _rows(con, table, renewed):
            with _costing_the_data(draft, folder, renewed, failed):
                lines, files = renewed[folder].lines, records.setdefault(folder, {})
                lines.append(_put_table(draft, files, folder, table, rows))
                renewed[folder].kept.append((table.name, table.meaning.text, rows.typed))
    for folder, each in list(renewed.items()):
        with _costing_the_data(draft, folder, renewed, failed):
            files = records.setdefault(folder, {})
            files |= {path: draft.put(path, content) for path, content in _pages(each)}
    made = {path: record for folder in renewed for path, record in records[folder].items()}
    for scope in scopes:
        if scope.folder not in renewed:
            made |= _of_scope(published, scope)
    return made


@contextmanager
def _costing_the_data(draft: Draft, folder: str, renewed: dict[str, Renewed], failed: list[Failed]) -> Iterator[None]:
    place = urls.data_file(folder, "index.html")
    before = len(failed)
    with costing_only(place, failed):
        yield
    if len(failed) > before:
        del renewed[folder]
        draft.forget(place.rpartition("/")[0])


def _of_scope(published: Manifest, scope: Scope) -> dict[str, FileRecord]:
    below = urls.data_file(scope.folder, "")
    return {path: file for path, file in published.files.items() if path.startswith(below)}


def _is_whole(sound: Manifest, scope: Scope, wanted: Sequence[PublishedTable]) -> bool:
    names = {f"{table.name}.{ending}" for table in wanted for ending in ENDINGS} | {DICTIONARY, WORKBOOK, "index.html"}
    return _of_scope(sound, scope).keys() == {urls.data_file(scope.folder, name) for name in names}


def _rows(
    con: duckdb.DuckDBPyConnection, table: PublishedTable, renewed: Mapping[str, Renewed]
) -> Iterator[tuple[str, TableRows]]:
    """A table's rows for each folder that gets them."""
    folders = {scope.scope.tenant_id: folder for folder, scope in renewed.items()}
    if None in folders:
        typed = tables.whole(con, table)
        yield folders.pop(None), TableRows(typed, files.for_csv(con, typed))
    if table.is_for_tenants and folders:
        typed, places = tables.by_tenant(con, table, [tenant for tenant in folders if tenant is not None])
        as_text = files.for_csv(con, typed)
        for tenant_id, (start, count) in places.items():
            yield folders[tenant_id], TableRows(typed.slice(start, count), as_text.slice(start, count))


def _put_table(
    draft: Draft, records: dict[str, FileRecord], folder: str, table: PublishedTable, rows: TableRows
) -> TableFiles:
    sizes = []
    for ending, content in zip(ENDINGS, (files.csv_bytes(rows.as_text), files.parquet_bytes(rows.typed)), strict=True):
        path = urls.data_file(folder, f"{table.name}.{ending}")
        records[path] = draft.put(path, content)
        sizes.append(len(content))
    return TableFiles(table.name, table.meaning.text, rows.typed.num_rows, *sizes)


def _pages(renewed: Renewed) -> Iterator[tuple[str, bytes]]:
    """The dictionary and the page."""
    scope = renewed.scope
    rows = [
        (table.name, column.name, column.data_type, column.text)
        for table in renewed.meanings
        for column in table.columns
    ]
    columns = [Column(name, name) for name in ("table_name", "column_name", "data_type", "description")]
    book = data_workbook(scope.name, scope.as_of, renewed.kept)
    yield urls.data_file(scope.folder, WORKBOOK), book
    yield urls.data_file(scope.folder, DICTIONARY), outputs.csv_bytes(Table(columns, rows))
    path = urls.data_file(scope.folder, "index.html")
    page = DataPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, templating.stylesheet())),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=scope.name,
        glossary=urls.relative(path, urls.glossary_page(scope.folder)),
        dictionary=DICTIONARY,
        workbook=WORKBOOK,
        workbook_bytes=len(book),
        tables=renewed.lines,
    )
    yield path, templating.html("data.html", page)
