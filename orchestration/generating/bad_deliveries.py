"""What goes wrong between a gateway and a landing zone: late files, files sent twice, corrections, broken lines.

The amounts are small on purpose: no landing date of the sample comes near the share of bad rows at which it would be
held back.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.generating.tables import DECIMAL
from orchestration.generating.writing import Writer

# Days before the last one on which something happens.
LATE_FROM, LATE_ON = 32, 28
SENT, SENT_AGAIN = 68, 67
MISTAKEN, CORRECTED = 19, 16
CONTRACTOR = (61, 60, 59, 12)
# A run that is told again when it has ended, and one of which no more is heard.
RUNNING, STILL_RUNNING = 30, 0
EXCEL_DAY = "-25"
LATE_TENANT, OFFSET_TENANT, OFFSET = "tuatara-studio", "himal-care", timedelta(hours=5, minutes=45)
REPEATED_ROWS, CORRECTED_ROWS, CONTRACTOR_ROWS = 60, 12, 4

# Broken lines by day before the last one; `{}` is the day's date. Each reason at least once.
BROKEN_USAGE = {
    89: ('{"event_id":"x-1","occurred_at":"{}T09:12:44Z","tenant_id":"harbor-lane","model_id":"gpt-4',),
    82: ('{"occurred_at":"{}T10:00:01Z","tenant_id":"himal-care","model_id":"gpt-4o","input_tokens":12}',),
    73: ("x-9,{}T12:00:00Z,weiss-optik,chat,gpt-4o,17,5",),
    71: (
        '{"event_id":"x-2","occurred_at":"{}T11:30:00Z","tenant_id":"weiss-optik","model_id":"gpt-4o","input_tokens":"1,204"}',
    ),
    64: ('{"event_id":"x-3","occurred_at":"{} 08:15:00","tenant_id":"tuatara-studio","model_id":"gpt-4o-mini"}',),
    51: (
        '{"event_id":"x-4","occurred_at":"{}T14:02:10Z","tenant_id":"harbor-lane","model_id":"gpt-4o","user_rating":9}',
        '{"event_id":"x-5","occurred_at":"{}T14:02:11Z","tenant_id":"harbor-lane","model_id":"gpt-4o","input_tokens":90,'
        '"cached_input_tokens":128}',
    ),
    36: (
        '{"event_id":"x-6","occurred_at":"2062-11-02T07:00:00Z","tenant_id":"weiss-optik","model_id":"mistral-large-latest"}',
    ),
    22: (
        "upstream connect error or disconnect/reset before headers",
        '{"event_id":"x-7","occurred_at":"{}T16:20:00Z","tenant_id":"harbor-lane","environment":"staging","model_id":"gpt-4o"}',
    ),
    9: ('{"event_id":"x-8","occurred_at":"{}T06:45:30Z","tenant_id":"himal-care"}',),
}
BROKEN_JOBS = {
    54: (
        '{"job_run_id":"x-10","job_id":"nightly-sync","job_type":"scheduler","tenant_id":"himal-care",'
        '"started_at":"{}T02:00:00Z","ended_at":"{}T01:00:00Z","status":"success"}',
    )
}
BROKEN_BILLING = {
    20: ('{"billing_id":"x-11","occurred_at":"{}T08:00:00Z","tenant_id":"weiss-optik","kind":"topup","amount":90}',)
}


@dataclass
class Faults:
    """Applies the faults as the days are written; keeps the rows that are to arrive later or again."""

    kept: dict[int, pa.Table] = field(default_factory=dict)
    kept_run: pa.Table | None = None

    def on_arrival(self, from_end: int, table: pa.Table) -> pa.Table:
        """What of a day's rows arrives on the day, with rows by people the directory does not know."""
        if from_end == LATE_FROM:
            late = pc.equal(table.column("tenant_id"), LATE_TENANT)
            self.kept[LATE_ON] = table.filter(late)
            return table.filter(pc.invert(late))
        if from_end == SENT:
            self.kept[SENT_AGAIN] = table.slice(table.num_rows // 2, REPEATED_ROWS)
        if from_end == MISTAKEN:
            self.kept[CORRECTED] = _corrected(table)
        return _by_contractor(table) if from_end in CONTRACTOR else table

    def write_extras(self, writer: Writer, folder: Path, from_end: int) -> int:
        """Write what arrives on this day besides the day's own events; returns the rows."""
        table = self.kept.pop(from_end, None)
        if table is None:
            return 0
        if from_end == LATE_ON:
            # A field that the format does not know: schema drift.
            table = table.append_column("region", pa.array(["ap-south"] * table.num_rows))
            writer.write(table, folder / "tuatara-backlog.jsonl.gz")
        elif from_end == SENT_AGAIN:
            writer.write(table, folder / "resend" / "usage-0.csv")
        else:
            writer.write(table, folder / "corrections.jsonl")
        return int(table.num_rows)

    def on_finish(self, from_end: int, table: pa.Table) -> pa.Table:
        """A day's job runs: on two days the last one is still going; the first of them is told again when ended."""
        if from_end in (RUNNING, STILL_RUNNING):
            self.kept_run = table.slice(table.num_rows - 1)
            going = {
                "status": pa.array(["running"]),
                "ended_at": pa.nulls(1, table.schema.field("ended_at").type),
                "error_message": pa.nulls(1, pa.string()),
            }
            last = pa.table(
                {
                    name: going.get(name, column)
                    for name, column in zip(self.kept_run.column_names, self.kept_run.columns, strict=True)
                }
            )
            return pa.concat_tables([table.slice(0, table.num_rows - 1), last])
        if from_end == RUNNING - 1 and self.kept_run is not None:
            return pa.concat_tables([self.kept_run, table])
        return table

    def write(self, writer: Writer, table: pa.Table, path: Path, broken: tuple[str, ...]) -> int:
        """Write a file with its broken lines in the middle; returns the rows, broken ones included."""
        if path.name.endswith(".parquet"):
            writer.write(table, path)
            return int(table.num_rows)
        as_csv = ".csv" in path.name
        lines = writer.text(_with_offset(table) if as_csv else table, path.name).splitlines(keepends=True)
        day = next(part for part in reversed(path.parts) if part[:2] == "20")
        for place, line in enumerate(broken):
            lines.insert(len(lines) // 2 + place, line.replace("{}", day).encode("utf-8") + b"\n")
        body = b"".join(lines)
        if as_csv and day.endswith(EXCEL_DAY):
            # As a spreadsheet saves it: byte order mark, CR LF.
            body = b"\xef\xbb\xbf" + body.replace(b"\n", b"\r\n")
        writer.write_text(body, path)
        return len(lines) - as_csv


def _with_offset(table: pa.Table) -> pa.Table:
    """The rows of one tenant with its own clock and offset in `occurred_at`, the others in UTC; all as text."""
    if "event_id" not in table.column_names:
        return table
    times = table.column("occurred_at")
    there = pc.equal(table.column("tenant_id"), OFFSET_TENANT)
    local = pc.strftime(pc.add(times, pa.scalar(OFFSET, pa.duration("ms"))), "%Y-%m-%dT%H:%M:%S+05:45")
    shown = pc.if_else(there, local, pc.strftime(times, "%Y-%m-%dT%H:%M:%SZ"))
    return table.set_column(table.column_names.index("occurred_at"), "occurred_at", shown)


def _corrected(table: pa.Table) -> pa.Table:
    """Revision 1 of some successful requests that had been logged with twice their credits."""
    charged = pc.and_(pc.is_valid(table.column("credits")), pc.is_null(table.column("input_credits")))
    rows = table.filter(pc.and_(charged, pc.greater(table.column("credits"), pa.scalar(Decimal(0), DECIMAL))))
    rows = rows.slice(0, CORRECTED_ROWS)
    micro = Decimal("0.000001")
    credits = pa.array([(value / 2).quantize(micro) for value in rows.column("credits").to_pylist()], DECIMAL)
    rows = rows.set_column(rows.column_names.index("credits"), "credits", credits)
    return rows.set_column(rows.column_names.index("revision"), "revision", pa.array([1] * rows.num_rows))


def _by_contractor(table: pa.Table) -> pa.Table:
    """Some rows of one tenant by a user and with an agent that no directory lists."""
    place = np.flatnonzero(table.column("tenant_id").to_numpy(zero_copy_only=False) == OFFSET_TENANT)[:CONTRACTOR_ROWS]
    chosen = np.isin(np.arange(table.num_rows), place)
    for name, value in (("user_id", "contractor-7"), ("item_id", "agent-legacy")):
        column = pc.if_else(pa.array(chosen), value, table.column(name))
        table = table.set_column(table.column_names.index(name), name, column)
    return table
