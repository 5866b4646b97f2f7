"""Restatements: which published reports late data changed, by how much, and which files did it.

A report is restated where it covers the dates that it did, and a headline figure is another. Then it gets the next
revision, and the one before stays beside it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import duckdb
import pyarrow as pa

from site_builder.configuration.schema import Configuration
from site_builder.files.manifest import Changed, Manifest, PublishedReport, Restatement
from site_builder.gather.audit import AuditFile
from site_builder.planning.plan import Report
from site_builder.reports import headlines
from site_builder.reports.make import Batch, view_of

_WANTED = pa.schema({"number": pa.int32(), "tenant_id": pa.string(), "first": pa.date32(), "last": pa.date32()})
_EVER = date(1900, 1, 1)
# Where only the UTC date is known, the local one may be the next or the one before.
_FILES = """
    select distinct w.number, m.file_version
    from wanted_files as w
    inner join marts.mart_audit_event_files as m
        on m.tenant_id = w.tenant_id
        and coalesce(m.usage_date, w.first) between w.first and w.last
        and m.event_date between w.first - 1 and w.last + 1
    where m.event_date between $first and $last and (m.origin = 'superseding') = $superseding
"""


class _Restated(NamedTuple):
    """A report that is to be restated: what was published, what changed, and the files that are new to it.

    `first`: from which date on events change it.
    """

    report: Report
    known: PublishedReport
    changes: Sequence[Changed]
    new_files: frozenset[str]
    first: date


def final_through(files: Sequence[AuditFile], configuration: Configuration) -> date | None:
    """The last date for which no source is expected to deliver any more; None where nothing has landed.

    What has landed says how late it is: nothing here reads a clock.
    """
    landed = [file for file in files if file.landing_date]
    if not landed:
        return None
    newest = max(arrival.landing_date for arrival in landed if arrival.landing_date)
    return newest - timedelta(days=1 + max(configuration.days_until_final(arrival.source) for arrival in landed))


def publications_after(published: Manifest, landed: Sequence[str]) -> list[list[str]]:
    """The publications with this one, if it has files that none before it had."""
    known = {file for files in published.publications for file in files}
    new = sorted(file for file in landed if file not in known)
    return [*published.publications, new] if new else published.publications


def restatements(con: duckdb.DuckDBPyConnection, batch: Batch) -> Mapping[str, Restatement]:
    """The next revision of each report that is to be restated, by its folder."""
    found = [each for report in batch.reports if (each := _restated(batch, report)) is not None]
    if not found:
        return {}
    files = _files(con, found, superseding=False)
    rest = [restated for restated in found if not files.get(restated.report.folder)]
    if rest:
        files |= _files(con, rest, superseding=True)
    return {
        restated.report.folder: Restatement(
            restated.known.revision + 1,
            tuple(restated.changes),
            tuple(sorted(files[restated.report.folder] or _directory(restated))),
        )
        for restated in found
    }


def _restated(batch: Batch, report: Report) -> _Restated | None:
    known, covered = batch.published.reports.get(report.folder), report.period.covered
    if known is None or (known.first, known.last) != (covered.first, covered.last):
        return None
    view = view_of(batch, report)
    now = view.now
    changes = headlines.changes(known.figures, headlines.figures_of(now, shows_cost=view.shows_cost))
    if not changes:
        return None
    new = frozenset(file for files in batch.publications[known.publication :] for file in files)
    # What came late for closed months is posted in this one.
    return _Restated(report, known, changes, new, _EVER if now.late else known.first)


def _files(con: duckdb.DuckDBPyConnection, found: Sequence[_Restated], *, superseding: bool) -> dict[str, set[str]]:
    """Of the files that are new to each report those with events of its dates, by its folder."""
    rows = [
        {"number": number, "tenant_id": tenant, "first": each.first, "last": each.known.last}
        for number, each in enumerate(found)
        for tenant in each.report.scope.tenants
    ]
    dates: dict[str, date | bool] = {
        "first": min(restated.first for restated in found) - timedelta(1),
        "last": max(restated.known.last for restated in found) + timedelta(1),
        "superseding": superseding,
    }
    files: dict[str, set[str]] = {restated.report.folder: set() for restated in found}
    con.register("wanted_files", pa.Table.from_pylist(rows, schema=_WANTED))
    for number, version in con.execute(_FILES, dates).fetchall():
        if version in found[number].new_files:
            files[found[number].report.folder].add(_name(version))
    return files


def _directory(each: _Restated) -> set[str]:
    """What else can change a figure: rates, prices, time zones, teams."""
    return {_name(version) for version in each.new_files if version.startswith("directory/")}


def _name(version: str) -> str:
    return version.rpartition(" ")[0]
