"""Credits by task category, and by the tier of the models that did them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.gather.work import Task
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "tasks"
CHART_ROWS = 8
TIERS = ("premium", "standard", "economy", "unrated")
_MISSING = "No task named"
_COLUMNS = (
    Column("task_category", "Task", "name"), Column("tier", "Tier"), Column("requests", "Messages", "int"),
    Column("success_rate", "Success", "ratio"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("credits_share", "Share", "ratio"),
    Column("credits_per_request", "Credits per message", "amount"), Column("avg_rating", "Rating", "amount"),
    Column("rating_count", "Ratings", "int", data_only=True), Column("previous_credits", "Before", "amount"),
    Column("change_pct", "Change", "pct"),
)  # fmt: skip


class _Whole(NamedTuple):
    task_category: str
    requests: int
    credits: Decimal
    by_tier: dict[str, Decimal]


def build(view: View) -> Card:
    """The card of one report."""
    tasks, whole = view.now.tasks, view.now.totals.credits
    past = {task[:2]: task.credits for task in view.past.tasks}
    rows = []
    for task in tasks:
        before = past.get(task[:2], ZERO) if view.has_past else None
        rows.append((
            task.task_category, task.tier, task.requests, 1 - task.errors / task.requests if task.requests else None,
            task.total_tokens, task.credits, phrases.share(task.credits, whole),
            phrases.per_unit(task.credits, task.requests), phrases.per_unit(task.rating_sum, task.rating_count),
            task.rating_count, before, phrases.change(task.credits, before, view).pct,
        ))  # fmt: skip
    wholes = _wholes(tasks)
    return Card(
        name=NAME,
        subject="Tasks",
        title=_title(wholes, whole),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="The kind of task as the events name it, and the tier that their model had on the day: under 1 "
        "credit a message economy, under 2 standard, from 2 on premium. Rows add up to the whole; what names no task "
        "stands apart.",
        panels=_panels(wholes, whole) if tasks else (),
        is_empty=not tasks,
    )


def _wholes(tasks: Sequence[Task]) -> list[_Whole]:
    found: dict[str, _Whole] = {}
    for task in tasks:
        known = found.get(task.task_category, _Whole(task.task_category, 0, ZERO, {}))
        tiers = {**known.by_tier, task.tier: known.by_tier.get(task.tier, ZERO) + task.credits}
        found[task.task_category] = _Whole(
            task.task_category, known.requests + task.requests, known.credits + task.credits, tiers
        )
    return sorted(found.values(), key=lambda task: (-task.credits, -task.requests, task.task_category))


def _panels(wholes: list[_Whole], whole: Decimal) -> list[Panel]:
    panels = [Panel("All", [_chart("Credits by task", [(task, task.credits) for task in wholes], whole)])]
    for tier in TIERS:
        ranked = [(task, task.by_tier[tier]) for task in wholes if task.by_tier.get(tier)]
        ranked.sort(key=lambda pair: (-pair[1], pair[0].task_category))
        if ranked:
            panels.append(Panel(tier.capitalize(), [_chart(f"Credits by task, {tier} models", ranked, whole)]))
    return panels


def _chart(title: str, ranked: list[tuple[_Whole, Decimal]], whole: Decimal) -> Ranking:
    ranks = [
        Rank(phrases.named(task.task_category, task.task_category, _MISSING), credits, _text(credits, whole))
        for task, credits in ranked[:CHART_ROWS]
    ]
    others = ranked[CHART_ROWS:]
    if others:
        rest = sum((credits for _, credits in others), ZERO)
        ranks.append(Rank(formats.plural(len(others), "other task"), rest, _text(rest, whole), "", "c4"))
    return Ranking(title, f"{formats.plural(len(ranked), 'task')}, most credits first.", ranks)


def _text(credits: Decimal, whole: Decimal) -> str:
    return f"{formats.amount(credits)} · {phrases.share_text(credits, whole)}"


def _title(wholes: list[_Whole], whole: Decimal) -> str:
    if not wholes:
        return phrases.NOTHING
    named = [task for task in wholes if task.task_category != phrases.NONE_KEY]
    if not named:
        return "No event names its task"
    if not whole:
        return "No task took credits"
    first = named[0]
    premium = sum((task.by_tier.get("premium", ZERO) for task in wholes), ZERO)
    lead = f"Of named tasks {phrases.in_text(first.task_category)} took most"
    shares = phrases.share_text(first.credits, whole), phrases.share_text(premium, whole)
    return f"{lead}, {shares[0]} of the credits; premium models took {shares[1]}"
