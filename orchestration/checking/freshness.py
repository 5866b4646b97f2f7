"""Whether every source has landed as lately as it should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.warehouse import opened


@dataclass(frozen=True)
class Lag:
    """How long ago a source last landed: `newest` None where it never has; `allowed`: days that may pass."""

    source: str
    newest: date | None
    days: int | None
    allowed: int

    @property
    def is_fresh(self) -> bool:
        return self.days is not None and self.days <= self.allowed

    def __str__(self) -> str:
        if self.newest is None:
            return f"{self.source} has never landed"
        return f"{self.source} last landed on {self.newest}, {self.days} days ago ({self.allowed} are allowed)"


def lags(warehouse: Path, policy: Mapping[str, int], today: date) -> list[Lag]:
    """How each source of the policy stands, by name; held-back dates have landed too. Raises duckdb.Error."""
    newest: dict[str, date] = {}
    if policy and warehouse.exists():
        with opened(warehouse, read_only=True) as con:
            rows = con.execute("select source, max(landing_date) from audit.load_audit group by source").fetchall()
            newest = {source: landed for source, landed in rows if landed is not None}
    return [
        Lag(source, newest.get(source), (today - newest[source]).days if source in newest else None, policy[source])
        for source in sorted(policy)
    ]
