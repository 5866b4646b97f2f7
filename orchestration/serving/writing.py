"""Marts → tables of the serving file: members for whatever a row names, then the rows, with keys and comments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.loading.lake.lake import quoted, sql_quoted
from orchestration.serving.dates import (
    DATES,
    DATES_COLUMNS,
    DATES_KEY,
    DATES_TEXT,
    create_dates,
    dates_between,
)
from orchestration.serving.keys import DIMENSIONS, NONE, Dimension
from orchestration.serving.meanings import Mart

# Of a table of more rows no keys are declared: DuckDB would index each, which takes ten times as long as the rows do.
MOST_ROWS_WITH_KEYS = 25_000
# Databases of the connection: the warehouse, the new file, and what is kept in memory meanwhile.
WAREHOUSE, SERVING, STAGED = "warehouse", "serving", "memory"


@dataclass(frozen=True)
class _Table:
    """A mart as it is served: its `columns` with their types, the dimensions that it joins, and its number of rows."""

    mart: Mart
    columns: Mapping[str, str]
    joins: tuple[Dimension, ...]
    rows: int = 0

    @property
    def name(self) -> str:
        return self.mart.name

    @property
    def meanings(self) -> dict[str, str]:
        """What its columns mean, those of them that are described."""
        return {column: text for column, text in self.mart.columns.items() if column in self.columns}


def write_tables(
    con: duckdb.DuckDBPyConnection, marts: Sequence[Mart], progress: Callable[[int, int], None]
) -> dict[str, int]:
    """Write every mart that is in the warehouse into the serving file; rows by table.

    con: has the warehouse, in use, and the empty serving file attached, under their names here
    """
    there = _columns(con)
    tables = []
    for number, mart in enumerate(marts):
        progress(number, len(marts))
        if mart.name in there:
            tables.append(_stage(con, mart, there[mart.name]))
    con.execute(f"use {SERVING}")
    con.execute("create schema marts")
    rows = {}
    for dimension in DIMENSIONS:
        own = next((table for table in tables if table.name == dimension.table), None)
        if own:
            rows[own.name] = _write_dimension(con, dimension, own, tables)
    rows[DATES] = _write_dates(con, tables)
    for table in tables:
        if table.name not in rows:
            _write(con, table, {dimension.table for dimension in DIMENSIONS} & set(rows))
            rows[table.name] = table.rows
    return dict(sorted(rows.items()))


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        f"where database_name = '{WAREHOUSE}' and schema_name = 'marts' order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _stage(con: duckdb.DuckDBPyConnection, mart: Mart, columns: Mapping[str, str]) -> _Table:
    """The rows of a mart as they are now, in the order of its key, kept in memory."""
    shown = ", ".join(_shown(column, kind) for column, kind in columns.items())
    order = ", ".join(map(quoted, mart.key)) if mart.key else "all"
    con.execute(
        f"create table {STAGED}.{quoted(mart.name)} as select {shown} from marts.{quoted(mart.name)} order by {order}"
    )
    is_dimension = any(mart.name == dimension.table for dimension in DIMENSIONS)
    joins = () if is_dimension else tuple(dimension for dimension in DIMENSIONS if dimension.is_named_by(columns))
    return _Table(mart, columns, joins, _count(con, f"{STAGED}.{quoted(mart.name)}"))


def _shown(column: str, kind: str) -> str:
    # Integers of 128 bits are a type of DuckDB's own, which few drivers know.
    return f"cast({quoted(column)} as decimal(38, 0)) as {quoted(column)}" if kind == "HUGEINT" else quoted(column)


def _write_dimension(
    con: duckdb.DuckDBPyConnection, dimension: Dimension, own: _Table, tables: Sequence[_Table]
) -> int:  # fmt: skip
    """The members of a dimension: its own, one for rows that name none, and any that a row names all the same.

    Of a closed month a row may name somebody whom neither the directory nor any event knows now.
    """
    known = [column for column in own.columns if column not in dimension.columns]
    columns = {column: own.columns[column] for column in (*dimension.columns, *known)}
    _create(con, own.name, {dimension.key: "VARCHAR", **columns}, [f"primary key ({dimension.key})"])
    ids, named = _listed(dimension.columns), _listed(dimension.columns, "named.")
    given = ", ".join(
        f"case when own.is_inferred is null then {_otherwise(dimension, column)} else own.{quoted(column)} end"
        for column in known
    )
    con.execute(f"""
        insert into marts.{quoted(own.name)}
        with named ({ids}) as ({" union ".join(_namings(dimension, own, tables))})
        select {dimension.expression("named")}, {named}, {given}
        from named left join {STAGED}.{quoted(own.name)} as own using ({ids})
        order by {ids}""")
    text = f"{dimension.key_text} {own.mart.columns[dimension.columns[-1]]}"
    _comment(con, own.name, own.mart.text, {**own.meanings, dimension.key: text})
    return _count(con, f"marts.{quoted(own.name)}")


def _namings(dimension: Dimension, own: _Table, tables: Sequence[_Table]) -> Iterator[str]:
    """Queries of all ids that are named anywhere."""
    yield f"(select tenant_id, '{NONE}' from {STAGED}.dim_tenants)" if dimension.is_of_tenants else f"(select '{NONE}')"
    ids = _listed(dimension.columns)
    is_there = " and ".join(f"{quoted(column)} is not null" for column in dimension.columns)
    for table in tables:
        if table is own or dimension.is_named_by(table.columns):
            yield f"(select {ids} from {STAGED}.{quoted(table.name)} where {is_there})"


def _otherwise(dimension: Dimension, column: str) -> str:
    """A column of a member that the warehouse does not have."""
    own = f"named.{quoted(dimension.columns[-1])}"
    if column == dimension.label:
        return own
    return f"{own} <> '{NONE}'" if column == "is_inferred" else "null"


def _write_dates(con: duckdb.DuckDBPyConnection, tables: Sequence[_Table]) -> int:
    dates = " union all ".join(
        f"select min({quoted(table.mart.dated_by)}) as first, max({quoted(table.mart.dated_by)}) as last "
        f"from {STAGED}.{quoted(table.name)}"
        for table in tables if table.mart.dated_by
    )  # fmt: skip
    row = con.execute(f"select cast(min(first) as varchar), cast(max(last) as varchar) from ({dates})").fetchone()
    con.execute(create_dates())
    first, last = (f"date '{day}'" if day else "cast(null as date)" for day in row or (None, None))
    con.execute(f"insert into marts.{DATES} {dates_between(first, last)}")
    _comment(con, DATES, DATES_TEXT, DATES_COLUMNS)
    return _count(con, f"marts.{DATES}")


def _write(con: duckdb.DuckDBPyConnection, table: _Table, dimensions: set[str]) -> None:
    joins = [dimension for dimension in table.joins if dimension.table in dimensions]
    columns = {**table.columns, **{dimension.key: "VARCHAR" for dimension in joins}}
    _create(con, table.name, columns, _constraints(table, joins) if table.rows <= MOST_ROWS_WITH_KEYS else ())
    keys = "".join(f", {dimension.expression('t')}" for dimension in joins)
    con.execute(f"insert into marts.{quoted(table.name)} select t.*{keys} from {STAGED}.{quoted(table.name)} as t")
    con.execute(f"drop table {STAGED}.{quoted(table.name)}")
    _comment(
        con, table.name, table.mart.text, {**table.meanings, **{dimension.key: dimension.text for dimension in joins}}
    )


def _constraints(table: _Table, joins: Sequence[Dimension]) -> Iterator[str]:
    if table.mart.key:
        yield f"primary key ({', '.join(map(quoted, table.mart.key))})"
    yield from (
        f"foreign key ({dimension.key}) references marts.{dimension.table} ({dimension.key})" for dimension in joins
    )
    if table.mart.dated_by:
        yield f"foreign key ({quoted(table.mart.dated_by)}) references marts.{DATES} ({DATES_KEY})"


def _create(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], constraints: Iterable[str]
) -> None:  # fmt: skip
    typed = [f"{quoted(name)} {'DECIMAL(38, 0)' if kind == 'HUGEINT' else kind}" for name, kind in columns.items()]
    con.execute(f"create table marts.{quoted(table)} ({', '.join([*typed, *constraints])})")


def _listed(columns: Sequence[str], before: str = "") -> str:
    return ", ".join(f"{before}{quoted(column)}" for column in columns)


def _comment(con: duckdb.DuckDBPyConnection, table: str, text: str, columns: Mapping[str, str]) -> None:
    con.begin()
    con.execute(f"comment on table marts.{quoted(table)} is '{sql_quoted(text)}'")
    for column, meaning in columns.items():
        con.execute(f"comment on column marts.{quoted(table)}.{quoted(column)} is '{sql_quoted(meaning)}'")
    con.commit()


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
