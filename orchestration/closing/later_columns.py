"""Columns that models got after months were closed: what was kept of those months has them since, without a value."""

from __future__ import annotations

import duckdb

# Only of models that others read from schema closing by name; the rest is put together by name.
LATER_COLUMNS = {
    "int_ledger_billing": ("corrects_invoice_id varchar", "tax_amount decimal(18, 6)", "due_on date"),
    "int_billing_adjustments": ("corrects_invoice_id varchar", "tax_amount decimal(38, 6)", "due_on date"),
}


def add_later_columns(con: duckdb.DuckDBPyConnection) -> None:
    """Give the tables of schema closing the columns that they lack."""
    rows = con.execute("select table_name, column_name from duckdb_columns() where schema_name = 'closing'").fetchall()
    have = set(rows)
    kept = {table for table, _ in rows}
    for table, columns in LATER_COLUMNS.items():
        for column in columns:
            if table in kept and (table, column.split()[0]) not in have:
                con.execute(f"alter table closing.{table} add column {column}")
