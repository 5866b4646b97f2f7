"""What a successful message costs each user: who gets most out of a credit, and who least."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.gather.work import UserUse
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.words import formats, phrases

NAME = "efficiency"
FEWEST_SUCCESSES = 10
CHART_ROWS = 5
_COLUMNS = (
    Column("rank", "Rank", "int"), Column("tenant_id", "Tenant", "name"),
    Column("user_id", "User id", "name", data_only=True), Column("user_name", "User", "name"),
    Column("successes", "Successful messages", "int"), Column("success_rate", "Success", "ratio"),
    Column("credits", "Credits", "amount"), Column("credits_per_success", "Credits per success", "amount"),
    Column("compared_with_mean", "Of the mean", "ratio"), Column("top_model_id", "Top model", "name"),
)  # fmt: skip


class _Judged(NamedTuple):
    user: UserUse
    successes: int
    price: Decimal


def build(view: View) -> Card:
    """The card of one report."""
    judged = _judged(view)
    mean = _mean(judged)
    rows = [
        (
            place, *user[:3], successes, 1 - user.errors / user.requests, user.credits, price,
            phrases.share(price, mean), user.top_model_id,
        )
        for place, (user, successes, price) in enumerate(judged, 1)
    ]  # fmt: skip
    left_out = len(view.now.known_users) - len(judged)
    return Card(
        name=NAME,
        subject="Credit efficiency",
        title=_title(judged),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition=f"Credits ÷ messages that succeeded, of users with at least {FEWEST_SUCCESSES} of them, fewest "
        "credits first, then most successes, then user id. Credits of failed messages, runs and calls count in. The "
        "mean is all their credits ÷ all their successes. It says what a message cost, not what it was worth: long "
        "tasks and large models cost more.",
        facts=[Fact("Mean", f"{formats.amount(mean)} credits")] if judged else (),
        panels=_panels(view, judged) if judged else (),
        note=f"{formats.plural(left_out, 'user')} with fewer successful messages not judged." if left_out else "",
        is_empty=not judged,
    )


def _judged(view: View) -> list[_Judged]:
    found = [
        _Judged(user, user.requests - user.errors, phrases.per_unit(user.credits, user.requests - user.errors) or ZERO)
        for user in view.now.known_users
        if user.requests - user.errors >= FEWEST_SUCCESSES
    ]
    return sorted(found, key=lambda each: (each.price, -each.successes, each.user.user_id, each.user.tenant_id))


def _mean(judged: list[_Judged]) -> Decimal:
    credits = sum((judgement.user.credits for judgement in judged), ZERO)
    return phrases.per_unit(credits, sum(judgement.successes for judgement in judged)) or ZERO


def _panels(view: View, judged: list[_Judged]) -> list[Panel]:
    panels = [Panel("Fewest credits", [_chart(view, judged[:CHART_ROWS], "fewest")])]
    if len(judged) > 1:
        panels.append(Panel("Most credits", [_chart(view, judged[::-1][:CHART_ROWS], "most")]))
    return panels


def _chart(view: View, judged: list[_Judged], which: str) -> Ranking:
    notes = phrases.row_notes(view, [judgement.user[:3] for judgement in judged])
    ranks = [
        Rank(
            formats.shown_name(user.user_name),
            price,
            f"{formats.amount(price)} · {formats.count(successes)} msg",
            note,
        )
        for (user, successes, price), note in zip(judged, notes, strict=True)
    ]
    return Ranking(f"Credits per successful message, {which} first", f"{formats.plural(len(ranks), 'user')}.", ranks)


def _title(judged: list[_Judged]) -> str:
    if not judged:
        return f"Nobody had {FEWEST_SUCCESSES} successful messages"
    least, most = judged[0], judged[-1]
    if len(judged) == 1:
        return f"{phrases.in_text(least.user.user_name)} took {formats.amount(least.price)} credits a success"
    return (
        f"A success took {formats.amount(least.price)} credits with {phrases.in_text(least.user.user_name)}, "
        f"{formats.amount(most.price)} with {phrases.in_text(most.user.user_name)}"
    )
