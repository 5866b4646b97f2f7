"""Rows of the billing period that a report's last date lies in."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class BillingPeriod(NamedTuple):
    """A row of mart_billing_periods: `period_end` is the date after its last one.

    As of the span's last date: `credits` that usage took in it by then, and the dates that are left.
    """

    tenant_id: str
    period_start: date
    period_end: date
    credits: Decimal
    days_left: int


_BILLING_PERIODS = """
    with ends as (
        select s.span, s.tenant_id, s.usage_date
        from span_days as s
        inner join wanted_spans as w on w.span = s.span and w.last = s.usage_date
        where s.is_report and not w.is_all
    )
    select e.span, p.tenant_id, p.period_start, p.period_end, coalesce(sum(m.credits), 0)::decimal(38, 6) as credits,
        p.period_end - 1 - e.usage_date as days_left
    from ends as e
    inner join marts.mart_billing_periods as p
        on p.tenant_id = e.tenant_id and p.period_start <= e.usage_date and p.period_end > e.usage_date
    left join marts.mart_tenant_daily as m
        on m.tenant_id = p.tenant_id and m.usage_date between p.period_start and e.usage_date
    group by e.span, p.tenant_id, p.period_start, p.period_end, e.usage_date
    order by e.span, p.tenant_id
"""

ROWS = (Rows("billing_periods", BillingPeriod, _BILLING_PERIODS),)
