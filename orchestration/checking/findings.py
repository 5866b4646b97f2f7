"""What the marts find odd in the data though it breaks no rule: said after a build, it stops nothing."""

from __future__ import annotations

from pathlib import Path

from orchestration.warehouse import opened

_FIRST_OF_EACH_KIND = """
    select kind, count(*), min_by((tenant_id, file, line, detail), (file, line, tenant_id, row_id))
    from marts.mart_data_findings
    group by kind
    order by kind
"""


def findings(warehouse: Path) -> tuple[str, ...]:
    """One line per kind of finding: the first row with file, line and detail, and how many more there are."""
    with opened(warehouse, read_only=True) as con:
        found = con.execute(_FIRST_OF_EACH_KIND).fetchall()
    return tuple(
        f"{file}{f', line {line}' if line else ''}: {kind.replace('_', ' ')} (tenant {tenant}): {detail}"
        + (f"; and {count - 1:,} more in marts.mart_data_findings" if count > 1 else "")
        for kind, count, (tenant, file, line, detail) in found
    )
