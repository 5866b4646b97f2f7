"""Rows of the receivables card: what each tenant owed as a month ended."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Receivable(NamedTuple):
    """A row of mart_receivables_monthly: money in one currency, as of the last date of the month or the as-of date."""

    tenant_id: str
    as_at: date
    currency: str
    invoices: int
    invoiced_amount: Decimal
    tax_amount: Decimal
    paid_amount: Decimal
    open_amount: Decimal
    overdue_amount: Decimal
    not_due_amount: Decimal
    overdue_1_30_amount: Decimal
    overdue_31_60_amount: Decimal
    overdue_61_90_amount: Decimal
    overdue_over_90_amount: Decimal
    unallocated_amount: Decimal
    unknown_invoices: int


_RECEIVABLES = f"""
    select s.span, {", ".join(f"m.{name}" for name in Receivable._fields)}
    from span_days as s
    inner join wanted_spans as w on w.span = s.span
    inner join marts.mart_receivables_monthly as m
        on m.tenant_id = s.tenant_id and m.month = strftime(s.usage_date, '%Y-%m')
    where s.is_report and s.usage_date = w.last and w.first = date_trunc('month', w.last)
    order by s.span, m.overdue_amount desc, m.open_amount desc, m.tenant_id, m.currency, m.month
"""

ROWS = (Rows("receivables", Receivable, _RECEIVABLES),)
