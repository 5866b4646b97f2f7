"""What a load does about people who are forgotten: nothing that it read names them by the time it is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from orchestration.forgetting.record import Forgotten, read_forgotten
from orchestration.forgetting.refused_texts import replace_refused, replace_texts, without_names
from orchestration.forgetting.rows import replace_in
from orchestration.loading.directory.tables import DIRECTORY_TABLES
from orchestration.loading.work_tables import WorkTable


def forget_in_landed(con: duckdb.DuckDBPyConnection, landed: Sequence[str], drift: WorkTable) -> None:
    """Put pseudonyms into the landed rows of each source, and take the texts of refused rows out that name anybody.

    drift: the unknown fields that were found, in which anybody may be named, too
    """
    forgotten = read_forgotten(con)
    if not forgotten:
        return
    for table in landed:
        replace_in(con, table, forgotten)
        replace_refused(con, table, forgotten)
    replace_texts(con, drift.name, "field", forgotten)


def forget_in_incoming(con: duckdb.DuckDBPyConnection, drift: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same for what the directory says now; its unknown columns without names."""
    forgotten = read_forgotten(con)
    if not forgotten:
        return list(drift)
    forget_in_directory(con, [(table.name, table.incoming) for table in DIRECTORY_TABLES], forgotten)
    return [(file, without_names(field, forgotten)) for file, field in drift]


def forget_in_directory(
    con: duckdb.DuckDBPyConnection, tables: Sequence[tuple[str, str]], forgotten: Forgotten
) -> int:  # fmt: skip
    """Replace names in directory tables, given as name and place; how many rows that was.

    A forgotten person has no address, and no subscription: nothing is mailed to a pseudonym.
    """
    changed = 0
    for name, table in tables:
        changed += replace_in(con, table, forgotten)
        if name == "users":
            pseudonyms = f"select tenant_id, pseudonym from lake.forgotten where {table}.tenant_id = tenant_id"
            changed += _updated(con, f"update {table} set email = null, user_name = user_id where exists "
                                     f"(from ({pseudonyms}) as known where known.pseudonym = {table}.user_id) "
                                     "and (email is not null or user_name is distinct from user_id)")  # fmt: skip
        if name in ("tenants", "subscriptions"):
            changed += _forget_addresses(con, name, table, forgotten)
        if name in ("users", "trainings", "budgets", "alert_mutes"):
            changed += _drop_twice_told(con, name, table)
    return changed


def _forget_addresses(con: duckdb.DuckDBPyConnection, name: str, table: str, forgotten: Forgotten) -> int:
    column = "admin_email" if name == "tenants" else "email"
    rows = con.execute(f"select distinct tenant_id, {column} from {table} where {column} is not null").fetchall()
    changed = 0
    for tenant, address in rows:
        # A subscription to all tenants' reports is of no tenant.
        tenants = [tenant] if tenant is not None else sorted(forgotten.tenants)
        if not any(forgotten.is_known(owner, address) for owner in tenants):
            continue
        do = f"update {table} set {column} = null" if name == "tenants" else f"delete from {table}"
        changed += _updated(con, f"{do} where tenant_id is not distinct from $1 and {column} = $2", [tenant, address])
    return changed


def _drop_twice_told(con: duckdb.DuckDBPyConnection, name: str, table: str) -> int:
    """Keep one row of a person whom the file names twice, once by pseudonym."""
    key = ", ".join(next(table.key for table in DIRECTORY_TABLES if table.name == name))
    return _updated(con, f"delete from {table} where rowid not in (select min(rowid) from {table} group by {key})")


def _updated(con: duckdb.DuckDBPyConnection, statement: str, values: Sequence[object] = ()) -> int:
    row = con.execute(statement, list(values)).fetchone()
    return int(row[0]) if row else 0
