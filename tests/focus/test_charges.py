"""What becomes of each kind of event, against figures worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb


def _rows(warehouse: Path, columns: str, where: str = "true") -> list[Sequence[Any]]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(
            f"select {columns} from marts.mart_focus_cost_usage where {where} "
            "order by x_ChargeDate, x_ChargeType, x_SourceId, SkuMeter, x_LotId"
        ).fetchall()


def test_money_credits_and_tokens_of_every_kind_of_charge(charged_warehouse: Path) -> None:
    found = _rows(
        charged_warehouse,
        "x_ChargeType, x_SourceId, SkuMeter, x_LotId, ChargeCategory, x_Funding, BilledCost::double, "
        "EffectiveCost::double, x_Credits::double, ConsumedQuantity::double, PricingUnit",
    )
    assert found == [
        ("Expiry", "october", "Credits", "october", "Usage", "Funded", 0, 1.2, -12, 0, "Credits"),
        ("Grant", "october", "Credits", "october", "Purchase", None, 1.2, 0, 12, None, "Credits"),
        ("Fee", "seats", "Charges", None, "Purchase", None, 49, 49, 0, None, "Charges"),
        ("Grant", "pack", "Credits", "pack", "Purchase", None, 3, 0, 100, None, "Credits"),
        ("Grant", "promo", None, "promo", "Credit", None, 0, 0, 10, None, None),
        ("Usage", "m", "Credits", "pack", "Usage", "Funded", 0, 0.6, -20, 20, "Credits"),
        ("Usage", "m", "Credits", "promo", "Usage", "Funded", 0, 0, -10, 10, "Credits"),
        ("Usage", "m", "Input Tokens", None, "Usage", None, 0, 0, 0, 1000, "1000 Tokens"),
        ("Usage", "m", "Output Tokens", None, "Usage", None, 0, 0, 0, 500, "1000 Tokens"),
        ("Withdrawal", "back", "Credits", "pack", "Purchase", None, -0.6, 0, -20, None, "Credits"),
        ("Grant", "sorry", None, "sorry", "Adjustment", None, 0, 0, 5, None, None),
        ("Usage", "(none)", "Runs", None, "Usage", None, 0, 0, 0, 1, "Runs"),
        ("Usage", "nightly", "Credits", "pack", "Usage", "Funded", 0, 0.12, -4, 4, "Credits"),
        ("Usage", "rated", "Input Tokens", "pack", "Usage", "Funded", 0, 0.015, -0.5, 1000, "1000 Tokens"),
        ("Usage", "rated", "Output Tokens", "pack", "Usage", "Funded", 0, 0.03, -1, 500, "1000 Tokens"),
        ("Usage", "rated", "Requests", "pack", "Usage", "Funded", 0, 0.03, -1, 1, "Requests"),
        ("Difference", "INV-1", None, None, "Adjustment", None, 49, 49, 0, None, None),
        ("Expiry", "pack", "Credits", "pack", "Usage", "Funded", 0, 1.605, -53.5, 0, "Credits"),
        ("Usage", "(none)", "Credits", "more", "Usage", "Settled", 0, 0.06, -3, 3, "Credits"),
        ("Usage", "(none)", "Credits", "sorry", "Usage", "Funded", 0, 0, -5, 5, "Credits"),
        ("Usage", "m", "Input Tokens", None, "Usage", None, 0, 0, 0, 7, "1000 Tokens"),
        ("Grant", "more", "Credits", "more", "Purchase", None, 1, 0, 50, None, "Credits"),
    ]


def test_what_was_given_away_has_a_list_price_and_no_cost(charged_warehouse: Path) -> None:
    [row] = _rows(
        charged_warehouse,
        "ListUnitPrice, ContractedUnitPrice, ListCost, ContractedCost, PricingCurrency, PricingCurrencyListUnitPrice, "
        "PricingCurrencyEffectiveCost, BillingCurrency",
        "x_LotId = 'promo' and ChargeCategory = 'Usage'",
    )
    assert row == (Decimal("0.05"), 0, Decimal("0.5"), 0, "CRD", Decimal(1), Decimal(10), "USD")


def test_each_price_has_a_name_and_times_quantity_it_is_the_cost(charged_warehouse: Path) -> None:
    rows = _rows(
        charged_warehouse,
        "SkuMeter, SkuPriceId, PricingCurrencyContractedUnitPrice, PricingQuantity, PricingCurrencyEffectiveCost, "
        "ContractedUnitPrice, ContractedCost",
        "x_SourceId = 'rated'",
    )
    assert [(meter, price) for meter, _, price, *_ in rows] == [
        ("Input Tokens", Decimal("0.5")),
        ("Output Tokens", Decimal(2)),
        ("Requests", Decimal(1)),
    ]
    assert all(
        price * quantity == credits and money * quantity == cost for _, _, price, quantity, credits, money, cost in rows
    )
    assert len({price_id for _, price_id, *_ in rows}) == 3


def test_usage_is_of_a_team_and_tagged_for_showback(charged_warehouse: Path) -> None:
    columns = "SubAccountId, SubAccountName, SubAccountType, Tags"
    found = set(_rows(charged_warehouse, columns, "x_SourceId = 'rated' or ServiceName = 'Agent and Workflow Runs'"))
    tags = (
        '{"tallybook/user":"u1","tallybook/project":"p1","tallybook/item":"i1","tallybook/channel":"chat",'
        '"cost centre":"7","env":"x"}'
    )
    assert found == {
        ("t1", "Team One", "Team", tags),
        ("t2", "t2", "Team", '{"tallybook/item":"i1","tallybook/channel":"agent"}'),
    }
    assert _rows(charged_warehouse, columns, "ServiceName = 'Platform Jobs'") == [(None, None, None, None)]


def test_days_and_validity_are_local_and_written_in_utc(charged_warehouse: Path) -> None:
    periods = {
        source: tuple(map(str, times))
        for source, *times in _rows(
            charged_warehouse,
            "x_SourceId, ChargePeriodStart, ChargePeriodEnd, BillingPeriodStart, BillingPeriodEnd",
            "x_ChargeType <> 'Expiry' and coalesce(SkuMeter, '') <> 'Input Tokens'",
        )
    }
    # Clocks go back in New York at 06:00 UTC on 1 November.
    month = ("2026-11-01 04:00:00", "2026-12-01 05:00:00")
    assert periods["seats"] == ("2026-11-01 04:00:00", "2026-11-02 05:00:00", *month)
    assert periods["pack"] == ("2026-11-01 04:00:00", "2026-11-06 05:00:00", *month)
    assert periods["m"] == ("2026-11-02 05:00:00", "2026-11-03 05:00:00", *month)


def test_what_expires_on_the_last_of_a_month_is_of_the_month_as_soon_as_it_is_over(charged_warehouse: Path) -> None:
    [row] = _rows(
        charged_warehouse,
        "x_ChargeDate::varchar, BillingPeriodEnd::varchar, EffectiveCost",
        "x_ChargeType = 'Expiry' and x_LotId = 'october'",
    )
    assert row == ("2026-10-31", "2026-11-01 04:00:00", Decimal("1.2"))
    with duckdb.connect(str(charged_warehouse), read_only=True) as con:
        expired = con.execute(
            "select usage_date::varchar from marts.mart_credit_balance_daily where pool = 'plan' and expired > 0"
        )
        assert expired.fetchall() == [("2026-11-01",)], "in the ledger a lot may be used on its last day"


def test_an_invoice_is_named_where_the_event_names_one(charged_warehouse: Path) -> None:
    assert _rows(charged_warehouse, "x_SourceId, InvoiceId", "InvoiceId is not null") == [
        ("pack", "INV-1"),
        ("INV-1", "INV-1"),
    ]
