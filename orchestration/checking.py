"""Checks of a finished warehouse and site, for `tallybook check` and for the asset checks."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.building import built_variables
from orchestration.dbt_runner import run_dbt
from orchestration.errors import TallybookError
from orchestration.progress import Progress
from orchestration.settings import Settings
from orchestration.writer_lock import writer_lock


@dataclass(frozen=True)
class Findings:
    """How many checks ran, and one line for each that failed."""

    checks: int
    faults: tuple[str, ...]


def check(settings: Settings, progress: Progress) -> Findings:
    """Run every dbt data test, the audit's sums, and the site's hashes and links."""
    done = 0

    def on_node(node: object) -> None:
        nonlocal done
        done += 1
        progress("checks", done, 0)

    with writer_lock(settings.warehouse):
        nodes = run_dbt(["test", "--exclude-resource-type", "unit_test"], warehouse=settings.warehouse,
                        target=settings.dbt_target, variables=built_variables(settings.warehouse), on_node=on_node)
    faults = [f"dbt test {node.name}: {node.message}" for node in nodes if node.status not in ("pass", "warn", "success")]
    faults += audit_faults(settings.warehouse)
    faults += site_faults(settings.site)
    return Findings(checks=len(nodes) + 2, faults=tuple(faults))


def audit_faults(warehouse: Path, source: str | None = None) -> list[str]:
    """Files whose rows are not all accounted for, as lines to read."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        rows = con.execute("select file, rows_read, accepted, duplicates, quarantined from audit.load_audit "
                           "where rows_read != accepted + duplicates + quarantined and coalesce(source = $1, true) "
                           "order by file", [source]).fetchall()
    return [f"{file}: {read} rows read, but {accepted} accepted + {duplicates} duplicates + {quarantined} quarantined"
            for file, read, accepted, duplicates, quarantined in rows]


def site_faults(site: Path) -> list[str]:
    """Files of a published site that are missing or not as its manifest says, and links that lead nowhere."""
    from site_builder.links import broken_links

    manifest = site / "manifest.json"
    if not manifest.exists():
        raise TallybookError(f"{site} holds no published site (no manifest.json)")
    faults = []
    for entry in json.loads(manifest.read_text(encoding="utf-8"))["files"]:
        path = site / entry["path"]
        if not path.exists():
            faults.append(f"{entry['path']} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            faults.append(f"{entry['path']} is not what was published")
    return faults + broken_links(site)
