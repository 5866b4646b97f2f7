"""What the time is worth that a month's messages saved, net of what they cost, with every step of the arithmetic."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.gather.work import TaskSpend
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
    Column("currency", "Currency"), Column("credits", "Credits", "amount"), Column("cost", "Cost", "amount"),
    Column("cost_currency", "Cost in"), Column("net_value", "Net", "amount"), Column("roi", "Return", "ratio"),
)  # fmt: skip


class _Saving(NamedTuple):
    """One kind of task: every factor, and what they come to.

    cost: in `cost_currency`, None where it is not known, or in several; net_value: less the cost, None where that is
    unknown or in another currency than the value; roi: net_value ÷ cost.
    """

    task_category: str
    successes: int
    minutes_saved: Decimal
    hours_saved: Decimal
    hourly_rate: Decimal
    value: Decimal
    currency: str
    credits: Decimal
    cost: Decimal | None
    cost_currency: str | None
    net_value: Decimal | None
    roi: float | None


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
        "task took, failed messages included; cost is what they cost, shared by credits where a model did several "
        "tasks. Net = value − cost, return = net ÷ cost; unknown where some credits have no price, and where value and "
        "cost are in different currencies.",
        facts=[
            *(Fact(phrases.in_text(saving.task_category), _arithmetic(saving)) for saving in used[:MOST_FACTS]),
            *_net_fact(used),
        ],
        panels=[Panel("", [_chart(used)])] if used else (),
        is_empty=not used,
    )


def _savings(view: View) -> list[_Saving]:
    roi = view.roi
    if roi is None:
        return []
    successes: dict[str, int] = defaultdict(int)
    credits: dict[str, Decimal] = defaultdict(lambda: ZERO)
    spends: dict[str, list[TaskSpend]] = defaultdict(list)
    for spend in view.now.task_spends:
        spends[spend.task_category].append(spend)
    for task in view.now.tasks:
        successes[task.task_category] += task.requests - task.errors
        credits[task.task_category] += task.credits
    savings = []
    for category, minutes in roi.minutes_saved.items():
        count = successes[category]
        hours = (count * minutes / 60).quantize(_STEP, ROUND_HALF_UP)
        # From the product, not from rounded hours.
        value = (count * minutes * roi.hourly_rate / 60).quantize(_STEP, ROUND_HALF_UP)
        cost, currency = _cost(spends[category], credits[category], roi.currency)
        net = value - cost if cost is not None and currency == roi.currency else None
        savings.append(_Saving(
            category, count, minutes, hours, roi.hourly_rate, value, roi.currency, credits[category], cost, currency,
            net, float(net / cost) if net is not None and cost else None,
        ))  # fmt: skip
    return sorted(savings, key=lambda saving: (-saving.value, saving.task_category))


def _cost(spends: Sequence[TaskSpend], credits: Decimal, currency: str) -> tuple[Decimal | None, str | None]:
    """What a task cost, and in which currency; what took no credits cost nothing. (None, None): it is not known."""
    if not spends and not credits:
        return ZERO, currency
    if len(spends) != 1 or spends[0].spend is None:
        return None, None
    return spends[0].spend, spends[0].currency


def _net(used: Sequence[_Saving]) -> Decimal | None:
    """Of all tasks together; None where it is not known of each."""
    known = [saving.net_value for saving in used if saving.net_value is not None]
    return sum(known, ZERO) if len(known) == len(used) else None


def _net_fact(used: Sequence[_Saving]) -> list[Fact]:
    net = _net(used)
    if not used or net is None:
        return []
    cost = sum((saving.cost or ZERO for saving in used), ZERO)
    value = sum((saving.value for saving in used), ZERO)
    text = f"{formats.amount(value)} − {formats.amount(cost)} = {formats.amount(net)} {used[0].currency}"
    return [Fact("Net of cost", f"{text}, {formats.grouped(net / cost, 1)} times the cost" if cost else text)]


def _title(used: Sequence[_Saving]) -> str:
    if not used:
        return "No message of a task that is set to save time"
    hours = sum((saving.hours_saved for saving in used), ZERO)
    value = sum((saving.value for saving in used), ZERO)
    net = _net(used)
    left = "" if net is None else f", {formats.amount(net)} net of cost"
    return f"{formats.amount(hours)} hours saved, worth {formats.amount(value)} {used[0].currency}{left}"


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
