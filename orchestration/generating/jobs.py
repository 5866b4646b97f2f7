"""The platform's own job runs: a day's runs of all tenants as one table."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.generating import catalogue
from orchestration.generating.draws import Ints, stream
from orchestration.generating.population import Population
from orchestration.generating.tables import decimals, pick

ERROR_RATE = 0.035
# By place in the catalogue: UTC hour of a job's first run, and millionths of a credit per unit of work.
FIRST_HOUR = (1, 3, 8, 6)
UNIT_PRICE = (2_000, 500, 0, 0)
STATUSES = ("success", "error")


@dataclass(frozen=True)
class Runs:
    """A day's runs as a table of the native job log, and per run its tenant and its credits in millionths."""

    table: pa.Table
    tenant: Ints
    charge: Ints


def job_runs(population: Population, day: int, on: date, seed: int, troubled: bool = False) -> Runs:
    """Runs that start on the UTC day. Tenant i has the first 1 + i mod 4 jobs; on a `troubled` day half fail."""
    rng = stream(seed, "jobs", day)
    tenant, job, turn = _schedule(len(population.tenants))
    size = len(tenant)
    hour = (np.array(FIRST_HOUR)[job] + turn * 6 + tenant * 5) % 24
    started = hour * 3_600_000 + rng.integers(0, 600_000, size)
    seconds = np.rint(rng.lognormal(np.log(90.0), 0.7, size)).astype(np.int64)
    fails = rng.random(size) < (0.5 if troubled else ERROR_RATE)
    quantity = rng.integers(20, 900, size)
    midnight = np.datetime64(on, "ms")
    names, titles, kinds = (pa.array([entry[column] for entry in catalogue.JOBS]) for column in range(3))
    price = np.array(UNIT_PRICE)[job]
    table = pa.table(
        {
            "job_run_id": _ids(on, size),
            "job_id": pick(names, job),
            "job_name": pick(titles, job),
            "job_type": pick(kinds, job),
            "tenant_id": pick(pa.array([entry.tenant_id for entry in population.tenants]), tenant),
            "started_at": pa.array(midnight + started.astype("timedelta64[ms]")),
            "ended_at": pa.array(midnight + (started + seconds * 1000).astype("timedelta64[ms]")),
            "status": pick(pa.array(STATUSES), fails.astype(np.int64)),
            "quantity": decimals(quantity * catalogue.MICRO, price == 0),
            "unit_price_credits": decimals(price, price == 0),
            "error_message": pick(
                pa.array(catalogue.JOB_ERRORS), np.where(fails, rng.integers(0, len(catalogue.JOB_ERRORS), size), -1)
            ),
        }
    )
    return Runs(table, tenant, np.where(fails, 0, quantity * price))


def _schedule(tenants: int) -> tuple[Ints, Ints, Ints]:
    per_tenant = [
        [(job, turn) for job in range(1 + index) for turn in range(catalogue.JOBS[job][3])]
        for index in range(len(catalogue.JOBS))
    ]
    tenant = np.repeat(np.arange(tenants), [len(per_tenant[i % len(per_tenant)]) for i in range(tenants)])
    flat = np.array([pair for i in range(tenants) for pair in per_tenant[i % len(per_tenant)]]).reshape(-1, 2)
    return tenant, flat[:, 0], flat[:, 1]


def _ids(on: date, size: int) -> pa.Array:
    numbers = pc.utf8_lpad(pc.cast(pa.array(np.arange(size)), pa.string()), 5, "0")
    return pc.binary_join_element_wise(f"j{on:%Y%m%d}", numbers, "-")
