"""Invoices against what they should be for: credit notes, grants that they bill, prices by date, tax and payments."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from comparing import build_parts, rows_of

from orchestration.loading.load import load
from orchestration.warehouse import opened

TENANTS = """tenant_id,tenant_name,currency,credit_price,billing_mode
after,After,EUR,0.5,postpaid
before,Before,EUR,,
"""
PRICES = """tenant_id,valid_from,credit_price,currency
after,2026-10-16,0.4,
"""
RATES = "model_id,valid_from,multiplier\nrated,2026-01-01,3\n"


def _event(number: int, day: str, tenant: str, **more: Any) -> dict[str, Any]:
    at = f"{day}T12:00:00Z"
    return {"event_id": f"e{number}", "occurred_at": at, "tenant_id": tenant, "model_id": "rated", **more}


def _bill(number: int, kind: str, day: str, **more: Any) -> dict[str, Any]:
    return {"billing_id": f"b{number}", "occurred_at": f"{day}T09:00:00Z", "kind": kind, **more}


USAGE = [
    _event(1, "2026-10-05", "after", credits=100),
    _event(2, "2026-10-20", "after", credits=50),
    _event(3, "2026-10-20", "after", model_id="unheard_of", input_tokens=11),
    _event(4, "2026-10-20", "before", credits=40),
    _event(5, "2026-11-02", "after", credits=1),
    _event(6, "2026-11-02", "before", credits=1),
    # So many that one bad row does not hold the landing date back.
    *(_event(number, "2026-11-02", "others", credits=1) for number in range(7, 17)),
]
OCTOBER = {"period_start": "2026-10-01", "period_end": "2026-11-01"}
BILLING = [
    # 100 × 0.50 + 50 × 0.40 = 70.00; 90 credits too many at 0.40 = 36.00, less a credit note of 8.00 (20 credits).
    _bill(1, "invoice", "2026-11-01", tenant_id="after", invoice_id="I-1", credits=240, amount="106.00",
          tax_amount="20.14", due_on="2026-11-01", **OCTOBER),
    _bill(2, "invoice", "2026-11-02", tenant_id="after", invoice_id="C-1", corrects_invoice_id="I-1", amount="-8.00",
          tax_amount="-1.52"),
    _bill(3, "payment", "2026-11-02", tenant_id="after", invoice_id="I-1", amount="50.00"),
    # Bought, billed, and paid too much; what was used of it is no concern of the invoice.
    _bill(4, "topup", "2026-10-10", tenant_id="before", credits=100, amount="30.00", invoice_id="I-2"),
    _bill(5, "invoice", "2026-11-01", tenant_id="before", invoice_id="I-2", amount="30.00", credits=100, **OCTOBER),
    _bill(6, "payment", "2026-11-02", tenant_id="before", invoice_id="I-2", amount="31.00"),
    # A lot without an amount, of which nobody knows what it cost.
    _bill(7, "topup", "2026-10-09", tenant_id="before", credits=10, expires_on="2026-10-31"),
    # A credit note by credits alone, for what was never invoiced; a payment with negative credits is no grant.
    _bill(8, "invoice", "2026-11-02", tenant_id="before", credits=-5, corrects_invoice_id="I-99"),
    _bill(9, "payment", "2026-11-02", tenant_id="before", credits=-5),
    _bill(10, "topup", "2026-11-02", tenant_id="before", credits=-5),
]  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invoices")
    raw = folder / "raw"
    in_time = [event for event in USAGE if event["occurred_at"] < "2026-11"]
    rest = [event for event in USAGE if event not in in_time]
    for path, rows in {"usage/2026-10-21": in_time, "usage/2026-11-03": rest, "billing/2026-11-03": BILLING}.items():
        (raw / path).mkdir(parents=True)
        (raw / path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (raw / "directory").mkdir()
    for name, text in {"tenants": TENANTS, "credit_prices": PRICES, "rates": RATES}.items():
        (raw / "directory" / f"{name}.csv").write_text(text, "utf-8")
    load(str(raw), folder / "w.duckdb")
    build_parts(folder / "w.duckdb", None)
    return folder / "w.duckdb"


def _invoice(warehouse: Path, invoice_id: str) -> dict[str, Any]:
    with opened(warehouse, read_only=True) as con:
        found = con.execute("from marts.mart_invoice_reconciliation where invoice_id = $1", [invoice_id])
        names = [column[0] for column in found.description or ()]
        rows = found.fetchall()
    assert len(rows) == 1, rows
    return dict(zip(names, rows[0], strict=True))


def test_a_credit_note_lowers_the_invoice_that_it_corrects(warehouse: Path) -> None:
    invoice = _invoice(warehouse, "I-1")
    assert (invoice["invoiced_amount"], invoice["invoiced_credits"]) == (Decimal("98.00"), Decimal(220))
    assert (invoice["credited_amount"], invoice["credited_credits"]) == (Decimal("-8.00"), None)
    assert (invoice["difference_amount"], invoice["difference_credits"]) == (Decimal("28.00"), Decimal(70))
    assert invoice["status"] == "over_billed"
    assert (invoice["tax_amount"], invoice["paid_amount"], invoice["open_amount"]) == (
        Decimal("18.62"), Decimal("50.00"), Decimal("66.62"),
    )  # fmt: skip


def test_an_unrated_request_bounds_what_is_unexplained_and_explains_nothing(warehouse: Path) -> None:
    invoice = _invoice(warehouse, "I-1")
    assert (invoice["unrated_requests"], invoice["unrated_bound_credits"]) == (1, Decimal(3))
    assert (invoice["unrated_usage_credits"], invoice["unexplained_credits"]) == (0, Decimal(70))


def test_an_invoice_of_a_purchase_is_compared_with_the_purchase(warehouse: Path) -> None:
    invoice = _invoice(warehouse, "I-2")
    assert (invoice["status"], invoice["purchased_credits"], invoice["metered_credits"]) == ("matched", 100, 0)
    assert (invoice["paid_amount"], invoice["open_amount"]) == (Decimal("31.00"), Decimal("-1.00"))


def test_a_credit_note_of_an_invoice_that_never_came_stands_by_itself(warehouse: Path) -> None:
    assert _invoice(warehouse, "b8")["invoiced_credits"] == -5
    refused = rows_of(warehouse, "select line, reason, detail from audit.quarantine")
    assert refused == [(10, "bad_value", "credits")]


def test_what_a_lot_without_an_amount_brought_is_unknown(warehouse: Path) -> None:
    rows = (
        "select month, unpriced_credits, revenue, margin_usd from marts.mart_margin_monthly where tenant_id = 'before'"
    )
    assert rows_of(warehouse, f"{rows} order by month") == [
        ("2026-10", Decimal(10), None, None), ("2026-11", Decimal(0), Decimal("0.3"), None),
    ]  # fmt: skip
    charged = "select sum(EffectiveCost) from marts.mart_focus_cost_usage where x_LotId = 'b7'"
    assert rows_of(warehouse, charged) == [(0,)]
