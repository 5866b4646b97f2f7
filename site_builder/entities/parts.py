"""Cards of what one thing is made of: its models, users, items, teams, tasks; and which of them changed it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from site_builder.entities.figures import about
from site_builder.entities.view import EntityView, Part
from site_builder.gather.usage import ZERO
from site_builder.pages.elements import Card, Column, Table, Value
from site_builder.words import formats, phrases
from site_builder.words.phrases import NONE_KEY

SHOWN = 6
MOVERS = 2
_CARDS = {
    "model": ("models", "Models", "Model"), "user": ("users", "Users", "User"), "item": ("items", "Items", "Item"),
    "team": ("teams", "Teams", "Team"), "task": ("tasks", "Tasks", "Task"),
    "project": ("projects", "Projects", "Project"), "channel": ("breakdown", "Channels", "Channel"),
}  # fmt: skip
# Nothing but their ids says what these are called.
_UNNAMED = {"task": "task_category", "project": "project_id", "channel": "channel"}


def cards(view: EntityView) -> Iterator[Card]:
    """One card for each dimension in which the thing has anything but `(none)`."""
    for dimension in _CARDS:
        parts = of_dimension(view, dimension)
        if any(part.key != NONE_KEY for part in parts):
            yield _card(view, dimension, parts)


def of_dimension(view: EntityView, dimension: str) -> list[Part]:
    """The sums by model, user and so on; all of them together are the thing's own."""
    return [part for part in view.parts if part.dimension == dimension]


def _card(view: EntityView, dimension: str, parts: Sequence[Part]) -> Card:
    name, subject, label = _CARDS[dimension]
    whole = sum((part.credits for part in parts), ZERO)
    columns = (
        *_id_columns(dimension, label), Column("credits", "Credits", "amount"),
        Column("credits_share", "Share", "ratio"), Column("previous_credits", "Before", "amount", data_only=True),
        Column("change_pct", "Change", "pct"), Column("requests", "Messages", "int"),
        Column("success_rate", "Success", "ratio", data_only=True),
        Column("credits_per_request", "Credits per message", "amount", data_only=True),
        Column("errors", "Failed", "int", data_only=True), Column("runs", "Runs", "int", data_only=True),
        Column("total_tokens", "Tokens", "int", data_only=True),
        Column("all_time_credits", "In all", "amount", data_only=True),
    )  # fmt: skip
    rows = [(*_ids(view, part), *_values(view, part, whole)) for part in parts]
    used = [part.credits or part.before_credits or part.requests for part in parts]
    recent = [row for row, is_recent in zip(rows, used, strict=True) if is_recent]
    return Card(
        name=name,
        subject=subject,
        title=_title(view, parts, whole, label),
        about=about(view.entity),
        table=Table(columns, rows),
        definition=f"Credits by {label.lower()}, most in the 28 dates first; they add up to the key figures. Shares "
        "are of these credits, changes against the 28 dates before. The CSV has all since the first use, and more.",
        shows_table=True,
        page_table=Table(columns, recent[:SHOWN]),
        is_empty=not recent,
    )


def _id_columns(dimension: str, label: str) -> tuple[Column, ...]:
    tenant = Column("tenant_id", "Tenant", "name", data_only=True)
    if dimension in _UNNAMED:
        return (tenant, Column(_UNNAMED[dimension], label, "name"))
    return (tenant, Column(f"{dimension}_id", f"{label} id", "name", True), Column(f"{dimension}_name", label, "name"))


def _ids(view: EntityView, part: Part) -> tuple[Value, ...]:
    if part.dimension in _UNNAMED:
        return view.entity.tenant_id, part.key
    return view.entity.tenant_id, part.key, view.name(part.dimension, part.key)


def _values(view: EntityView, part: Part, whole: Decimal) -> tuple[Value, ...]:
    entity = view.entity
    before = part.before_credits if entity.has_past else None
    return (
        part.credits, phrases.share(part.credits, whole), before,
        phrases.change_of(part.credits, before, has_past=entity.has_past).pct, part.requests,
        1 - part.errors / part.requests if part.requests else None, phrases.per_unit(part.credits, part.requests),
        part.errors, part.runs, part.total_tokens, part.total_credits,
    )  # fmt: skip


def _title(view: EntityView, parts: Sequence[Part], whole: Decimal, label: str) -> str:
    first = next((part for part in parts if part.key != NONE_KEY and part.credits), None)
    if first is None or not whole:
        return f"No credits by {label.lower()} in these dates"
    return f"{_called(view, first)} took {phrases.share_text(first.credits, whole)} of the credits"


def _called(view: EntityView, part: Part) -> str:
    name = view.name(part.dimension, part.key)
    return f"no {part.dimension}" if part.key == NONE_KEY else phrases.in_text(name)


def drivers(view: EntityView) -> Card:
    """By how much each part changed the credits; within each dimension the parts add up to the change exactly."""
    entity = view.entity
    columns = (
        Column("subject_type", "By"), Column("tenant_id", "Tenant", "name", data_only=True),
        Column("subject_id", "Id", "name", data_only=True), Column("subject_name", "Name", "name"),
        Column("previous_credits", "Before", "amount"), Column("credits", "Credits", "amount", data_only=True),
        Column("change_credits", "Change", "amount"),
    )  # fmt: skip
    moved = [part for dimension in _CARDS for part in _movers(view, dimension)] if entity.has_past else []
    rows = {part: _driver(view, part) for part in moved}
    shown = [rows[part] for dimension in _CARDS for part in _first_of(moved, dimension)]
    now, before = view.sums(entity.now).credits, view.sums(entity.before).credits
    return Card(
        name="drivers",
        subject="What changed",
        title=_drivers_title(view, moved, now - before),
        about=f"{about(entity)}, against the 28 dates before",
        table=Table(columns, list(rows.values())),
        definition="Credits of the 28 dates less those of the 28 before, by each of what they count under. The parts "
        "of one kind add up to the whole change. The page has the largest changes of each.",
        shows_table=True,
        page_table=Table(columns, shown),
        is_empty=not moved,
    )


def change_of(part: Part) -> Decimal:
    """By how many credits a part changed."""
    return part.credits - part.before_credits


def _movers(view: EntityView, dimension: str) -> list[Part]:
    moved = [part for part in of_dimension(view, dimension) if change_of(part)]
    return sorted(moved, key=lambda part: (-abs(change_of(part)), part.key))


def _first_of(moved: Sequence[Part], dimension: str) -> list[Part]:
    found = [part for part in moved if part.dimension == dimension]
    return found[:MOVERS] if any(part.key != NONE_KEY for part in found) else []


def _driver(view: EntityView, part: Part) -> tuple[Value, ...]:
    name = part.key if part.dimension in _UNNAMED else view.name(part.dimension, part.key)
    return (
        part.dimension, view.entity.tenant_id, part.key, name, part.before_credits, part.credits, change_of(part),
    )  # fmt: skip


def _drivers_title(view: EntityView, moved: Sequence[Part], change: Decimal) -> str:
    if not view.entity.has_past:
        return "There are no earlier dates to compare with"
    if not change:
        return "As many credits as in the 28 days before"
    text = f"{formats.amount(abs(change))} credits {'more' if change > 0 else 'less'}"
    same_way = [part for part in moved if part.key != NONE_KEY and (change_of(part) > 0) == (change > 0)]
    model = next((part for part in same_way if part.dimension == "model"), None)
    other = next((part for part in same_way if part.dimension in ("user", "item")), None)
    causes = [f"{_called(view, part)} {_signed(change_of(part))}" for part in (model, other) if part is not None]
    return f"{text}: {phrases.joined(causes)}" if causes else text


def _signed(change: Decimal) -> str:
    return f"+{formats.amount(change)}" if change > 0 else formats.MINUS + formats.amount(-change)
