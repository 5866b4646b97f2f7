"""Files made by hand, and what the reader gives for them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.loading.readers.read import read_files
from orchestration.loading.zone.landing import LandedFile

LANDED = date(2026, 3, 5)
EVENT = {"event_id": "e1", "occurred_at": "2026-03-04T05:06:07Z", "tenant_id": "t1", "model_id": "m1"}
BILL = {"billing_id": "b1", "occurred_at": "2026-03-04T05:06:07Z", "tenant_id": "t1", "kind": "topup", "credits": 10}
RUN = {
    "job_run_id": "r1",
    "job_id": "j1",
    "job_type": "asset",
    "started_at": "2026-03-04T05:06:07Z",
    "tenant_id": "t1",
    "status": "success",
}
GOOD = {"usage": EVENT, "billing": BILL, "jobs": RUN}


def landed(folder: Path, contents: Mapping[str, bytes], source: str = "usage") -> list[LandedFile]:
    """Write the files and say where they landed; file ids from 1 in the order given."""
    files = []
    for file_id, (name, content) in enumerate(contents.items(), start=1):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        files.append(LandedFile(file_id, source, f"{source}/{LANDED}/{name}", LANDED, path, len(content)))
    return files


def rows_of(folder: Path, contents: Mapping[str, bytes], source: str = "usage") -> list[dict[str, Any]]:
    """The landed rows, by file and line."""
    con = duckdb.connect()
    read_files(con, source, landed(folder, contents, source))
    cursor = con.execute(f"FROM landed_{source} ORDER BY file_id, line_no")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def files_of(folder: Path, contents: Mapping[str, bytes], source: str = "usage") -> list[dict[str, Any]]:
    """The rows of landed_files, in order."""
    con = duckdb.connect()
    read_files(con, source, landed(folder, contents, source))
    cursor = con.execute("FROM landed_files ORDER BY file_id")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def as_jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def verdicts(rows: Iterable[Mapping[str, Any]]) -> list[str | None]:
    """reason:field of each row, None for a good one."""
    return [None if row["reason"] is None else f"{row['reason']}:{row['detail'] or ''}" for row in rows]
