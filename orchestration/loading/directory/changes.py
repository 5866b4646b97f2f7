"""What a change of the reference data means for events that were loaded long ago: which hours it touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from orchestration.loading.directory.tables import DIRECTORY_TABLES, TENANTS, DirectoryTable
from orchestration.loading.lake.lake import Area, Lake
from orchestration.loading.sources import Source
from orchestration.loading.work_tables import WorkTable

# A rate decides the tier of the whole local date in which it begins, and that date began at most this long before.
LONGEST_LOCAL_DAY = "interval 26 hours"


def stage_directory(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Put the typed tables into temporary tables incoming_<name>, with the types of schema lake."""
    for table in DIRECTORY_TABLES:
        con.register("directory_rows", tables[table.name])
        columns = ", ".join(
            f'cast("{column.name}" as {column.sql_type}) as "{column.name}"' for column in table.columns
        )
        con.execute(f"create or replace temp table {table.incoming} as select {columns} from directory_rows")
        con.unregister("directory_rows")


def ensure_directory_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the lake.directory_* tables that do not exist yet, empty, and give others the columns that they lack.

    What the files say in such columns was not read: they count as not looked at.
    """
    for table in DIRECTORY_TABLES:
        columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.columns)
        con.execute(f"create table if not exists {table.table} ({columns})")
        have = {row[0] for row in con.execute(f"describe {table.table}").fetchall()}
        if lacking := [column for column in table.columns if column.name not in have]:
            con.execute("update lake.directory_files set stat = null")
            # Made again, not altered: rows are compared and inserted in the declared order of columns.
            nothing = ", ".join(f'cast(null as {column.sql_type}) as "{column.name}"' for column in lacking)
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            con.execute(
                f"create or replace table {table.table} as select {names} from (select *, {nothing} from {table.table})"
            )


def changed_tables(con: duckdb.DuckDBPyConnection) -> list[DirectoryTable]:
    """The tables whose incoming rows are not the rows of schema lake."""
    return [table for table in DIRECTORY_TABLES if con.execute(f"select exists(({_difference(table)}))").fetchone()[0]]  # type: ignore[index]


def publish_directory(con: duckdb.DuckDBPyConnection, tables: Sequence[DirectoryTable]) -> None:
    """Within the caller's transaction: make the incoming rows of the tables those of schema lake."""
    for table in tables:
        con.execute(f"delete from {table.table}")
        con.execute(f"insert into {table.table} select * from {table.incoming}")


def zone_changed_under_rows(con: duckdb.DuckDBPyConnection, lake: Lake, areas: Sequence[Area]) -> bool:
    """Whether a tenant that already has rows in the lake now has another time zone. Unlisted tenants live in UTC."""
    con.execute(f"""
        create or replace temp table moved_tenants as
        select coalesce(now.tenant_id, before.tenant_id) as tenant_id
        from {TENANTS.incoming} as now full join {TENANTS.table} as before on now.tenant_id = before.tenant_id
        where coalesce(now.timezone, 'UTC') <> coalesce(before.timezone, 'UTC')""")
    moved = "tenant_id in (select tenant_id from moved_tenants)"
    return any(
        con.execute(f"select exists(select 1 from {lake.relation(area)} where {moved})").fetchone()[0]  # type: ignore[index]
        for area in areas
    )


def add_touched_hours(
    con: duckdb.DuckDBPyConnection, touched: WorkTable, lake: Lake, area: Area, source: Source
) -> None:
    """Add the (tenant, hour) of stored events that the incoming directory shows in another light to `touched`.

    Those are: events without a team whose user changed teams, events of items that changed type, events since the date
    on which a model has other rates in force, and events without a cost since the moment at which it has other prices
    of its own (temporary tables other_rates and other_prices, with changed_model and since).
    """
    at = source.at_column
    rows, hour = lake.relation(area), f"date_trunc('hour', {at})"
    if {"user_id", "team_id"} <= area.columns.keys():
        con.execute(f"""
            insert into {touched}
            select distinct tenant_id, {hour} from {rows}
            where team_id is null and struct_pack(t := tenant_id, u := user_id) in (
                select struct_pack(t := tenant_id, u := user_id)
                from ({_difference_of("users", "tenant_id, user_id, team_id")}) where team_id is not null)""")
    if "item_id" in area.columns:
        con.execute(f"""
            insert into {touched}
            select distinct tenant_id, {hour} from {rows}
            where struct_pack(t := tenant_id, i := item_id) in (
                select struct_pack(t := tenant_id, i := item_id)
                from ({_difference_of("items", "tenant_id, item_id, item_type")}))""")
    if source.model:
        con.execute(f"""
            insert into {touched}
            select distinct tenant_id, {hour} from {rows} as events
            join other_rates as other
            on other.changed_model = {source.model} and {at} >= other.since - {LONGEST_LOCAL_DAY}""")
        con.execute(f"""
            insert into {touched}
            select distinct tenant_id, {hour} from {rows} as events
            join other_prices as other
            on other.changed_model = {source.model} and {at} >= other.since
            where {source.lacks_cost}""")


def add_item_hours(con: duckdb.DuckDBPyConnection, touched: WorkTable) -> None:
    """Add the hours in which items that appeared, changed or went away were created to `touched`."""
    con.execute(f"""
        insert into {touched}
        select distinct tenant_id, date_trunc('hour', created_at)
        from ({_difference_of("items", "tenant_id, item_id, item_type, created_at")}) where created_at is not null""")


def _difference(table: DirectoryTable, columns: str = "*") -> str:
    """SQL for the rows that are in only one of the incoming and the stored table."""
    now, before = f"select {columns} from {table.incoming}", f"select {columns} from {table.table}"
    return f"({now} except all {before}) union all ({before} except all {now})"


def _difference_of(name: str, columns: str) -> str:
    return _difference(next(table for table in DIRECTORY_TABLES if table.name == name), columns)
