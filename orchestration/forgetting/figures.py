"""What the marts add up to, tenant by tenant: the same before and after somebody is forgotten."""

from __future__ import annotations

import json

import duckdb

from orchestration.loading.lake.lake import quoted

_TENANTS = ("tenant_id", "BillingAccountId")
_ADDED = ("DECIMAL", "BIGINT", "INTEGER", "HUGEINT", "UBIGINT")


def marts_add_up_to(con: duckdb.DuckDBPyConnection) -> str:
    """Of every mart and tenant the number of rows, and the sum of each column of exact numbers, as JSON text.

    Ratios follow from these; their own sums would depend on the order of the rows.
    """
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts' order by 1, 2"
    ).fetchall():
        columns.setdefault(table, []).append((column, kind))
    found = {}
    for table, typed in sorted(columns.items()):
        tenant = next((quoted(name) for name, _ in typed if name in _TENANTS), "''")
        sums = ["count(*)", *(f"sum({quoted(name)})" for name, kind in typed if kind.startswith(_ADDED))]
        sums += [f"count_if({quoted(name)})" for name, kind in typed if kind == "BOOLEAN"]
        rows = con.execute(f"select {tenant}, {', '.join(sums)} from marts.{quoted(table)} group by 1 order by 1")
        found[table] = [[str(value) for value in row] for row in rows.fetchall()]
    found["audit"] = [[str(value) for value in row] for row in con.execute(
        "select source, count(*), sum(rows_read), sum(accepted), sum(duplicates), sum(quarantined) "
        "from audit.load_audit group by 1 order by 1").fetchall()]  # fmt: skip
    return json.dumps(found)


# Who is forgotten is no subscriber any more. What named them in several ways, as a kind of error or a tag, is one row
# now, and a rule of a virtual tag that went by the name holds no more; a build tests that errors and tags add up to the
# tenant's days.
_MAY_DIFFER = frozenset({
    "dim_subscriptions", "mart_error_daily", "mart_tag_daily", "mart_virtual_tag_daily", "mart_virtual_tag_monthly",
})  # fmt: skip


def differing(before: str, after: str) -> list[str]:
    """Names of the marts that do not add up to what they did; a mart that is new or gone is no difference."""
    then, now = json.loads(before), json.loads(after)
    return [name for name in then if name in now and name not in _MAY_DIFFER and then[name] != now[name]]
