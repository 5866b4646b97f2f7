"""`tallybook doctor`: whether this machine can do the work, and what to do where it cannot."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from platform import python_version

import duckdb
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from orchestration.building.build import last_build
from orchestration.building.lake_state import require_whole_lake
from orchestration.building.state import UnbuiltError, require_marts
from orchestration.checking.doctor_findings import MOST_CLOCK_SKEW, PROBE, Finding, nearest, writable
from orchestration.checking.doctor_reach import mail, publish_target, webhook
from orchestration.checking.freshness import lags
from orchestration.loading.lake.mending import LakeError
from orchestration.serving.serve import is_current
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.warehouse import WarehouseError, in_sentences, opened, require_place, serving_file
from orchestration.writer_lock import WarehouseBusyError

_LEAST_MEMORY_BYTES = 2_000_000_000
Check = Callable[[Settings], "Finding | None"]


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check in turn; one that does not apply says nothing, one that breaks is a finding itself."""
    for check in _CHECKS:
        try:
            found = check(settings)
        except Exception as error:  # a doctor that dies of what he finds helps nobody
            name = check.__name__.strip("_").replace("_", " ")
            text = " ".join(str(error).split()) or type(error).__name__
            found = Finding(name, False, text, "mend what is named; with TALLYBOOK_TRACEBACK=1 a verb shows where")
        if found is not None:
            yield found


def _environment(settings: Settings) -> Finding:
    pythons = metadata("tallybook")["Requires-Python"]
    wrong = [] if SpecifierSet(pythons).contains(python_version()) else [f"Python {python_version()}"]
    lock = PROJECT_ROOT / "requirements.lock"
    for pinned in _pins(lock) if lock.exists() else ():
        try:
            there = version(pinned.name)
        except PackageNotFoundError:
            there = "not there"
        if there not in pinned.specifier:
            wrong.append(f"{pinned.name} is {there} instead of {str(pinned.specifier).removeprefix('==')}")
    if not wrong:
        packages = "every package as locked" if lock.exists() else "installed as a package, without a lock file"
        return Finding("environment", True, f"Python {python_version()}, {packages}")
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    remedy = f"remove .venv/ and run make report: it installs the locked environment; Python is to be {pythons}"
    return Finding("environment", False, ", ".join(wrong[:3]) + more, remedy)


def _pins(lock: Path) -> Iterator[Requirement]:
    """What a lock file wants on a machine like this one."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line.startswith((" ", "#")):
            pinned = Requirement(line.removesuffix("\\"))
            if pinned.marker is None or pinned.marker.evaluate():
                yield pinned


def _memory(settings: Settings) -> Finding:
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (text := limit.read_text(encoding="ascii").strip()).isdigit():
        whole = min(whole, int(text))
    seen = f"{whole / 1e9:.1f} GB, {os.cpu_count()} processors"
    if whole >= _LEAST_MEMORY_BYTES:
        return Finding("memory", True, seen)
    return Finding("memory", False, seen, "give it 2 GB: a load of a million events takes 1.3 GB")


def _landing_zone(settings: Settings) -> Finding:
    from orchestration.pending import pending_files

    try:
        pending = pending_files(settings)
    except (WarehouseError, WarehouseBusyError):
        # That is said of the warehouse; what has landed can be looked at without.
        pending = pending_files(replace(settings, warehouse=settings.warehouse.with_name(PROBE)))
    news = f"{len(pending.landing_dates)} landing dates with news" if pending.landing_dates else "nothing new"
    if pending.outside:
        path, what = next(iter(pending.outside.items()))
        more = f" and {len(pending.outside) - 1} more are not read" if len(pending.outside) > 1 else ""
        remedy = "put them as files below <source>/<YYYY-MM-DD>/, or take them out of the zone"
        return Finding("landing zone", False, f"{path} {what}{more}", remedy)
    return Finding("landing zone", True, f"{settings.raw}: {news}")


def _warehouse(settings: Settings) -> Finding:
    try:
        with in_sentences(settings.warehouse):
            require_place(settings.warehouse)
            found = writable("warehouse", settings.warehouse.parent, needed=2 * _size_of(settings))
            if not found.is_well or not settings.warehouse.exists():
                return found
            require_marts(settings.warehouse)
            require_whole_lake(settings.warehouse)
    except (WarehouseError, WarehouseBusyError, UnbuiltError, LakeError) as error:
        what, _, remedy = str(error).rpartition(": ")
        return Finding("warehouse", False, what, remedy)
    return found


def _serving(settings: Settings) -> Finding | None:
    """What BI tools read: whether it is there and of the last build. What is wrong with the warehouse is said of it."""
    file = serving_file(settings.warehouse)
    if not settings.serving:
        remedy = "remove it, since TALLYBOOK_SERVING is 0; the next build does"
        return Finding("serving", False, f"{file} is there", remedy) if file.exists() else None
    try:
        if not settings.warehouse.exists() or not last_build(settings.warehouse).build_id:
            return None
        if is_current(settings.warehouse):
            return Finding("serving", True, f"{file}: of the last build")
    except (WarehouseError, WarehouseBusyError):
        return None
    what = "is not what the last build wrote" if file.is_file() else "is missing"
    return Finding("serving", False, f"{file} {what}", "tallybook build writes it")


def _site(settings: Settings) -> Finding:
    return writable("site", settings.site, needed=0)


def _size_of(settings: Settings) -> int:
    lake = settings.beside_warehouse("lake")
    files = [settings.warehouse, *(lake.rglob("*") if lake.exists() else ())]
    return sum(path.stat().st_size for path in files if path.is_file())


def _clock(settings: Settings) -> Finding:
    now = datetime.now(UTC)
    with tempfile.NamedTemporaryFile(dir=nearest(settings.warehouse.parent), prefix=PROBE) as probe:
        disk = datetime.fromtimestamp(Path(probe.name).stat().st_mtime, UTC)
    newest = _newest_landing_date(settings)
    seen = f"{now:%Y-%m-%d %H:%M:%S} UTC; schedules go by {settings.timezone}"
    if abs(disk - now) > MOST_CLOCK_SKEW:
        remedy = "set both clocks by NTP: what is new is told by the times of files"
        return Finding("clock", False, f"the disk's clock says {disk:%Y-%m-%d %H:%M:%S}, this one {seen}", remedy)
    if newest and newest > str((now + timedelta(days=1)).date()):
        remedy = "set the clock by NTP, or look at what was delivered with a date of the future"
        return Finding("clock", False, f"{seen}; but logs of {newest} have landed", remedy)
    return Finding("clock", True, seen)


def _newest_landing_date(settings: Settings) -> str | None:
    if not settings.warehouse.exists():
        return None
    try:
        with opened(settings.warehouse, read_only=True) as con:
            row = con.execute("select max(landing_date) from audit.load_audit").fetchone()
    except (duckdb.Error, WarehouseError, WarehouseBusyError):
        return None  # nothing is loaded yet, or it is said of the warehouse what is wrong with it
    return str(row[0]) if row and row[0] else None


def _freshness(settings: Settings) -> Finding | None:
    if not settings.freshness:
        return None
    try:
        found = lags(settings.warehouse, settings.freshness, datetime.now(settings.zone).date())
    except (WarehouseError, WarehouseBusyError):
        return None
    late = [str(lag) for lag in found if not lag.is_fresh]
    if not late:
        return Finding("freshness", True, f"{len(found)} sources have landed as lately as they should")
    return Finding("freshness", False, "; ".join(late), "ask whoever delivers it; the reports say up to when they go")


_CHECKS: tuple[Check, ...] = (
    _environment, _memory, _landing_zone, _warehouse, _serving, _site, _clock, _freshness, publish_target, mail,
    webhook,
)  # fmt: skip


def summary_of(findings: list[Finding], started: float) -> Mapping[str, object]:
    """What `--json` says of them."""
    return {
        "findings": [vars(found) for found in findings],
        "bad": [found.subject for found in findings if not found.is_well],
        "seconds": {"doctor": round(time.perf_counter() - started, 3)},
    }
