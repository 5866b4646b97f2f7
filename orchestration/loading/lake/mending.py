"""A damaged or missing file of the lake: which landed files its rows came from, so that they are read again.

Nobody notes which files gave rows to which partition. It follows from what is left: every row of a file that was not
quarantined lies in the lake once, so that a file of which fewer rows are left than it gave has lost some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.errors import TallybookError
from orchestration.loading.lake.lake import Area, Lake
from orchestration.loading.lake.lake_files import Part
from orchestration.loading.sources import Source
from orchestration.loading.staging import stage_rows
from orchestration.loading.work_tables import WorkTable
from orchestration.loading.zone.arrivals import KnownFile
from orchestration.loading.zone.landing import Zone

_NAMED = 3


class LakeError(TallybookError):
    """Files of the lake are not what was written, and cannot be mended from the landing zone."""


@dataclass(frozen=True)
class Mended:
    """What is done about the lake's files.

    damaged: path → what is wrong, of those that count no longer; read_again: paths of the landed files that gave them
    rows; settled: what is to be noted of files that were looked at and are well
    """

    damaged: Mapping[str, str] = field(default_factory=dict)
    read_again: tuple[str, ...] = ()
    settled: tuple[Part, ...] = ()

    def in_words(self, root: Path) -> tuple[str, ...]:
        """A line on each damaged file."""
        return tuple(f"{root / path} {fault}" for path, fault in self.damaged.items())


def mend(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    sources: Sequence[Source],
    zone: Zone,
    known: dict[str, KnownFile],
    known_files: WorkTable,
) -> Mended:
    """Drop damaged files from the lake, and forget what is known of the landed files that gave them rows.

    `known` and the table `known_files` then say of those files that they have changed: they are read again, and
    replace what is left of them. Raises LakeError, and nothing is done, where one of them has vanished: what it gave is
    nowhere else.
    """
    if lake.root.exists() and not lake.root.is_dir():
        raise LakeError(f"{lake.root} is a file where the folder of the lake should be: move it away")
    looked = lake.look()
    lake.drop(looked.damaged)
    if not looked.damaged:
        return Mended({}, (), looked.settled)
    lost = _lost_rows(con, lake, known_files, sources)
    there = {file.path for file in zone.files}
    if gone := {path: rows for path, rows in lost.items() if path not in there}:
        raise LakeError(_nowhere_else(lake, looked.damaged, gone))
    stage_rows(con, "lost_files", {"path": "varchar"}, [(path,) for path in lost])
    con.execute(f"update {known_files} set sha256 = '', stat = null where path in (from lost_files)")
    for path in lost:
        known[path] = KnownFile(stat=None, sha256="", bytes=known[path].bytes)
    return Mended(looked.damaged, tuple(lost), looked.settled)


def damage_message(damaged: Mapping[str, str], root: Path) -> str:
    """The damaged files in a sentence; of many the first few."""
    named = "; ".join(f"{root / path} {fault}" for path, fault in list(damaged.items())[:_NAMED])
    return named + (f"; and {len(damaged) - _NAMED:,} more" if len(damaged) > _NAMED else "")


def _lost_rows(
    con: duckdb.DuckDBPyConnection, lake: Lake, known_files: WorkTable, sources: Sequence[Source]
) -> dict[str, int]:
    """How many rows each known file has lost with what was dropped, by its path; only of files that lost any."""
    left = " union all ".join(
        f"select file_id from {lake.relation(Area(name, {'file_id': 'integer'}, ''), for_view=True)}"
        for source in sources
        for name in (source.table, source.table_aside)
    )
    return dict(
        con.execute(f"""
        select path, rows_read - quarantined - count(remaining.file_id)
        from {known_files} as known left join ({left}) as remaining on remaining.file_id = known.file_id
        group by known.file_id, path, rows_read, quarantined
        having count(remaining.file_id) <> rows_read - quarantined
        order by path""").fetchall()
    )


def _nowhere_else(lake: Lake, damaged: Mapping[str, str], gone: dict[str, int]) -> str:
    named = ", ".join(f"{path} ({rows:,} rows)" for path, rows in list(gone.items())[:_NAMED])
    more = f" and {len(gone) - _NAMED:,} more" if len(gone) > _NAMED else ""
    return (
        f"{damage_message(damaged, lake.root)}; that held rows of {named}{more}, which the landing zone no longer has: "
        "put them or the lake's files back; tallybook run --full-refresh goes on without what they gave"
    )
