"""The cards of tiers, projects and items: they add up, and say what there is."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from declared_marts import declare

from site_builder.build import build_site
from site_builder.cards import credit_trend
from site_builder.configuration.schema import Configuration
from site_builder.gather.shares import IDLE_DAYS, ROWS
from site_builder.gather.snapshots import SNAPSHOTS, lay_out
from site_builder.planning.periods import EDITIONS
from tests.site_builder.published import rows

MONTH = "acme/monthly/2026-02"
EMPTY = "acme/daily/2026-02-19"


def total(listed: list[dict[str, str]], column: str = "credits") -> Decimal:
    return sum((Decimal(row[column]) for row in listed), Decimal(0))


def credits_of(site: Path, report: str) -> Decimal:
    return Decimal(next(row["value"] for row in rows(site, report, "kpis") if row["figure"] == "credits"))


@pytest.mark.parametrize("report", [MONTH, "all/weekly/2026-W07", "acme/daily/2026-02-03", EMPTY])
def test_tiers_projects_and_departments_each_add_up_to_the_whole(small_site: Path, report: str) -> None:
    whole = credits_of(small_site, report)
    assert total(rows(small_site, report, "tiers")) == whole
    groups = rows(small_site, report, "projects")
    assert total([row for row in groups if row["grouping"] == "project"]) == whole
    assert total([row for row in groups if row["grouping"] == "department"]) == whole


def test_items_are_all_there_with_their_runaway_days(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        expected = con.execute(
            "select item_id, cast(sum(credits) as varchar), count(*) filter (where is_runaway) "
            "from marts.mart_item_daily where tenant_id = 'acme' and item_id <> '(none)' "
            "and usage_date between '2026-02-01' and '2026-02-28' group by item_id order by sum(credits) desc"
        ).fetchall()
    found = rows(small_site, MONTH, "items")
    assert [(row["item_id"], row["credits"], int(row["runaway_days"])) for row in found] == expected
    assert {row["item_id"]: row["runaway_excess"] for row in found if row["runaway_days"] != "0"} == {
        "item-2": "2.000000", "item-4": "90.000000",
    }  # fmt: skip


def test_the_largest_excess_comes_first_and_not_the_most_credits(small_site: Path) -> None:
    card = json.loads((small_site / MONTH / "report.json").read_text("utf-8"))["cards"]["items"]
    assert card["title"] == "\u2068Quokka item-4\u2069 and 1 other ran away"
    assert card["facts"]["Runaway items"] == (
        "\u2068Quokka item-4\u2069 (1 day, 90.00 credits above its median) and "
        "\u2068Quokka item-2\u2069 (4 days, 2.00 credits above its median)"
    )


def test_each_card_is_compared_with_the_month_before(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        before = con.execute(
            "select cast(sum(credits) as varchar) from marts.mart_project_daily where tenant_id = 'acme' "
            "and project_id = 'project-1' and usage_date < '2026-02-01'"
        ).fetchone()
    found = next(row for row in rows(small_site, MONTH, "projects") if row["name"] == "project-1")
    assert before == (found["previous_credits"],)


def test_without_usage_the_cards_say_so(small_site: Path) -> None:
    cards = json.loads((small_site / EMPTY / "report.json").read_text("utf-8"))["cards"]
    for name in ("tiers", "projects", "items"):
        assert cards[name]["rows"] == [] and cards[name]["title"] == "No usage in this period", name


def test_top_assistants_are_ranked_by_tokens_and_idle_ones_follow(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        used = con.execute(
            "select item_id, cast(sum(total_tokens) as varchar), cast(sum(requests) as varchar) "
            "from marts.mart_item_daily where tenant_id = 'acme' and item_type = 'assistant' "
            "and usage_date between '2026-02-01' and '2026-02-28' "
            "group by item_id order by sum(total_tokens) desc, sum(requests) desc, item_id"
        ).fetchall()
    found = rows(small_site, MONTH, "top_assistants")
    ranked = [row for row in found if row["rank"]]
    assert used and [(row["item_id"], row["total_tokens"], row["requests"]) for row in ranked] == used[:20]
    assert [int(row["rank"]) for row in ranked] == list(range(1, len(ranked) + 1))
    assert found[: len(ranked)] == ranked


def test_idle_assistants_are_those_of_the_spans_last_date() -> None:
    """Not those that were idle before or are after it, and with the dates up to it."""
    last = date(2026, 2, 28)
    stretches = [
        ("until", last - timedelta(60), last), ("from", last - timedelta(28), None),
        ("over", last - timedelta(60), last - timedelta(1)), ("later", last - timedelta(27), None),
    ]  # fmt: skip
    with duckdb.connect() as con:
        con.execute("create schema marts")
        declare(con, "mart_closed_months", *SNAPSHOTS, *(f"{name}_monthly" for name in SNAPSHOTS))
        con.execute("""
            create table wanted_spans as select '2026-02' as month;
            create table span_days as
            select 0 as span, true as is_report, '2026-02' as month, 'a' as tenant_id,
                date '2026-02-27' + n::integer as usage_date
            from range(2) as days (n);
            insert into marts.dim_items by name
            select 'a' as tenant_id, 'until' as item_id, 'Named' as item_name
        """)
        con.executemany(
            "insert into marts.mart_idle_assistants by name select 'a' as tenant_id, ? as item_id, ? as unused_since, "
            "unused_since + 28 as idle_from, ? as idle_through",
            stretches,
        )
        lay_out(con)
        query = next(rows.query for rows in ROWS if rows.field == "idle_items")
        found = [row[1:] for row in con.execute(query).fetchall()]
    assert found == [("a", "until", "Named", None, 60), ("a", "from", "from", None, 28)]


def test_four_weeks_are_what_the_models_say(project_dir: Path) -> None:
    variables = yaml.safe_load((project_dir / "dbt_project/dbt_project.yml").read_text("utf-8"))["vars"]
    assert variables["advice_idle_days"] == IDLE_DAYS


def test_the_catalogue_has_the_rate_in_force_as_the_period_ends(small_site: Path) -> None:
    january, february = (
        {row["model_id"]: row for row in rows(small_site, f"acme/monthly/2026-{month}", "catalogue")}
        for month in ("01", "02")
    )
    assert {row["credits_per_request"] for row in january.values()} == {"1.000000"}
    assert {(row["tier"], row["credits_per_1k_output"], row["rate_since"]) for row in february.values()} == {
        ("premium", "1.500000", "2026-02-15")
    }
    assert set(january) <= set(february) and all(row["first_used_on"] <= "2026-01-31" for row in january.values())


def test_only_the_scope_of_all_is_told_of_models_that_it_does_not_use(small_site: Path) -> None:
    everywhere = {row["model_id"]: row for row in rows(small_site, "all/monthly/2026-02", "catalogue")}
    assert (everywhere["unused"]["tier"], everywhere["unused"]["first_used_on"]) == ("unrated", "")
    assert {row["rate_since"] for row in everywhere.values() if row["rate_since"]} == {"2026-02-14"}
    assert "unused" not in {row["model_id"] for row in rows(small_site, "acme/monthly/2026-02", "catalogue")}
    assert "Never asked" not in (small_site / "acme/monthly/2026-02/index.html").read_text("utf-8")


def test_a_day_of_the_budget_is_a_line_across_the_trend(small_site: Path) -> None:
    trend = rows(small_site, "acme/monthly/2026-02", "credit_trend")
    assert {row["budget_share"] for row in trend} == {"321.428571"}  # 9000 over 28 days
    hours = rows(small_site, "acme/daily/2026-02-03", "credit_trend")
    assert {row["budget_share"] for row in hours} == {"13.392857"}
    page = (small_site / "acme/monthly/2026-02/index.html").read_text("utf-8")
    above = sum(Decimal(row["credits"]) > Decimal("321.428571") for row in trend)
    assert f"An even share of the budget is 321.4, exceeded by {above}." in page
    week = (small_site / "acme/weekly/2026-W07/index.html").read_text("utf-8")
    assert "even share of the budget</li>" in week and "even share of the budget</li>" not in page
    assert "budget_share" not in rows(small_site, "all/monthly/2026-02", "credit_trend")[0]


@pytest.mark.parametrize(
    ("most_weeks", "key", "starts"),
    [
        (
            10,
            "week_of",
            ["2026-01-22", "2026-01-29", "2026-02-05", "2026-02-12", "2026-02-19", "2026-02-26", "2026-03-05"],
        ),
        (2, "month_of", ["2026-01-22", "2026-02-01", "2026-03-01"]),
    ],
)
def test_long_ranges_go_by_week_and_longer_ones_by_month(
    small_marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_weeks: int, key: str, starts: list[str]
) -> None:
    monkeypatch.setattr(credit_trend, "MOST_DAYS", 10)
    monkeypatch.setattr(credit_trend, "MOST_WEEKS", most_weeks)
    editions = [(scope, edition) for scope in ("all", "tenant") for edition in EDITIONS]
    alone = Configuration(cards=dict.fromkeys(editions, ("credit_trend",)))
    build_site(small_marts, tmp_path, first=date(2026, 1, 22), last=date(2026, 3, 5), configuration=alone)
    report = "acme/custom/2026-01-22_2026-03-05"
    trend = rows(tmp_path, report, "credit_trend")
    assert [row[key] for row in trend] == starts
    with duckdb.connect(str(small_marts), read_only=True) as con:
        [(credits,)] = con.execute(
            "select sum(credits) from marts.mart_tenant_daily where tenant_id = 'acme' and usage_date >= '2026-01-22'"
        ).fetchall()
    assert sum(Decimal(row["credits"]) for row in trend) == credits
    page = (tmp_path / report / "index.html").read_text("utf-8")
    assert ("The busiest month was February 2026" in page) == (key == "month_of")
