"""What a landing zone is to hold besides the everyday: its tenants, its stories, its file formats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from orchestration.generating import catalogue
from orchestration.generating.draws import Floats, stream
from orchestration.generating.evidence import Added
from orchestration.generating.population import Population, made_up_tenants, populate
from orchestration.generating.rhythm import everyday_rates, launch
from orchestration.generating.sessions import Sessions
from orchestration.generating.writing import Writer


@dataclass(frozen=True)
class Plan:
    """A population, the rates of its tenants' days (tenant, day), and what befalls it. Days count from the first.

    `planted` sessions are drawn with those of their day, `added` ones by themselves: they change no other event.
    `shut`: (tenant, local day) without any event.
    """

    population: Population
    rates: Floats
    planted: Mapping[int, Sessions] = field(default_factory=dict)
    added: Mapping[int, Added] = field(default_factory=dict)
    shut: frozenset[tuple[int, int]] = frozenset()
    outages: Mapping[int, Floats] = field(default_factory=dict)

    def outage(self, day: int) -> Floats:
        """Shape (model,): what the day multiplies each model's error rate by."""
        return self.outages.get(day, np.ones(len(catalogue.MODELS)))

    def write_jobs(self, writer: Writer, out: Path, on: date, day: int, table: pa.Table) -> None:
        """Write a day's job runs."""
        writer.write(table, out / "jobs" / on.isoformat() / "runs.jsonl")

    def write_billing(self, writer: Writer, out: Path, on: date, table: pa.Table) -> None:
        """Write the billing events of a day that has some."""
        writer.write(table, out / "billing" / on.isoformat() / "billing.jsonl")

    def write_usage(self, writer: Writer, out: Path, on: date, day: int, part: int, table: pa.Table) -> int:
        """Write a part of a day's events, Parquet on even days and JSON lines on odd ones; returns the rows written."""
        ending = "parquet" if day % 2 == 0 else "jsonl"
        writer.write(table, out / "usage" / on.isoformat() / f"part-{part}.{ending}")
        return int(table.num_rows)


def volume_plan(tenants: int, days: int, end: date, seed: int) -> Plan:
    """A platform for trials and benchmarks: made-up tenants, everyday life, launches, no planted faults."""
    population = populate(made_up_tenants(tenants, seed), days, end, seed)
    # Some launches lie behind the end: not every tenant has one.
    launches = launch(days, stream(seed, "launches").integers(days // 4, days + days // 3 + 1, tenants))
    return Plan(population, everyday_rates(tenants, days, seed) * launches)
