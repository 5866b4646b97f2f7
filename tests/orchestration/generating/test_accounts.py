"""The books: grants, top-ups and invoices that follow the usage they bill."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from orchestration.generating.accounts import Books, nice
from orchestration.generating.invoicing import Entry
from orchestration.generating.ledger_files import billing_tables
from orchestration.generating.plan import volume_plan

END = date(2026, 11, 21)
DAYS = 100


@pytest.fixture(scope="module")
def books() -> Books:
    population = volume_plan(8, DAYS, END, seed=3).population
    spend = np.random.Generator(np.random.PCG64(1)).integers(20_000_000, 60_000_000, (8, DAYS)) / 1_000_000
    return Books(population, spend, np.zeros((8, DAYS)))


@pytest.fixture(scope="module")
def entries(books: Books) -> list[Entry]:
    return books.write()


def of_kind(entries: list[Entry], kind: str) -> list[Entry]:
    return [entry for entry in entries if entry.kind == kind]


def of_usage(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in of_kind(entries, "invoice") if entry.description.startswith("Usage")]


def test_those_who_pay_afterwards_are_billed_what_they_used_but_for_the_planted_error(
    books: Books, entries: list[Entry]
) -> None:
    wrong = 0
    for invoice in of_usage(entries):
        assert invoice.period is not None
        assert invoice.credits is not None
        first = max((invoice.period[0] - books.population.start).days, 0)
        last = (invoice.period[1] - books.population.start).days
        used = Decimal(int((books.spend[invoice.tenant, first:last] * 1_000_000).round().sum())) / 1_000_000
        assert invoice.amount == (invoice.credits * books.prices[invoice.tenant]).quantize(Decimal("0.01"))
        assert date.fromisoformat(invoice.due_on) == invoice.period[1] + timedelta(days=14)
        wrong += invoice.credits != used
    # Two of the eight tenants pay afterwards: each has one invoice that is three percent too high, and buys nothing.
    assert wrong == 2
    assert {entry.tenant for entry in of_kind(entries, "plan_grant") + of_kind(entries, "topup")}.isdisjoint({1, 5})
    assert Counter(invoice.tenant for invoice in of_usage(entries)) == {1: 3, 5: 3, 2: 1, 6: 1}


def test_those_who_buy_before_are_billed_what_they_bought_and_two_their_usage_as_well(
    books: Books, entries: list[Entry]
) -> None:
    bought: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind in ("plan_grant", "topup", "auto_recharge") and entry.invoice_id:
            bought[entry.invoice_id].append(entry)
    invoices = [entry for entry in of_kind(entries, "invoice") if entry.description.startswith("Purchases")]
    assert {invoice.invoice_id for invoice in invoices} == set(bought) and len(invoices) == 6 * 3
    for invoice in invoices:
        assert invoice.amount == sum(entry.amount for entry in bought[invoice.invoice_id])
        assert invoice.credits == sum(entry.credits or 0 for entry in bought[invoice.invoice_id])
    again = [invoice for invoice in of_usage(entries) if invoice.tenant not in (1, 5)]
    assert [invoice.invoice_id for invoice in again] == ["INV-202609-0003-U", "INV-202609-0007-U"]


def test_payments_pay_an_invoice_later(entries: list[Entry]) -> None:
    invoices = {entry.invoice_id: entry for entry in of_kind(entries, "invoice")}
    assert of_kind(entries, "payment")
    for payment in of_kind(entries, "payment"):
        invoice = invoices[payment.invoice_id]
        assert (payment.amount, payment.tenant) == (invoice.amount, invoice.tenant)
        assert payment.day > invoice.day


def test_plan_credits_come_monthly_and_lapse_with_the_month(books: Books, entries: list[Entry]) -> None:
    grants = [entry for entry in of_kind(entries, "plan_grant") if entry.tenant == 0]
    days = [books.population.start + timedelta(days=entry.day) for entry in grants]
    assert [day.day for day in days[1:]] == [1, 1, 1]
    for day, grant in zip(days, grants, strict=True):
        lapses = date.fromisoformat(grant.expires_on)
        assert (lapses.year, lapses.month) == (day.year, day.month)
        assert (lapses + timedelta(days=1)).day == 1


def test_top_ups_keep_the_balance_near_or_above_zero(books: Books, entries: list[Entry]) -> None:
    granted = np.zeros(8)
    for entry in entries:
        if entry.kind in ("plan_grant", "topup", "auto_recharge") and entry.credits is not None:
            granted[entry.tenant] += float(entry.credits)
    granted[[1, 5]] = books.spend[[1, 5]].sum(axis=1)  # these pay afterwards
    # Plan credits lapse, so what was granted exceeds what was used; only those who top up late owe a little.
    owed = books.spend.sum(axis=1) - granted
    assert (owed <= np.array([0.35 * allowance for allowance in books.allowance])).all()
    assert of_kind(entries, "auto_recharge")
    assert of_kind(entries, "topup")


def test_billing_files_have_unique_ids_and_stay_within_the_period(books: Books) -> None:
    fresh = Books(books.population, books.spend, books.job_spend)
    tables = list(billing_tables(fresh))
    ids = [value for _, table in tables for value in table.column("billing_id").to_pylist()]
    assert len(ids) == len(set(ids)) > 50
    assert [day for day, _ in tables] == sorted({day for day, _ in tables})
    for day, table in tables:
        assert books.population.start <= day <= END
        assert {moment.date() for moment in table.column("occurred_at").to_pylist()} == {day}


@pytest.mark.parametrize(("value", "expected"), [(0.2, 1), (9.6, 10), (123, 120), (98_765, 99_000)])
def test_nice_numbers(value: float, expected: int) -> None:
    assert nice(value) == expected
