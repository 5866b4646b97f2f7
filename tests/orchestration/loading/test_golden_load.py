"""The audit of the golden landing zones, figure by figure."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from orchestration.loading.load import load

SOURCES = "('usage', 'billing', 'jobs')"


def expected(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return sorted(tuple(row) for row in list(csv.reader(file))[1:])


@pytest.mark.parametrize("name", ["small", "edge"])
def test_the_audit_agrees_file_by_file(name: str, shared_dir: Path, tmp_path: Path) -> None:
    golden = shared_dir / "golden" / name
    warehouse = tmp_path / "w.duckdb"
    summary = load(str(golden / "raw"), warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        audit = con.execute(
            "select columns(['source', 'file', 'landing_date', 'sha256', 'bytes', 'rows_read', 'accepted', "
            f"'duplicates', 'quarantined'])::varchar from audit.load_audit where source in {SOURCES}"
        ).fetchall()
        quarantine = con.execute(
            "select source, file, reason, count(*)::varchar from audit.quarantine "
            f"where source in {SOURCES} group by all"
        ).fetchall()
    assert sorted(audit) == expected(golden / "expected" / "load_audit.csv")
    assert sorted(quarantine) == expected(golden / "expected" / "quarantine.csv")
    assert summary.is_complete == (name == "small")
