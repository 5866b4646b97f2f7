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


class ReleaseError(TallybookError):
    """A landing date was to be released that is not held back."""


def decide_held_dates(
    con: duckdb.DuckDBPyConnection, limit_pct: float, release: date | None, *, forget: bool
) -> list[date]:
    """Fill held_before and held_now, and return the dates held back from now on.

    A landing date is held back where more than limit_pct of its rows, over all sources and unreadable files aside, are
    quarantined, until it is released once. Raises ReleaseError where `release` is no such date.
    """
    con.execute(f"create or replace temp table held_before as from lake.held_dates where {not forget}")
    con.execute(
        "create or replace temp table over_limit as select landing_date from files_after where not unreadable "
        "group by landing_date having sum(quarantined) * 100 > sum(rows_read) * cast($1 as decimal(18, 6))",
        [Decimal(str(limit_pct))],
    )
    released = {row[0] for row in con.execute("select landing_date from audit.releases").fetchall()}
    over = {row[0] for row in con.execute("select landing_date from over_limit").fetchall()}
    if release and release not in over | released:
        raise ReleaseError(f"landing date {release} is not held back, so there is nothing to release")
    con.execute(
        "create or replace temp table held_now as select landing_date from over_limit "
        "where landing_date not in (select landing_date from audit.releases) "
        "and landing_date is distinct from $1",
        [release],
    )
    return sorted(over - released - {release})


def count_duplicates(con: duckdb.DuckDBPyConnection, resolvers: Sequence[Resolver]) -> None:
    """Set files_after.duplicates: the rows of each file that lie aside without their landing date being held back."""
    aside = " union all ".join(
        f"select file_id, landing_date from {resolver.lake.relation(resolver.aside)}" for resolver in resolvers
    )
    con.execute(f"""
        create or replace temp table duplicates as
        select file_id, count(*) as rows from ({aside})
        where landing_date not in (select landing_date from held_now)
        group by file_id""")
    con.execute(
        "update files_after set duplicates = coalesce("
        "(select rows from duplicates where duplicates.file_id = files_after.file_id), 0)"
    )


def publish_audit(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    directory: Directory | None,
    release: date | None,
    *,
    forget: bool,
) -> None:
    """Within the caller's transaction: make the audit say what this load found."""
    if forget:
        con.execute("delete from audit.quarantine")
        con.execute("delete from audit.schema_drift")
    replaced = "file in (select path from gone_files)"
    con.execute(f"delete from audit.quarantine where {replaced}")
    con.execute(f"delete from audit.schema_drift where {replaced}")
    for source in sources:
        con.execute(f"""
            insert into audit.quarantine by name
            select read_now.source, path as file, line_no as line, reason, detail, raw_text,
                refused_credits as credits, refused_cost_usd as cost_usd, refused_amount as amount,
                case when refused_amount is not null then coalesce(refused_currency, '(none)') end as currency,
                reason = '{UNREADABLE}' or coalesce(is_money_unknown, false) as is_money_unknown
            from read_now join {source.landed} as landed on landed.file_id = read_now.file_id
            where reason is not null
            order by file, line""")
    con.execute(
        "insert into audit.schema_drift by name select source, path as file, field "
        "from landed_drift join read_now on read_now.file_id = landed_drift.file_id order by file, field"
    )
    if directory is not None:
        con.execute("delete from audit.schema_drift where source = 'directory'")
        stage_rows(con, "directory_drift", {"file": "varchar", "field": "varchar"}, directory.drift)
        con.execute(
            "insert into audit.schema_drift by name select 'directory' as source, file, field "
            "from directory_drift order by file, field"
        )
    replace_rows(con, "lake.files", "from files_after order by landing_date, path")
    replace_rows(con, "lake.held_dates", "from held_now order by landing_date")
    if release:
        con.execute("insert or ignore into audit.releases values ($1, current_timestamp at time zone 'UTC')", [release])
