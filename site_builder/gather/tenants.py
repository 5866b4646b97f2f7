"""Rows of the card of tenants: what each of a scope's tenants used."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class TenantUse(NamedTuple):
    """Sums over a span by tenant; active users are counted once."""

    tenant_id: str
    requests: int
    credits: Decimal
    active_users: int


_TENANTS = """
    with users as (
        select s.span, m.tenant_id, count(distinct m.user_id) as active_users
        from span_days as s
        inner join marts.mart_user_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where m.user_id <> '(none)'
        group by s.span, m.tenant_id
    )
    select s.span, m.tenant_id, sum(m.requests) as requests, sum(m.credits) as credits,
        coalesce(any_value(u.active_users), 0) as active_users
    from span_days as s
    inner join wanted_spans as w on w.span = s.span
    inner join marts.mart_tenant_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join users as u on u.span = s.span and u.tenant_id = m.tenant_id
    where w.is_all
    group by s.span, m.tenant_id
    order by s.span, sum(m.credits) desc, m.tenant_id
"""

ROWS = (Rows("tenant_uses", TenantUse, _TENANTS),)
