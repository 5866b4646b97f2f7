"""The errors card, against the failed messages row by row."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb

from site_builder.cards import errors
from site_builder.gather.errors import ITEM, MODEL, TYPE, Failure
from site_builder.gather.usage import NO_TOTALS
from site_builder.gather.view import Slice
from tests.site_builder.made_views import view_of
from tests.site_builder.published import card_of, rows

MONTH = "acme/monthly/2026-02"


def test_each_breakdown_adds_up_to_all_failed_messages(small_site: Path, small_marts: Path) -> None:
    expected: dict[tuple[str, str], int] = defaultdict(int)
    with duckdb.connect(str(small_marts), read_only=True) as con:
        found = con.execute(
            "select error_type, model_id, item_id, cast(usage_date as varchar), errors from marts.mart_error_daily "
            "where tenant_id = 'acme' and strftime(usage_date, '%Y-%m') = '2026-02'"
        ).fetchall()
    for *keys, number in found:
        for breakdown, key in zip((TYPE, MODEL, ITEM, "date"), keys, strict=True):
            expected[breakdown, key] += number
    shown = rows(small_site, MONTH, "errors")
    failed = next(row["value"] for row in rows(small_site, MONTH, "kpis") if row["figure"] == "errors")
    # What a spreadsheet would run is defused.
    assert {(row["breakdown"], row["key"].lstrip("'")): int(row["errors"]) for row in shown} == expected
    for breakdown in (TYPE, MODEL, ITEM, "date"):
        assert sum(int(row["errors"]) for row in shown if row["breakdown"] == breakdown) == int(failed) > 5
    assert [row["key"] for row in shown if row["breakdown"] == TYPE and row["key"].startswith("'=")] == ["'=timeout"]


def test_rates_are_of_the_messages_of_the_model_and_of_the_date(small_site: Path) -> None:
    asked = {row["model_id"]: row["requests"] for row in rows(small_site, MONTH, "models")}
    found = [row for row in rows(small_site, MONTH, "errors") if row["key"] != "(none)"]
    assert len([row for row in found if row["breakdown"] == MODEL]) == 3
    for row in found:
        if row["breakdown"] == MODEL:
            assert row["requests"] == asked[row["key"]]
        if row["breakdown"] != TYPE:
            assert float(row["error_rate"]) == int(row["errors"]) / int(row["requests"])
        assert bool(row["error_rate"]) == (row["breakdown"] != TYPE)


def test_a_failed_message_is_told_in_the_title_with_its_usual_reason(small_site: Path) -> None:
    failures = (Failure(TYPE, None, "timeout", None, 3), Failure(TYPE, None, "(none)", None, 1))
    now = Slice(totals=NO_TOTALS._replace(requests=40, errors=4), failures=failures)
    card = errors.build(view_of(now))
    assert card.title == "4 messages failed, 10% of all; 75% of them with \u2068timeout\u2069"
    assert [rank.label for rank in card.panels[0].charts[0].rows] == ["timeout", "Kind not given"] and card.note == ""
    assert card_of(small_site, "acme/daily/2026-02-19", "errors")["title"] == "No usage in this period"


def test_failures_of_a_month_closed_before_they_were_told_apart_are_not_passed_over() -> None:
    now = Slice(totals=NO_TOTALS._replace(requests=40, errors=4, credits=Decimal(1)))
    card = errors.build(view_of(now))
    assert not card.is_empty and card.panels == ()
    assert card.note.startswith("Of 4 failed messages no kind")
