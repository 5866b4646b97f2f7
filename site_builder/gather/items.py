"""Rows of the rankings of apps, workflows and agents."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows

RANKED_ROWS = 20


class Item(NamedTuple):
    """Sums over a span by item; `place` its rank among items of its type."""

    tenant_id: str
    item_id: str
    item_name: str
    item_type: str
    place: int
    runs: int
    requests: int
    credits: Decimal


_ITEMS = f"""
    with used as (
        select s.span, s.month, m.tenant_id, m.item_id, m.item_type, sum(m.runs) as runs, sum(m.requests) as requests,
            sum(m.credits) as credits
        from span_days as s
        inner join marts.mart_item_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where s.is_report and m.item_type in ('app', 'workflow', 'agent')
        group by s.span, s.month, m.tenant_id, m.item_id, m.item_type
    ),
    ranked as (
        select *, row_number() over (
            partition by span, item_type order by runs desc, credits desc, item_id, tenant_id
        ) as place
        from used
    )
    select r.span, r.tenant_id, r.item_id, coalesce(d.item_name, r.item_id) as item_name, r.item_type, r.place,
        r.runs, r.requests, r.credits
    from ranked as r
    left join shown_dim_items as d on d.month = r.month and d.tenant_id = r.tenant_id and d.item_id = r.item_id
    where r.place <= {RANKED_ROWS}
    order by r.span, r.item_type, r.place
"""

ROWS = (Rows("items", Item, _ITEMS),)
