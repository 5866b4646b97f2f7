"""The users who use most, by credits."""

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "power_users"
CHART_ROWS = 10
_COLUMNS = (
    Column("rank", "Rank", "int"), Column("tenant_id", "Tenant", "name"),
    Column("user_id", "User id", "name", data_only=True), Column("user_name", "User", "name"),
    Column("requests", "Messages", "int"), Column("runs", "Runs", "int"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("credits_share", "Share", "ratio"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    users, whole = view.now.users, view.now.totals.credits
    rows = [(place, *user, phrases.share(user.credits, whole)) for place, user in enumerate(users, 1)]
    return Card(
        name=NAME,
        subject="Power users",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Users by credits, then messages, then user id; the first 20. The share is of all credits of the "
        "period, those of no user included.",
        panels=[Panel("", [_chart(view)])] if users else (),
        is_empty=not users,
    )


def _chart(view: View) -> Ranking:
    users = view.now.users[:CHART_ROWS]
    notes = phrases.row_notes(view, [user[:3] for user in users])
    ranks = [
        Rank(
            formats.shown_name(user.user_name),
            user.credits,
            f"{formats.amount(user.credits)} · {formats.count(user.requests)} msg",
            note,
        )
        for user, note in zip(users, notes, strict=True)
    ]
    return Ranking("Credits by user", f"The first {len(ranks)} users by credits.", ranks)


def _title(view: View) -> str:
    users, whole = view.now.users, view.now.totals.credits
    if not users:
        return "No user was active"
    if not whole:
        return f"{formats.plural(view.now.active_users, 'active user')}, but no credits used"
    first = phrases.in_text(users[0].user_name)
    if len(users) == 1:
        return f"{first} is the only active user"
    lead = users[:5]
    share = phrases.share_text(sum(user.credits for user in lead), whole)
    everyone = formats.count(view.now.active_users)
    return f"{first} leads; the first {len(lead)} of {everyone} users took {share} of the credits"
