"""The tables the loader keeps in the warehouse beside the Parquet lake."""

from __future__ import annotations

import re

import duckdb

from orchestration.loading.directory.tables import DIRECTORY_TABLES

_DATED = [table for table in DIRECTORY_TABLES if table.is_dated]
TABLES = {
    # One row per file whose content counts. stat: size and times when last seen; NULL: look at the bytes again.
    "lake.files": "file_id integer, source varchar, path varchar, landing_date date, stat varchar, sha256 varchar, "
    "bytes bigint, rows_read bigint, quarantined bigint, duplicates bigint, unreadable boolean, "
    "loaded_at timestamp",
    "lake.parts": "area varchar, event_date date, path varchar, rows bigint, load_id bigint, hash_version bigint, "
    "bytes bigint, sha256 varchar, stat varchar",
    # Where the lake lay when its views were made, one row: elsewhere they have to be made again.
    "lake.place": "root varchar",
    "lake.held_dates": "landing_date date",
    # How the files of a source were read; a source without a row as at the first (sources.Source.reading).
    "lake.readings": "source varchar, reading integer",
    "lake.directory_files": "path varchar, stat varchar, sha256 varchar",
    "lake.changes": "load_id bigint, tenant_id varchar, event_hour timestamp",
    # What the clocks of the directory's zones show: a row counts from the load since_load_id until before until_load_id
    # (NULL: still), so that a build can tell what other rules the one before it had.
    "lake.zone_offsets": "timezone varchar, utc_from timestamp, utc_to timestamp, offset_seconds integer, "
    "since_load_id bigint, until_load_id bigint",
    # Which rules the load that took them found installed, and up to which date earlier ones stayed, of closed months.
    "lake.zone_rules": "load_id bigint, version varchar, kept_to date",
    "lake.loads": "load_id bigint, last_landing_date date, needs_full_refresh boolean",
    # What the published price list says of models whose cost no log reports; outlives a full refresh.
    "lake.list_models": "provider varchar, model_id varchar, list_provider varchar, list_model varchar, "
    "list_version varchar",
    "lake.list_prices": "provider varchar, model_id varchar, first_date date, last_date date, valid_from timestamp, "
    "valid_to timestamp, from_second integer, to_second integer, from_input_tokens bigint, "
    "to_input_tokens bigint, usd_per_m_input decimal(24,9), usd_per_m_cached_input decimal(24,9), "
    "usd_per_m_cache_write decimal(24,9), usd_per_m_cache_write_1h decimal(24,9), "
    "usd_per_m_output decimal(24,9), usd_per_m_reasoning decimal(24,9), "
    "usd_per_request decimal(24,9), usd_per_m_meters varchar",
    # Which rates and contract prices count for which local dates; outlive a full refresh, as the list does.
    **{table.in_force: table.in_force_columns for table in _DATED},
    # What changed in a file for dates that keep the rows of before, until it is taken by repricing them.
    "lake.waiting_changes": "file varchar, rows bigint, before_date date",
    # What repricing changed; first_date and last_date NULL: of all open dates. Without a tenant: nothing that was used.
    "audit.repricings": "repricing_no integer, recorded_at timestamp, list_version varchar, first_date date, "
    "last_date date, tenant_id varchar, month varchar, model_id varchar, cause varchar, "
    "credits_before decimal(38,6), credits_after decimal(38,6), cost_usd_before decimal(38,6), "
    "cost_usd_after decimal(38,6), uncosted_requests_before bigint, uncosted_requests_after bigint",
    # What the row carried, as far as it can be read; is_money_unknown NULL: a row refused before this was looked at.
    "audit.quarantine": "source varchar, file varchar, line bigint, reason varchar, detail varchar, raw_text varchar, "
    "credits decimal(31,6), cost_usd decimal(31,6), amount decimal(31,6), currency varchar, "
    "is_money_unknown boolean",
    # People who are forgotten: marks to know them again by, no names; outlives a full refresh. lake.forgetting has the
    # names of those who are being forgotten, until that is done.
    "lake.forgotten": "tenant_id varchar, kind varchar, size integer, mark varchar, pseudonym varchar",
    "lake.forgetting_key": "key varchar",
    "lake.forgetting": "tenant_id varchar, user_id varchar, texts varchar[], load_id bigint, figures varchar, "
    "lake_rows bigint, refused bigint",
    "audit.erasures": "tenant_id varchar, pseudonym varchar, lake_rows bigint, quarantined bigint, files bigint, "
    "recorded_at timestamp",
    "audit.schema_drift": "source varchar, file varchar, field varchar",
    "audit.releases": "landing_date date primary key, released_at timestamp",
}

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
    """Create what is missing, tables and columns, as in a warehouse of an older version; leaves the rest as it is."""
    have = set(
        con.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where schema_name in ('lake', 'audit')"
        ).fetchall()
    )
    tables = {name for name, _ in have}
    lacking = [
        (name, column)
        for name, columns in TABLES.items()
        if name in tables
        for column in _declared(columns)
        if (name, column.split()[0]) not in have
    ]
    if not lacking and tables.issuperset([*TABLES, "audit.load_audit"]):
        return
    con.begin()
    con.execute("create schema if not exists lake")
    con.execute("create schema if not exists audit")
    for name, columns in TABLES.items():
        con.execute(f"create table if not exists {name} ({columns})")
    for name, column in lacking:
        con.execute(f"alter table {name} add column if not exists {column}")
    for table in _DATED:
        # A warehouse of an older version rated everything by what the directory says.
        if table.in_force not in tables and table.table in tables:
            con.execute(
                f"insert into {table.in_force} by name select *, date '0001-01-01' as first_date, "
                f"date '9999-12-31' as last_date, true as is_in_force from {table.table}"
            )
    con.execute(LOAD_AUDIT)
    con.commit()


def _declared(columns: str) -> list[str]:
    """Each column's name and type, of a list of them; constraints of a key stay out, which no column is added with."""
    return [text.strip().removesuffix(" primary key") for text in re.split(r",(?![^(]*\))", columns)]


def replace_rows(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Make the rows of the query `rows` all that the table holds."""
    con.execute(f"delete from {table}")
    con.execute(f"insert into {table} by name {rows}")
