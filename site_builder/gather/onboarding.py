"""Rows of the cards about new users and their trainings."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Activation(NamedTuple):
    """A user who signed up within a span; `hours` to the first value are None while there is none.

    `observed` are the hours to the first value, or those waited for it so far.
    """

    tenant_id: str
    user_id: str
    user_name: str
    signed_up_on: date
    hours: Decimal | None
    observed: Decimal
    bucket: str


class Training(NamedTuple):
    """A training of a tenant: assigned, completed by the end of a span, and completed within it."""

    tenant_id: str
    training_id: str
    training_name: str
    assigned: int
    completed: int
    completed_in_period: int
