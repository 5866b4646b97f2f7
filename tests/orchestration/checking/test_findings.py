"""What is said of odd rows after a build: the first of each kind, and how many more there are."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.checking.findings import findings


def test_the_first_row_of_each_kind_is_named_with_its_line(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("""
            create schema marts;
            create table marts.mart_data_findings as
            select tenant_id, kind, 'billing' as source, row_id, file, line, detail
            from (values
                ('b', 'refund_above_paid', 'r2', 'billing/2026-11-02/b.csv', 9, 'too much'),
                ('a', 'refund_above_paid', 'r1', 'billing/2026-11-02/b.csv', 7, 'too much by far'),
                ('a', 'unknown_currency', 'a', 'directory/tenants.csv', null, 'currency QQQ is none of ISO 4217')
            ) as found (tenant_id, kind, row_id, file, line, detail)
        """)
    assert findings(warehouse) == (
        "billing/2026-11-02/b.csv, line 7: refund above paid (tenant a): too much by far; "
        "and 1 more in marts.mart_data_findings",
        "directory/tenants.csv: unknown currency (tenant a): currency QQQ is none of ISO 4217",
    )
