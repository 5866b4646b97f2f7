"""The tables the loader keeps in the warehouse beside the Parquet lake."""

from __future__ import annotations

import duckdb

TABLES = {
    # One row per file whose content counts. stat: size and times when last seen; NULL: look at the bytes again.
    "lake.files": "file_id integer, source varchar, path varchar, landing_date date, stat varchar, sha256 varchar, "
                  "bytes bigint, rows_read bigint, quarantined bigint, duplicates bigint, unreadable boolean, "
                  "loaded_at timestamp",
    "lake.parts": "area varchar, event_date date, path varchar, rows bigint, load_id bigint, hash_version bigint",
    "lake.held_dates": "landing_date date",
    "lake.directory_files": "path varchar, stat varchar, sha256 varchar",
    "lake.changes": "load_id bigint, tenant_id varchar, event_hour timestamp",
    "lake.loads": "load_id bigint, last_landing_date date, needs_full_refresh boolean",
    # What the published price list says of models whose cost no log reports; outlives a full refresh.
    "lake.list_models": "provider varchar, model_id varchar, list_provider varchar, list_model varchar, "
                        "list_version varchar",
    "lake.list_prices": "provider varchar, model_id varchar, first_date date, last_date date, valid_from timestamp, "
                        "valid_to timestamp, from_second integer, to_second integer, from_input_tokens bigint, "
                        "to_input_tokens bigint, usd_per_m_input decimal(24,9), usd_per_m_cached_input decimal(24,9), "
                        "usd_per_m_output decimal(24,9), usd_per_m_reasoning decimal(24,9), "
                        "usd_per_request decimal(24,9)",
    # What the row carried, as far as it can be read; is_money_unknown NULL: a row refused before this was looked at.
    "audit.quarantine": "source varchar, file varchar, line bigint, reason varchar, detail varchar, raw_text varchar, "
                        "credits decimal(31,6), cost_usd decimal(31,6), amount decimal(31,6), currency varchar, "
                        "is_money_unknown boolean",
    "audit.schema_drift": "source varchar, file varchar, field varchar",
    "audit.releases": "landing_date date primary key, released_at timestamp",
}

# Columns that a warehouse of an earlier version lacks.
ADDED = {"audit.quarantine": ("credits decimal(31,6)", "cost_usd decimal(31,6)", "amount decimal(31,6)",
                              "currency varchar", "is_money_unknown boolean")}

LOAD_AUDIT = """
    create or replace view audit.load_audit as
    select
        source, path as file, landing_date, sha256, bytes, rows_read,
        rows_read - quarantined - duplicates as accepted,
        duplicates, quarantined,
        landing_date in (select landing_date from lake.held_dates) as held_back,
        loaded_at
    from lake.files"""


def ensure_catalog(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing; leaves everything else as it is."""
    have = {row[0] for row in con.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('lake', 'audit')").fetchall()}
    columns = {tuple(row) for row in con.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns "
        "where table_schema in ('lake', 'audit')").fetchall()}
    lacking = [(table, column) for table, added in ADDED.items() for column in added
               if (table, column.split()[0]) not in columns]
    if have.issuperset([*TABLES, "audit.load_audit"]) and not lacking:
        return
    con.begin()
    con.execute("create schema if not exists lake")
    con.execute("create schema if not exists audit")
    for name, definition in TABLES.items():
        con.execute(f"create table if not exists {name} ({definition})")
    for table, column in lacking:
        con.execute(f"alter table {table} add column if not exists {column}")
    con.execute(LOAD_AUDIT)
    con.commit()


def replace_rows(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Make the rows of the query `rows` all that the table holds."""
    con.execute(f"delete from {table}")
    con.execute(f"insert into {table} by name {rows}")
