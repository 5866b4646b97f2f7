"""From the numbers of one item, team or user to its page, and from those of a scope to its lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from site_builder.entities import figures, parts, watching
from site_builder.entities.selection import Listed
from site_builder.entities.view import EntityView
from site_builder.files import urls
from site_builder.pages import mentions
from site_builder.pages.elements import ENTITY_LISTS, Card, Column, Glossary, Table
from site_builder.planning import periods
from site_builder.planning.scopes import Scope
from site_builder.render import templating
from site_builder.words import formats, phrases

LIST_ROWS = 500
_TYPES = {"phone_agent": "Phone agent"}


@dataclass(frozen=True)
class Said:
    """What is known of the thing: a `label`, the `text`, and the mark of what the text names ("": nothing)."""

    label: str
    text: str
    mark: str = ""


@dataclass(frozen=True)
class EntityPage:
    """Context of templates/entity.html; `around` leads to the list of its kind."""

    path: str
    stylesheet: str
    home: str
    around: str
    scope_name: str
    kind: str
    list_title: str
    name: str
    finding: str
    zone: str
    said: Sequence[Said]
    cards: Sequence[Card]
    glossary: Glossary


@dataclass(frozen=True)
class ListPage:
    """Context of templates/entities.html: all items, teams or users of a scope."""

    path: str
    stylesheet: str
    home: str
    scope_name: str
    title: str
    about: str
    card: Card
    glossary: Glossary


def compose(view: EntityView, css: bytes) -> EntityPage:
    """The page of one thing."""
    entity, scope = view.entity, view.entity.scope
    path = f"{entity.folder}/index.html"
    return EntityPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        around=urls.relative(path, urls.entity_index(scope.folder, entity.kind)),
        scope_name=scope.name,
        kind=_kind(view),
        list_title=ENTITY_LISTS[entity.kind],
        name=entity.name,
        finding=_finding(view),
        zone=scope.zone,
        said=_said(view),
        cards=_cards(view),
        # A page of this many small tables is light without a link in each of their headings.
        glossary=Glossary(urls.relative(path, urls.glossary_page(scope.folder)), ()),
    )


def compose_list(scope: Scope, kind: str, listed: Sequence[Listed], css: bytes, explained: Sequence[str]) -> ListPage:
    """The list of all that a scope used of one kind."""
    path = urls.entity_index(scope.folder, kind)
    columns = (
        Column("tenant_id", "Tenant", "name", data_only=not scope.is_all), Column(f"{kind}_id", "Id", "name", True),
        Column(f"{kind}_name", kind.capitalize(), "name"), Column("credits", "Credits", "amount"),
        Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
        Column("requests", "Messages", "int"), Column("runs", "Runs", "int"),
        Column("all_time_credits", "In all", "amount"), Column("first_active_on", "First used"),
        Column("last_active_on", "Last used"),
    )  # fmt: skip
    rows = [
        (*thing[:5], phrases.change_of(thing.credits, thing.before_credits, has_past=True).pct, thing.requests,
         thing.runs, thing.total_credits, thing.first_active_on, thing.last_active_on)
        for thing in listed
    ]  # fmt: skip
    card = Card(
        name=f"{kind}s",
        subject=ENTITY_LISTS[kind],
        title=formats.plural(len(rows), kind),
        about=f"28 dates to {periods.short_date(scope.as_of)} · {scope.zone}",
        table=Table(columns, rows),
        definition="All that was ever used, most credits in the 28 dates first; before: in the 28 dates before these.",
        shows_table=True,
        page_table=Table(columns, rows[:LIST_ROWS]),
        is_wide=True,
    )
    return ListPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=scope.name,
        title=ENTITY_LISTS[kind],
        about=f"To {periods.short_date(scope.as_of)} · {scope.zone}",
        card=card,
        glossary=Glossary(urls.relative(path, urls.glossary_page(scope.folder)), explained),
    )


def _cards(view: EntityView) -> list[Card]:
    kind = view.entity.kind
    cards = [figures.kpis(view), figures.credit_trend(view), parts.drivers(view)]
    cards += [watching.alerts(view)] if view.alerts else []
    cards += [watching.budgets(view)] if view.budgets else []
    cards += [watching.members(view)] if kind == "team" and view.members else []
    cards += [*parts.cards(view), watching.latency(view)]
    cards += [watching.errors(view)] if kind == "item" else []
    return [*cards, watching.hours(view), figures.months(view)]


def _kind(view: EntityView) -> str:
    item_type = next((fact.item_type for fact in view.facts), None)
    if view.entity.kind != "item" or not item_type:
        return view.entity.kind.capitalize()
    return _TYPES.get(item_type, item_type.capitalize())


def _finding(view: EntityView) -> str:
    """What the page says first: how much, against what, and the largest one-off."""
    entity = view.entity
    now, before = view.sums(entity.now), view.sums(entity.before)
    to = periods.short_date(entity.scope.as_of)
    if not now.credits:
        used = formats.plural(now.requests, "message")
        return f"{used} and no credits in the 28 days to {to}" if now.requests else f"Not used in the 28 days to {to}"
    text = f"{formats.amount(now.credits)} credits in the 28 days to {to}"
    change = phrases.change_of(now.credits, before.credits, has_past=entity.has_past)
    if change.pct is not None:
        text += f", {phrases.in_words(change.pct)} the 28 days before"
    elif entity.has_past:
        text += ", after none in the 28 days before"
    return text + _one_off(view)


def _one_off(view: EntityView) -> str:
    """The runaway day that took most, if there is one."""
    found = [alert for alert in view.alerts if alert.kind == "runaway_item" and alert.excess
             and alert.last_date >= view.entity.now.first]  # fmt: skip
    if not found:
        return ""
    worst = max(found, key=lambda alert: (alert.excess or 0, alert.last_date))
    return f": {formats.amount(worst.amount)} of them on {periods.short_date(worst.last_date)}, when it ran away"


def _said(view: EntityView) -> list[Said]:
    entity, said = view.entity, list[Said]()
    for fact in view.facts:
        dated = (("Created", fact.created_on), ("Retired", fact.retired_on), ("Signed up", fact.signed_up_on))
        if fact.created_by:
            said.append(_named(view, "Created by", "user", fact.created_by))
        if fact.team_id:
            said.append(_named(view, "Team", "team", fact.team_id))
        texts = (("Department", fact.department), ("Role", fact.role))
        said += [Said(label, formats.shown_name(text)) for label, text in texts if text]
        said += [Said(label, periods.short_date(day)) for label, day in dated if day]
        said += [Said("Directory", "not listed")] if fact.is_inferred else []
    if view.days:
        said.append(Said("First used", periods.short_date(view.days[0].usage_date)))
        said.append(Said("Last used", periods.short_date(view.days[-1].usage_date)))
    if entity.scope.is_all:
        said.append(Said("Tenant", formats.shown_name(view.tenant_name)))
    return said


def _named(view: EntityView, label: str, kind: str, key: str) -> Said:
    return Said(label, view.name(kind, key), mentions.mark(kind, view.entity.tenant_id, key))
