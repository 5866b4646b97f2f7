"""A landing zone of any size: a platform at work, written as its gateway, billing and scheduler would log it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.errors import TallybookError
from orchestration.generating.accounts import Books
from orchestration.generating.catalogue import MICRO
from orchestration.generating.directory import write_directory
from orchestration.generating.draws import stream
from orchestration.generating.events import Events, expand
from orchestration.generating.jobs import job_runs
from orchestration.generating.ledger_files import billing_tables
from orchestration.generating.plan import Plan, volume_plan
from orchestration.generating.population import Population
from orchestration.generating.rating import Rater, rates
from orchestration.generating.rhythm import SLOT_MS, Rhythm
from orchestration.generating.sessions import SessionMaker, Sessions
from orchestration.generating.stories import sample_plan
from orchestration.generating.tables import Texts, usage_table
from orchestration.generating.writing import Writer

FOLDERS = ("usage", "billing", "jobs", "directory")
PART_ROWS = 400_000
LATE_SHARE = 0.003
REPEATED_SHARE = 0.002

Progress = Callable[[int, int], None]


class GenerateError(TallybookError):
    """A landing zone that cannot be made as asked."""


@dataclass(frozen=True)
class GeneratedSummary:
    """What was written: distinct events, rows (repeats and broken lines included), files, bytes, dates (inclusive)."""

    events: int
    usage_rows: int
    job_runs: int
    billing_events: int
    files: int
    bytes: int
    first: date
    last: date


def generate(
    out: Path,
    *,
    tenants: int,
    days: int,
    events: int,
    seed: int,
    end: date,
    sample_stories: bool = False,
    progress: Progress | None = None,
) -> GeneratedSummary:
    """Write a landing zone of `events` usage events over `days` UTC days ending on `end` into the folder `out`.

    The same arguments give the same bytes. `progress` is called with (days done, days in all). Raises `GenerateError`
    for arguments out of range, and where `out` already holds a landing zone: nothing is ever overwritten.
    """
    _check(out, tenants, days, events, sample_stories)
    plan = (sample_plan if sample_stories else volume_plan)(tenants, days, end, seed)
    zone = _Zone(out, plan, events, seed)
    for day in range(days):
        zone.write_day(day)
        if progress is not None:
            progress(day + 1, days)
    return zone.finish()


def _check(out: Path, tenants: int, days: int, events: int, sample_stories: bool) -> None:
    for name, value in (("tenants", tenants), ("days", days), ("events", events)):
        if value < 1:
            raise GenerateError(f"generate: {name} is {value}, but must be at least 1")
    if sample_stories and (tenants != 4 or days < 90):
        raise GenerateError(
            f"generate: the sample's stories need 4 tenants and at least 90 days, not {tenants} and {days}"
        )
    there = [name for name in FOLDERS if (out / name).exists()]
    if there:
        raise GenerateError(f"generate: {out / there[0]} is there already; choose another folder or remove it first")


class _Zone:
    """The landing zone while it is being written, a day at a time."""

    def __init__(self, out: Path, plan: Plan, events: int, seed: int) -> None:
        self._out, self._plan, self._seed = out, plan, seed
        self._population: Population = plan.population
        self._rhythm = Rhythm(self._population, plan.rates)
        self._counts = self._rhythm.events_per_day(events, seed)
        self._maker = SessionMaker(self._population, self._rhythm, seed)
        self._rates = rates(self._population.start, self._population.days)
        self._rater, self._texts, self._writer = Rater(self._rates), Texts(self._population), Writer()
        # One place before and after the period: the local date of its first and last hours may be outside it.
        self._spend = np.zeros((len(self._population.tenants), self._population.days + 2))
        self._job_spend = np.zeros((len(self._population.tenants), self._population.days))
        self._late: pa.Table | None = None
        self._left_out: list[str] = []
        self._events = self._usage_rows = self._job_runs = 0

    def write_day(self, day: int) -> None:
        """Usage files and job runs of one UTC day."""
        on = self._population.start + timedelta(days=day)
        late, carried = [], self._late
        number = 0
        for part, (sessions, events) in enumerate(self._parts(day, on)):
            table = usage_table(on, number, sessions, events, self._texts)
            self._book(day, sessions, events, table)
            if part == 0 and day in self._plan.added:
                table = pa.concat_tables([table, self._added(day, on, number + table.num_rows)])
            number += table.num_rows
            table, held = self._split_late(table, day, part)
            late.append(held)
            table = self._with_repeats(table, day, part)
            if part == 0 and carried is not None:
                table = pa.concat_tables([table, carried])
            # Only now: which rows come late or twice must not depend on what is left out.
            table = table.filter(pc.invert(pc.is_in(table.column("event_id"), pa.array(self._left_out, pa.string()))))
            self._usage_rows += self._plan.write_usage(self._writer, self._out, on, day, part, table)
        self._events += number
        self._late = pa.concat_tables(late) if late else None
        runs = job_runs(self._population, day, on, self._seed, day in self._plan.outages)
        self._job_spend[:, day] = np.bincount(runs.tenant, runs.charge, len(self._job_spend))
        self._job_runs += runs.table.num_rows
        self._plan.write_jobs(self._writer, self._out, on, day, runs.table)

    def _parts(self, day: int, on: date) -> Iterator[tuple[Sessions, Events]]:
        counts = self._counts[day]
        parts = max(1, -(-int(counts.sum()) // PART_ROWS))
        midnight_ms = int(np.datetime64(on, "ms").astype(np.int64))
        for part in range(parts):
            # Tenants start their remainders at different parts, so that parts are of one size.
            share = counts // parts + ((np.arange(len(counts)) + part) % parts < counts % parts)
            sessions = self._maker.draw(day, part, share)
            if part == 0 and day in self._plan.planted:
                sessions = sessions + self._plan.planted[day]
            rng, logs_credits = stream(self._seed, "events", day, part), self._population.logs_credits
            yield sessions, expand(sessions, midnight_ms, self._rater, logs_credits, self._plan.outage(day), rng)

    def _added(self, day: int, on: date, number: int) -> pa.Table:
        """The day's added work, with events numbered from `number`."""
        added, logs_credits = self._plan.added[day], self._population.logs_credits
        midnight_ms = int(np.datetime64(on, "ms").astype(np.int64))
        rng = stream(self._seed, "added", day)
        events = expand(added.sessions, midnight_ms, self._rater, logs_credits, self._plan.outage(day), rng)
        slowed = np.rint(events.latency_ms * added.pace[events.session]).astype(np.int64)
        events = replace(events, latency_ms=np.where(events.latency_ms < 0, events.latency_ms, slowed))
        table = usage_table(on, number, added.sessions, events, self._texts)
        self._book(day, added.sessions, events, table)
        return table

    def _book(self, day: int, sessions: Sessions, events: Events, table: pa.Table) -> None:
        tenant = sessions.tenant[events.session]
        local = self._rhythm.local_days(day)[tenant, events.occurred_ms // SLOT_MS] + 1
        gone = np.zeros(len(tenant), bool)
        for shut_tenant, shut_day in self._plan.shut:
            gone |= (tenant == shut_tenant) & (local == shut_day + 1)
        self._left_out += table.column("event_id").filter(pa.array(gone)).to_pylist()
        charge = np.where(sessions.playground[events.session] | gone, 0, events.charge)
        places = np.bincount(tenant * self._spend.shape[1] + local, charge, self._spend.size)
        self._spend += places.reshape(self._spend.shape)

    def _split_late(self, table: pa.Table, day: int, part: int) -> tuple[pa.Table, pa.Table]:
        rng = stream(self._seed, "late", day, part)
        late = (rng.random(table.num_rows) < LATE_SHARE) & (day < self._population.days - 1)
        return table.filter(pa.array(~late)), table.filter(pa.array(late))

    def _with_repeats(self, table: pa.Table, day: int, part: int) -> pa.Table:
        again = stream(self._seed, "repeats", day, part).random(table.num_rows) < REPEATED_SHARE
        return pa.concat_tables([table, table.filter(pa.array(again))])

    def finish(self) -> GeneratedSummary:
        """Billing and directory, which follow from the usage, and the sum of it all."""
        # The first local hours that belong to the day before the period are booked on its first day.
        self._spend[:, 1] += self._spend[:, 0]
        books = Books(self._population, self._spend[:, 1:-1] / MICRO, self._job_spend / MICRO)
        entries = 0
        for on, table in billing_tables(books):
            entries += table.num_rows
            self._plan.write_billing(self._writer, self._out, on, table)
        write_directory(self._out, self._population, self._rates, books.budgets(), self._seed)
        files = [path for name in FOLDERS for path in (self._out / name).rglob("*") if path.is_file()]
        return GeneratedSummary(
            self._events - len(self._left_out),
            self._usage_rows,
            self._job_runs,
            entries,
            len(files),
            sum(path.stat().st_size for path in files),
            self._population.start,
            self._population.end,
        )
