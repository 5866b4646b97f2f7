"""The cards of budgets, alerts and drivers: as of the period's last date, complete, and in words."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.site_builder.published import card_of, rows

MONTH = "acme/monthly/2026-02"


def query(marts: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(marts), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_budgets_stand_as_the_periods_last_date_ended(small_marts: Path, small_site: Path) -> None:
    for report, last in (
        (MONTH, "2026-02-28"),
        ("acme/daily/2026-02-03", "2026-02-03"),
        ("acme/weekly/2026-W05", "2026-02-01"),
    ):
        expected = query(
            small_marts,
            f"select scope, month, used::varchar, projected::varchar, status from "
            f"marts.mart_budget_daily where tenant_id = 'acme' and usage_date = '{last}'",
        )
        found = [
            (row["scope"], row["month"], row["used"], row["projected"], row["status"])
            for row in rows(small_site, report, "budgets")
        ]
        assert sorted(found) == sorted(expected) and len(found) == 3, report


def test_a_crossing_is_not_known_before_its_date(small_marts: Path, small_site: Path) -> None:
    (crossed,) = query(
        small_marts,
        "select crossed_75_on from marts.mart_budget_status where tenant_id = 'acme' "
        "and scope = 'tenant' and month = '2026-02'",
    )[0]
    days = [path.name for path in sorted((small_site / "acme/daily").glob("2026-02-*"))]
    shown = {
        day: next(row for row in rows(small_site, f"acme/daily/{day}", "budgets") if row["scope"] == "tenant")
        for day in days
    }
    known = [day for day in days if shown[day]["crossed_75_on"]]
    assert known == [day for day in days if day >= str(crossed)] != days


def test_budgets_for_nobody_are_named_on_the_page(small_site: Path) -> None:
    assert "perhaps misspelt: \u2068nobody\u2069" in card_of(small_site, MONTH, "budgets")["note"]
    assert "used up the budget" in card_of(small_site, MONTH, "budgets")["title"]


def test_the_band_is_on_the_card(small_site: Path) -> None:
    page = (small_site / "acme/daily/2026-02-10/index.html").read_text("utf-8")
    budgets = page[page.index('id="budgets"') : page.index('id="drivers"')]
    assert "band of the projection" in budgets and 'class="h2"' in budgets
    facts = card_of(small_site, "acme/daily/2026-02-10", "budgets")["facts"]
    assert "(" in facts["Projected"] and " to " in facts["Projected"]


def test_alerts_of_a_period_are_those_of_its_dates(small_marts: Path, small_site: Path) -> None:
    found = rows(small_site, MONTH, "alerts")
    runaways = query(
        small_marts,
        "select count(*), max(usage_date)::varchar, sum(credits)::varchar, "
        "sum(runaway_excess)::varchar from marts.mart_item_daily where tenant_id = 'acme' "
        "and is_runaway and usage_date between '2026-02-01' and '2026-02-28' "
        "group by item_id order by sum(runaway_excess) desc",
    )
    told = [row for row in found if row["kind"] == "runaway_item"]
    assert [(int(row["days"]), row["alert_date"], row["total_amount"], row["excess"]) for row in told] == runaways
    assert len(told) == 2 and told[0]["evidence"].startswith("90.00 credits above its median: ")
    severities = [row["severity"] for row in found if not row["muted_by"]]
    assert severities == sorted(severities, key=["critical", "warning", "notice"].index)
    unknown = next(row for row in found if row["kind"] == "uncosted_requests")
    whole = query(
        small_marts,
        "select sum(uncosted_requests) from marts.mart_tenant_daily where tenant_id = 'acme' "
        "and usage_date between '2026-02-01' and '2026-02-28'",
    )[0][0]
    assert Decimal(unknown["total_amount"]) == whole and f"{whole} of " in unknown["evidence"]


def test_what_is_muted_stands_last_with_who_and_why_and_is_no_finding(small_site: Path) -> None:
    found = [row for row in rows(small_site, MONTH, "alerts") if row["muted_by"]]
    assert [(row["kind"], row["muted_by"], row["muted_until"], row["mute_note"]) for row in found] == [
        ("high_usage_day", "Ann", "2026-12-31", "a trial")
    ]
    assert rows(small_site, MONTH, "alerts")[-1]["kind"] == "high_usage_day"
    day = found[0]["alert_date"]
    page = (small_site / f"acme/daily/{day}/index.html").read_text("utf-8")
    assert 'class="notice muted"' in page and "muted by \u2068Ann\u2069 until 31 Dec: \u2068a trial\u2069" in page
    assert "high-usage" not in card_of(small_site, f"acme/daily/{day}", "alerts")["title"]


def test_a_short_balance_says_when_it_runs_out(small_site: Path) -> None:
    (short,) = [row for row in rows(small_site, MONTH, "alerts") if row["kind"] == "balance_short"]
    assert short["what"] == "The credit balance lasts until about 23 Feb"
    assert short["evidence"] == "12.00 credits left, 4.00 spent in a day" and short["happens_on"] == "2026-02-23"


def test_what_usage_cost_and_earned_alerts_the_publisher_alone(small_site: Path) -> None:
    (loss,) = [row for row in rows(small_site, "all/monthly/2026-02", "alerts") if row["kind"] == "margin_negative"]
    assert loss["evidence"] == "2.50 USD lost on revenue of 10.00"
    assert not [row for row in rows(small_site, MONTH, "alerts") if row["kind"] == "margin_negative"]
    told = [path for path in (small_site / "acme").rglob("*") if path.is_file()
            and any(word in path.read_bytes() for word in (b"margin_negative", b"publisher_alert"))]  # fmt: skip
    assert told == [] and (small_site / "all/data/mart_publisher_alert_daily.csv").is_file()


def test_a_budget_at_risk_is_told_only_while_it_is(small_marts: Path, small_site: Path) -> None:
    ended = query(
        small_marts,
        "select usage_date::varchar from marts.mart_budget_daily where tenant_id = 'acme' and "
        "scope = 'tenant' and month = '2026-02' and status = 'at_risk' order by all",
    )
    assert ended
    for day, expected in ((ended[0][0], True), ("2026-02-28", False)):
        kinds = {(row["kind"], row["subject_type"]) for row in rows(small_site, f"acme/daily/{day}", "alerts")}
        assert (("budget_at_risk", "tenant") in kinds) is expected


def test_a_quiet_day_says_so(small_marts: Path, small_site: Path) -> None:
    quiet = query(
        small_marts,
        "select usage_date::varchar from marts.mart_tenant_daily where tenant_id = 'acme' and "
        "usage_date not in (select usage_date from marts.mart_alert_daily where "
        "tenant_id = 'acme') order by all",
    )[0][0]
    found = card_of(small_site, f"acme/daily/{quiet}", "alerts")
    assert found["rows"] == [] and found["title"] == "Nothing needs attention in this period"


def test_drivers_add_up_to_the_change_of_the_headline(small_site: Path) -> None:
    for report in (MONTH, "acme/daily/2026-02-19", "all/weekly/2026-W07"):
        found = rows(small_site, report, "drivers")
        kpis = {row["figure"]: row for row in rows(small_site, report, "kpis")}["credits"]
        whole = sum((Decimal(row[name]) for row in found for name in ("volume", "mix", "price")), Decimal(0))
        assert whole == Decimal(kpis["value"]) - Decimal(kpis["previous"]), report


def test_without_an_earlier_period_drivers_say_so(small_site: Path) -> None:
    first = card_of(small_site, "acme/daily/2026-01-20", "drivers")
    assert first["rows"] == [] and first["title"] == "There is no earlier period to compare with"
