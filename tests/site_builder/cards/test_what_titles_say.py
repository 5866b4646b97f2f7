"""Titles, tiles and bars that say the same as what stands beside them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from site_builder.cards import items, kpis, leaderboard, trainings, ttfv
from site_builder.gather.items import Item
from site_builder.gather.onboarding import Activation, Training
from site_builder.gather.shares import ItemUse
from site_builder.gather.usage import NO_TOTALS
from site_builder.gather.view import Slice
from tests.site_builder.made_views import view_of


def ran(kind: str, runs: int) -> Item:
    return Item("acme", kind, f"{kind} {runs}", kind, 1, runs, 0, Decimal(0))


@pytest.mark.parametrize(("runs", "first"), [
    ({"agent": 1, "workflow": 9, "app": 3}, "Workflows"), ({"agent": 2, "app": 2}, "Agents"),
    ({"agent": 0, "app": 1}, "Apps"),
])  # fmt: skip
def test_the_leaderboard_opens_on_the_tab_that_its_title_is_about(runs: dict[str, int], first: str) -> None:
    card = leaderboard.build(view_of(Slice(items=tuple(ran(kind, count) for kind, count in runs.items()))))
    assert card.panels[0].label == first
    assert f"\u2068{card.panels[0].charts[0].rows[0].label}\u2069 is the most used" in card.title


def test_active_users_are_not_said_to_have_sent_what_some_of_them_did_not() -> None:
    now = Slice(totals=NO_TOTALS._replace(requests=2, runs=1), active_users=3)
    assert kpis.build(view_of(now)).title == "3 active users; 2 messages, none of which failed"
    silent = Slice(totals=NO_TOTALS._replace(runs=1), active_users=1)
    assert kpis.build(view_of(silent)).title == "1 active user; no messages"


def test_a_rate_changes_by_points_and_nowhere_by_percent() -> None:
    now, past = (Slice(totals=NO_TOTALS._replace(requests=10, errors=errors)) for errors in (1, 5))
    card = kpis.build(view_of(now, past))
    [row] = [row for row in card.table.rows if row[0] == "success_rate"]
    assert row == ("success_rate", 0.9, 0.5, None)
    [tile] = [tile for tile in card.tiles if tile.label == "Success rate"]
    assert tile.change.text == "▲ +40.0 points"


def test_items_without_credits_take_no_share_of_them() -> None:
    use = ItemUse("acme", "i", "I", "agent", 1, 0, 0, 0, Decimal(0), 0, None)
    now = Slice(totals=NO_TOTALS._replace(runs=1), item_uses=(use,))
    assert items.build(view_of(now)).title == "1 item used, without credits"


def test_the_bar_of_a_training_is_as_long_as_its_completion() -> None:
    rows = (Training("acme", "a", "A", 10, 4, 0), Training("acme", "b", "B", 1, 1, 0))
    [chart] = trainings.build(view_of(Slice(trainings=rows))).panels[0].charts
    assert [(rank.label, rank.value) for rank in chart.rows] == [("B", 1), ("A", Decimal("0.4"))]
    assert chart.full == 1


@pytest.mark.parametrize("is_waiting", [False, True])
def test_a_second_median_stands_only_where_somebody_waits(is_waiting: bool) -> None:
    def user(name: str, hours: Decimal | None) -> Activation:
        return Activation("acme", name, name, date(2026, 2, 2), hours, hours or Decimal(9), "")

    users = [user("a", Decimal(1)), user("b", Decimal(2)), *([user("c", None)] if is_waiting else [])]
    facts = [fact.label for fact in ttfv.build(view_of(Slice(activations=tuple(users)))).facts]
    assert ("With those still waiting" in facts) == is_waiting
