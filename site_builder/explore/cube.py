"""What the explorer knows of a scope's month: usage by hour, or by day and by hour, as one classic script.

A page that is opened from disk may neither fetch nor import, but it may load a script. So a month is a script that
hands over gzipped JSON in base64: columns of whole numbers, names once. Amounts are two columns, whole units and
millionths, so that their sums are exact in JavaScript, too.
"""

import base64
import gzip
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from site_builder.planning.scopes import Scope

MOST_BYTES = 250 * 1000
MEASURES = (
    "requests", "errors", "uncosted_requests", "total_tokens", "credits_whole", "credits_millionths", "cost_whole",
    "cost_millionths",
)  # fmt: skip
DIMS = ("tenant", "team", "user", "item", "channel", "model")
# What a month's days and its hours go without, the next where it is too large with the one before. Where hours go
# without nothing, they say what days would, too.
_LEVELS: tuple[tuple[Collection[str] | None, Collection[str]], ...] = (
    (None, ()),
    ((), ("item",)),
    ((), ("item", "user")),
    (("item",), ("item", "user")),
    (("item", "user"), ("item", "user")),
    (("item", "user", "team"), ("item", "user", "team")),
    (("item", "user", "team"), ("item", "user", "team", "tenant")),
    (("item", "user", "team", "channel"), ("item", "user", "team", "tenant", "model")),
    (("item", "user", "team", "channel", "model"), ("item", "user", "team", "tenant", "model")),
    (("item", "user", "team", "tenant"), ("item", "user", "team", "tenant", "model")),
)
# A row takes some ten bytes and more: what would have to take less need not be tried.
_LEAST_BYTES_A_ROW = 4
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


class Wanted(NamedTuple):
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


def cubes(con: duckdb.DuckDBPyConnection, wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, Callable[[], bytes]]]:
    """What makes the script of each month asked for; one query for all of them."""
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
        yield each, partial(script, each, hours.filter(pc.equal(hours["number"], number)), names)


def _narrowed(table: pa.Table) -> pa.Table:
    """Decimals as whole numbers of 64 bits, which are added up faster, where no sum of the rows can be more."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            most = pc.max(pc.abs(table[place])).as_py() or 0
            if most * table.num_rows < _BEYOND_64_BITS:
                table = table.set_column(place, field.name, table[place].cast(pa.int64()))
    return table


def script(wanted: Wanted, hours: pa.Table, names: Names) -> bytes:
    """One month's script, without the finest dimensions where it would be too large with them."""
    dims = [dim for dim in DIMS if dim != "tenant" or wanted.scope.is_all]
    for less_days, less_hours in _LEVELS:
        is_last = (less_days, less_hours) == _LEVELS[-1]
        tables = {"hours": _columns(hours, [dim for dim in dims if dim not in less_hours], ["hour"])}
        if less_days is not None:
            tables["days"] = _columns(hours, [dim for dim in dims if dim not in less_days], [])
        rows = sum(table.num_rows for table in tables.values())
        if rows * _LEAST_BYTES_A_ROW > MOST_BYTES and not is_last:
            continue
        content = _script(wanted.month, tables, names)
        if len(content) <= MOST_BYTES or is_last:
            return content
    raise AssertionError("the last round returns")


def _columns(table: pa.Table, dims: Sequence[str], more: Sequence[str]) -> pa.Table:
    keys = ["usage_date", *more, *dims]
    summed = table.group_by(keys).aggregate([(measure, "sum") for measure in MEASURES])
    summed = summed.rename_columns([name.removesuffix("_sum") for name in summed.column_names])
    return summed.sort_by([(key, "ascending") for key in keys]).select([*keys, *MEASURES])


def _script(month: str, tables: Mapping[str, pa.Table], names: Names) -> bytes:
    listed: dict[str, list[str]] = {}
    for table in tables.values():
        for dim in (name for name in table.column_names if name in DIMS):
            listed[dim] = sorted({*listed.get(dim, ()), *pc.unique(table[dim]).to_pylist()})
    document = {
        **{name: _encoded(table, listed) for name, table in sorted(tables.items())},
        "names": {dim: [names.of(dim, key) for key in keys] for dim, keys in listed.items()},
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    packed = base64.b64encode(gzip.compress(text, 6, mtime=0)).decode("ascii")
    return f'explorer.add("{month}","{packed}");\n'.encode("ascii")


def _encoded(table: pa.Table, listed: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    encoded = {}
    for name in table.column_names:
        column = table[name]
        if name in listed:
            column = pc.index_in(column, pa.array(listed[name], column.type))
        elif name == "usage_date":
            column = pc.day(column)
        values = column.to_pylist()
        encoded[name] = [int(value) for value in values] if pa.types.is_decimal(column.type) else values
    return encoded
