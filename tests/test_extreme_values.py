"""The largest accepted values stop nobody: every sum is exact, what no type can hold is unknown, all is shown."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import duckdb
import extreme_zone
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extreme_zone import GOOD, HUGE, put_zone

from orchestration.building.build import build
from orchestration.checking.verify import verify
from orchestration.loading.load import load
from site_builder.build import build_site
from site_builder.files.links import broken_links

FULL = Decimal(extreme_zone.FULL)
RATES = {"plain": (Decimal(1), Decimal("0.5"), Decimal("1.5")), "dear": (FULL, FULL, FULL)}
SHIFT = {GOOD: timedelta(0), HUGE: timedelta(hours=14)}
WRITES = ("cache_write_input_tokens", "cache_write_1h_input_tokens")
BUSIEST = date(2026, 11, 2)
Day = dict[str, Decimal]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extreme")
    summary = load(str(put_zone(folder / "raw")), folder / "w.duckdb")
    assert summary.quarantined == summary.duplicates == 0
    build(folder / "w.duckdb", folder / "dbt")
    return folder


@pytest.fixture
def con(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as con:
        yield con


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def credits_of(event: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Input credits and credits of an event, by the contract's words."""
    tokens_in, tokens_out = (Decimal(event.get(name, 0)) for name in ("input_tokens", "output_tokens"))
    if "input_credits" in event:
        given = Decimal(event["input_credits"])
        return given, given + Decimal(event["output_credits"])
    charged = Decimal(0)
    if "credits" in event:
        charged = Decimal(event["credits"])
    elif event.get("event_type") != "call" and event["model_id"] in RATES:
        multiplier, each_in, each_out = RATES[event["model_id"]]
        charged = rounded(multiplier + each_in * tokens_in / 1000 + each_out * tokens_out / 1000)
    whole = tokens_in + tokens_out
    return rounded(charged * tokens_in / whole) if whole else Decimal(0), charged


def expected_days(raw: Path) -> dict[tuple[str, date], Day]:
    """What each tenant used on each local date, added up from the landed lines."""
    days: dict[tuple[str, date], Day] = {}
    for path in raw.glob("usage/*/*.jsonl"):
        for event in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            at = datetime.fromisoformat(event["occurred_at"]).replace(tzinfo=None) + SHIFT[event["tenant_id"]]
            day = days.setdefault((event["tenant_id"], at.date()), {})
            input_credits, charged = credits_of(event)
            values = {"input_credits": input_credits, "credits": charged, "output_credits": charged - input_credits,
                      "call_seconds": event.get("duration_s", 0)}  # fmt: skip
            kinds = ("input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens", *WRITES)
            values |= {name: event.get(name, 0) for name in kinds}
            values["total_tokens"] = values["input_tokens"] + values["output_tokens"]
            for name, value in values.items():
                day[name] = day.get(name, Decimal(0)) + value
    return days


@pytest.mark.parametrize("mart", ["fct_usage_hourly", "fct_usage_daily", "mart_tenant_daily", "mart_model_daily",
                                  "mart_user_daily", "mart_item_daily", "mart_team_daily"])  # fmt: skip
def test_every_sum_is_exact(folder: Path, con: duckdb.DuckDBPyConnection, mart: str) -> None:
    with localcontext(prec=100):
        expected = expected_days(folder / "raw")
    names = sorted(next(iter(expected.values())))
    sums = ", ".join(f"sum({name})" for name in names)
    rows = con.execute(f"select tenant_id, usage_date, {sums} from marts.{mart} group by all").fetchall()
    found = {(tenant, day): dict(zip(names, values, strict=True)) for tenant, day, *values in rows}
    if mart.startswith("mart"):
        ends = "select tenant_id, max(usage_date) from marts.mart_tenant_daily group by all"
        last = dict(con.execute(ends).fetchall())
        expected = {key: day for key, day in expected.items() if key[1] <= last[key[0]]}
    assert found == expected


def test_every_table_can_be_read_whole(con: duckdb.DuckDBPyConnection) -> None:
    tables = con.execute("select table_schema, table_name from information_schema.tables "
                         "where table_schema in ('marts', 'intermediate', 'audit')").fetchall()  # fmt: skip
    assert len(tables) > 100
    for schema, name in tables:
        con.execute(f'select * from "{schema}"."{name}"').fetchall()


def test_jobs_of_quantity_times_price_are_exact_and_the_ledger_holds_them(con: duckdb.DuckDBPyConnection) -> None:
    with localcontext(prec=100):
        rated = rounded(FULL * FULL)
        jobs = rated + 2 * FULL
    found = dict(con.execute("select tenant_id, sum(credits) from marts.mart_job_daily group by all").fetchall())
    assert found == {GOOD: 9 + 6, HUGE: jobs}
    assert (
        con.execute(
            "select tenant_id, count(*) from marts.mart_credit_balance_daily where "
            "opening + granted - spent - withdrawn - expired <> closing group by all"
        ).fetchall()
        == []
    )


def test_money_that_no_decimal_holds_is_unknown_and_nobody_elses_is(con: duckdb.DuckDBPyConnection) -> None:
    unknown = con.execute("select distinct tenant_id, difference_amount is null "
                          "from marts.mart_invoice_reconciliation order by all").fetchall()  # fmt: skip
    assert unknown == [(GOOD, False), (HUGE, True)]
    good = "select sum(BilledCost), count(*) from marts.mart_focus_cost_usage where BillingAccountId = 'good'"
    billed, charges = con.execute(good).fetchone()  # type: ignore[misc]
    assert charges and billed > 0


def test_pages_and_files_tell_the_same_numbers(folder: Path) -> None:
    site = folder / "site"
    build_site(folder / "w.duckdb", site, first=BUSIEST, last=BUSIEST)
    assert broken_links(site) == []
    assert verify(site).faults == ()
    with localcontext(prec=100):
        expected = expected_days(folder / "raw")[HUGE, BUSIEST]
    with (site / HUGE / "daily" / str(BUSIEST) / "data" / "kpis.csv").open(encoding="utf-8", newline="") as file:
        figures = {row["figure"]: row["value"] for row in csv.DictReader(file)}
    assert {name: Decimal(figures[name]) for name in expected} == expected
    kinds = {tenant: pq.read_schema(site / tenant / "data" / "mart_tenant_daily.parquet").field("total_tokens").type
             for tenant in (GOOD, HUGE)}  # fmt: skip
    assert kinds == {GOOD: pa.int64(), HUGE: pa.decimal128(38, 0)}
