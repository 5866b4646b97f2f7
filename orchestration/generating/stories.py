"""The sample's platform: four tenants on four clocks, and the stories a reader of its reports should find."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from orchestration.generating import catalogue
from orchestration.generating.bad_deliveries import BROKEN_BILLING, BROKEN_JOBS, BROKEN_USAGE, Faults
from orchestration.generating.draws import Floats
from orchestration.generating.evidence import Batch, Trial, added_work, alike, model_number, trial_day, weekdays
from orchestration.generating.plan import Plan
from orchestration.generating.population import NEVER, TYPE_COUNT, Population, Tenant, populate
from orchestration.generating.rhythm import everyday_rates, launch
from orchestration.generating.sessions import AGENT, Sessions
from orchestration.generating.writing import Writer

HARBOR, HIMAL, TUATARA, WEISS = range(4)
TENANTS = (
    Tenant("harbor-lane", "Harbor Lane Freight", "America/New_York", "USD", "enterprise", 44, 0.40),
    Tenant("himal-care", "Himal Care Network", "Asia/Kathmandu", "NPR", "business", 27, 0.22),
    Tenant("tuatara-studio", "Tuatara Studio", "Pacific/Auckland", "NZD", "starter", 15, 0.14),
    Tenant("weiss-optik", "Weiß Optik GmbH", "Europe/Berlin", "EUR", "business", 33, 0.24),
)
# Days before the last one.
LAUNCH, OUTAGE, QUARTER_END, RUNAWAY, OVERRUN = 46, 47, 52, 10, 38
OUTAGE_FACTOR = 25.0
# The support desk tries a cheaper model beside its own, and rates the answers of both.
PILOT = Trial(HARBOR, 26, 8, "support reply", ("claude-sonnet-4-5", "claude-haiku-4-5"))
# So do those who draft, a month earlier; in the month after it their drafts go to the cheaper one.
DRAFTS = (
    Trial(HARBOR, 44, 22, "drafting", ("gpt-4o", "gpt-4o-mini")),
    Trial(HARBOR, 19, 1, "drafting", ("gpt-4o-mini",), sessions=10),
)
EXTRACTION = Batch(WEISS, 33, 1, "extraction", "mistral-large-latest")
# (tenant, month, day): nobody at work, not even a machine.
SHUT = ((TUATARA, 10, 26),)
RUNAWAY_ITEM, RUNAWAY_MODEL, RUNAWAY_RUNS, RUNAWAY_TURNS = 4, "claude-sonnet-4-5", 9, 40
# (tenant, month, first day, last day, factor): public holidays and the Dashain festival.
HOLIDAYS = ((HARBOR, 9, 7, 7, 0.2), (HIMAL, 10, 17, 24, 0.25), (TUATARA, 10, 26, 26, 0.15), (WEISS, 10, 3, 3, 0.5))
WEEKDAY_ENDINGS = ("jsonl.gz", "csv.gz", "jsonl.zst", "jsonl.gz", "parquet")
WEEKEND_ENDINGS = ("csv", "jsonl.gz", "csv.gz", "jsonl", "jsonl.zst", "csv.gz", "jsonl.gz")
JOB_ENDINGS = ("jsonl.gz", "csv.gz", "jsonl", "jsonl.gz", "jsonl.zst", "csv.gz", "csv")
SPLIT_EVERY = 19


@dataclass(frozen=True)
class SamplePlan(Plan):
    """The sample: every native format in turn, and faults in the files."""

    faults: Faults = field(default_factory=Faults)

    def write_jobs(self, writer: Writer, out: Path, on: date, day: int, table: pa.Table) -> None:
        """Write the day's job runs, small days as plain text, with a run that is still going and a broken line."""
        ending = JOB_ENDINGS[day % len(JOB_ENDINGS)]
        from_end = self.population.days - 1 - day
        table = self.faults.on_finish(from_end, table)
        self.faults.write(
            writer, table, out / "jobs" / on.isoformat() / f"runs.{ending}", BROKEN_JOBS.get(from_end, ())
        )

    def write_billing(self, writer: Writer, out: Path, on: date, table: pa.Table) -> None:
        """Write a day's billing events, JSON lines in odd months and CSV in even ones."""
        path = out / "billing" / on.isoformat() / f"billing.{'jsonl' if on.month % 2 else 'csv'}"
        self.faults.write(writer, table, path, BROKEN_BILLING.get((self.population.end - on).days, ()))

    def write_usage(self, writer: Writer, out: Path, on: date, day: int, part: int, table: pa.Table) -> int:
        """Write the day's files, the ones that arrive late or again, and what is wrong with them; returns the rows."""
        endings = WEEKDAY_ENDINGS if on.weekday() < 5 else WEEKEND_ENDINGS
        ending = endings[day % len(endings)]
        folder = out / "usage" / on.isoformat()
        from_end = self.population.days - 1 - day
        table = self.faults.on_arrival(from_end, table)
        rows = self.faults.write_extras(writer, folder, from_end)
        broken = BROKEN_USAGE.get(from_end, ())
        if day % SPLIT_EVERY != 4:
            return rows + self.faults.write(writer, table, folder / f"usage-{part}.{ending}", broken)
        americas = table.column("tenant_id").to_numpy(zero_copy_only=False) == TENANTS[HARBOR].tenant_id
        rows += self.faults.write(
            writer, table.filter(pa.array(americas)), folder / "americas" / f"usage-{part}.{ending}", broken
        )
        return rows + self.faults.write(
            writer, table.filter(pa.array(~americas)), folder / "eastern" / f"usage-{part}.{ending}", ()
        )


def sample_plan(tenants: int, days: int, end: date, seed: int) -> Plan:
    """The sample's plan; `tenants` is 4 and `days` at least 90."""
    population = _with_runaway_item(populate(TENANTS[:tenants], days, end, seed))
    last = days - 1
    factors = np.ones(len(catalogue.MODELS))
    factors[[model.provider == "openai" for model in catalogue.MODELS]] = OUTAGE_FACTOR
    return SamplePlan(
        population,
        everyday_rates(tenants, days, seed) * _story_rates(population),
        planted=_pilot(population) | {last - RUNAWAY: _runaway(population)},
        added=added_work(population, DRAFTS, (EXTRACTION,)),
        shut=frozenset((tenant, _day(population, month, day)) for tenant, month, day in SHUT),
        outages={last - OUTAGE: factors},
    )


def _story_rates(population: Population) -> Floats:
    rates = np.ones((len(population.tenants), population.days))
    last = population.days - 1
    rates[HARBOR] *= launch(population.days, np.array([last - LAUNCH]), 3.2)[0]
    rates[HARBOR, last - QUARTER_END] *= 2.4
    rates[HIMAL, last - OVERRUN :] *= 1.5
    for tenant, month, first, final, factor in HOLIDAYS:
        for day_of_month in range(first, final + 1):
            day = _day(population, month, day_of_month)
            if 0 <= day <= last:
                rates[tenant, day] *= factor
    return rates


def _day(population: Population, month: int, day_of_month: int) -> int:
    return (date(population.end.year, month, day_of_month) - population.start).days


def _pilot(population: Population) -> dict[int, Sessions]:
    return {day: trial_day(population, day, PILOT) for day in weekdays(population, PILOT.first, PILOT.last)}


def _runaway_item(population: Population) -> int:
    group = WEISS * TYPE_COUNT + catalogue.ITEM_TYPES.index("agent")
    return int(np.searchsorted(population.items.group, group)) + RUNAWAY_ITEM


def _with_runaway_item(population: Population) -> Population:
    """The agent that will run away has been in use from before the period to its end."""
    items, index = population.items, _runaway_item(population)
    created, retired = items.created_day.copy(), items.retired_day.copy()
    created[index], retired[index] = -75, NEVER
    return replace(population, items=replace(items, created_day=created, retired_day=retired))


def _runaway(population: Population) -> Sessions:
    """One night in which an agent starts itself over and over, from one to five o'clock in Berlin."""
    item = _runaway_item(population)
    runs = alike(
        RUNAWAY_RUNS,
        tenant=WEISS,
        channel=AGENT,
        length=RUNAWAY_TURNS,
        user=int(population.items.created_by[item]),
        item=item,
        project=-1,
        model=model_number(RUNAWAY_MODEL),
        task=-1,
    )
    never = np.zeros(RUNAWAY_RUNS, bool)
    return Sessions(**runs, start_ms=600_000 + np.arange(RUNAWAY_RUNS) * 1_500_000, playground=never, asked=never)
