"""Rows of the margin card, of which only the publisher's own scope has any."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Margin(NamedTuple):
    """A row of mart_margin_monthly; what is not known whole is None.

    margin_usd_at_most: the margin where requests, runs or calls are of unknown cost, as if these had cost nothing;
    uncosted_…: how many of each; …_usd_per_unit and …_rate_date: the exchange rates of the revenue, which are those of
    its `purchase` or of its `month` (exchange_rate_of). What a month was closed without is None.
    """

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
    unpriced_credits: Decimal | None
    margin_usd_at_most: Decimal | None
    uncosted_runs: int | None
    uncosted_calls: int | None
    min_usd_per_unit: Decimal | None
    max_usd_per_unit: Decimal | None
    min_rate_date: date | None
    max_rate_date: date | None
    exchange_rate_of: str | None


_MARGINS = f"""
    select s.span, {", ".join(f"m.{name}" for name in Margin._fields)}
    from span_days as s
    inner join wanted_spans as w on w.span = s.span
    inner join marts.mart_margin_monthly as m
        on m.tenant_id = s.tenant_id and m.month = strftime(s.usage_date, '%Y-%m')
    where s.is_report and w.is_all and s.usage_date = w.last and w.first = date_trunc('month', w.last)
        and w.last = last_day(w.last)
    order by s.span, m.margin_usd desc nulls last, m.tenant_id, m.model_id, m.month
"""

ROWS = (Rows("margins", Margin, _MARGINS),)
