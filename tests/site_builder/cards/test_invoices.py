"""The invoices card: whose period ends in the report's, and how they differ."""

import csv
import json
from pathlib import Path

MONTH = "acme/monthly/2026-02"


def test_the_month_lists_the_invoices_that_end_in_it(small_site: Path) -> None:
    with (small_site / MONTH / "data" / "invoices.csv").open(encoding="utf-8", newline="") as file:
        found = {row["invoice_id"]: row for row in csv.DictReader(file)}
    assert list(found) == ["I-1", "I-2", "I-3"]
    assert found["I-2"]["difference_credits"] == found["I-2"]["unexplained_credits"] == "3.000000"
    assert found["I-2"]["unrated_bound_credits"] == "2.000000" and found["I-2"]["open_amount"] == "56.500000"
    assert found["I-1"]["open_amount"] == "0.000000"
    assert found["I-3"]["difference_credits"] == found["I-3"]["status"] == ""
    card = json.loads((small_site / MONTH / "report.json").read_text("utf-8"))["cards"]["invoices"]
    assert card["title"] == "\u2068I-2\u2069 is over-billed by 1.50 USD, of 3 invoices"
    assert card["facts"]["Charged twice"] == "60.00 credits (\u2068I-1\u2069)"
    assert card["facts"]["Could be charged twice"] == (
        "at most 60.00 credits (\u2068I-2\u2069) and at most 7.00 credits (\u2068I-3\u2069)"
    )
    page = (small_site / MONTH / "index.html").read_text("utf-8")
    assert "Unrated messages could explain" in page and "at most 2.00 credits" in page and "56.50 USD" in page


def test_other_tenants_and_months_have_none(small_site: Path) -> None:
    for report in ("acme/monthly/2026-01", "acme/monthly/2026-03", "x.-.41cme/monthly/2026-02"):
        card = json.loads((small_site / report / "report.json").read_text("utf-8"))["cards"]["invoices"]
        assert card["rows"] == [] and card["title"] == "No invoice's period ends here"


def test_the_scope_of_all_names_the_tenant(small_site: Path) -> None:
    with (small_site / "all/monthly/2026-02/data/invoices.csv").open(encoding="utf-8", newline="") as file:
        assert {row["tenant_id"] for row in csv.DictReader(file)} == {"acme"}
