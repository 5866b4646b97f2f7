"""Time to first value: how long new users took to their first success, and who never got there."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.onboarding import Activation
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table
from site_builder.words import formats, phrases

NAME = "ttfv"
NEVER = "Never"
MOST_NAMED = 3
_BUCKETS = ("<1h", "1-6h", "6-24h", "1-3d", "3-7d", "7+d", NEVER)
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("user_id", "User id", "name", data_only=True),
    Column("user_name", "User", "name"), Column("signed_up_on", "Signed up"),
    Column("hours_to_first_value", "Hours to first value", "amount"),
    Column("hours_observed", "Hours observed", "amount"), Column("bucket", "After"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    users = view.now.activations
    return Card(
        name=NAME,
        subject="Time to first value",
        title=_title(users),
        about=phrases.about(view),
        table=Table(_COLUMNS, users),
        definition="Users of the directory who signed up in the period: from the sign-up to their first live request "
        "or run that succeeded, 0 hours where that came before it, as far as the data reach. The median is over those "
        "who got there. The median with those still waiting (Kaplan and Meier) counts each of them as longer than they "
        "have waited so far; there is none while too many wait. The table is the follow-up list: who never got there "
        "comes first, the longest waiting before the others.",
        facts=_facts(view),
        panels=[Panel("", [_chart(users)])] if users else (),
        legend=[Key("c1", "got there"), Key("mark", "never yet")] if _waiting(users) and users else (),
        is_empty=not users,
    )


def censored_median(users: Sequence[Activation]) -> Decimal | None:
    """The hours by which half of all got there, by the product-limit estimate; None if that cannot be told yet."""
    at_risk, surviving = len(users), Fraction(1)
    # Of equal hours, those who got there come before those who wait on.
    for user in sorted(users, key=lambda user: (user.observed, user.hours is None)):
        if user.hours is not None:
            surviving *= Fraction(at_risk - 1, at_risk)
            if 2 * surviving <= 1:
                return user.hours
        at_risk -= 1
    return None


def _waiting(users: Sequence[Activation]) -> list[Activation]:
    return [user for user in users if user.hours is None]


def _naive_median(users: Sequence[Activation]) -> Decimal | None:
    hours = [user.hours for user in users if user.hours is not None]
    return median(hours) if hours else None


def _hours(hours: Decimal | None) -> str:
    if hours is None:
        return formats.NONE_TEXT
    if hours >= 72:
        return f"{formats.grouped(hours / 24, 1)}{formats.THIN}days"
    return formats.duration(int(hours * 3600))


def _title(users: Sequence[Activation]) -> str:
    if not users:
        return "Nobody signed up in this period"
    waiting = len(_waiting(users))
    if waiting == len(users):
        return f"None of the {formats.plural(len(users), 'new user')} has got a first result yet"
    typical = f"Half of those who got a first result had it within {_hours(_naive_median(users))}"
    return f"{typical}; {waiting} of {formats.plural(len(users), 'new user')} never did" if waiting else typical


def _facts(view: View) -> list[Fact]:
    users = view.now.activations
    if not users:
        return []
    waiting = _waiting(users)
    facts = [
        Fact("Median", f"{_hours(_naive_median(users))} of {len(users) - len(waiting)} who got there"),
    ]
    if waiting:
        facts.append(Fact("With those still waiting", f"{_hours(censored_median(users))} of {len(users)}"))
    if view.has_past and view.past.activations:
        facts.append(Fact("Median before", _hours(_naive_median(view.past.activations))))
    if waiting:
        facts.append(Fact("To follow up", phrases.some_of([user.user_name for user in waiting], MOST_NAMED)))
    return facts


def _chart(users: Sequence[Activation]) -> Ranking:
    ranks = []
    for bucket in _BUCKETS:
        found = sum(user.bucket == bucket for user in users)
        text = f"{formats.count(found)} · {phrases.share_text(found, len(users))}"
        ranks.append(Rank(bucket, found, text, "", "mark" if bucket == NEVER else "c1"))
    return Ranking("New users by time to first value", f"{formats.plural(len(users), 'new user')}.", ranks)
