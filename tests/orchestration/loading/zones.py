"""Small landing zones, written by the test that needs them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.loading.load import load
from orchestration.loading.summary import LoadSummary

Rows = list[tuple[Any, ...]]


def usage(event_id: str, **fields: Any) -> dict[str, Any]:
    """A usage event of tenant t1 on 2026-03-01 unless said otherwise."""
    return {"event_id": event_id, "occurred_at": "2026-03-01T10:00:00Z", "tenant_id": "t1", "model_id": "m1"} | fields


def job(job_run_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "job_run_id": job_run_id,
        "job_id": "j1",
        "job_type": "asset",
        "tenant_id": "t1",
        "started_at": "2026-03-01T10:00:00Z",
        "status": "success",
    } | fields


def billing(billing_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "billing_id": billing_id,
        "occurred_at": "2026-03-01T10:00:00Z",
        "tenant_id": "t1",
        "kind": "topup",
        "credits": 10,
    } | fields


class ZoneFolder:
    """A landing zone on disk together with the warehouse it is loaded into."""

    def __init__(self, root: Path) -> None:
        self.raw = root / "raw"
        self.warehouse = root / "warehouse" / "w.duckdb"
        self.directory("tenants", "tenant_id,tenant_name\nt1,One\nt2,Two\n")

    def directory(self, name: str, text: str) -> Path:
        return self.put(f"directory/{name}.csv", text.encode())

    def put(self, path: str, content: bytes) -> Path:
        """Write a file and make its times old enough to be believed."""
        file = self.raw / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def lines(self, path: str, *rows: Mapping[str, Any] | str) -> Path:
        """Write JSON lines; a text is written as it is."""
        text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
        return self.put(path, text.encode())

    def remove(self, path: str) -> None:
        (self.raw / path).unlink()

    def load(self, **options: Any) -> LoadSummary:
        return load(str(self.raw), self.warehouse, **options)

    def query(self, sql: str) -> Rows:
        with duckdb.connect(str(self.warehouse), read_only=True) as con:
            return con.execute(sql).fetchall()

    def parquet_files(self) -> set[str]:
        folder = self.warehouse.with_name(f"{self.warehouse.stem}.lake")
        return {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}

    def state(self) -> dict[str, Rows]:
        """Everything a load leaves behind but what is bound to say which load it was."""
        tables = {
            view: f"select events.* exclude (file_id), files.path from lake.{view} as events "
            f"join lake.files as files on files.file_id = events.file_id order by all"
            for view in ("usage_events", "billing_events", "job_runs")
        }
        tables |= {"load_audit": "select * exclude (loaded_at) from audit.load_audit order by all"}
        tables |= {
            name: f"from {name} order by all"
            for name in (
                "audit.quarantine",
                "audit.schema_drift",
                "lake.held_dates",
                "lake.directory_tenants",
                "lake.directory_users",
                "lake.directory_items",
            )
        }
        return {name: self.query(sql) for name, sql in tables.items()}


def day(text: str) -> date:
    return date.fromisoformat(text)


def age(file: Path, seconds: float = 60) -> None:
    """Make a file look as if it had last been written some time ago."""
    info = file.stat()
    os.utime(file, (info.st_atime - seconds, info.st_mtime - seconds))
