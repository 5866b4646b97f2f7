"""Queries of closed months, and of what came late for them."""

from datetime import date

import duckdb

from site_builder.gather import closing

_CLOSED_TO = "select max(last_date) from marts.mart_closed_months"

_LATE = """
    select s.span, m.month, coalesce(sum(m.credits) filter (where m.kind <> 'billing'), 0),
        coalesce(sum(m.credits) filter (where m.kind = 'billing'), 0)
    from span_days as s
    inner join marts.mart_closing_adjustments as m on m.tenant_id = s.tenant_id and m.posted_on = s.usage_date
    group by s.span, m.month
    order by s.span, m.month
"""

LISTS: tuple[tuple[str, type, str], ...] = (("late", closing.Late, _LATE),)


def closed_to(con: duckdb.DuckDBPyConnection) -> date | None:
    """The last date of the closed months; None where none is closed."""
    row = con.execute(_CLOSED_TO).fetchone()
    return row[0] if row else None
