"""How rows of marts become rows of a page: by the names of the fields, so that their order cannot drift apart."""

from collections import defaultdict
from typing import Any, NamedTuple

import duckdb

DATE, MONTH = "date", "month"
"""What a trend is divided by, of which only its key tells: a date, or a month (YYYY-MM)."""

MOST_DATES = 62
# Of a span in wanted_spans as w, a mart as m: a longer one has its months in the place of its dates.
DATE_OR_MONTH = f"if(w.last - w.first < {MOST_DATES}, cast(m.usage_date as varchar), strftime(m.usage_date, '%Y-%m'))"


class Rows(NamedTuple):
    """A field of `Slice` and what fills it. query: gives `span` and the fields of `kind` (a NamedTuple), in order."""

    field: str
    kind: type
    query: str


def rows_by_key(con: duckdb.DuckDBPyConnection, query: str, kind: type) -> dict[int, list[Any]]:
    """The rows of a query, by the number in its first column. Raises TypeError where its columns are not the fields."""
    result = con.execute(query)
    names = [column[0] for column in result.description][1:]
    if names != list(kind._fields):  # type: ignore[attr-defined]
        raise TypeError(f"the query of {kind.__name__} gives {', '.join(names)}")
    rows: dict[int, list[Any]] = defaultdict(list)
    for number, *values in result.fetchall():
        rows[number].append(kind(*values))
    return rows
