"""Teams by credits, with their share."""

from decimal import Decimal

from site_builder.cards import money
from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.people import Team
from site_builder.gather.spend import TEAM
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "teams"
CHART_ROWS = 8
_MISSING = "No team"
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("team_id", "Team id", "name", data_only=True),
    Column("team_name", "Team", "name"), Column("department", "Department", "name"),
    Column("requests", "Messages", "int"), Column("runs", "Runs", "int"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("credits_share", "Share", "ratio"),
    Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    teams, whole = view.now.teams, view.now.totals.credits
    past = {(team.tenant_id, team.team_id): team.credits for team in view.past.teams}
    spent = money.spent(view, TEAM)
    rows = []
    for team in teams:
        before = past.get((team.tenant_id, team.team_id), ZERO) if view.has_past else None
        change = phrases.change(team.credits, before, view).pct
        rows.append((*team, phrases.share(team.credits, whole), before, change, *money.cells(view, spent, team[:2])))
    return Card(
        name=NAME,
        subject="Teams",
        title=_title(teams, whole),
        about=phrases.about(view),
        table=Table((*_COLUMNS, *money.columns(view)), rows),
        definition="The team that an event names, else the user's present team. What belongs to no team stands "
        f"apart, so that the shares add up to the whole. {money.DEFINITION}",
        panels=[Panel("", [_chart(view)])] if teams else (),
        is_empty=not teams,
    )


def _chart(view: View) -> Ranking:
    whole = view.now.totals.credits
    ranks = []
    teams = view.now.teams[:CHART_ROWS]
    notes = phrases.row_notes(view, [team[:3] for team in teams])
    for team, note in zip(teams, notes, strict=True):
        text = f"{formats.amount(team.credits)} · {phrases.share_text(team.credits, whole)}"
        name = phrases.named(team.team_name, team.team_id, _MISSING)
        ranks.append(Rank(name, team.credits, text, note))
    others = view.now.teams[CHART_ROWS:]
    if others:
        rest = sum((team.credits for team in others), ZERO)
        text = f"{formats.amount(rest)} · {phrases.share_text(rest, whole)}"
        ranks.append(Rank(formats.plural(len(others), "other team"), rest, text, "", "c4"))
    return Ranking("Credits by team", f"{formats.plural(len(view.now.teams), 'team')}, most credits first.", ranks)


def _title(teams: tuple[Team, ...], whole: Decimal) -> str:
    if not teams:
        return phrases.NOTHING
    named = [team for team in teams if team.team_id != phrases.NONE_KEY]
    if not named:
        return "No usage belongs to a team"
    if not whole:
        return "No team used credits"
    share = phrases.share_text(named[0].credits, whole)
    return f"{phrases.in_text(named[0].team_name)} leads with {share} of the credits"
