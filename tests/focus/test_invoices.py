"""What names an invoice adds up to it: worked out by hand, and for random ledgers and invoices."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from focus_data_toolkit.model.validator import lint_focus_1_4_structure

from orchestration.building.build import build
from orchestration.closing.close import close_month
from orchestration.closing.journal import Signature
from orchestration.closing.review import KINDS
from orchestration.exporting import export_focus
from orchestration.loading.load import load
from tests.focus.conftest import CONDITIONS, CONTRADICTIONS, built, land

CREDIT_PRICES = "tenant_id,valid_from,credit_price\nafter,2026-10-16,0.2\n"
TENANTS = """tenant_id,tenant_name,timezone,currency,credit_price,billing_mode
after,After,Asia/Tokyo,EUR,0.1,postpaid
before,Before,UTC,USD,0.1,prepaid
"""
USAGE = [
    {"event_id": "u1", "occurred_at": "2026-10-02T03:00:00Z", "credits": "30", "model_id": "m"},
    {"event_id": "u2", "occurred_at": "2026-10-20T03:00:00Z", "credits": "10", "model_id": "m"},
    # The first of November in Tokyo.
    {"event_id": "u3", "occurred_at": "2026-10-31T16:00:00Z", "credits": "5", "model_id": "m"},
]
OCTOBER = {"period_start": "2026-10-01", "period_end": "2026-11-01"}
BILLING = [
    {"billing_id": "gift", "occurred_at": "2026-10-01T03:00:00Z", "kind": "promo_grant", "credits": "4"},
    {
        "billing_id": "oct",
        "occurred_at": "2026-11-02T03:00:00Z",
        "kind": "invoice",
        "amount": "5.6",
        "tax_amount": "1.12",
        "invoice_id": "INV-10",
        **OCTOBER,
    },
    {
        "billing_id": "note",
        "occurred_at": "2026-11-04T03:00:00Z",
        "kind": "invoice",
        "amount": "-1",
        "tax_amount": "-0.2",
        "invoice_id": "CN-1",
        "corrects_invoice_id": "INV-10",
    },
    {
        "billing_id": "paid",
        "occurred_at": "2026-11-05T03:00:00Z",
        "kind": "payment",
        "amount": "5",
        "invoice_id": "INV-10",
    },
]
PREPAID = [
    {
        "billing_id": "pack",
        "occurred_at": "2026-10-03T03:00:00Z",
        "kind": "topup",
        "credits": "100",
        "amount": "10",
        "tax_amount": "2",
        "invoice_id": "INV-P",
    },
    {
        "billing_id": "bill",
        "occurred_at": "2026-10-03T04:00:00Z",
        "kind": "invoice",
        "amount": "10.5",
        "tax_amount": "2",
        "invoice_id": "INV-P",
    },
    {
        "billing_id": "fee",
        "occurred_at": "2026-10-04T03:00:00Z",
        "kind": "topup",
        "credits": "0",
        "amount": "3",
        "tax_amount": "0.6",
    },
]
MONEY = [Decimal(cents) / 100 for cents in (0, 1, 99, 1000, 123456)]


def _of(tenant: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"tenant_id": tenant, **row} for row in rows]


def _charges(warehouse: Path, columns: str, where: str = "true") -> list[Sequence[Any]]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(
            f"select {columns} from marts.mart_focus_cost_usage where {where} "
            "order by x_ChargeDate, x_ChargeType, BilledCost"
        ).fetchall()


@pytest.fixture(scope="module")
def invoiced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = {"usage": _of("after", USAGE), "billing": _of("after", BILLING) + _of("before", PREPAID)}
    directory = {"tenants": TENANTS, "credit_prices": CREDIT_PRICES}
    return built(tmp_path_factory.mktemp("invoiced"), directory, rows, "2026-11-10")


_SHOWN = (
    "x_ChargeType, x_ChargeDate::varchar, ChargeCategory, ChargeClass, InvoiceId, BilledCost::double, "
    "EffectiveCost::double"
)


def test_postpaid_usage_is_billed_by_the_invoice_of_its_date(invoiced: Path) -> None:
    where = "BillingAccountId = 'after' and x_ChargeType <> 'Grant'"
    assert _charges(invoiced, f"{_SHOWN}, x_Funding, x_CorrectedMonth", where) == [
        ("Usage", "2026-10-02", "Usage", None, None, 0, 0, "Funded", None),
        ("Usage", "2026-10-02", "Usage", None, "INV-10", 2.6, 2.6, "Postpaid", None),
        ("Usage", "2026-10-20", "Usage", None, "INV-10", 2, 2, "Postpaid", None),
        ("Usage", "2026-11-01", "Usage", None, None, 1, 1, "Postpaid", None),
        ("Difference", "2026-11-02", "Adjustment", None, "INV-10", 1, 1, None, None),
        ("Tax", "2026-11-02", "Tax", None, "INV-10", 1.12, 1.12, None, None),
        ("Credit Note", "2026-11-04", "Adjustment", "Correction", "INV-10", -1, -1, None, "2026-10"),
        ("Tax", "2026-11-04", "Tax", "Correction", "INV-10", -0.2, -0.2, None, "2026-10"),
    ]  # fmt: skip


def test_a_purchase_is_billed_by_its_invoice_with_tax_and_what_goes_beyond(invoiced: Path) -> None:
    assert _charges(invoiced, _SHOWN, "BillingAccountId = 'before'") == [
        ("Difference", "2026-10-03", "Adjustment", None, "INV-P", 0.5, 0.5),
        ("Grant", "2026-10-03", "Purchase", None, "INV-P", 10, 0),
        ("Tax", "2026-10-03", "Tax", None, "INV-P", 2, 2),
        ("Fee", "2026-10-04", "Purchase", None, None, 3, 3),
        ("Tax", "2026-10-04", "Tax", None, None, 0.6, 0.6),
    ]  # fmt: skip


def test_the_linter_of_1_4_takes_tax_credit_notes_and_postpaid_usage(invoiced: Path, tmp_path: Path) -> None:
    export_focus(invoiced, tmp_path / "f.csv", version="1.4", file_format="csv")
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as file:
        report = lint_focus_1_4_structure("Cost and Usage", list(csv.DictReader(file)), supported_conditions=CONDITIONS)
    assert {(each.rule, each.column) for each in report.violations} == CONTRADICTIONS


class RandomAccounts:
    """Tenants of every kind with what is bought, used and invoiced at random, and what each invoice comes to."""

    def __init__(self, seed: int, tenants: int) -> None:
        self.random = random.Random(seed)
        self.modes = {f"t{number}": self.random.choice(["prepaid", "postpaid"]) for number in range(tenants)}
        self.invoices: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.purchases: dict[str, Decimal] = defaultdict(Decimal)
        self.number = 0

    def directory(self) -> dict[str, str]:
        zones = ["UTC", "Asia/Tokyo", "America/New_York"]
        rows = [
            f"{tenant},{tenant},{self.random.choice(zones)},EUR,{self.random.choice(['0.1', '0.033333'])},{mode}"
            for tenant, mode in self.modes.items()
        ]
        return {"tenants": "\n".join(["tenant_id,tenant_name,timezone,currency,credit_price,billing_mode", *rows, ""])}

    def arrivals(self, landed_in: int) -> dict[str, list[dict[str, Any]]]:
        """What lands within a month, most of it of that month, some of it late."""
        rows: dict[str, list[dict[str, Any]]] = {"usage": [], "billing": []}
        for tenant in self.modes:
            for _ in range(self.random.randrange(4)):
                rows["usage"].append(self._event(tenant, landed_in, "event_id", model_id="m", credits=self._amount()))
            for _ in range(self.random.randrange(3)):
                rows["billing"].append(self._grant(tenant, landed_in))
            for _ in range(self.random.randrange(3)):
                rows["billing"].append(self._line(tenant, landed_in))
        return rows

    def _event(self, tenant: str, landed_in: int, key: str, **more: Any) -> dict[str, Any]:
        self.number += 1
        month = max(9, landed_in - self.random.choice([0, 0, 0, 1]))
        occurred_at = f"2026-{month:02}-{self.random.randrange(1, 28):02}T{self.random.randrange(24):02}:00:00Z"
        return {"tenant_id": tenant, key: f"e{self.number}", "occurred_at": occurred_at, **more}

    def _grant(self, tenant: str, landed_in: int) -> dict[str, Any]:
        amount = self.random.choice(MONEY)
        self.purchases[tenant] += amount
        named = self.random.choice([None, "A", "B"])
        ends = self.random.choice([None, f"2026-{landed_in:02}-30", "2027-01-31"])
        return self._event(
            tenant, landed_in, "billing_id", kind="topup", credits=self._amount(), amount=str(amount), invoice_id=named,
            expires_on=ends,
        )  # fmt: skip

    def _line(self, tenant: str, landed_in: int) -> dict[str, Any]:
        amount, tax = self.random.choice(MONEY), self.random.choice(MONEY)
        invoice, corrects = self.random.choice("ABC"), None
        if (tenant, invoice) in self.invoices and self.random.random() < 0.5:
            amount, tax, corrects = -amount - 1, -tax, invoice
        self.invoices[tenant, invoice] += amount + tax
        month = max(9, landed_in - 1)
        return self._event(
            tenant, landed_in, "billing_id", kind="invoice", amount=str(amount), tax_amount=str(tax),
            invoice_id=f"note-{self.number}" if corrects else invoice, corrects_invoice_id=corrects,
            period_start=f"2026-{month:02}-01", period_end=f"2026-{month + 1:02}-01",
        )  # fmt: skip

    def _amount(self) -> str:
        return str(Decimal(self.random.randrange(1, 40_000_000)) / 1_000_000)


def _assert_ties(warehouse: Path, accounts: RandomAccounts) -> None:
    billed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    purchased: dict[str, Decimal] = defaultdict(Decimal)
    for tenant, kind, invoice, amount in _charges(warehouse, "BillingAccountId, x_ChargeType, InvoiceId, BilledCost"):
        if (tenant, invoice) in accounts.invoices:
            billed[tenant, invoice] += amount
        purchased[tenant] += amount if kind in ("Grant", "Fee", "Withdrawal") else 0
    assert {key: billed[key] for key in accounts.invoices} == accounts.invoices
    assert {key: purchased[key] for key in accounts.purchases} == accounts.purchases
    with duckdb.connect(str(warehouse), read_only=True) as con:
        unsettled = con.execute("""
            select x_LotId from marts.mart_focus_cost_usage where x_LotId is not null group by x_LotId
            having sum(if(x_ChargeType = 'Grant', x_DeferredCost, 0))
                <> sum(if(x_ChargeType in ('Usage', 'Expiry'), EffectiveCost, 0)) + sum(x_DeferredCost)""").fetchall()
    assert unsettled == [], "paid is not recognised and expired plus deferred"


def test_random_invoices_are_the_sum_of_their_charges_whatever_is_closed_in_between(tmp_path: Path) -> None:
    accounts = RandomAccounts(seed=1, tenants=2_000)
    warehouse = built(tmp_path, accounts.directory(), accounts.arrivals(9), "2026-10-02")
    _assert_ties(warehouse, accounts)
    for month, landed_on in ((10, "2026-11-02"), (11, "2026-12-02")):
        close_month(warehouse, date(2026, month - 1, 1), Signature("Finance", "closed by a test"), accept=KINDS)
        land(tmp_path / "raw", accounts.arrivals(month), landed_on)
        load(str(tmp_path / "raw"), warehouse)
        build(warehouse, tmp_path / "dbt")
        _assert_ties(warehouse, accounts)
