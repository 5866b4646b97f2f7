"""What use cost, told in one currency: unknown is not nothing, and what has no exchange rate is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from site_builder.gather.spend import MODEL, TENANT, Money, Spend, currency_of, sums, total


def spend(
    currency: str, amount: str | None, usd: str | None, unknown: str = "0", breakdown: str = TENANT, key: str = "t"
) -> Spend:
    known, dollars = (None if text is None else Decimal(text) for text in (amount, usd))
    return Spend(breakdown, key, key, currency, known, dollars, Decimal(unknown), None, None, None, None)


@pytest.mark.parametrize(("currencies", "told"), [
    ([], None), (["EUR"], "EUR"), (["EUR", "EUR", "(none)"], "EUR"), (["EUR", "CHF"], "USD"), (["(none)"], None),
])  # fmt: skip
def test_one_currency_is_told_as_it_is_and_several_in_dollars(currencies: list[str], told: str | None) -> None:
    assert currency_of([spend(currency, "1", "1") for currency in currencies]) == told


def test_what_nobody_has_paid_for_is_unknown_and_what_was_free_cost_nothing() -> None:
    assert total([spend("EUR", "0", "0", "5")], "EUR") == Money(None, Decimal(5))
    assert total([spend("EUR", "0", "0")], "EUR") == Money(Decimal(0), Decimal(0))
    assert total([spend("EUR", "2", "3", "5"), spend("(none)", None, None, "1")], "EUR") == Money(
        Decimal(2), Decimal(6)
    )


def test_what_has_no_exchange_rate_is_named_and_not_in_the_sum() -> None:
    rows = [spend("EUR", "2", "3"), spend("XAU", "7", None), spend("USD", "1", "1")]
    assert total(rows, "USD") == Money(Decimal(4), Decimal(0), ("XAU",))


def test_sums_are_of_one_breakdown_by_tenant_and_id() -> None:
    rows = [
        spend("EUR", "2", "3", breakdown=MODEL, key="m"),
        spend("CHF", "1", "2", breakdown=MODEL, key="m"),
        spend("EUR", "9", "9"),
    ]
    assert sums(rows, MODEL, "USD") == {("m", "m"): Money(Decimal(5), Decimal(0))}
