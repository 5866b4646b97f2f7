"""What use cost by the unit: an active user, a run, a message that succeeded, one of a named task."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from site_builder.cards import money
from site_builder.gather.spend import ITEM, TASK, Money, sums
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card, Column, Table
from site_builder.words import formats, phrases

NAME = "unit_costs"
USER, RUN, SUCCESS, TASK_SUCCESS = "active user", "run of an item", "successful message", "successful message of a task"


class _Unit(NamedTuple):
    """A kind of unit: how many there were, what they cost together, and each; None: not known."""

    name: str
    quantity: int
    spend: Decimal | None
    each: Decimal | None


def build(view: View) -> Card:
    """The card of one report."""
    before = {unit.name: unit.each for unit in _units(view, view.past)}
    units = [unit for unit in _units(view, view.now) if unit.quantity]
    rows = []
    for unit in units:
        past = before.get(unit.name) if view.has_past else None
        change = phrases.change(unit.each, past, view).pct
        rows.append((unit.name, unit.quantity, unit.spend, view.currency, unit.each, past, change))
    return Card(
        name=NAME,
        subject="Unit costs",
        title=_title(view, units),
        about=phrases.about(view),
        table=Table(_columns(view), rows),
        definition=f"{money.DEFINITION} An active user: all spend ÷ active users. A run: what items that were run "
        "took, their messages included, ÷ their runs. A successful message: all spend ÷ messages that did not fail; "
        "of a task: the same of messages whose log names a task. Unknown where a part of the spend is.",
        is_empty=not units,
        shows_table=True,
    )


def _units(view: View, part: Slice) -> Iterator[_Unit]:
    whole = money.whole(view, part.spends)
    yield _unit(USER, part.active_users, [whole])
    items = sums(part.spends, ITEM, view.currency)
    run = [item for item in part.item_uses if item.runs]
    yield _unit(RUN, sum(item.runs for item in run), [items[item[:2]] for item in run if item[:2] in items])
    yield _unit(SUCCESS, part.totals.requests - part.totals.errors, [whole])
    tasks = sums(part.spends, TASK, view.currency)
    named = [money for (_, task), money in tasks.items() if task != phrases.NONE_KEY]
    done = sum(task.requests - task.errors for task in part.tasks if task.task_category != phrases.NONE_KEY)
    yield _unit(TASK_SUCCESS, done, named)


def _unit(name: str, quantity: int, spent: list[Money]) -> _Unit:
    is_known = all(not cost.unknown_credits and not cost.unconverted for cost in spent)
    spend = sum((cost.amount or ZERO for cost in spent), ZERO) if is_known and spent else None
    return _Unit(name, quantity, spend, None if spend is None else phrases.per_unit(spend, quantity))


def _columns(view: View) -> tuple[Column, ...]:
    unit = f" ({view.currency})" if view.currency else ""
    return (
        Column("unit", "Unit"), Column("quantity", "Units", "int"), Column("spend_amount", f"Spend{unit}", "usd"),
        Column("spend_currency", "Spend in", data_only=True), Column("unit_cost", f"Each{unit}", "usd"),
        Column("previous_unit_cost", "Before", "usd"), Column("change_pct", "Change", "pct"),
    )  # fmt: skip


def _title(view: View, units: list[_Unit]) -> str:
    if not units:
        return phrases.NOTHING
    known = [unit for unit in units if unit.each is not None]
    if not known:
        return "What a part of the use cost is not known"
    told = [unit for unit in known if unit.name in (USER, SUCCESS)] or known[:1]
    text = " and ".join(f"{_with_article(unit.name)} cost {formats.money(unit.each, view.currency)}" for unit in told)
    return text[:1].upper() + text[1:]


def _with_article(name: str) -> str:
    return f"an {name}" if name.startswith("a") else f"a {name}"
