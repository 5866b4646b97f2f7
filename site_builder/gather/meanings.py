"""What the marts hold and their columns mean, as the comments in the warehouse say."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import duckdb

# The publisher's own: no tenant's folder speaks of them.
_PUBLISHERS = (
    "dim_subscriptions", "dim_alert_kinds", "mart_publisher_", "mart_margin_", "mart_audit_", "mart_data_findings",
    "mart_budget_backtest", "mart_cache_savings_daily",
)  # fmt: skip
# What use cost the publisher at providers: a tenant's folder has it only where the publisher wants it.
COST_COLUMNS = ("cost_usd", "uncosted_requests")
_CODE = re.compile(r"`([^`]*)`")
# How the comment of a table ends: the macro relation_comment of the dbt project writes it.
_KEYS = re.compile(r" ?Primary key: ([^.]+)\.")
_FOREIGN_KEYS = re.compile(r" ?Foreign key: [^.]+\.")
_QUERY = """
    with relations as (
        select database_name, schema_name, table_name, comment from duckdb_tables()
        union all
        select database_name, schema_name, view_name, comment from duckdb_views()
    )
    select r.table_name, coalesce(r.comment, ''), c.column_name, lower(c.data_type), coalesce(c.comment, '')
    from relations as r
    inner join duckdb_columns() as c using (database_name, schema_name, table_name)
    where database_name = current_database() and schema_name = 'marts' and not starts_with(table_name, 'fct_')
    order by r.table_name, c.column_index
"""


@dataclass(frozen=True)
class Meaning:
    """A column: its `name`, `data_type`, and what it means."""

    name: str
    data_type: str
    text: str


@dataclass(frozen=True)
class TableMeaning:
    """A mart: its `name`, what it holds and of what it has one row each, its columns, and which tell rows apart.

    `hidden`: the names of those columns that no tenant's folder has.
    """

    name: str
    text: str
    columns: Sequence[Meaning]
    keys: Sequence[str]
    hidden: Collection[str] = ()

    @property
    def is_for_tenants(self) -> bool:
        """Whether a tenant's folder may speak of it."""
        return not self.name.startswith(_PUBLISHERS)

    def seen_by(self, *, is_all: bool) -> "TableMeaning":
        """The same as a scope's folder has it."""
        if is_all or not self.hidden:
            return self
        return replace(self, columns=tuple(column for column in self.columns if column.name not in self.hidden))


def read_meanings(con: duckdb.DuckDBPyConnection, hidden: Collection[str] = ()) -> tuple[TableMeaning, ...]:
    """Every mart and dim by name; no page is made of the facts. `hidden`: names of columns that tenants do not get.

    What has no comment has the text "". Where a comment says no primary key, all columns together are the key.
    """
    rows = con.execute(_QUERY).fetchall()
    return tuple(
        _meaning(name, comment, [row[2:] for row in columns], hidden)
        for (name, comment), columns in groupby(rows, lambda row: row[:2])
    )


def _meaning(name: str, comment: str, rows: Sequence[tuple[str, str, str]], hidden: Collection[str]) -> TableMeaning:
    columns = tuple(Meaning(column, data_type, _plain(text)) for column, data_type, text in rows)
    declared = _KEYS.search(comment)
    keys = declared[1].split(", ") if declared else [column.name for column in columns]
    text = _plain(_FOREIGN_KEYS.sub("", _KEYS.sub("", comment)))
    found = tuple(column.name for column in columns if column.name in hidden)
    return TableMeaning(name, text, columns, tuple(keys), found)


def _plain(text: str) -> str:
    return _CODE.sub(r"\1", text)
