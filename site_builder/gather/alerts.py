"""Rows of the cards that watch: budgets as they stood, and what somebody must know."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Budget(NamedTuple):
    """A budget of the month in which a span ends, as it stood as the span's last date ended.

    `used` and `projected` in credits, the band `projected_low`..`projected_high` None where unknown; a `crossed_…_on`
    is None where the threshold had not been reached by then.
    """

    tenant_id: str
    scope: str
    scope_id: str
    scope_name: str
    month: str
    budget: Decimal
    used: Decimal
    used_pct: float
    projected: Decimal
    projected_low: Decimal | None
    projected_high: Decimal | None
    status: str
    crossed_75_on: date | None
    crossed_90_on: date | None
    crossed_100_on: date | None
    is_known_scope: bool


class Alert(NamedTuple):
    """Rows of mart_alert_daily of one tenant, kind, severity and subject within a span, taken together.

    `first_date`..`last_date`, the `days` it stood on; `amount` and `reference` of the last of them; `peak` the highest
    amount, `total` their sum, `total_reference` that of the references, `excess` that of what a runaway item took above
    its own median; None: of another kind, or unknown.
    """

    tenant_id: str
    kind: str
    severity: str
    subject_type: str
    subject_id: str
    subject_name: str
    first_date: date
    last_date: date
    days: int
    amount: Decimal
    reference: Decimal | None
    peak: Decimal
    total: Decimal
    total_reference: Decimal | None
    excess: Decimal | None
