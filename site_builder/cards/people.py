"""Everybody with a seat or any usage: last active, dormant, never there, no result yet; which seats could be freed."""

from collections.abc import Sequence
from datetime import timedelta

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.presence import Person
from site_builder.gather.view import View
from site_builder.gather.work import MONTH_DAYS
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "people"
CHART_ROWS = 12
MOST_NAMED = 5
ACTIVE, DORMANT, NEVER = "active", "dormant", "never_active"
_LABELS = {ACTIVE: "Active", DORMANT: "Dormant", NEVER: "Never active"}
_TONES = {ACTIVE: "c1", DORMANT: "c3", NEVER: "mark"}
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("user_id", "User id", "name", data_only=True),
    Column("user_name", "User", "name"), Column("status", "Status", "figure"),
    Column("last_active_on", "Last active"), Column("days_inactive", "Days since", "int"),
    Column("frees_seat", "Seat to free", "yes"), Column("has_value", "First result", "yes"),
    Column("first_value_on", "First result on"), Column("signed_up_on", "Signed up"),
    Column("first_active_on", "First active"), Column("has_seat", "Has a seat", "yes"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    people = sorted(view.now.people, key=lambda person: not _frees_seat(view, person))
    last = view.period.covered.last
    rows = [
        (
            person.tenant_id, person.user_id, person.user_name, _status(view, person), person.last_active_on,
            _days_inactive(view, person), _frees_seat(view, person), person.first_value_on is not None,
            person.first_value_on, person.signed_up_on, person.first_active_on, person.has_seat,
        )
        for person in people
    ]  # fmt: skip
    free = [person for person in people if _frees_seat(view, person)]
    return Card(
        name=NAME,
        subject="People",
        title=_title(view, free),
        about=f"As of {periods.short_date(last)} · {view.scope.zone}",
        table=Table(_COLUMNS, rows),
        definition="Users of the directory, who have a seat each, and others whom usage names. Active: used anything "
        f"in the {MONTH_DAYS} dates up to the period's last; dormant: before, but not in these; never active: not at "
        "all. First result: a message or run that succeeded, ever. A seat could be freed where its user is dormant, or "
        f"signed up more than {MONTH_DAYS} dates ago and was never active. A user without a date of sign-up counts as "
        "there from the first day.",
        facts=_facts(view),
        panels=_panels(view, free) if people else (),
        is_empty=not people,
    )


def _days_inactive(view: View, person: Person) -> int | None:
    return (view.period.covered.last - person.last_active_on).days if person.last_active_on else None


def _status(view: View, person: Person) -> str:
    days = _days_inactive(view, person)
    if days is None:
        return NEVER
    return ACTIVE if days < MONTH_DAYS else DORMANT


def _frees_seat(view: View, person: Person) -> bool:
    """Whether the seat is not used and was there long enough to be."""
    status = _status(view, person)
    if not person.has_seat or status == ACTIVE:
        return False
    since = person.signed_up_on or view.scope.first
    return status == DORMANT or since <= view.period.covered.last - timedelta(MONTH_DAYS)


def _facts(view: View) -> list[Fact]:
    people = view.now.people
    without = [person.user_name for person in people if person.has_seat and person.first_value_on is None]
    facts = [Fact("Never got a result", phrases.some_of(without, MOST_NAMED))] if without else []
    seats = next((row.seats for row in view.now.inventory if row.seats is not None), None)
    if seats is None:
        return facts
    used = sum(person.has_seat for person in people)
    return [*facts, Fact("Seats used", f"{formats.count(used)} of {formats.count(seats)}")]


def _panels(view: View, free: Sequence[Person]) -> list[Panel]:
    people = view.now.people
    ranks = []
    for status, label in _LABELS.items():
        found = sum(_status(view, person) == status for person in people)
        text = f"{formats.count(found)} · {phrases.share_text(found, len(people))}"
        ranks.append(Rank(label, found, text, "", _TONES[status]))
    by_status = Ranking("People by when they were active", f"{formats.count(len(people))} in all.", ranks)
    panels = [Panel("Status", [by_status])]
    return [*panels, Panel("Seats to free", [_seats(view, free)])] if free else panels


def _seats(view: View, free: Sequence[Person]) -> Ranking:
    """Who was never there first, then by days without use."""
    longest = max((view.period.covered.last - view.scope.first).days + 1, 1)
    shown = free[:CHART_ROWS]
    notes = phrases.row_notes(view, [person[:3] for person in shown])
    ranks = []
    for person, note in zip(shown, notes, strict=True):
        days = _days_inactive(view, person)
        text = "never active" if days is None else f"{formats.plural(days, 'day')} ago"
        tone = _TONES[_status(view, person)]
        ranks.append(Rank(formats.shown_name(person.user_name), longest if days is None else days, text, note, tone))
    others = len(free) - len(shown)
    more = f"; {formats.count(others)} more are in the table" if others else ""
    return Ranking("Seats to free", f"{formats.plural(len(free), 'person', 'people')}{more}.", ranks)


def _title(view: View, free: Sequence[Person]) -> str:
    seated = sum(person.has_seat for person in view.now.people)
    if not view.now.people:
        return "Nobody is known yet"
    if not free:
        return f"No seat of {formats.count(seated)} could be freed" if seated else "Nobody has a seat of the directory"
    never = sum(person.last_active_on is None for person in free)
    dormant = len(free) - never
    why = [f"{formats.count(dormant)} not active for {MONTH_DAYS} days"] if dormant else []
    why += [f"{formats.count(never)} never active"] if never else []
    return f"{formats.count(len(free))} of {formats.plural(seated, 'seat')} could be freed: {phrases.joined(why)}"
