"""Which tables of the schema marts a scope gets whole, and the queries that read them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from site_builder.gather.meanings import TableMeaning
from site_builder.gather.snapshots import SNAPSHOTS

# As fine as the facts themselves, and read by the explorer and the card of response times: too much to publish twice.
# What is kept of closed months, reports show.
LEFT_TO_THE_WAREHOUSE = frozenset([
    "mart_usage_daily", "mart_usage_events", "mart_spend_daily", "mart_audit_event_files",
    *(f"{name}_monthly" for name in SNAPSHOTS),
])  # fmt: skip
# The same rows in another version's columns, for which there is `tallybook export focus`.
_TWICE = frozenset(["mart_focus_cost_usage_1_4"])
_OWNERS = {"mart_focus_cost_usage": "BillingAccountId"}
# Of what all tenants share, a tenant gets what it has used: the rest may tell of others.
_SHARED = {
    "dim_models": "inner join used as u on u.model_id = t.model_id",
    "dim_model_rates": "inner join used as u on u.model_id = t.model_id "
    "inner join marts.dim_tenants as d on d.tenant_id = u.tenant_id and d.timezone = t.timezone",
}
_USED = "select distinct tenant_id, model_id from marts.mart_model_daily where model_id <> '(none)'"


@dataclass(frozen=True)
class PublishedTable:
    """A table that is there: its `meaning`; `is_for_tenants`: tenants get their rows of it."""

    meaning: TableMeaning
    is_for_tenants: bool

    @property
    def name(self) -> str:
        """Its name in the schema marts, and that of its files."""
        return self.meaning.name


def published_tables(meanings: Sequence[TableMeaning]) -> list[PublishedTable]:
    """Every table that some scope gets, of those that there are."""
    return [
        PublishedTable(table, table.is_for_tenants and (_owner(table) is not None or table.name in _SHARED))
        for table in meanings
        if table.name not in LEFT_TO_THE_WAREHOUSE | _TWICE
    ]


def whole(con: duckdb.DuckDBPyConnection, published: PublishedTable) -> pa.Table:
    """All rows of a table, in the order of its keys."""
    return _table(con, f"select t.* from marts.{published.name} as t order by {_order(published)}", [])


def by_tenant(
    con: duckdb.DuckDBPyConnection, published: PublishedTable, tenants: Collection[str]
) -> tuple[pa.Table, dict[str, tuple[int, int]]]:
    """The rows of these tenants, in the order of tenant and keys, and where each tenant's rows begin, with how many."""
    columns = ", ".join(f't."{column.name}"' for column in published.meaning.seen_by(is_all=False).columns)
    if published.name in _SHARED:
        query = f"with used as ({_USED}) select u.tenant_id as owner, {columns} from marts.{published.name} as t " \
                f"{_SHARED[published.name]} where list_contains(?, u.tenant_id)"  # fmt: skip
    else:
        owner = _owner(published.meaning)
        query = f'select t."{owner}" as owner, {columns} from marts.{published.name} as t ' \
                f'where list_contains(?, t."{owner}")'  # fmt: skip
    rows = _table(con, f"{query} order by owner, {_order(published)}", [sorted(tenants)])
    owners = rows.column(0).to_pylist()
    starts = {owner: place for place, owner in reversed(list(enumerate(owners)))}
    counts = Counter(owners)
    return rows.remove_column(0), {tenant: (starts.get(tenant, 0), counts[tenant]) for tenant in sorted(tenants)}


def _table(con: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]) -> pa.Table:
    return con.execute(query, parameters).to_arrow_table()


def _owner(table: TableMeaning) -> str | None:
    if table.name in _OWNERS:
        return _OWNERS[table.name]
    return "tenant_id" if any(column.name == "tenant_id" for column in table.columns) else None


def _order(published: PublishedTable) -> str:
    return ", ".join(f't."{key}"' for key in published.meaning.keys)
