"""Users by messages: how much each asks, of which model, and what a message costs."""

from site_builder.cards import money
from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.spend import USER
from site_builder.gather.view import View
from site_builder.gather.work import UserUse
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "users"
CHART_ROWS = 10
_COLUMNS = (
    Column("rank", "Rank", "int"), Column("tenant_id", "Tenant", "name"),
    Column("user_id", "User id", "name", data_only=True), Column("user_name", "User", "name"),
    Column("requests", "Messages", "int"), Column("success_rate", "Success", "ratio"),
    Column("total_tokens", "Tokens", "int"), Column("credits", "Credits", "amount"),
    Column("credits_per_request", "Credits per message", "amount"), Column("top_model_id", "Top model", "name"),
    Column("avg_rating", "Rating", "amount"), Column("rating_count", "Ratings", "int", data_only=True),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    users = [user for user in view.now.known_users if user.requests]
    ranks = {user[:2]: place for place, user in enumerate(users, 1)}
    spent = money.spent(view, USER)
    rows = [
        (
            ranks.get(user[:2]), *user[:3], user.requests,
            1 - user.errors / user.requests if user.requests else None, user.total_tokens, user.credits,
            phrases.per_unit(user.credits, user.requests), user.top_model_id,
            phrases.per_unit(user.rating_sum, user.rating_count), user.rating_count,
            *money.cells(view, spent, user[:2]),
        )
        for user in view.now.user_uses
    ]  # fmt: skip
    return Card(
        name=NAME,
        subject="Users",
        title=_title(view, users),
        about=phrases.about(view),
        table=Table((*_COLUMNS, *money.columns(view)), rows),
        definition="All users of the period, by messages, then credits, then user id; those without messages have no "
        "rank. What names no user stands last, so that the credits add up to the tenant's. Credits per message divides "
        "all credits of the user, those of runs and calls included, by the messages. The top model is the named one "
        "that took most of the user's credits. The rating is the mean of those that users gave, 1 to 5. "
        f"{money.DEFINITION}",
        panels=[Panel("", [_chart(view, users[:CHART_ROWS])])] if users else (),
        is_empty=not users,
    )


def _chart(view: View, users: list[UserUse]) -> Ranking:
    notes = phrases.row_notes(view, [user[:3] for user in users])
    ranks = [
        Rank(
            formats.shown_name(user.user_name),
            user.requests,
            f"{formats.count(user.requests)} · {formats.amount(user.credits)} cr",
            note,
        )
        for user, note in zip(users, notes, strict=True)
    ]
    return Ranking("Messages by user", f"The first {len(ranks)} users by messages.", ranks)


def _title(view: View, users: list[UserUse]) -> str:
    if not users:
        return "No user sent a message"
    whole = sum(user.requests for user in users)
    first = phrases.in_text(users[0].user_name)
    if len(users) == 1:
        return f"{first} alone sent {formats.plural(whole, 'message')}"
    mean = formats.grouped(whole / len(users), 1)
    return f"{formats.plural(len(users), 'user')} sent {mean} messages each on average; {first} sent most"
