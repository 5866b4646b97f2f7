"""Credits by project and by department: what they were spent for, and by whom in the house."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "projects"
CHART_ROWS = 8
PROJECT, DEPARTMENT = "project", "department"
_MISSING = {PROJECT: "No project", DEPARTMENT: "No department"}
_COLUMNS = (
    Column("grouping", "By"), Column("tenant_id", "Tenant", "name"), Column("name", "Name", "name"),
    Column("requests", "Messages", "int"), Column("runs", "Runs", "int"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("credits_share", "Share", "ratio"),
    Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip


class _Group(NamedTuple):
    grouping: str
    tenant_id: str
    name: str
    requests: int
    runs: int
    total_tokens: int
    credits: Decimal


def build(view: View) -> Card:
    """The card of one report."""
    projects, departments = _projects(view.now), _departments(view.now)
    past = {group[:3]: group.credits for group in [*_projects(view.past), *_departments(view.past)]}
    rows = []
    for group in [*projects, *departments]:
        before = past.get(group[:3], ZERO) if view.has_past else None
        change = phrases.change(group.credits, before, view).pct
        rows.append((*group, phrases.share(group.credits, view.now.totals.credits), before, change))
    charts = [(label, groups) for label, groups in (("Projects", projects), ("Departments", departments)) if groups]
    return Card(
        name=NAME,
        subject="Projects and departments",
        title=_title(projects, view.now.totals.credits),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="The project that an event names; the department of the team it counts for, as the directory has "
        "it now. Projects alone add up to the whole, and so do departments alone, as what belongs to none stands "
        "apart.",
        panels=[Panel(label, [_chart(label.lower(), groups, view)]) for label, groups in charts],
        is_empty=not rows,
    )


def _projects(part: Slice) -> list[_Group]:
    return [_Group(PROJECT, *project) for project in part.projects]


def _departments(part: Slice) -> list[_Group]:
    found: dict[tuple[str, str], _Group] = {}
    for team in part.teams:
        key = team.tenant_id, team.department or phrases.NONE_KEY
        known = found.get(key, _Group(DEPARTMENT, *key, 0, 0, 0, ZERO))
        found[key] = known._replace(
            requests=known.requests + team.requests,
            runs=known.runs + team.runs,
            total_tokens=known.total_tokens + team.total_tokens,
            credits=known.credits + team.credits,
        )
    return sorted(found.values(), key=lambda group: (-group.credits, -group.requests, group.name, group.tenant_id))


def _chart(label: str, groups: list[_Group], view: View) -> Ranking:
    whole = view.now.totals.credits
    ranks = []
    for group in groups[:CHART_ROWS]:
        name = phrases.named(group.name, group.name, _MISSING[group.grouping])
        note = phrases.tenant_note(view, group.tenant_id)
        ranks.append(Rank(name, group.credits, _text(group.credits, whole), note))
    others = groups[CHART_ROWS:]
    if others:
        rest = sum((group.credits for group in others), ZERO)
        ranks.append(Rank(formats.plural(len(others), f"other {label[:-1]}"), rest, _text(rest, whole), "", "c4"))
    return Ranking(f"Credits by {label[:-1]}", f"{len(groups)} {label}, most credits first.", ranks)


def _text(credits: Decimal, whole: Decimal) -> str:
    return f"{formats.amount(credits)} · {phrases.share_text(credits, whole)}"


def _title(projects: Iterable[_Group], whole: Decimal) -> str:
    groups = list(projects)
    if not groups:
        return phrases.NOTHING
    named = [group for group in groups if group.name != phrases.NONE_KEY]
    if not named:
        return "No usage was booked on a project"
    if not whole:
        return "No project used credits"
    share = phrases.share_text(sum((group.credits for group in named), ZERO), whole)
    return f"{share} of the credits were booked on projects, most on {phrases.in_text(named[0].name)}"
