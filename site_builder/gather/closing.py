"""Rows of what came late for closed months, posted in a report's period."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb

from site_builder.gather.rows import Rows


class Late(NamedTuple):
    """Credits posted within a span for a closed month (YYYY-MM): `spent` by usage and jobs, `granted` by billing."""

    month: str
    spent: Decimal
    granted: Decimal


_CLOSED_TO = "select max(last_date) from marts.mart_closed_months"

_LATE = """
    select s.span, m.month, coalesce(sum(m.credits) filter (where m.kind <> 'billing'), 0) as spent,
        coalesce(sum(m.credits) filter (where m.kind = 'billing'), 0) as granted
    from span_days as s
    inner join marts.mart_closing_adjustments as m on m.tenant_id = s.tenant_id and m.posted_on = s.usage_date
    group by s.span, m.month
    order by s.span, m.month
"""

ROWS = (Rows("late", Late, _LATE),)


def closed_to(con: duckdb.DuckDBPyConnection) -> date | None:
    """The last date of the closed months; None where none is closed."""
    row = con.execute(_CLOSED_TO).fetchone()
    return row[0] if row else None
