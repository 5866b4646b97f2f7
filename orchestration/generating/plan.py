"""What a landing zone is to hold besides the everyday: its tenants, its stories, its file formats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from orchestration.generating import catalogue
from orchestration.generating.draws import Floats
from orchestration.generating.population import Population, made_up_tenants, populate
from orchestration.generating.sessions import Sessions
from orchestration.generating.writing import Writer


@dataclass(frozen=True)
class Plan:
    """A population and what befalls it. Days count from the first of the period."""

    population: Population
    boost: Floats | None = None
    planted: Mapping[int, Sessions] = field(default_factory=dict)
    outages: Mapping[int, Floats] = field(default_factory=dict)

    def outage(self, day: int) -> Floats:
        """Shape (model,): what the day multiplies each model's error rate by."""
        return self.outages.get(day, np.ones(len(catalogue.MODELS)))

    def file_name(self, day: int, stem: str) -> str:
        """The name of a day's file: its ending decides the format."""
        return f"{stem}.jsonl"

    def write_usage(self, writer: Writer, out: Path, on: date, day: int, part: int, table: pa.Table) -> int:
        """Write a part of a day's events, Parquet on even days and JSON lines on odd ones; returns the rows written."""
        ending = "parquet" if day % 2 == 0 else "jsonl"
        writer.write(table, out / "usage" / on.isoformat() / f"part-{part}.{ending}")
        return table.num_rows


def volume_plan(tenants: int, days: int, end: date, seed: int) -> Plan:
    """A platform for trials and benchmarks: made-up tenants, everyday life, no planted stories."""
    return Plan(populate(made_up_tenants(tenants, seed), days, end, seed))


def sample_plan(tenants: int, days: int, end: date, seed: int) -> Plan:
    raise NotImplementedError
