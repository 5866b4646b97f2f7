"""Rows of the card catalogue: models with the rate in force as a period ends."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Offer(NamedTuple):
    """A model as a span ends: what a message costs, since when, and when it was first used (None: never).

    Without a rate, `tier` is `unrated` and `since` None. What will hold later is left out: it is not yet of the period.
    """

    model_id: str
    model_name: str
    provider: str | None
    family: str | None
    tier: str
    credits_per_request: Decimal | None
    credits_per_1k_input: Decimal | None
    credits_per_1k_output: Decimal | None
    since: date | None
    first_used_on: date | None
