"""What the time is worth that a month's messages saved, with every step of the arithmetic."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.words import formats, phrases

NAME = "roi"
CHART_ROWS = 10
MOST_FACTS = 3
_STEP = Decimal("0.000001")
_COLUMNS = (
    Column("task_category", "Task", "name"), Column("successes", "Successful messages", "int"),
    Column("minutes_saved", "Minutes saved each", "amount"), Column("hours_saved", "Hours saved", "amount"),
    Column("hourly_rate", "Worth an hour", "amount"), Column("value", "Value", "amount"),
    Column("currency", "Currency"), Column("credits", "Credits", "amount"),
)  # fmt: skip


class _Saving(NamedTuple):
    """One kind of task: every factor, and what they come to."""

    task_category: str
    successes: int
    minutes_saved: Decimal
    hours_saved: Decimal
    hourly_rate: Decimal
    value: Decimal
    currency: str
    credits: Decimal


def build(view: View) -> Card:
    """The card of one report; it wants settings of what time is worth."""
    savings = _savings(view)
    used = [saving for saving in savings if saving.successes]
    return Card(
        name=NAME,
        subject="Time saved",
        title=_title(used),
        about=phrases.about(view),
        table=Table(_COLUMNS, savings),
        definition="Value = successful messages of the task × minutes saved by each ÷ 60 × what an hour is worth. "
        "Minutes and worth are settings of the publisher's, no measurement; tasks without such a setting, and messages "
        "without a task, save nothing here. Hours and value are rounded once, to six digits. Credits are all that the "
        "task took.",
        facts=[Fact(phrases.in_text(saving.task_category), _arithmetic(saving)) for saving in used[:MOST_FACTS]],
        panels=[Panel("", [_chart(used)])] if used else (),
        is_empty=not used,
    )


def _savings(view: View) -> list[_Saving]:
    roi = view.roi
    if roi is None:
        return []
    successes: dict[str, int] = defaultdict(int)
    credits: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for task in view.now.tasks:
        successes[task.task_category] += task.requests - task.errors
        credits[task.task_category] += task.credits
    savings = []
    for category, minutes in roi.minutes_saved.items():
        count = successes[category]
        hours = (count * minutes / 60).quantize(_STEP, ROUND_HALF_UP)
        # From the product, not from rounded hours.
        value = (count * minutes * roi.hourly_rate / 60).quantize(_STEP, ROUND_HALF_UP)
        savings.append(
            _Saving(category, count, minutes, hours, roi.hourly_rate, value, roi.currency, credits[category])
        )
    return sorted(savings, key=lambda saving: (-saving.value, saving.task_category))


def _title(used: list[_Saving]) -> str:
    if not used:
        return "No message of a task that is set to save time"
    hours = sum((saving.hours_saved for saving in used), ZERO)
    value = sum((saving.value for saving in used), ZERO)
    return f"{formats.amount(hours)} hours saved, worth {formats.amount(value)} {used[0].currency}"


def _arithmetic(saving: _Saving) -> str:
    return (
        f"{formats.plural(saving.successes, 'message')} × {formats.as_given(saving.minutes_saved)} min ÷ 60 × "
        f"{formats.as_given(saving.hourly_rate)} {saving.currency} = {formats.amount(saving.value)} {saving.currency}"
    )


def _chart(used: list[_Saving]) -> Ranking:
    ranks = [
        Rank(
            formats.shown_name(saving.task_category),
            saving.value,
            f"{formats.amount(saving.value)} {saving.currency} · {formats.amount(saving.hours_saved)} h",
        )
        for saving in used[:CHART_ROWS]
    ]
    return Ranking("Value by task", f"{formats.plural(len(used), 'task')}, most value first.", ranks)
