"""The receivables card: what was open as the month ended, by currency and age."""

from pathlib import Path

from tests.site_builder.published import card_of, rows

MONTH = "monthly/2026-02"


def test_a_tenants_month_says_what_is_open_and_overdue_in_each_currency(small_site: Path) -> None:
    card = card_of(small_site, f"acme/{MONTH}", "receivables")
    assert card["title"] == "17.00 CHF and 82.00 EUR open, 50.00 EUR overdue"
    assert card["facts"]["Invoiced"] == "5.00 CHF and 100.00 EUR" and card["facts"]["Paid"] == "30.00 EUR"
    assert card["note"] == ("What is open of 1 invoice is unknown. 7.50 CHF was paid without naming an invoice.")
    found = rows(small_site, f"acme/{MONTH}", "receivables")
    assert [(row["tenant_id"], row["currency"], row["as_at"]) for row in found] == [
        ("acme", "EUR", "2026-02-28"), ("acme", "CHF", "2026-02-28"),
    ]  # fmt: skip
    ages = ("not_due", "overdue_1_30", "overdue_31_60", "overdue_61_90", "overdue_over_90")
    assert [found[0][f"{age}_amount"] for age in ages] == [
        "32.000000", "40.000000", "0.000000", "0.000000", "10.000000",
    ]  # fmt: skip


def test_the_scope_of_all_has_every_tenant_most_overdue_first(small_site: Path) -> None:
    found = rows(small_site, f"all/{MONTH}", "receivables")
    assert [(row["tenant_id"], row["overdue_amount"]) for row in found] == [
        ("Acme", "62.000000"), ("acme", "50.000000"), ("acme", "0.000000"),
    ]  # fmt: skip


def test_a_running_month_stands_as_of_its_last_date_and_others_have_none(small_site: Path) -> None:
    assert card_of(small_site, "acme/monthly/2026-03", "receivables")["title"] == "Nothing is open"
    assert card_of(small_site, "acme/monthly/2026-01", "receivables")["title"] == "Nothing was invoiced yet"
