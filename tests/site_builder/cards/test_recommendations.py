"""The recommendations card: advice as of the period's last date with its evidence, and what the last month's saved."""

from pathlib import Path

from tests.site_builder.published import card_of, rows

MONTH, CARD = "acme/monthly/2026-02", "recommendations"


def test_advice_comes_with_its_savings_and_its_evidence(small_site: Path) -> None:
    assert (
        card_of(small_site, MONTH, CARD)["title"]
        == "2 moves to cheaper models would save 109.5 credits (27.38 EUR) a month"
    )
    first, second, seats, off_peak, runaway, assistants = rows(small_site, MONTH, CARD)
    assert first["advice"] == "Use MODEL-1 for drafting instead of MODEL-0"
    assert first["evidence"] == (
        "20.00 instead of 100.0 credits in 30 dates; success 99.0% of 300 messages instead of "
        "100.0% of 200; rating 4.13 instead of 4.00"
    )
    assert (first["monthly_savings_amount"], first["currency"]) == ("20.000000", "EUR")
    assert (first["monthly_savings_credits"], first["success_difference_low"]) == ("80.000000", "-0.035")
    assert (second["task_category"], second["from_credits"], second["to_credits"]) == (
        "'=coding", "50.000000", "20.500000",
    )  # fmt: skip
    assert (seats["advice"], seats["evidence"]) == ("Give back or hand out 3 idle seats", "3 of 20, in 30 dates")
    assert off_peak["advice"].startswith("Run workflow work of MODEL-0 outside of 09:00")
    assert off_peak["evidence"] == "1.5 s a message instead of 2.0 s; faster on 3 of 20 dates"
    assert "item-2" in runaway["advice"] and runaway["evidence"] == (
        "150.5 credits above its median: 200.0 credits on 3 of 20 dates of use"
    )
    assert assistants["advice"] == "Retire or make known 3 unused assistants"
    assert {row["monthly_savings_credits"] for row in (seats, off_peak, runaway, assistants)} == {""}


def test_a_week_has_the_advice_of_its_own_last_date(small_site: Path) -> None:
    assert [row["kind"] for row in rows(small_site, "acme/weekly/2026-W08", CARD)] == ["idle_seats"]
    assert (
        card_of(small_site, "acme/weekly/2026-W08", CARD)["title"]
        == "1 thing to look at, without a saving that can be shown"
    )
    assert card_of(small_site, "acme/weekly/2026-W07", CARD)["title"] == "Nothing to advise: the data show no saving"


def test_the_month_after_says_what_was_saved(small_site: Path) -> None:
    known, unknown = rows(small_site, "acme/monthly/2026-03", CARD)
    assert (known["kind"], known["moved_requests"], known["saved_credits"]) == ("outcome", "120", "22.800000")
    assert known["evidence"] == "120 messages moved, which saved 22.80 of 40.00 credits expected by now (5.70 EUR)"
    assert (unknown["moved_requests"], unknown["saved_credits"]) == ("3", "")
    text = (small_site / "acme/monthly/2026-03/index.html").read_text("utf-8")
    # The month is not over: half of its dates count, and so does half of what was expected of it.
    assert (known["expected_credits"], known["expected_to_date_credits"]) == ("80.000000", "40.000000")
    assert "22.80 of 40.00 credits expected by now (5.70 EUR), 120 messages moved" in text


def test_daily_reports_advise_nothing_and_tenants_see_their_own(small_site: Path) -> None:
    assert not list(small_site.glob("*/daily/*/data/recommendations.csv"))
    for month in small_site.glob("*/monthly/2026-02"):
        tenants = {row["tenant_id"] for row in rows(small_site, str(month.relative_to(small_site)), CARD)}
        assert tenants == ({"acme"} if month.parts[-3] in ("acme", "all") else set())
