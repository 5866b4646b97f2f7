"""What a success of a task and a run of a workflow costs."""

from __future__ import annotations

from decimal import Decimal

from site_builder.cards import work_efficiency
from site_builder.gather.errors import ITEM, Failure
from site_builder.gather.shares import ItemUse
from site_builder.gather.view import Slice
from site_builder.gather.work import Task
from tests.site_builder.made_views import view_of


def task(name: str, requests: int, errors: int, credits: int, tier: str = "standard") -> Task:
    return Task(name, tier, requests, errors, 0, Decimal(credits), 0, 0)


def item(name: str, kind: str, runs: int, requests: int, credits: int) -> ItemUse:
    return ItemUse("acme", name, name, kind, runs, requests, 0, 0, Decimal(credits), 0, None)


def test_tasks_are_judged_by_successes_and_workflows_by_runs() -> None:
    now = Slice(
        tasks=(
            task("coding", 15, 5, 30), task("coding", 10, 0, 30, "premium"), task("mail", 10, 0, 10),
            task("rare", 9, 0, 900), task("(none)", 99, 0, 900),
        ),
        item_uses=(item("flow", "workflow", 10, 4, 50), item("bot", "agent", 99, 0, 50)),
        failures=(Failure(ITEM, "acme", "flow", None, 1),),
    )  # fmt: skip
    card = work_efficiency.build(view_of(now, Slice(tasks=(task("mail", 10, 0, 20),))))
    assert [(row[0], row[3], row[4], row[5], row[7]) for row in card.table.rows] == [
        ("task", "coding", 20, 0.8, Decimal("3.000000")), ("task", "mail", 10, 1.0, Decimal("1.000000")),
        ("workflow", "flow", 10, 0.75, Decimal("5.000000")),
    ]  # fmt: skip
    assert [row[8:] for row in card.table.rows] == [(None, None), (Decimal("2.000000"), -50.0), (None, None)]
    assert card.title == "A success of \u2068coding\u2069 took 3.00 credits, one of \u2068mail\u2069 1.00"
    assert [panel.label for panel in card.panels] == ["Tasks", "Workflows"]


def test_without_enough_of_any_nothing_is_judged() -> None:
    card = work_efficiency.build(view_of(Slice(tasks=(task("rare", 9, 0, 9),))))
    assert card.is_empty and card.title == "No task had 10 successes, and no workflow 10 runs"
