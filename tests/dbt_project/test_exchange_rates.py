"""Which exchange rate tells revenue in US dollars: that of the purchase, or that in which the month of use ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from comparing import rows_of

from orchestration.building.build import build, built_variables
from tests.orchestration.loading.zones import ZoneFolder, billing, usage
from tests.parts import built_for

RATES = "date,currency,usd_per_unit\n2026-02-01,EUR,1.5\n2026-02-20,EUR,2\n2026-03-01,EUR,3\n"
MARGINS = (
    "select model_id, currency, revenue_usd::double, min_usd_per_unit::double, max_usd_per_unit::double, "
    "min_rate_date::varchar, max_rate_date::varchar, exchange_rate_of from marts.mart_margin_monthly order by all"
)


@pytest.fixture(scope="module", autouse=True)
def part() -> Iterator[None]:
    with built_for("mart_margin_monthly"):
        yield


def test_another_choice_of_the_exchange_rate_builds_again_and_none_stays_with_the_last(tmp_path: Path) -> None:
    zone = ZoneFolder(tmp_path)
    zone.directory("tenants", "tenant_id,tenant_name,currency,credit_price,billing_mode\n"
                   "t1,One,EUR,,\nt2,Two,EUR,0.5,postpaid\n")  # fmt: skip
    zone.directory("fx_rates", RATES)
    zone.lines(
        "billing/2026-02-28/b.jsonl",
        billing("first", occurred_at="2026-02-02T10:00:00Z", credits=10, amount=10),
        billing("second", occurred_at="2026-02-21T10:00:00Z", credits=10, amount=20),
    )
    used = {"cost_usd": 1, "occurred_at": "2026-02-25T10:00:00Z"}
    zone.lines(
        "usage/2026-02-28/a.jsonl",
        usage("a", **used, credits=15),
        usage("b", **used, credits=4, tenant_id="t2", model_id="m2"),
    )
    zone.load()
    warehouse, target = zone.warehouse, zone.warehouse.with_suffix(".dbt")
    build(warehouse, target)
    # Ten credits of one euro at 1.5 dollars, five of two euros at 2; four on account at half a euro, on the day of use.
    by_purchase = [
        ("m1", "EUR", 35.0, 1.5, 2.0, "2026-02-01", "2026-02-20", "purchase"),
        ("m2", "EUR", 4.0, 2.0, 2.0, "2026-02-20", "2026-02-20", "purchase"),
    ]
    assert rows_of(warehouse, MARGINS) == by_purchase
    assert build(warehouse, target, exchange_rate_of="month").is_full_refresh
    by_month = [
        ("m1", "EUR", 40.0, 2.0, 2.0, "2026-02-20", "2026-02-20", "month"),
        ("m2", "EUR", 4.0, 2.0, 2.0, "2026-02-20", "2026-02-20", "month"),
    ]
    assert rows_of(warehouse, MARGINS) == by_month
    assert not build(warehouse, target).is_built
    assert built_variables(warehouse)["exchange_rate_of_credits"] == "month"
    assert build(warehouse, target, exchange_rate_of="purchase").is_full_refresh
    assert rows_of(warehouse, MARGINS) == by_purchase
