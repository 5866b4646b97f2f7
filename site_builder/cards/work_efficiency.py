"""What a success of each task and a run of each workflow costs: where credits go far, and where they do not."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.errors import ITEM
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "work_efficiency"
CHART_ROWS = 10
TASK, WORKFLOW = "task", "workflow"
# Below it a price would be one by chance.
FEWEST = 10
_COLUMNS = (
    Column("breakdown", "By"), Column("tenant_id", "Tenant", "name", data_only=True),
    Column("key", "Of", "name", data_only=True), Column("name", "Name", "name"),
    Column("successes", "Successes or runs", "int"), Column("success_rate", "Success", "ratio"),
    Column("credits", "Credits", "amount"), Column("credits_per_success", "Credits each", "amount"),
    Column("previous_credits_per_success", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip


class _Work(NamedTuple):
    breakdown: str
    tenant_id: str | None
    key: str
    name: str
    successes: int
    success_rate: float | None
    credits: Decimal

    @property
    def price(self) -> Decimal:
        return phrases.per_unit(self.credits, self.successes) or ZERO


def build(view: View) -> Card:
    """The card of one report."""
    found = _judged(view.now)
    past = {work[:3]: work.price for work in _judged(view.past)} if view.has_past else {}
    rows = [
        (*work, work.price, past.get(work[:3]), phrases.change(work.price, past.get(work[:3]), view).pct)
        for work in found
    ]
    panels = [
        Panel(label, [_chart(view, breakdown, works)])
        for breakdown, label in ((TASK, "Tasks"), (WORKFLOW, "Workflows"))
        if (works := [work for work in found if work.breakdown == breakdown])
    ]
    return Card(
        name=NAME,
        subject="Efficiency of work",
        title=_title(found),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Of a task, its credits ÷ its messages that succeeded; of a workflow, its credits ÷ its runs; "
        f"dearest first, of those with at least {FEWEST} such messages or runs. Credits of failed messages count in. "
        "The success rate is of messages.",
        panels=panels,
        is_empty=not found,
    )


def _judged(part: Slice) -> list[_Work]:
    found = [work for work in (*_tasks(part), *_workflows(part)) if work.successes >= FEWEST]
    return sorted(found, key=lambda work: (work.breakdown, -work.price, work.key, work.tenant_id or ""))


def _tasks(part: Slice) -> Iterator[_Work]:
    """Tasks of all tiers together, without what names none."""
    for name in sorted({task.task_category for task in part.tasks} - {phrases.NONE_KEY}):
        tasks = [task for task in part.tasks if task.task_category == name]
        requests, errors = sum(task.requests for task in tasks), sum(task.errors for task in tasks)
        credits = sum((task.credits for task in tasks), ZERO)
        rate = 1 - errors / requests if requests else None
        yield _Work(TASK, None, name, name, requests - errors, rate, credits)


def _workflows(part: Slice) -> Iterator[_Work]:
    errors = {row[1:3]: row.errors for row in part.failures if row.breakdown == ITEM}
    for item in part.item_uses:
        if item.item_type == WORKFLOW:
            failed = errors.get((item.tenant_id, item.item_id), 0)
            rate = 1 - failed / item.requests if item.requests else None
            yield _Work(WORKFLOW, item.tenant_id, item.item_id, item.item_name, item.runs, rate, item.credits)


def _chart(view: View, breakdown: str, works: Sequence[_Work]) -> Ranking:
    unit = "run" if breakdown == WORKFLOW else "success"
    shown = works[:CHART_ROWS]
    ranks = [
        Rank(
            formats.shown_name(work.name),
            work.price,
            f"{formats.amount(work.price)} · {_counted(work)}",
            phrases.tenant_note(view, work.tenant_id) if work.tenant_id else "",
        )
        for work in shown
    ]
    more = f"; {formats.count(len(works) - len(shown))} more in the table" if len(works) > len(shown) else ""
    return Ranking(f"Credits a {unit}", f"{formats.plural(len(ranks), breakdown)}, dearest first{more}.", ranks)


def _counted(work: _Work) -> str:
    if work.breakdown == WORKFLOW:
        return formats.plural(work.successes, "run")
    return formats.plural(work.successes, "success", "successes")


def _title(found: Sequence[_Work]) -> str:
    if not found:
        return f"No task had {FEWEST} successes, and no workflow {FEWEST} runs"
    tasks = [work for work in found if work.breakdown == TASK]
    dearest = (tasks or found)[0]
    unit = "success" if tasks else "run"
    text = f"A {unit} of {phrases.in_text(dearest.name)} took {formats.amount(dearest.price)} credits"
    cheapest = (tasks or found)[-1]
    if cheapest == dearest:
        return text
    return f"{text}, one of {phrases.in_text(cheapest.name)} {formats.amount(cheapest.price)}"
