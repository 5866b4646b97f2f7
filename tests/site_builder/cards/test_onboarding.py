"""The cards of new users and of trainings: medians, the follow-up list, completion by the end of the period."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from site_builder.cards.ttfv import censored_median
from site_builder.gather.onboarding import Activation
from tests.site_builder.published import card_of, rows

MONTH = "acme/monthly/2026-02"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("1 2 3", 2), ("1 2 3 4", 2), ("1 2 3 4+", 2), ("1 2+ 3+", None), ("1+ 2+ 3", 3), ("1+ 2 2 2+", 2),
        ("1+", None), ("", None),
    ],
)  # fmt: skip
def test_who_still_waits_counts_as_longer_than_they_waited(hours: str, expected: int | None) -> None:
    users = [
        Activation("t", text, text, date(2026, 11, 2), None if "+" in text else observed, observed, "")
        for text in hours.split()
        if (observed := Decimal(text.strip("+")))
    ]
    assert censored_median(users) == expected


def test_new_users_of_the_month_those_who_never_got_there_first(small_site: Path) -> None:
    assert [row["user_id"] for row in rows(small_site, MONTH, "ttfv")] == ["user-2", "stranger", "user-1", "user-0"]
    title = card_of(small_site, MONTH, "ttfv")["title"]
    assert title.startswith("Half of those who got a first result had it within 5.3")
    assert title.endswith("h; 2 of 4 new users never did")
    page = (small_site / MONTH / "index.html").read_text("utf-8")
    assert "of 2 who got there" in page and "With those still waiting" in page and "To follow up" in page


def test_trainings_are_completed_by_the_end_of_the_period(small_site: Path) -> None:
    found = rows(small_site, MONTH, "trainings")
    assert [(row["assigned"], row["completed"], row["completed_in_period"]) for row in found] == [("4", "2", "1")]
    assert found[0]["completion"] == "0.5"
    everyone = rows(small_site, "all/monthly/2026-02", "trainings")
    assert [(row["tenant_id"], row["completed"]) for row in everyone] == [("Acme", "0"), ("acme", "2")]


def test_without_any_the_cards_say_so(small_site: Path) -> None:
    assert card_of(small_site, "acme/daily/2026-02-19", "ttfv")["title"] == "Nobody signed up in this period"
    assert card_of(small_site, "x.-.41cme/monthly/2026-02", "ttfv")["rows"] == []
