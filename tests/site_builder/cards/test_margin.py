"""The margin card: whole months of all tenants, and no tenant's page."""

import csv
import json
import re
from pathlib import Path

MONTH = "all/monthly/2026-02"


def card(site: Path, report: str) -> dict:
    return json.loads((site / report / "report.json").read_text("utf-8"))["cards"]["margin"]


def test_a_month_adds_up_what_is_known(small_site: Path) -> None:
    found = card(small_site, MONTH)
    assert found["title"] == "Usage of which all is known earned 6.00 USD and cost 3.25 USD, which leaves 2.75 USD"
    text = (small_site / MONTH / "index.html").read_text("utf-8")
    assert "The cost of 3 messages and 2 runs is unknown, and with it the margin of 1 row." in text
    assert "1 row without an exchange rate" in text
    assert "2.00 credits are overdraft" in text
    assert "Largest loss" in text
    assert found["facts"]["Exchange rates"] == "1 EUR = 1.50 USD (30 Jan 2026 to 2 Feb 2026)"
    assert "of the date on which the lot was bought" in found["definition"]


def test_the_page_has_a_sum_for_each_tenant_and_none_of_what_is_unknown(small_site: Path) -> None:
    text = (small_site / MONTH / "index.html").read_text("utf-8")
    table = text.partition('id="margin"')[2].partition("<table")[2].partition("</table>")[0]
    rows = [re.sub(r"<[^>]+>", "|", row) for row in table.split("<tr>")]
    sums = [re.sub(r"\|+", "|", row.replace("\n", "")) for row in rows if "All models" in row]
    assert len(sums) == 2
    of_acme = next(row for row in sums if row.startswith("|Quokka Ltd"))
    # 4.5 + 1.5 + 9 earned, 3.75 known cost, 11.25 left at most: three messages have no cost.
    assert "|15.00|3.75|3|–|0.00|11.25|2|0|" in of_acme
    assert not any("All models" in value for value in (small_site / MONTH / "data/margin.csv").read_text().split(","))


def test_the_csv_has_every_row_and_unknown_is_empty(small_site: Path) -> None:
    with (small_site / MONTH / "data" / "margin.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["tenant_id"], row["model_id"]): row for row in csv.DictReader(file)}
    assert list(rows) == [("acme", "model-0"), ("acme", "model-1"), ("Acme", "model-0"), ("acme", "model-2")]
    assert (rows["acme", "model-1"]["cost_usd"], rows["acme", "model-1"]["margin_usd"]) == ("2.000000", "-0.500000")
    assert (rows["acme", "model-1"]["min_usd_per_unit"], rows["acme", "model-1"]["min_rate_date"]) == (
        "1.500000000000", "2026-01-30",
    )  # fmt: skip
    assert (rows["acme", "model-2"]["cost_usd"], rows["acme", "model-2"]["margin_usd"]) == ("0.500000", "")
    assert rows["acme", "model-2"]["margin_usd_at_most"] == "8.500000"
    assert rows["acme", "model-2"]["uncosted_runs"] == "2"
    assert (rows["Acme", "model-0"]["revenue_usd"], rows["Acme", "model-0"]["margin_usd"]) == ("", "")


def test_a_running_month_shows_none_yet(small_site: Path) -> None:
    assert card(small_site, "all/monthly/2026-03")["title"] == "The margin is shown once the month is over"
    assert card(small_site, "all/monthly/2026-03")["rows"] == []


def test_no_tenant_sees_it(small_site: Path) -> None:
    pages = [path for path in small_site.rglob("*") if path.is_file() and "margin" in path.name]
    assert {path.relative_to(small_site).parts[0] for path in pages} == {"all"}
    for path in small_site.glob("*/*/*/report.json"):
        if path.relative_to(small_site).parts[0] != "all":
            assert "margin" not in json.loads(path.read_text("utf-8"))["cards"]
