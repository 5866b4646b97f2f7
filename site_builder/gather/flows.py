"""Rows of credits in and out."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Flow(NamedTuple):
    """Credits in or out over a span, by kind."""

    direction: str
    kind: str
    credits: Decimal


_FLOWS = """
    select s.span, m.direction, m.kind, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_credit_flow_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.direction, m.kind
    order by s.span, m.direction, sum(m.credits) desc, m.kind
"""

ROWS = (Rows("flows", Flow, _FLOWS),)
