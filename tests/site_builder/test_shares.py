"""The cards of tiers, projects and items: they add up, and say what there is."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

MONTH = "acme/monthly/2026-02"
EMPTY = "acme/daily/2026-02-19"


def rows(site: Path, report: str, card: str) -> list[dict[str, str]]:
    with (site / report / "data" / f"{card}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
    assert 0 < sum(int(row["runaway_days"]) for row in found) < 15


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
