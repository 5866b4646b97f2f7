"""Figures that were published and then changed, `audit.restatements`: rows are added, and no refresh drops them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from orchestration.warehouse import opened
from site_builder.reports import headlines
from site_builder.reports.summary import Restated

_TABLE = """
    create schema if not exists audit;
    create table if not exists audit.restatements (
        scope varchar, edition varchar, period varchar, revision integer, figure varchar, before varchar, after varchar,
        files varchar[], recorded_at timestamp);
"""
_NEW = """
    insert into audit.restatements
    select n.*, cast(current_timestamp at time zone 'UTC' as timestamp)
    from new_restatements as n
    anti join audit.restatements as r using (scope, edition, period, revision, figure)
    order by n.scope, n.edition, n.period, n.revision, n.figure
"""
_SCHEMA = pa.schema({
    **dict.fromkeys(("scope", "edition", "period"), pa.string()), "revision": pa.int32(),
    **dict.fromkeys(("figure", "before", "after"), pa.string()), "files": pa.list_(pa.string()),
})  # fmt: skip


def note_restatements(warehouse: Path, restated: Sequence[Restated]) -> None:
    """Enter what is not entered yet: one row per report, revision and figure, amounts with every digit as text."""
    rows = [
        {
            "scope": report.scope, "edition": report.edition, "period": report.period, "revision": each.revision,
            "figure": change.figure, "before": headlines.text(change.before), "after": headlines.text(change.after),
            "files": list(each.files),
        }
        for report in restated
        for each in report.restatements
        for change in each.changes
    ]  # fmt: skip
    with opened(warehouse) as con:
        con.execute(_TABLE)
        if rows:
            con.register("new_restatements", pa.Table.from_pylist(rows, schema=_SCHEMA))
            con.execute(_NEW)
