"""Rows of what came late for closed months, posted in a report's period."""

from decimal import Decimal
from typing import NamedTuple


class Late(NamedTuple):
    """Credits posted within a span for a closed month (YYYY-MM): `spent` by usage and jobs, `granted` by billing."""

    month: str
    spent: Decimal
    granted: Decimal
