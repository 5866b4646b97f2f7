"""Rows of the invoices card: each invoice beside what was metered on the dates it is for."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Invoice(NamedTuple):
    """A row of mart_invoice_reconciliation; credits or money that cannot be compared are None.

    `unrated_bound_…`: how much of what is unexplained requests without a rate could be at most; `open_amount` is still
    to be paid, None where that is unknown. `charged_twice_…`: what it bills though bought credits had paid for it, and
    at most; None of months that were closed without.
    """

    tenant_id: str
    invoice_id: str
    issued_on: date
    period_start: date
    period_end: date
    invoiced_amount: Decimal | None
    currency: str | None
    invoiced_credits: Decimal | None
    metered_credits: Decimal
    purchased_credits: Decimal | None
    difference_credits: Decimal | None
    difference_amount: Decimal | None
    status: str | None
    late_usage_credits: Decimal | None
    restated_usage_credits: Decimal | None
    unrated_usage_credits: Decimal | None
    rounding_credits: Decimal | None
    unexplained_credits: Decimal | None
    late_usage_amount: Decimal | None
    restated_usage_amount: Decimal | None
    unrated_usage_amount: Decimal | None
    price_difference_amount: Decimal | None
    rounding_amount: Decimal | None
    unexplained_amount: Decimal | None
    unrated_bound_credits: Decimal | None
    unrated_bound_amount: Decimal | None
    unrated_requests: int
    overlapping_invoices: int
    tax_amount: Decimal | None
    due_on: date | None
    paid_amount: Decimal | None
    open_amount: Decimal | None
    charged_twice_credits: Decimal | None
    charged_twice_amount: Decimal | None
    charged_twice_bound_credits: Decimal | None


_INVOICES = f"""
    select s.span, {", ".join(f"m.{name}" for name in Invoice._fields)}
    from span_days as s
    inner join marts.mart_invoice_reconciliation as m on m.tenant_id = s.tenant_id and m.shown_on = s.usage_date
    where s.is_report
    order by s.span, m.tenant_id, m.period_start, m.invoice_id
"""

ROWS = (Rows("invoices", Invoice, _INVOICES),)
