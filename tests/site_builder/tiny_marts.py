"""Marts of one tenant and three dates, out of the small ones: ten reports, made in a moment."""

import shutil
from pathlib import Path

import duckdb
import pytest

FIRST, LAST = "2026-02-03", "2026-02-05"


def cut_marts(small: Path, to: Path, *, tenants: tuple[str, ...] = ("acme",)) -> Path:
    """A copy that has usage of these tenants on these dates alone."""
    shutil.copy(small, to)
    with duckdb.connect(str(to)) as con:
        columns = con.execute("""
            select table_name, list(column_name) from duckdb_columns()
            where schema_name = 'marts' and table_name in (select table_name from duckdb_tables())
            group by table_name order by table_name
        """).fetchall()
        for table, names in columns:
            if "usage_date" in names:
                con.execute(f"delete from marts.{table} where usage_date not between '{FIRST}' and '{LAST}'")
            if "tenant_id" in names:
                con.execute(f"delete from marts.{table} where not list_contains(?, tenant_id)", [list(tenants)])
    return to


def without_printing(patch: pytest.MonkeyPatch) -> None:
    """Reports are made in this process, and their PDFs are a word."""
    patch.setattr("site_builder.reports.make._pdf", lambda page, *_: f"%PDF {page.headline}".encode())
    patch.setattr("site_builder.reports.make._statement_pdf", lambda *_: b"%PDF statement")
    patch.setattr("site_builder.pdf.forking.may_fork", lambda: False)
