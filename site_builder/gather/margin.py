"""Rows of the margin card, of which only the publisher's own scope has any."""

from decimal import Decimal
from typing import NamedTuple


class Margin(NamedTuple):
    """A row of mart_margin_monthly; dollars are None without an exchange rate."""

    tenant_id: str
    model_id: str
    credits: Decimal
    unpaid_credits: Decimal
    revenue: Decimal | None
    currency: str
    revenue_usd: Decimal | None
    cost_usd: Decimal
    uncosted_requests: int
    margin_usd: Decimal | None

    @property
    def has_cost(self) -> bool:
        """False where nothing at all is known of what the use cost, which 0 would hide."""
        return bool(self.cost_usd) or not self.uncosted_requests
