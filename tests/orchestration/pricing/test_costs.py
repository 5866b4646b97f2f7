"""Estimated costs all the way: a generated zone priced event by event by the list's own calculator is the judge."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from genai_prices import Usage, calc_price

from orchestration.building.build import build
from orchestration.loading.load import load

EVENTS = """
    select tenant_id, timezone(timezone, timezone('UTC', occurred_at))::date, model_id, provider, occurred_at,
        input_tokens, cached_input_tokens, output_tokens, event_type = 'request'
    from lake.usage_events join lake.directory_tenants using (tenant_id)
    where environment = 'live' and cost_usd is null and model_id is not null"""
FOUND = """
    select tenant_id, usage_date, model_id, sum(estimated_cost_usd), sum(uncosted_requests)::bigint
    from marts.fct_usage_daily where model_id <> '(none)' group by all
    having sum(estimated_cost_usd) > 0 or sum(uncosted_requests) > 0"""
MICRO = Decimal("0.000001")


class ContractPrice(NamedTuple):
    """A row of prices.csv."""

    valid_from: datetime
    per_m_input: Decimal
    per_m_cached: Decimal
    per_m_output: Decimal


def contract_prices(zone: Path) -> dict[str, list[ContractPrice]]:
    prices: dict[str, list[ContractPrice]] = defaultdict(list)
    with (zone / "directory" / "prices.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            since = datetime.fromisoformat(row["valid_from"]).replace(tzinfo=None)
            usd = [Decimal(row[f"usd_per_m_{kind}"] or row["usd_per_m_input"]) for kind in ("input", "cached_input")]
            prices[row["model_id"]].append(ContractPrice(since, *usd, Decimal(row["usd_per_m_output"])))
    return prices


def cost(prices: list[ContractPrice], model: str, provider: str, at: datetime, tokens: list[int]) -> Decimal | None:
    given, cached, made = tokens
    held = [price for price in prices if price.valid_from <= at]
    if held:
        price = max(held)
        millions = price.per_m_input * (given - cached) + price.per_m_cached * cached + price.per_m_output * made
        return (millions / 1_000_000).quantize(MICRO, ROUND_HALF_UP)
    usage = Usage(input_tokens=given, cache_read_tokens=cached, output_tokens=made)
    try:
        listed = calc_price(usage, model, provider_id=provider, genai_request_timestamp=at.replace(tzinfo=UTC))
    except LookupError:
        return None
    return listed.total_price.quantize(MICRO, ROUND_HALF_UP)


@pytest.fixture(scope="module")
def warehouse(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("costs") / "w.duckdb"
    load(str(tiny_zone), warehouse)
    build(warehouse, warehouse.with_suffix(".dbt"))
    return warehouse


def test_facts_are_the_sum_of_each_events_own_price(tiny_zone: Path, warehouse: Path) -> None:
    prices = contract_prices(tiny_zone)
    estimated: dict[tuple, Decimal] = defaultdict(Decimal)
    unpriced: dict[tuple, int] = defaultdict(int)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        events = con.execute(EVENTS).fetchall()
        found = {tuple(row[:3]): (row[3], row[4]) for row in con.execute(FOUND).fetchall()}
    for tenant, day, model, provider, at, *tokens, is_request in events:
        usd = cost(prices[model], model, provider, at, tokens)
        key = (tenant, day, model)
        estimated[key] += usd or 0
        unpriced[key] += is_request and usd is None
    expected = {key: (usd, unpriced[key]) for key, usd in estimated.items() if usd or unpriced[key]}
    assert found == expected
    models = {key[2] for key in expected}
    assert {"mistral-large-latest", "gemini-2.5-pro", "gemini-2.5-flash"} <= models
    assert [usd for key, usd in estimated.items() if key[2] == "house-legal-7b"].count(Decimal(0)) > 0
