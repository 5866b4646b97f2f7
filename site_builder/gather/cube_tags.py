"""Usage by tag, date and value, for the months of the explorer."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from site_builder.gather.whole_numbers import amount, narrowed

TAG_MEASURES = (
    "requests", "errors", "uncosted_requests", "total_tokens", "credits_whole", "credits_millionths", "cost_whole",
    "cost_millionths", "runs", "calls", "input_tokens", "input_credits_whole", "input_credits_millionths",
)  # fmt: skip
# Values of a key beyond these, by credits in the month, are summed up.
MOST_VALUES = 100

_TAGS = """
    with used as (
        select w.number, m.*
        from wanted_cubes as w
        inner join marts.mart_tag_daily as m
            on m.tenant_id = w.tenant_id and m.usage_date >= w.first and m.usage_date <= w.last
    ),
    ranked as (
        select number, tag_key, tag_value,
            row_number() over (
                partition by number, tag_key order by tag_value = '(none)' desc, sum(credits) desc, tag_value
            ) as place
        from used
        group by number, tag_key, tag_value
    ),
    keys as (
        select number, tag_key, sum(requests + runs + calls) filter (where tag_value <> '(none)') as events
        from used
        group by number, tag_key
    )
    select u.number, u.tag_key, u.usage_date, if(r.place <= $most, u.tag_value, null) as value,
        sum(u.requests)::bigint as requests, sum(u.errors)::bigint as errors,
        sum(u.uncosted_requests)::bigint as uncosted_requests, sum(u.total_tokens)::decimal(38, 0) as total_tokens,
        {credits}, {cost}, sum(u.runs)::bigint as runs,
        sum(u.calls)::bigint as calls, sum(u.input_tokens)::decimal(38, 0) as input_tokens,
        {input_credits}
    from used as u
    inner join ranked as r using (number, tag_key, tag_value)
    inner join keys as k using (number, tag_key)
    group by u.number, u.tag_key, u.usage_date, value, k.events
    order by u.number, k.events desc nulls last, u.tag_key, u.usage_date, value
"""


def _query() -> str:
    names = {"credits": "credits", "cost_usd": "cost", "input_credits": "input_credits"}
    return _TAGS.format(**{name: amount(f"u.{column}", name) for column, name in names.items()})


def read_tags(con: duckdb.DuckDBPyConnection) -> Mapping[int, Mapping[str, pa.Table]]:
    """By number of `wanted_cubes`, by tag key, those of most events first: its rows, with the TAG_MEASURES."""
    table = narrowed(con.execute(_query(), {"most": MOST_VALUES}).to_arrow_table())
    found: dict[int, dict[str, pa.Table]] = {}
    pairs = table.select(["number", "tag_key"]).to_pylist()
    starts = [place for place, pair in enumerate(pairs) if place == 0 or pair != pairs[place - 1]]
    ends = [*starts[1:], len(pairs)]
    for start, end in zip(starts, ends[: len(starts)], strict=True):
        number, key = pairs[start].values()
        rows = table.slice(start, end - start).drop_columns(["number", "tag_key"])
        found.setdefault(number, {})[key] = rows
    return found
