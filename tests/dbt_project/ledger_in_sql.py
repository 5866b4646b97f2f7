"""The ledger's models as dbt compiles them, run in a DuckDB of their own over the tables that they stand on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from ledger_cases import Ledger
from ledger_simulator import DayOfPool, Line

from orchestration.building.dbt_runner import run_dbt

MODELS = (
    "stg_native__billing_events", "stg_native__job_runs", "stg_directory__tenants", "int_job_runs_rated",
    "mart_job_daily", "+mart_credit_balance_daily,path:models/intermediate/ledger",
    "+mart_credit_statement,path:models/intermediate/ledger", "mart_credit_balance_daily", "mart_credit_statement",
)  # fmt: skip
CHECKS = (
    "assert_ledger_days_foot", "assert_ledger_lots_foot", "assert_ledger_equals_sources", "assert_statement_foots",
)  # fmt: skip

INPUTS = """
    create schema lake; create schema staging; create schema intermediate; create schema marts;
    create table lake.directory_tenants (tenant_id varchar, tenant_name varchar, timezone varchar, currency varchar,
        plan varchar, credit_price decimal(18, 6), billing_mode varchar, seats bigint, item_slots bigint,
        created_at timestamp, admin_email varchar, next_billing_date date, burn_order varchar);
    create table lake.billing_events (source varchar, tenant_id varchar, billing_id varchar, invoice_id varchar,
        corrects_invoice_id varchar, kind varchar, pool varchar, description varchar, credits decimal(18, 6),
        amount decimal(18, 6), tax_amount decimal(18, 6), currency varchar, priority bigint, occurred_at timestamp,
        event_date date, expires_on date, period_start date, period_end date, due_on date, file_id integer);
    create table lake.job_runs (source varchar, tenant_id varchar, job_run_id varchar, job_id varchar,
        job_name varchar, job_type varchar, status varchar, error_message varchar, quantity decimal(18, 6),
        unit_price_credits decimal(18, 6), credits decimal(18, 6), started_at timestamp, ended_at timestamp,
        event_date date, file_id integer);
    create table staging.stg_directory__models (model_id varchar, model_name varchar);
    create table intermediate.int_tenant_as_of (tenant_id varchar, timezone varchar, as_of_date date);
    create table intermediate.int_model_daily (tenant_id varchar, usage_date date, model_id varchar, requests bigint,
        runs bigint, calls bigint, credits decimal(38, 6));
    create table intermediate.int_spend_adjustments (tenant_id varchar, month varchar, posted_on date, kind varchar,
        demand_id varchar, job_runs bigint, requests bigint, runs bigint, calls bigint, credits decimal(38, 6));
    create table intermediate.int_billing_adjustments (tenant_id varchar, month varchar, posted_on date, place bigint,
        billing_id varchar, kind varchar, pool varchar, named_pool varchar, description varchar, invoice_id varchar,
        corrects_invoice_id varchar, credits decimal(38, 6), amount decimal(38, 6), tax_amount decimal(38, 6),
        currency varchar, credit_price decimal(18, 6),
        burn_order varchar, priority bigint, occurred_at timestamp, expires_on date, period_start date,
        period_end date, due_on date);
    create view intermediate.int_zone_days as
        select distinct timezone, cast(moment as date) as utc_date, moment as starts_at,
            moment + interval '1' microsecond as ends_at,
            timezone(timezone, timezone('UTC', moment)) - moment as utc_offset
        from (select tenant_id, occurred_at as moment from lake.billing_events
              union all select tenant_id, started_at from lake.job_runs)
        inner join intermediate.int_tenant_as_of using (tenant_id);
    create table marts.mart_closing_adjustments (tenant_id varchar, posted_on date);
    create view marts.fct_usage_daily as select * from intermediate.int_model_daily;
    create view marts.mart_tenant_daily as select daily.*
        from intermediate.int_model_daily as daily
        inner join intermediate.int_tenant_as_of as as_of using (tenant_id)
        where daily.usage_date <= as_of.as_of_date;
"""


class CompiledLedger:
    """The SQL of models and checks, compiled once; `targets` keeps the models' order of building."""

    def __init__(self, folder: Path) -> None:
        selected = ["compile", "--select", *MODELS, *CHECKS]
        nodes = run_dbt(selected, warehouse=folder / "empty.duckdb", target=folder, variables={})
        assert {node.status for node in nodes} == {"success"}
        files = {path.stem: path for path in (folder / "compiled").rglob("*.sql")}
        layers = {"stg": "staging", "int": "intermediate", "mar": "marts"}
        self.targets = {
            node.name: (f"{layers[node.name[:3]]}.{node.name}", files[node.name].read_text(encoding="utf-8"))
            for node in nodes
            if node.kind == "model"
        }
        self.checks = {name: files[name].read_text(encoding="utf-8") for name in CHECKS}

    @contextmanager
    def run(self, ledgers: Sequence[Ledger]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database in which each ledger is a tenant, named by its place, and every model is a table."""
        with duckdb.connect() as con:
            con.execute("set timezone = 'UTC'")
            con.execute(INPUTS)
            for table, rows in _rows(ledgers).items():
                _insert(con, table, rows)
            self.build(con)
            yield con

    def build(self, con: duckdb.DuckDBPyConnection) -> None:
        """Build every model on the tables that are there."""
        for table, sql in self.targets.values():
            con.execute(f"create or replace table {table} as {sql}")


def _rows(ledgers: Sequence[Ledger]) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, ledger in enumerate(ledgers):
        tenant = {"tenant_id": str(number)}
        place = {"timezone": ledger.timezone}
        rows["lake.directory_tenants"].append(tenant | place | {"burn_order": ledger.burn_order, "currency": "EUR"})
        rows["intermediate.int_tenant_as_of"].append(tenant | place | {"as_of_date": ledger.as_of})
        for event in ledger.events:
            rows["lake.billing_events"].append(tenant | vars(event) | {"occurred_at": event.occurred_at})
        for use in ledger.uses:
            rows["intermediate.int_model_daily"].append(tenant | vars(use) | {"runs": 0, "calls": 0})
        for run in ledger.runs:
            values = {name: value for name, value in vars(run).items() if name != "price"}
            rows["lake.job_runs"].append(tenant | values | {"unit_price_credits": run.price})
    return rows


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    columns = {name: [_plain(row[name]) for row in rows] for name in rows[0]}
    con.register("given", pa.table({name: pa.array(values, _arrow_type(values)) for name, values in columns.items()}))
    con.execute(f"insert into {table} by name select * from given")
    con.unregister("given")


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


def _arrow_type(values: list[Any]) -> pa.DataType | None:
    return pa.decimal128(38, 6) if any(isinstance(value, Decimal) for value in values) else None


def balances(con: duckdb.DuckDBPyConnection) -> dict[int, dict[tuple[date, str], DayOfPool]]:
    """The balance by ledger, date and pool."""
    found: dict[int, dict[tuple[date, str], DayOfPool]] = defaultdict(dict)
    query = """
        select cast(tenant_id as integer), usage_date, pool, opening, granted, spent, withdrawn, expired, closing
        from marts.mart_credit_balance_daily
    """
    for number, usage_date, pool, *figures in con.execute(query).fetchall():
        found[number][usage_date, pool] = DayOfPool(*figures)
    return found


def statements(con: duckdb.DuckDBPyConnection) -> dict[int, list[Line]]:
    """The statement's lines by ledger, in their order."""
    found: dict[int, list[Line]] = defaultdict(list)
    query = """
        select cast(tenant_id as integer), entry_date, entry_type, pool,
            case when billing_id <> '(none)' then billing_id when job_id <> '(none)' then job_id else model_id end,
            quantity, unit_price, credits, amount, balance_after
        from marts.mart_credit_statement
        order by tenant_id, entry_no
    """
    for number, *values in con.execute(query).fetchall():
        found[number].append(Line(*values))
    return found
