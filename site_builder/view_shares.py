"""Rows of the cards that divide a period's credits: by tier, project and item, and by tenant and model."""

from decimal import Decimal
from typing import NamedTuple


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
    """Sums over a span by item of any type; `runaway_days` counts the dates on which it was a runaway item."""

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


class ModelUse(NamedTuple):
    """Sums over a span by tenant and model; `activity` is messages, runs and calls."""

    tenant_id: str
    model_id: str
    model_name: str
    activity: int
    credits: Decimal
