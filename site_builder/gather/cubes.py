"""Usage by hour and by all that the explorer tells apart, for months of scopes; and what the ids are called."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from site_builder.gather.cube_tags import read_tags
from site_builder.gather.whole_numbers import amount, narrowed
from site_builder.planning.scopes import Scope

# What the first view needs, and what a page reads only where it is asked for.
MEASURES = (
    "requests", "errors", "uncosted_requests", "total_tokens", "credits_whole", "credits_millionths", "cost_whole",
    "cost_millionths",
)  # fmt: skip
MORE_MEASURES = (
    "runs", "calls", "input_tokens", "input_credits_whole", "input_credits_millionths", "latency_ms", "latencies",
    "rating_sum", "ratings",
)  # fmt: skip
DIMS = ("tenant", "team", "user", "item", "channel", "model")
MORE_DIMS = ("item_type", "project", "task", "provider", "tier")
TENANTS_OWN = ("team", "user", "item", "project")
_NONE = "(none)"
_WANTED = pa.schema({"number": pa.int32(), "tenant_id": pa.string(), "first": pa.date32(), "last": pa.date32()})
# Ids are a tenant's own: a JSON array of both is one text that no other pair gives. A month closed before something was
# kept does not know it: NULL.
_KEYS = {
    **{name: f"cast(json_array(m.tenant_id, m.{name}_id) as varchar)" for name in ("team", "user", "item")},
    "tenant": "m.tenant_id", "channel": "m.channel", "model": "m.model_id",
    "item_type": f"coalesce(i.item_type, '{_NONE}')",
    "project": "if(m.project_id is null, null, cast(json_array(m.tenant_id, m.project_id) as varchar))",
    "task": "m.task_category", "provider": f"coalesce(nullif(d.provider, ''), '{_NONE}')",
    "tier": f"if(m.model_id = '{_NONE}', '{_NONE}', coalesce(t.tier, '{_NONE}'))",
}  # fmt: skip


def _known(column: str, kind: str = "bigint") -> str:
    """SQL of a sum that is NULL where some row does not know it."""
    return f"if(count({column}) = count(*), sum({column}), null)::{kind}"


def _query() -> str:
    keys = ", ".join(f"{_KEYS[dim]} as {dim}" for dim in (*DIMS, *MORE_DIMS))
    known = _known("m.input_credits", "decimal(38, 6)")
    return f"""
        select w.number, m.usage_date, m.local_hour as hour, {keys}, sum(m.requests)::bigint as requests,
            sum(m.errors)::bigint as errors, sum(m.uncosted_requests)::bigint as uncosted_requests,
            sum(m.total_tokens)::decimal(38, 0) as total_tokens, {amount("m.credits", "credits")},
            {amount("m.cost_usd", "cost")}, {_known("m.runs")} as runs, {_known("m.calls")} as calls,
            {_known("m.input_tokens", "decimal(38, 0)")} as input_tokens,
            cast(floor({known}) as decimal(38, 0)) as input_credits_whole,
            cast(({known} - floor({known})) * 1000000 as bigint) as input_credits_millionths,
            coalesce(sum(m.latency_ms), 0)::decimal(38, 0) as latency_ms, count(m.latency_ms) as latencies,
            if(count(m.runs) = count(*), coalesce(sum(m.user_rating), 0), null)::bigint as rating_sum,
            if(count(m.runs) = count(*), count(m.user_rating), null)::bigint as ratings
        from wanted_cubes as w
        inner join marts.mart_usage_events as m
            on m.tenant_id = w.tenant_id and m.usage_date >= w.first and m.usage_date <= w.last
        left join marts.dim_items as i on i.tenant_id = m.tenant_id and i.item_id = m.item_id
        left join marts.dim_models as d on d.model_id = m.model_id
        left join marts.mart_model_daily as t
            on t.tenant_id = m.tenant_id and t.model_id = m.model_id and t.usage_date = m.usage_date
        group by all order by all
    """


class ScopeMonth(NamedTuple):
    """A month of a scope, from `first` to `last` as far as the scope has dates."""

    scope: Scope
    month: str
    first: date
    last: date


@dataclass(frozen=True)
class Names:
    """What ids are called: by (tenant_id, id), models by id, tenants by id."""

    names: Mapping[str, Mapping[Any, str]]

    def of(self, dim: str, key: str) -> list[str | None]:
        """`[key, name, tenant_id]` of a dimension's value; what has no name is its own."""
        if dim in TENANTS_OWN:
            tenant_id, own = json.loads(key)
            return [own, self.names.get(dim, {}).get((tenant_id, own), own), tenant_id]
        return [key, self.names.get(dim, {}).get(key, key), None]


def read_names(con: duckdb.DuckDBPyConnection) -> Names:
    """All names of the dims."""
    found: dict[str, dict[Any, str]] = {}
    for dim in ("team", "user", "item"):
        rows = con.execute(f"select tenant_id, {dim}_id, {dim}_name from marts.dim_{dim}s").fetchall()
        found[dim] = {(tenant_id, key): name or key for tenant_id, key, name in rows}
    for dim in ("tenant", "model"):
        rows = con.execute(f"select {dim}_id, {dim}_name from marts.dim_{dim}s").fetchall()
        found[dim] = {key: name or key for key, name in rows}
    return Names(found)


@dataclass(frozen=True)
class Cube:
    """A month's usage: `hours` has a row for each date, hour and whatever else the dimensions tell apart.

    `hours` has all measures as whole numbers. `tags`: by tag key, those used most first, a row for each date and value
    (NULL: all values but the most used).
    """

    month: ScopeMonth
    hours: pa.Table
    names: Names
    tags: Mapping[str, pa.Table]


def cubes(con: duckdb.DuckDBPyConnection, wanted: Sequence[ScopeMonth]) -> Iterator[Cube]:
    """The usage of each month asked for; one query for all of them, and one for their tags."""
    rows = [
        {"number": number, "tenant_id": tenant, "first": month.first, "last": month.last}
        for number, month in enumerate(wanted)
        for tenant in month.scope.tenants
    ]
    con.register("wanted_cubes", pa.Table.from_pylist(rows, schema=_WANTED))
    hours = narrowed(con.execute(_query()).to_arrow_table())
    tags = read_tags(con)
    con.unregister("wanted_cubes")
    names = read_names(con)
    for number, month in enumerate(wanted):
        yield Cube(month, hours.filter(pc.equal(hours["number"], number)), names, tags.get(number, {}))
