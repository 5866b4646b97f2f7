"""The balance and the statement: figures that foot on the page as in the CSV, overdraft in plain words."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from site_builder.cards import statement
from site_builder.cards.line_spend import Line
from site_builder.gather.ledger import Entry
from tests.site_builder.published import card_of, document, rows

MONTH = "acme/monthly/2026-02"


@pytest.mark.parametrize("report", [MONTH, "acme/daily/2026-02-02", "acme/weekly/2026-W06", "all/monthly/2026-02"])
def test_balance_and_statement_foot_and_agree(report: str, small_site: Path) -> None:
    lines, pools = rows(small_site, report, "statement"), rows(small_site, report, "balance")
    assert [lines[0]["entry_type"], lines[-1]["entry_type"]] == ["opening", "closing"]
    balance = Decimal(lines[0]["balance_after"])
    for line in lines[1:-1]:
        balance += Decimal(line["credits"])
        assert Decimal(line["balance_after"]) == balance
    assert Decimal(lines[-1]["balance_after"]) == balance == Decimal(pools[-1]["closing"])
    assert pools[-1]["pool"] == "total"
    for pool in pools:
        came, *went = (Decimal(pool[name]) for name in ("granted", "spent", "withdrawn", "expired"))
        assert Decimal(pool["opening"]) + came - sum(went) == Decimal(pool["closing"])


def test_overdraft_terms_and_money_are_said_plainly(small_site: Path) -> None:
    balance, account = card_of(small_site, MONTH, "balance"), card_of(small_site, MONTH, "statement")
    assert balance["title"].startswith("1,580 credits in overdraft after 1,680 spent")
    assert balance["facts"]["Billing period"] == "9 Feb – 1 Mar 2026, 1 day left"
    assert account["facts"]["Bought"] == "19.90 EUR" and account["facts"]["Invoices paid"] == "none"
    assert account["facts"]["Used in this order"].endswith(statement.BURN_ORDERS["pool"])
    page = (small_site / MONTH / "index.html").read_text("utf-8")
    assert "\u221260.000001" not in page and "\u22126.000001" in page and "=Top-up &lt;b&gt;" in page
    assert "'=Top-up <b>" in {row["description"] for row in rows(small_site, MONTH, "statement")}


def test_lines_of_usage_say_what_they_cost_and_what_is_unknown(small_site: Path) -> None:
    bought, used, *_ = rows(small_site, MONTH, "statement")[1:]
    owed = rows(small_site, MONTH, "statement")[-2]
    columns = ("spend_amount", "spend_currency", "unknown_credits")
    assert [bought[name] for name in columns] == ["", "", ""]
    assert [used[name] for name in columns] == ["1.194000", "EUR", "0.000000"]
    assert [owed[name] for name in columns] == ["", "", "6.000001"]
    dollars = next(row for row in rows(small_site, "all/monthly/2026-02", "statement") if row["spend_amount"])
    assert (dollars["spend_amount"], dollars["spend_currency"]) == ("1.791000", "USD")


def test_the_billing_period_is_that_of_the_reports_own_date(small_site: Path) -> None:
    for report, period in (
        ("daily/2026-02-08", "9 Jan – 8 Feb 2026, its last day"),
        ("weekly/2026-W07", "9 Feb – 1 Mar 2026, 14 days left"),
        ("weekly/2026-W05", "9 Jan – 8 Feb 2026, 7 days left"),
    ):
        assert card_of(small_site, f"acme/{report}", "balance")["facts"]["Billing period"] == period
    whole = document(small_site, "acme/billing/2026-01-09")
    used = card_of(small_site, "acme/daily/2026-02-08", "balance")["facts"]["Credits used this billing period"]
    assert used.endswith(", up to 8 Feb 2026") and whole["headline"].startswith(f"{used.rpartition(',')[0]} credits")
    assert whole["label"] == "Billing period 9 Jan – 8 Feb 2026"
    assert "Billing period" not in card_of(small_site, "all/monthly/2026-02", "balance")["facts"]


def test_a_line_says_its_units_and_of_which_invoice_it_is(small_site: Path) -> None:
    bought, used = rows(small_site, MONTH, "statement")[1:3]
    assert (bought["quantity_unit"], bought["unit_price_unit"]) == ("credits", "EUR per credit")
    assert (used["quantity_unit"], used["unit_price_unit"]) == ("events", "credits per event")
    assert [bought[name] for name in ("invoice_id", "period_start", "period_end", "due_on", "tax_amount")] == [
        "I-9", "2026-02-01", "2026-03-01", "2026-03-14", "3.781000",
    ]  # fmt: skip
    assert (used["invoice_id"], used["period_start"], used["due_on"]) == ("(none)", "", "")
    page = (small_site / MONTH / "index.html").read_text("utf-8").partition('id="statement"')[2]
    assert "EUR per credit" in page and "I-9" in page and "2026-03-14" in page.partition("</section>")[0]


def test_a_tenant_without_a_ledger_has_empty_cards(small_site: Path) -> None:
    for name in ("balance", "statement"):
        assert card_of(small_site, "x.-.41cme/monthly/2026-02", name)["rows"] == []


def test_long_statements_add_up_spend_by_date_and_pool() -> None:
    def entry(number: int, entry_type: str, pool: str, credits: str) -> Line:
        texts = ("usage", f"Model {number}", pool, "m", "(none)", "(none)")
        line = Entry("t", number, date(2026, 2, 1), entry_type, *texts, Decimal(2), Decimal(1), Decimal(credits),
                     None, None, Decimal(100 - number))  # fmt: skip
        return Line(line, Decimal("0.25") if number == 2 else None, Decimal(0) if number < 4 else None)

    lines = [entry(1, "grant", "plan", "9"), entry(2, "spend", "plan", "-1.000001"), entry(3, "spend", "plan", "-2"),
               entry(4, "spend", "topup", "-4"), entry(5, "grant", "plan", "1")]  # fmt: skip
    told = list(statement.by_date(lines))
    found = [(line.description, line.credits, line.quantity, line.balance_after) for line, *_ in told]
    assert [(line.spend, line.unknown_credits) for line in told] == [
        (None, 0), (Decimal("0.25"), 0), (None, None), (None, None),
    ]  # fmt: skip
    assert found == [
        ("Model 1", Decimal(9), Decimal(2), Decimal(99)),
        ("2 lines of usage and jobs", Decimal("-3.000001"), None, Decimal(97)),
        ("Model 4", Decimal(-4), Decimal(2), Decimal(96)),
        ("Model 5", Decimal(1), Decimal(2), Decimal(95)),
    ]
