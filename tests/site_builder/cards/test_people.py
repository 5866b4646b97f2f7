"""Who is there: seats to free, who never got a result, who stayed and who was lost, cohorts, trainings by name."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from site_builder.cards import learners, people, retention
from site_builder.gather.presence import Cohort, Learner, Person, Presence
from site_builder.gather.view import Slice
from tests.site_builder.made_views import view_of
from tests.site_builder.published import card_of, document, rows

MONTH, LAST = "acme/monthly/2026-02", date(2026, 2, 28)


@pytest.fixture(scope="module")
def active(small_marts: Path) -> dict[str, list[date]]:
    """On which dates up to the end of February acme's users were active, by user."""
    with duckdb.connect(str(small_marts), read_only=True) as con:
        found = con.execute(
            "select user_id, usage_date from marts.mart_user_daily where tenant_id = 'acme' and user_id <> '(none)' "
            "and usage_date <= $1 order by all",
            [LAST],
        ).fetchall()
    return {user: [day for name, day in found if name == user] for user, _ in found}


def person(
    name: str, last: date | None, *, seat: bool = True, signed_up: date | None = None, value: date | None = None
) -> Person:
    return Person("acme", name, name, seat, signed_up, last, last, value)


def test_a_seat_is_free_of_who_was_not_there_for_28_dates() -> None:
    known = (
        person("never", None), person("joined", None, signed_up=LAST - timedelta(27)),
        person("waited", None, signed_up=LAST - timedelta(28)), person("just", LAST - timedelta(27)),
        person("gone", LAST - timedelta(28), value=date(2026, 1, 2)), person("guest", date(2026, 1, 2), seat=False),
    )  # fmt: skip
    card = people.build(view_of(Slice(people=known)))
    found = {row[2]: (row[3], row[5], row[6], row[7]) for row in card.table.rows}
    assert found == {
        "never": ("never_active", None, True, False), "joined": ("never_active", None, False, False),
        "waited": ("never_active", None, True, False), "just": ("active", 27, False, False),
        "gone": ("dormant", 28, True, True), "guest": ("dormant", 57, False, False),
    }  # fmt: skip
    assert card.title == "3 of 5 seats could be freed: 1 not active for 28 days and 2 never active"
    assert [row[2] for row in card.table.rows[:3]] == ["never", "waited", "gone"]
    [fact] = card.facts
    assert fact.label == "Never got a result" and "never" in fact.text and "guest" not in fact.text


def test_where_all_are_there_no_seat_is_free() -> None:
    assert people.build(view_of(Slice(people=(person("a", LAST),)))).title == "No seat of 1 could be freed"


def test_people_are_as_their_days_of_use_say(small_site: Path, active: dict[str, list[date]]) -> None:
    found = {row["user_id"]: row for row in rows(small_site, MONTH, "people")}
    assert set(found) >= set(active) and len(active) == 7
    for user, days in active.items():
        assert (found[user]["first_active_on"], found[user]["last_active_on"]) == (str(days[0]), str(days[-1]))
        assert found[user]["days_inactive"] == str((LAST - days[-1]).days)
    # The directory tells of a first result of user-0 on 2 February, and of none of user-2, whatever the days say.
    assert (found["user-0"]["first_value_on"], found["user-2"]["has_value"]) == ("2026-02-02", "false")


def test_a_day_has_no_list_of_people(small_site: Path) -> None:
    cards = document(small_site, "acme/daily/2026-02-10")["cards"]
    assert not {"people", "retention", "learners"} & set(cards)
    assert "people" in document(small_site, "acme/weekly/2026-W07")["cards"]


def test_everybody_of_either_period_moved_one_way() -> None:
    known = (
        person("new", date(2026, 2, 3)), person("back", date(2026, 2, 4))._replace(first_active_on=date(2025, 12, 1)),
        person("stayed", date(2026, 2, 4))._replace(first_active_on=date(2026, 1, 5)), person("lost", date(2026, 1, 9)),
        person("elsewhere", date(2025, 11, 1)),
    )  # fmt: skip
    now = Slice(people=known, presences=tuple(Presence("acme", name) for name in ("new", "back", "stayed")))
    past = Slice(presences=(Presence("acme", "stayed"), Presence("acme", "lost")))
    card = retention.build(view_of(now, past))
    assert [(row[2], row[4]) for row in card.table.rows] == [
        ("new", "new"), ("back", "returning"), ("stayed", "stayed"), ("lost", "lost"),
    ]  # fmt: skip
    assert card.title == "1 of 2 users active the month before stayed; 1 is new, 1 came back"
    assert [(fact.label, fact.text) for fact in card.facts] == [("Lost", "\u2068lost\u2069")]


def test_cohorts_of_the_reports_own_month_are_drawn_and_all_are_listed() -> None:
    cohorts = (
        Cohort("2026-01", "2026-01", 8, 8), Cohort("2026-01", "2026-02", 8, 6), Cohort("2026-02", "2026-02", 3, 3),
    )  # fmt: skip
    now = Slice(people=(person("a", LAST),), presences=(Presence("acme", "a"),), cohorts=cohorts)
    card = retention.build(view_of(now))
    [chart] = next(panel.charts for panel in card.panels if panel.label == "Cohorts")
    assert [(rank.label, rank.text) for rank in chart.rows] == [
        ("January 2026", "6 of 8 · 75%"), ("February 2026", "3 of 3 · 100%"),
    ]  # fmt: skip
    assert [row[5:] for row in card.table.rows if row[0] == "cohort"][1] == ("2026-01", "2026-02", 8, 6, 0.75)


def test_cohorts_are_those_of_the_days_of_use(small_site: Path, active: dict[str, list[date]]) -> None:
    found = [row for row in rows(small_site, MONTH, "retention") if row["breakdown"] == "cohort"]
    here = [row for row in found if row["month"] == "2026-02"]
    assert sum(int(row["users"]) for row in here) == len(active)
    there = sum(any(day.month == 2 for day in days) for days in active.values())
    assert sum(int(row["active_users"]) for row in here) == there
    # A week has parts of months, of which no cohort tells.
    week = rows(small_site, "acme/weekly/2026-W07", "retention")
    assert week and {row["breakdown"] for row in week} == {"user"}


def test_trainings_are_told_by_name(small_site: Path) -> None:
    found = rows(small_site, MONTH, "learners")
    assert [(row["user_id"], row["is_completed"], row["completed_on"]) for row in found] == [
        ("user-2", "false", ""), ("user-3", "false", ""), ("user-0", "true", "2026-01-25"),
        ("user-1", "true", "2026-02-28"),
    ]  # fmt: skip
    assert all(row["user_name"].startswith("Quokka") for row in found)
    assert card_of(small_site, MONTH, "learners")["title"] == "2 of 4 people have trainings to do"
    done = Learner("acme", "a", "A", None, "t", "T", LAST)
    assert learners.build(view_of(Slice(learners=(done,)))).title == "Nobody of 1 person has a training to do"
