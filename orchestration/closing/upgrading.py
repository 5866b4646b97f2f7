"""What months closed by an earlier version lack: kept for them before a build takes from there what it needs."""

from __future__ import annotations

import duckdb

from orchestration.closing.journal import closed_to

_KEPT = "closing.mart_invoice_reconciliation"
_COLUMNS = """
    select column_name from duckdb_columns()
    where schema_name = $1 and table_name = 'mart_invoice_reconciliation' order by column_index"""


def keep_invoices_by_period(con: duckdb.DuckDBPyConnection) -> None:
    """Have closed months keep the invoices of their periods, where they kept those issued in them.

    What was issued later is kept as the last build had it; what was issued for an open period is not kept any more.
    """
    kept = {name for (name,) in con.execute(_COLUMNS, ["closing"]).fetchall()}
    if not kept or "shown_on" in kept:
        return
    until = closed_to(con)
    con.execute(f"alter table {_KEPT} add column shown_on date")
    con.execute(f"update {_KEPT} set shown_on = period_end - 1")
    con.execute(f"delete from {_KEPT} where shown_on > $1", [until])
    shared = [name for (name,) in con.execute(_COLUMNS, ["marts"]).fetchall() if name in kept]
    if shared:
        con.execute(
            f"insert into {_KEPT} by name select {', '.join(shared)}, period_end - 1 as shown_on "
            f"from marts.mart_invoice_reconciliation as built where period_end - 1 <= $1 and not exists (select 1 "
            f"from {_KEPT} as kept where kept.tenant_id = built.tenant_id and kept.invoice_id = built.invoice_id)",
            [until],
        )
