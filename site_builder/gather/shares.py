"""Rows of the cards that divide a period's credits: by tier, project and item, and by tenant and model."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

# Dates without use after which an assistant is named: four weeks, so that a holiday alone names none.
IDLE_DAYS = 28


class Tier(NamedTuple):
    """Sums over a span by the tier that a model had on each day; `models` counts the named ones."""

    tier: str
    models: int
    requests: int
    total_tokens: int
    credits: Decimal


class Project(NamedTuple):
    """Sums over a span by project."""

    tenant_id: str
    project_id: str
    requests: int
    runs: int
    total_tokens: int
    credits: Decimal


class ItemUse(NamedTuple):
    """Sums over a span by item of any type; `runaway_days` counts the dates on which it was a runaway item.

    `runaway_excess` is what it took above its own median on these dates; None: on none, or unknown.
    """

    tenant_id: str
    item_id: str
    item_name: str
    item_type: str
    runs: int
    requests: int
    calls: int
    total_tokens: int
    credits: Decimal
    runaway_days: int
    runaway_excess: Decimal | None


class IdleItem(NamedTuple):
    """An assistant that nobody used in the last IDLE_DAYS dates of a span; `last_used_on` None: nobody ever did."""

    tenant_id: str
    item_id: str
    item_name: str
    last_used_on: date | None
    unused_days: int


class ModelUse(NamedTuple):
    """Sums over a span by tenant and model; `activity` is messages, runs and calls."""

    tenant_id: str
    model_id: str
    model_name: str
    activity: int
    credits: Decimal
