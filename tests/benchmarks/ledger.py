"""How long the ledger and the statement take for many tenants over years of days.

    python -m tests.benchmarks.ledger [--tenants N] [--days N] [--models N]

Each tenant uses every model every day, runs a job a day, gets plan credits monthly that lapse with the month, a
promotion every quarter, a top-up every nine days that lapses after a year, and gives some back every two months. Prints
the seconds of each model, compiled by dbt and run by DuckDB alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dbt_project"))

from ledger_in_sql import INPUTS, CompiledLedger  # noqa: E402  (a helper of the tests, beside them)

_FILL = """
    create temp table tenants as select 'tenant-' || n as tenant_id, n from range({tenants}) as numbers (n);
    create temp table days as
        select cast(date '2025-01-01' + cast(n as integer) as date) as day, n from range({days}) as numbers (n);
    insert into lake.directory_tenants by name
        select tenant_id, 'UTC' as timezone, 'EUR' as currency, 0.02 as credit_price from tenants;
    insert into intermediate.int_tenant_as_of
        select tenant_id, 'UTC', (select max(day) from days) from tenants;
    insert into intermediate.int_model_daily
        select tenant_id, day, 'model-' || model, 20, 0, 0, 0.5 + (tenants.n * 7 + days.n * 3 + model * 11) % 40 / 7
        from tenants, days, range({models}) as models (model);
    insert into lake.job_runs by name
        select tenant_id, 'run-' || days.n as job_run_id, 'job' as job_id, 'success' as status, 0.25 as credits,
            day + interval 5 hour as started_at
        from tenants, days;
    insert into lake.billing_events by name
        select tenant_id, kind || days.n as billing_id, kind, day + interval 9 hour as occurred_at, 'EUR' as currency,
            credits, credits * 0.02 as amount, expires_on
        from tenants, days, lateral (values
            ('plan_grant', 95 * {models}, last_day(day), extract(day from day) = 1),
            ('promo_grant', 40, day + 20, (days.n + tenants.n) % 90 = 0),
            ('topup', 10 * {models}, day + 365, (days.n + tenants.n) % 9 = 0),
            ('refund', -15, null, (days.n + tenants.n) % 60 = 0)
        ) as kinds (kind, credits, expires_on, is_due)
        where is_due;
"""


def measure(tenants: int, days: int, models: int) -> None:
    """Build every model of the ledger once, printing its rows and seconds."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        compiled = CompiledLedger(Path(folder))
        con.execute(f"set timezone = 'UTC'; set threads = 2; {INPUTS}")
        con.execute(_FILL.format(tenants=tenants, days=days, models=models))
        # One row per date, as the model has; the tests' view has one per moment.
        con.execute(
            "drop view intermediate.int_zone_days; create table intermediate.int_zone_days as "
            "select 'UTC' as timezone, day as utc_date, cast(day as timestamp) as starts_at, "
            "day + interval 1 day as ends_at, interval 0 hour as utc_offset from days"
        )
        total = cpu = 0.0
        for table, sql in compiled.targets.values():
            started, worked = time.perf_counter(), time.process_time()
            con.execute(f"create or replace table {table} as {sql}")
            seconds, busy = time.perf_counter() - started, time.process_time() - worked
            total, cpu = total + seconds, cpu + busy
            rows = con.execute(f"select count(*) from {table}").fetchall()[0][0]
            print(f"{table:<45} {rows:>12,} rows {seconds:7.2f} s   cpu {busy:7.2f} s")
        print(f"{'all of it':<45} {'':>17} {total:7.2f} s   cpu {cpu:7.2f} s")
        for name, sql in compiled.checks.items():
            started = time.perf_counter()
            assert not con.execute(sql).fetchall(), name
            print(f"{name:<45} {'':>17} {time.perf_counter() - started:7.2f} s")


def main() -> None:
    """Read the size and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--models", type=int, default=5)
    args = parser.parse_args()
    measure(args.tenants, args.days, args.models)


if __name__ == "__main__":
    main()
