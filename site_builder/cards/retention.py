"""Who is new, stayed, came back or was lost since the period before, and how much of each cohort is still there."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.presence import Cohort
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table, Value
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "retention"
CHART_ROWS = 12
MOST_NAMED = 5
NEW, RETURNING, STAYED, LOST = "new", "returning", "stayed", "lost"
_LABELS = {NEW: "New", RETURNING: "Returning", STAYED: "Stayed", LOST: "Lost"}
_TONES = {NEW: "c2", RETURNING: "c3", STAYED: "c1", LOST: "mark"}
_COLUMNS = (
    Column("breakdown", "By", "figure"), Column("tenant_id", "Tenant", "name"),
    Column("user_id", "User id", "name", data_only=True), Column("user_name", "User", "name"),
    Column("movement", "Movement", "figure"), Column("cohort_month", "First active in"), Column("month", "Month"),
    Column("users", "Users", "int"), Column("active_users", "Active", "int"), Column("retention", "Retention", "ratio"),
)  # fmt: skip
_Person = tuple[str, str, str]


def build(view: View) -> Card:
    """The card of one report."""
    moved = _movements(view)
    rows: list[tuple[Value, ...]] = [
        ("user", *person, movement, None, None, None, None, None)
        for movement, people in moved.items()
        for person in people
    ]
    rows += [
        ("cohort", None, None, None, None, *cohort, phrases.share(cohort.active_users, cohort.users))
        for cohort in _known(view)
    ]
    return Card(
        name=NAME,
        subject="Retention",
        title=_title(view, moved),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="By any usage. New: active for the first time ever; returning: active before, but not in the "
        "previous period; stayed: active in both; lost: active in the previous period, not in this one. A cohort is "
        "the users first active in a month; its retention is the share of them active in a later one.",
        facts=_lost(moved),
        panels=_panels(view, moved) if any(moved.values()) else (),
        is_empty=not any(moved.values()),
    )


def _movements(view: View) -> dict[str, list[_Person]]:
    """Everybody active in either period, by what they did; without a period before, of the first of these two alone."""
    now, past = (set(part.presences) for part in (view.now, view.past))
    found: dict[str, list[_Person]] = {movement: [] for movement in _LABELS}
    for person in view.now.people:
        is_here, was_here = person[:2] in now, view.has_past and person[:2] in past
        if is_here:
            is_new = person.first_active_on is not None and person.first_active_on >= view.period.covered.first
            found[STAYED if was_here else NEW if is_new else RETURNING].append(person[:3])
        elif was_here:
            found[LOST].append(person[:3])
    return found


def _lost(moved: dict[str, list[_Person]]) -> list[Fact]:
    lost = [name for _, _, name in moved[LOST]]
    return [Fact("Lost", phrases.some_of(lost, MOST_NAMED))] if lost else []


def _panels(view: View, moved: dict[str, list[_Person]]) -> list[Panel]:
    ranks = [
        Rank(label, len(moved[movement]), formats.plural(len(moved[movement]), "user"), "", _TONES[movement])
        for movement, label in _LABELS.items()
    ]
    whole = sum(map(len, moved.values()))
    panels = [Panel("Movement", [Ranking("Users by movement", f"{formats.plural(whole, 'user')}.", ranks)])]
    cohorts = _of_the_month(view)
    return [*panels, Panel("Cohorts", [_cohorts(cohorts)])] if cohorts else panels


def _known(view: View) -> Sequence[Cohort]:
    """Cohorts go by calendar month: of parts of one they would tell more than the period."""
    return view.now.cohorts if view.period.edition == periods.MONTHLY else ()


def _of_the_month(view: View) -> list[Cohort]:
    """How much of each cohort is there in the report's own month."""
    month = view.period.covered.last.isoformat()[:7]
    return [cohort for cohort in _known(view) if cohort.month == month]


def _cohorts(cohorts: list[Cohort]) -> Ranking:
    ranks = [
        Rank(
            periods.month_text(date.fromisoformat(f"{cohort.cohort_month}-01")),
            Decimal(cohort.active_users) / cohort.users,
            f"{formats.count(cohort.active_users)} of {formats.count(cohort.users)}"
            f" · {phrases.share_text(cohort.active_users, cohort.users)}",
        )
        for cohort in cohorts[-CHART_ROWS:]
    ]
    earlier = len(cohorts) - len(ranks)
    more = f"; {formats.plural(earlier, 'earlier one')} in the table" if earlier else ""
    described = f"{formats.plural(len(ranks), 'cohort')} by the month of their first use{more}."
    return Ranking("Active this month, by cohort", described, ranks, full=1)


def _title(view: View, moved: dict[str, list[_Person]]) -> str:
    if not any(moved.values()):
        return phrases.NOTHING
    new, returning, stayed, lost = (len(moved[movement]) for movement in _LABELS)
    others = f"{formats.count(new)} {'is' if new == 1 else 'are'} new, {formats.count(returning)} came back"
    if not view.has_past or not stayed + lost:
        return f"Of {formats.plural(new + returning, 'active user')}, {others}"
    before = formats.plural(stayed + lost, "user")
    return f"{formats.count(stayed)} of {before} active {phrases.past_name(view.period)} stayed; {others}"
