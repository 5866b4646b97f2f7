"""How the landing zone stands in the audit right now: what was not read and what is held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.warehouse import opened

_WITHOUT_GOOD_ROW = """
    select min(file), count(*)
    from audit.load_audit
    where rows_read > 0 and quarantined = rows_read
        and file not in (select file from audit.quarantine where reason = 'unreadable_file')
    group by source, landing_date
    order by 1
"""


@dataclass(frozen=True)
class LoadStatus:
    """Counts over all files loaded so far, and what keeps the data from being complete.

    unreadable: files quarantined whole; without_good_row: (file, number) of other files with nothing but bad rows, the
    first of each source and landing date; held_dates: landing dates waiting for a release; forgetting: people whose
    forgetting broke off.
    """

    files: int
    rows_read: int
    accepted: int
    duplicates: int
    quarantined: int
    unreadable: tuple[str, ...]
    without_good_row: tuple[tuple[str, int], ...]
    held_dates: tuple[date, ...]
    forgetting: int = 0

    @property
    def is_complete(self) -> bool:
        return not self.unreadable and not self.held_dates

    @property
    def adds_up(self) -> bool:
        return self.rows_read == self.accepted + self.duplicates + self.quarantined


def load_status(warehouse: Path) -> LoadStatus:
    """Read the audit of a warehouse."""
    with opened(warehouse, read_only=True) as con:
        sums = con.execute(
            "select count(*), coalesce(sum(rows_read), 0)::bigint, coalesce(sum(accepted), 0)::bigint, "
            "coalesce(sum(duplicates), 0)::bigint, coalesce(sum(quarantined), 0)::bigint "
            "from audit.load_audit"
        ).fetchone() or (0, 0, 0, 0, 0)
        unreadable = con.execute("select file from audit.quarantine where reason = 'unreadable_file' order by file")
        files = tuple(row[0] for row in unreadable.fetchall())
        without = con.execute(_WITHOUT_GOOD_ROW).fetchall()
        held = con.execute("select distinct landing_date from audit.load_audit where held_back order by all").fetchall()
        there = con.execute("select 1 from duckdb_tables() where schema_name = 'lake' and table_name = 'forgetting'")
        broken_off = con.execute("select count(*) from lake.forgetting").fetchone() if there.fetchone() else None
    return LoadStatus(
        files=sums[0],
        rows_read=sums[1],
        accepted=sums[2],
        duplicates=sums[3],
        quarantined=sums[4],
        unreadable=files,
        without_good_row=tuple(without),
        held_dates=tuple(row[0] for row in held),
        forgetting=broken_off[0] if broken_off else 0,
    )


def lake_rows(warehouse: Path, tables: Iterable[str]) -> dict[str, int]:
    """Rows of tables of the lake; `directory` stands for all its tables, `journal` for the changes."""
    with opened(warehouse, read_only=True) as con:
        found = con.execute("select table_name from information_schema.tables where table_schema = 'lake'").fetchall()
        parts = {
            "journal": ["changes"],
            "price_list": ["list_prices"],
            "directory": sorted(name for (name,) in found if name.startswith("directory_")),
        }
        names = {table: parts.get(table, [table]) for table in tables}
        counts = " union all ".join(
            f"select '{table}' as name, count(*) as rows from lake.{part}" for table, of in names.items() for part in of
        )
        return dict(con.execute(f"select name, sum(rows)::bigint from ({counts}) group by name").fetchall())
