"""The explorer in a real browser, from disk: each filter shows what the marts hold, to the last digit."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from explorer_driver import Driver

from site_builder.build import build_site
from site_builder.explore import months

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AS_OF = date(2026, 3, 5)
DIMS = {"team": "team_id", "user": "user_id", "item": "item_id", "model": "model_id", "channel": "channel"}


def expected(marts: Path, first: date, last: date, where: str = "true") -> tuple:
    with duckdb.connect(str(marts), read_only=True) as con:
        return con.execute(
            "select coalesce(sum(requests), 0), coalesce(sum(errors), 0), coalesce(sum(total_tokens), 0), "
            "coalesce(sum(credits), 0) from marts.mart_usage_daily "
            f"where tenant_id = 'acme' and usage_date between $1 and $2 and {where}",
            [first, last],
        ).fetchone()


@pytest.mark.parametrize(
    ("label", "days", "ends"),
    [("Last day", 1, 0), ("Day before", 1, 1), ("7 days", 7, 0), ("30 days", 30, 0), ("6 months", 190, 0)],
)
def test_dates_count_from_the_scopes_last_one(
    acme: Driver, small_marts: Path, label: str, days: int, ends: int
) -> None:
    acme.open(range="7" if label != "7 days" else "30")
    acme.choose("range", label)
    last = AS_OF - timedelta(ends)
    assert acme.figures() == expected(small_marts, last - timedelta(days - 1), last)
    assert acme.faults == []


@pytest.mark.parametrize(
    ("dim", "key", "label"),
    [
        ("team", "team-1", "Quokka team-1"),
        ("user", "user-2", "Quokka user-2"),
        ("item", "item-3", "Quokka item-3"),
        ("model", "model-1", "MODEL-1"),
        ("channel", "api", "api"),
        ("team", "(none)", "No team"),
    ],
)
def test_each_filter_shows_what_the_marts_hold(acme: Driver, small_marts: Path, dim: str, key: str, label: str) -> None:
    acme.open(range="30")
    whole = acme.figures()
    acme.choose(dim, label)
    first = AS_OF - timedelta(29)
    shown = acme.figures()
    assert shown == expected(small_marts, first, AS_OF, f"{DIMS[dim]} = '{key}'")
    assert 0 < shown[0] < whole[0]
    assert sum(Decimal(row[1]) for row in acme.table("trend-table")) == shown[3]
    assert f"{dim}=" in acme.page.url
    acme.page.locator("button[type=reset]").click()
    acme.page.locator("#period:not(:empty)").wait_for()
    assert f"{dim}=" not in acme.page.url
    assert acme.faults == []


@pytest.mark.parametrize("by", ["hour", "day", "week", "month"])
@pytest.mark.parametrize("metric", ["credits", "requests", "tokens"])
def test_trend_and_parts_add_up_at_every_granularity(acme: Driver, by: str, metric: str) -> None:
    state = {"from": "2026-02-02", "to": "2026-03-01", "metric": metric, "by": by, "split": "team"}
    acme.open(**state)
    place = {"requests": 0, "tokens": 2, "credits": 3}[metric]
    whole = acme.figures()[place]
    trend, parts = acme.table("trend-table"), acme.table("parts-table")
    assert len(trend) == {"hour": 28 * 24, "day": 28, "week": 4, "month": 2}[by]
    assert sum(Decimal(row[1]) for row in trend) == whole == sum(Decimal(row[2]) for row in parts)
    assert sum(Decimal(row[2]) for row in acme.table("week-table")) == whole
    assert acme.faults == []


def test_the_period_before_is_aligned_by_weekday(acme: Driver, small_marts: Path) -> None:
    acme.open(**{"from": "2026-02-20", "to": "2026-02-24"})
    first, last = date(2026, 2, 13), date(2026, 2, 17)
    before = expected(small_marts, first, last)
    trend = acme.table("trend-table")
    assert [row[2] for row in trend] == [str(first + timedelta(day)) for day in range(5)]
    assert sum(Decimal(row[3]) for row in trend) == before[3]
    assert f"before: {before[0]}" in acme.page.locator("#tiles").text_content()


def test_what_is_shown_is_downloaded(acme: Driver, tmp_path: Path) -> None:
    acme.open(**{"from": "2026-02-02", "to": "2026-02-08", "split": "user"})
    heads, *rows = acme.csv("trend", tmp_path)
    assert heads == ["from", "credits", "previous_from", "previous_credits"] and rows == acme.table("trend-table")
    heads, *rows = acme.csv("parts", tmp_path)
    assert heads == ["tenant_id", "user_id", "name", "credits", "previous_credits"]
    assert [[row[2], *row[1:2], *row[3:]] for row in rows] == acme.table("parts-table")
    assert {path.name for path in tmp_path.iterdir()} == {
        "acme_trend_2026-02-02_2026-02-08.csv", "acme_parts_2026-02-02_2026-02-08.csv",
    }  # fmt: skip


@pytest.mark.parametrize(("dim", "key"), [("user", "user-2"), ("item", "item-3")])
def test_hours_of_a_user_and_of_an_item(acme: Driver, small_marts: Path, dim: str, key: str) -> None:
    acme.open(**{"from": "2026-02-02", "to": "2026-02-08", "by": "hour"})
    acme.choose(dim, f"Quokka {key}")
    assert acme.page.locator("#note").text_content() == ""
    with duckdb.connect(str(small_marts), read_only=True) as con:
        hours = con.execute(
            "select strftime(usage_date, '%Y-%m-%d ') || lpad(local_hour::text, 2, '0'), sum(credits) "
            f"from marts.mart_usage_events where tenant_id = 'acme' and {dim}_id = '{key}' "
            "and usage_date between '2026-02-02' and '2026-02-08' group by all order by all"
        ).fetchall()
    trend = [(row[0], Decimal(row[1])) for row in acme.table("trend-table")]
    assert len(trend) == 7 * 24
    assert [row for row in trend if row[1]] == hours
    assert sum(Decimal(row[2]) for row in acme.table("week-table")) == sum(credits for _, credits in hours)


def test_months_too_large_for_a_filter_are_named(
    small_marts: Path, small_site: Path, tmp_path: Path, browser: "Browser", monkeypatch: pytest.MonkeyPatch
) -> None:
    january, february = (small_site / f"acme/explore/data/2026-{month}.js" for month in ("01", "02"))
    assert january.stat().st_size < february.stat().st_size
    monkeypatch.setattr(months, "MOST_BYTES", january.stat().st_size)
    build_site(small_marts, tmp_path / "site", first=date(2026, 3, 5))
    with browser.new_context() as context:
        acme = Driver(context.new_page(), tmp_path / "site/acme/explore/index.html")
        acme.open(**{"from": "2026-01-20", "to": "2026-02-28", "by": "hour", "user": '["acme","user-2"]'})
        assert acme.page.locator("#note").text_content() == (
            "Some months here have no hours by user: shown by day. Not kept by what is chosen, and left out: 2026-02."
        )
        assert len(acme.table("trend-table")) == 12 + 28
        assert acme.page.locator("#week-note").text_content() == "Some months here have no hours by user."
        assert acme.figures() == expected(small_marts, date(2026, 1, 20), date(2026, 1, 31), "user_id = 'user-2'")
        assert acme.faults == []


def test_numbers_that_grow_stay_within_the_chart(acme: Driver) -> None:
    acme.open()
    lefts = acme.page.evaluate("""async () => {
        for (const value of [10, 12345678901234]) {
            const rows = [{ label: "a", part: "now", place: 0, name: "now", value, shown: "" }];
            const words = { parts: { now: "now" }, caption: ["a"], unit: "Tokens" };
            await explorer.drawings.trend({ rows, past: [], chosen: null, ...words });
        }
        const left = (element) => element.getBoundingClientRect().left;
        const edge = left(document.querySelector("#trend svg"));
        return [...document.querySelectorAll("#trend text")].map((text) => left(text) - edge);
    }""")
    assert len(lefts) > 2 and min(lefts) >= 0
