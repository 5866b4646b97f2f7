"""What the audit says as things stand: landing dates held back, releases, bad rows, unknown fields, rows per file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb

from orchestration.errors import TallybookError
from orchestration.loading.directory.directory import Directory
from orchestration.loading.identity import Resolver
from orchestration.loading.lake.catalog import replace_rows
from orchestration.loading.sources import Source
from orchestration.loading.staging import stage_rows
from orchestration.loading.validation import UNREADABLE
from orchestration.loading.work_tables import HeldTables, LoadTables, WorkTable


class ReleaseError(TallybookError):
    """A landing date was to be released that is not held back."""


def decide_held_dates(
    con: duckdb.DuckDBPyConnection,
    files: WorkTable,
    into: HeldTables,
    limit_pct: float,
    release: date | None,
    *,
    forget: bool,
) -> list[date]:
    """Fill `into`, and return the dates held back from now on. files: `FileTables.after`.

    A landing date is held back where more than limit_pct of its rows, over all sources and unreadable files aside, are
    quarantined, until it is released once. Raises ReleaseError where `release` is no such date.
    """
    con.execute(f"create or replace temp table {into.before} as from lake.held_dates where {not forget}")
    con.execute(
        f"create or replace temp table over_limit as select landing_date from {files} where not unreadable "
        "group by landing_date having sum(quarantined) * 100 > sum(rows_read) * cast($1 as decimal(18, 6))",
        [Decimal(str(limit_pct))],
    )
    released = {row[0] for row in con.execute("select landing_date from audit.releases").fetchall()}
    over = {row[0] for row in con.execute("select landing_date from over_limit").fetchall()}
    if release and release not in over | released:
        raise ReleaseError(f"landing date {release} is not held back, so there is nothing to release")
    con.execute(
        f"create or replace temp table {into.now} as select landing_date from over_limit "
        "where landing_date not in (select landing_date from audit.releases) "
        "and landing_date is distinct from $1",
        [release],
    )
    return sorted(over - released - {release})


def count_duplicates(
    con: duckdb.DuckDBPyConnection, files: WorkTable, held_now: WorkTable, resolvers: Sequence[Resolver]
) -> None:
    """Set `duplicates` in `files`: the rows of each file that lie aside without their landing date being held back."""
    aside = " union all ".join(
        f"select file_id, landing_date from {resolver.lake.relation(resolver.aside)}" for resolver in resolvers
    )
    con.execute(f"""
        create or replace temp table duplicates as
        select file_id, count(*) as rows from ({aside})
        where landing_date not in (select landing_date from {held_now})
        group by file_id""")
    con.execute(
        f"update {files} as files set duplicates = coalesce("
        "(select rows from duplicates where duplicates.file_id = files.file_id), 0)"
    )


def publish_audit(
    con: duckdb.DuckDBPyConnection,
    tables: LoadTables,
    sources: Sequence[Source],
    directory: Directory | None,
    release: date | None,
    *,
    forget: bool,
) -> None:
    """Within the caller's transaction: make the audit say what this load found, of which it only reads `tables`."""
    read, files = tables.read, tables.files
    if forget:
        con.execute("delete from audit.quarantine")
        con.execute("delete from audit.schema_drift")
    replaced = f"file in (select path from {files.gone})"
    con.execute(f"delete from audit.quarantine where {replaced}")
    con.execute(f"delete from audit.schema_drift where {replaced}")
    for source in sources:
        con.execute(f"""
            insert into audit.quarantine by name
            select now.source, path as file, line_no as line, reason, detail, raw_text,
                refused_credits as credits, refused_cost_usd as cost_usd, refused_amount as amount,
                case when refused_amount is not null then coalesce(refused_currency, '(none)') end as currency,
                reason = '{UNREADABLE}' or coalesce(is_money_unknown, false) as is_money_unknown
            from {read.now} as now join {source.landed} as landed on landed.file_id = now.file_id
            where reason is not null
            order by file, line""")
    con.execute(
        "insert into audit.schema_drift by name select source, path as file, field "
        f"from {read.drift} as drift join {read.now} as now on now.file_id = drift.file_id order by file, field"
    )
    if directory is not None:
        con.execute("delete from audit.schema_drift where source = 'directory'")
        stage_rows(con, "directory_drift", {"file": "varchar", "field": "varchar"}, directory.drift)
        con.execute(
            "insert into audit.schema_drift by name select 'directory' as source, file, field "
            "from directory_drift order by file, field"
        )
    replace_rows(con, "lake.files", f"from {files.after} order by landing_date, path")
    replace_rows(con, "lake.held_dates", f"from {tables.held.now} order by landing_date")
    if release:
        con.execute("insert or ignore into audit.releases values ($1, current_timestamp at time zone 'UTC')", [release])
