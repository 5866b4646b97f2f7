"""Usage by hour and by all that the explorer tells apart, for months of scopes; and what the ids are called."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from site_builder.planning.scopes import Scope

MEASURES = (
    "requests", "errors", "uncosted_requests", "total_tokens", "credits_whole", "credits_millionths", "cost_whole",
    "cost_millionths",
)  # fmt: skip
DIMS = ("tenant", "team", "user", "item", "channel", "model")
_BEYOND_64_BITS = 2**63
_WANTED = pa.schema({"number": pa.int32(), "tenant_id": pa.string(), "first": pa.date32(), "last": pa.date32()})
# Ids are a tenant's own: a JSON array of both is one text that no other pair gives.
_KEYS = {
    "tenant": "m.tenant_id", "channel": "m.channel", "model": "m.model_id",
    **{name: f"cast(json_array(m.tenant_id, m.{name}_id) as varchar)" for name in ("team", "user", "item")},
}  # fmt: skip


def _amount(column: str, name: str) -> str:
    return (
        f"cast(coalesce(floor(sum(m.{column})), 0) as decimal(38, 0)) as {name}_whole, "
        f"cast(coalesce(sum(m.{column}) - floor(sum(m.{column})), 0) * 1000000 as bigint) as {name}_millionths"
    )


def _query() -> str:
    keys = ", ".join(f"{_KEYS[dim]} as {dim}" for dim in DIMS)
    return f"""
        select w.number, m.usage_date, m.local_hour as hour, {keys}, sum(m.requests)::bigint as requests,
            sum(m.errors)::bigint as errors, sum(m.uncosted_requests)::bigint as uncosted_requests,
            sum(m.total_tokens)::decimal(38, 0) as total_tokens, {_amount("credits", "credits")},
            {_amount("cost_usd", "cost")}
        from wanted_cubes as w
        inner join marts.mart_usage_events as m
            on m.tenant_id = w.tenant_id and m.usage_date >= w.first and m.usage_date <= w.last
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
        """`[key, name, tenant_id]` of a dimension's value; `(none)` and channels are their own names."""
        if dim in ("team", "user", "item"):
            tenant_id, own = json.loads(key)
            return [own, self.names[dim].get((tenant_id, own), own), tenant_id]
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
    """A month's usage: `hours` has a row for each date, hour and whatever else DIMS tell apart, with the MEASURES."""

    month: ScopeMonth
    hours: pa.Table
    names: Names


def cubes(con: duckdb.DuckDBPyConnection, wanted: Sequence[ScopeMonth]) -> Iterator[Cube]:
    """The usage of each month asked for; one query for all of them."""
    rows = [
        {"number": number, "tenant_id": tenant, "first": each.first, "last": each.last}
        for number, each in enumerate(wanted)
        for tenant in each.scope.tenants
    ]
    con.register("wanted_cubes", pa.Table.from_pylist(rows, schema=_WANTED))
    hours = _narrowed(con.execute(_query()).to_arrow_table())
    con.unregister("wanted_cubes")
    names = read_names(con)
    for number, each in enumerate(wanted):
        yield Cube(each, hours.filter(pc.equal(hours["number"], number)), names)


def _narrowed(table: pa.Table) -> pa.Table:
    """Decimals as whole numbers of 64 bits, which are added up faster, where no sum of the rows can be more."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            most = pc.max(pc.abs(table[place])).as_py() or 0
            if most * table.num_rows < _BEYOND_64_BITS:
                table = table.set_column(place, field.name, table[place].cast(pa.int64()))
    return table
