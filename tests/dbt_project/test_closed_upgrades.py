"""Months closed by a version that lacked columns and models of today: the upgrade changes and posts nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from closed_zone import close
from comparing import build_parts, differences_from_full_refresh, rows_of

from orchestration.building.build import build
from tests.orchestration.loading.zones import ZoneFolder

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
CLAUDE = {"model_id": "claude-sonnet-4-5", "provider": "anthropic"}
WRITES = {"cached_input_tokens": 100, "cache_write_input_tokens": 200, "cache_write_1h_input_tokens": 300}
FACTS = (
    "select usage_date::varchar, sum(input_tokens)::int, sum(cache_write_input_tokens)::int, "
    "sum(cache_write_1h_input_tokens)::int, sum(cost_usd) from marts.{mart} group by all order by all"
)
ADJUSTED = (
    "select month, requests, input_tokens::int, cache_write_input_tokens::int, cache_write_1h_input_tokens::int, "
    "cost_usd from marts.mart_closing_adjustments order by all"
)


def event(event_id: str, day: str, **fields: Any) -> str:
    given = {"event_id": event_id, "tenant_id": "t1", "occurred_at": f"{day}T10:00:00Z", "input_tokens": 1000}
    given |= {"tags": {"env": "prod"}, "status": "error"}
    return json.dumps(given | CLAUDE | fields)


# One of October that was issued after it, and one of November that was issued before.
INVOICES = [
    {"billing_id": "I-1", "occurred_at": "2026-11-02T09:00:00Z", "credits": 5, "period_end": "2026-11-01"},
    {"billing_id": "I-2", "occurred_at": "2026-10-30T09:00:00Z", "credits": 5, "period_end": "2026-12-01"},
]
RECONCILED = (
    "select invoice_id, shown_on::varchar, invoiced_credits::int from marts.mart_invoice_reconciliation order by all"
)


def invoices(**fields: Any) -> list[str]:
    return [json.dumps({"tenant_id": "t1", "kind": "invoice"} | invoice | fields) for invoice in INVOICES]


@pytest.fixture
def zone(tmp_path: Path) -> ZoneFolder:
    """Built, and October closed, by a version that passed over cache writes; then the files that it had read."""
    zone = ZoneFolder(tmp_path)
    zone.lines("usage/2026-10-05/a.jsonl", event("a", "2026-10-05", cached_input_tokens=100))
    zone.lines("usage/2026-11-05/b.jsonl", event("b", "2026-11-05", cached_input_tokens=100))
    zone.lines("billing/2026-11-05/c.jsonl", *invoices())
    zone.load()
    build_parts(zone.warehouse, None)
    close(zone.warehouse, OCTOBER)
    with duckdb.connect(str(zone.warehouse)) as con:
        con.execute("""
            create or replace table closing.mart_invoice_reconciliation as
            select * exclude (shown_on) from marts.mart_invoice_reconciliation where issued_on <= '2026-10-31'""")
        kept = con.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'closing' and (column_name like 'cache_write%' "
            "or column_name in "
            "('corrects_invoice_id', 'tax_amount', 'due_on', 'uncosted_runs', 'uncosted_calls', 'exchange_rate_of'))"
        ).fetchall()
        for table, column in kept:
            con.execute(f"alter table closing.{table} drop column {column}")
        con.execute("drop table closing.int_tag_daily; drop table closing.int_error_daily")
    zone.lines("usage/2026-10-05/a.jsonl", event("a", "2026-10-05", **WRITES))
    zone.lines("usage/2026-11-05/b.jsonl", event("b", "2026-11-05", **WRITES))
    return zone


def test_closed_months_stand_without_cache_writes_and_nothing_is_posted(zone: ZoneFolder) -> None:
    warehouse = zone.warehouse
    # 900 at 3 dollars a million and 100 at 0.3; then 400 at 3, 100 at 0.3, 200 at 3.75 and 300 at 6.
    october = ("2026-10-05", 1000, 0, 0, 0.00273)
    november = ("2026-11-05", 1000, 200, 300, 0.00378)
    zone.load()
    build(warehouse, warehouse.with_suffix(".dbt"), full_refresh=True)  # as other SQL than before demands
    for mart in ("fct_usage_daily", "fct_usage_hourly", "mart_model_daily"):
        assert _facts(warehouse, mart) == [october, november]
    assert rows_of(warehouse, ADJUSTED) == []
    for mart in ("mart_tag_daily", "mart_error_daily"):
        assert rows_of(warehouse, f"select usage_date::varchar from marts.{mart}") == [("2026-11-05",)]
    assert differences_from_full_refresh(warehouse, None) == {}

    assert rows_of(warehouse, RECONCILED) == [("I-1", "2026-10-31", 5), ("I-2", "2026-11-30", 5)]

    zone.lines("usage/2026-11-06/late.jsonl", event("late", "2026-10-07", **WRITES))
    zone.lines("billing/2026-11-06/revised.jsonl", *invoices(revision=1, credits=6))
    zone.load()
    assert build_parts(warehouse, None)
    assert _facts(warehouse) == [october, november]
    # The first stands as the last build before had it; the second is of an open period.
    assert rows_of(warehouse, RECONCILED) == [("I-1", "2026-10-31", 5), ("I-2", "2026-11-30", 6)]
    assert _adjusted(warehouse) == [("2026-10", 1, 1000, 0, 0, 0.00273)]

    zone.lines("usage/2026-12-02/c.jsonl", event("c", "2026-12-01", **WRITES))
    zone.load()
    build_parts(warehouse, None)
    close(warehouse, NOVEMBER)
    zone.lines("usage/2026-12-03/late.jsonl", event("later", "2026-10-08"), event("d", "2026-11-09", **WRITES))
    zone.load()
    build_parts(warehouse, None)
    assert _facts(warehouse)[:2] == [october, november]
    tagged = "select usage_date::varchar, tag_key, tag_value, requests::int from marts.mart_tag_daily order by all"
    assert rows_of(warehouse, tagged) == [(day, "env", "prod", 1) for day in ("2026-11-05", "2026-12-01")]
    assert _adjusted(warehouse) == [
        ("2026-10", 1, 1000, 0, 0, 0.00273),
        ("2026-10", 1, 1000, 0, 0, 0.003),
        ("2026-11", 1, 1000, 200, 300, 0.00378),
    ]
    assert differences_from_full_refresh(warehouse, None) == {}


def _facts(warehouse: Path, mart: str = "fct_usage_daily") -> list[tuple]:
    return [(*row[:-1], float(row[-1])) for row in rows_of(warehouse, FACTS.format(mart=mart))]


def _adjusted(warehouse: Path) -> list[tuple]:
    """Of usage alone."""
    return [(*row[:-1], float(row[-1])) for row in rows_of(warehouse, ADJUSTED) if row[1]]
