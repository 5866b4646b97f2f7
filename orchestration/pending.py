"""What has landed that no load has seen yet: a listing against the last load's notes, no byte is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.building.lake_state import look_at_lake
from orchestration.defs.partitions import FIRST_LANDING_DATE
from orchestration.loading.sources import SOURCES
from orchestration.loading.zone.landing import scan_zone
from orchestration.settings import Settings
from orchestration.warehouse import opened


@dataclass(frozen=True)
class Pending:
    """landing_dates: of log files that are new or look changed; outside: path → why it is never read there.

    has_work: whether a load would look at anything, or mend the lake; fingerprint: names this state of the zone.
    """

    landing_dates: tuple[date, ...]
    outside: Mapping[str, str]
    has_work: bool
    fingerprint: str


def pending_files(settings: Settings) -> Pending:
    """List the landing zone and compare it with what the warehouse has loaded."""
    zone = scan_zone(settings.raw, {source.name for source in SOURCES})
    known = _known_stats(settings.warehouse)
    lake = look_at_lake(settings.warehouse)
    new = [file for file in (*zone.files, *zone.directory) if file.stat is None or known.get(file.path) != file.stat]
    state = [*(f"{file.path} {file.stat}" for file in new), *lake.damaged]
    digest = hashlib.sha256("\n".join(state).encode()).hexdigest()
    dates = {file.landing_date for file in new if file.landing_date}
    outside = {**zone.outside, **zone.unknown}
    has_work = bool(new or lake.damaged or lake.settled)
    return Pending(tuple(sorted(dates)), outside, has_work, fingerprint=digest)


def pending_landing_dates(settings: Settings) -> tuple[date, date] | None:
    """First and last landing date with something new, or None."""
    dates = pending_files(settings).landing_dates
    return (dates[0], dates[-1]) if dates else None


def newest_landing_date(warehouse: Path) -> date:
    """The newest landing date loaded; where there is none, the first that can be."""
    if not warehouse.exists():
        return FIRST_LANDING_DATE
    with opened(warehouse, read_only=True) as con:
        row = con.execute("select max(landing_date) from lake.files").fetchone()
    return row[0] if row and row[0] else FIRST_LANDING_DATE


def _known_stats(warehouse: Path) -> dict[str, str | None]:
    if not warehouse.exists():
        return {}
    with opened(warehouse, read_only=True) as con:
        return dict(
            con.execute(
                "select path, stat from lake.files union all select path, stat from lake.directory_files"
            ).fetchall()
        )
