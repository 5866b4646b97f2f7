"""What the explorer knows of a scope's month: usage by hour, or by day and by hour, and by tag, as classic scripts.

A page that is opened from disk may neither fetch nor import, but it may load a script. So a month is a script that
hands over gzipped JSON in base64: columns of whole numbers, names once; and another with what is read only where it is
asked for: more columns of the same rows, and each tag. Amounts are two columns, whole units and millionths, so that
their sums are exact in JavaScript, too.
"""

import base64
import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from site_builder.gather.cube_tags import TAG_MEASURES
from site_builder.gather.cubes import DIMS, MEASURES, MORE_DIMS, MORE_MEASURES, Cube, Names

MOST_BYTES = 250 * 1000
# Of the tags of a month; those used least are left out.
TAG_BYTES = 100 * 1000
# What use cost at providers.
COST = ("uncosted_requests", "cost_whole", "cost_millionths")
# zlib writes the header, too: that of the module gzip has another byte from Python 3.13 on.
_GZIP = 31
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
# What is as fine as one of these goes with it.
_AS_FINE = {"item": ("project", "task"), "team": ("item_type",), "model": ("provider", "tier")}
# A row takes some ten bytes and more: what would have to take less need not be tried.
_LEAST_BYTES_A_ROW = 4


def scripts(cube: Cube, *, has_cost: bool = True) -> tuple[bytes, bytes]:
    """One month's scripts, what the first view needs and the rest, without the finest dimensions where too large.

    `has_cost`: with what use cost at providers.
    """
    known = {field.name for field, column in zip(cube.hours.schema, cube.hours.columns, strict=True)
             if not column.null_count}  # fmt: skip
    dims = [dim for dim in (*DIMS, *MORE_DIMS) if dim in known and (dim != "tenant" or cube.month.scope.is_all)]
    measures = [name for name in (*MEASURES, *MORE_MEASURES) if name in known and (has_cost or name not in COST)]
    tags = _tags(cube, [name for name in TAG_MEASURES if has_cost or name not in COST])
    for less_days, less_hours in _LEVELS:
        is_last = (less_days, less_hours) == _LEVELS[-1]
        tables = {"hours": _columns(cube.hours, _without(dims, less_hours), ["hour"], measures)}
        if less_days is not None:
            tables["days"] = _columns(cube.hours, _without(dims, less_days), [], measures)
        rows = sum(table.num_rows for table in tables.values())
        if rows * _LEAST_BYTES_A_ROW > MOST_BYTES and not is_last:
            continue
        first, more = (_part(tables, cube.names, names) for names in ((*DIMS, *MEASURES), (*MORE_DIMS, *MORE_MEASURES)))
        if max(len(first), len(more)) <= MOST_BYTES or is_last:
            month = cube.month.month
            return _call("add", month, first, sorted(tags)), _call("addMore", month, more, tags)
    raise AssertionError("the last round returns")


def _call(function: str, *given: Any) -> bytes:
    return f"explorer.{function}({json.dumps(given, separators=(',', ':'))[1:-1]});\n".encode("ascii")


def _without(dims: Sequence[str], less: Collection[str]) -> list[str]:
    gone = {*less, *(fine for dim in less for fine in _AS_FINE.get(dim, ()))}
    return [dim for dim in dims if dim not in gone]


def _columns(table: pa.Table, dims: Sequence[str], more: Sequence[str], measures: Sequence[str]) -> pa.Table:
    keys = ["usage_date", *more, *dims]
    summed = table.group_by(keys).aggregate([(measure, "sum") for measure in measures])
    summed = summed.rename_columns([name.removesuffix("_sum") for name in summed.column_names])
    return summed.sort_by([(key, "ascending") for key in keys]).select([*keys, *measures])


def _part(tables: Mapping[str, pa.Table], names: Names, wanted: Iterable[str]) -> str:
    """The columns `wanted` of the tables, with the names of what they tell apart; with messages, dates and hours."""
    columns = {*wanted, *(("usage_date", "hour") if "requests" in wanted else ())}
    chosen = {
        name: table.select([column for column in table.column_names if column in columns])
        for name, table in tables.items()
    }
    listed: dict[str, list[str]] = {}
    for table in chosen.values():
        for dim in (name for name in table.column_names if name in DIMS or name in MORE_DIMS):
            listed[dim] = sorted({*listed.get(dim, ()), *pc.unique(table[dim]).to_pylist()})
    return _packed({
        **{name: _encoded(table, listed) for name, table in sorted(chosen.items())},
        "names": {dim: [names.of(dim, key) for key in keys] for dim, keys in listed.items()},
    })  # fmt: skip


def _tags(cube: Cube, measures: Sequence[str]) -> dict[str, str]:
    """Each tag key's rows, packed; the values are names, and what is summed up of many has none."""
    found: dict[str, str] = {}
    room = TAG_BYTES
    for key, table in cube.tags.items():
        values = sorted({value for value in pc.unique(table["value"]).to_pylist() if value is not None})
        rest = [None] if table["value"].null_count else []
        texts = table.select(["usage_date", "value", *measures])
        packed = _packed({"days": _encoded(texts, {"value": values}), "values": [*values, *rest]})
        room -= len(packed)
        if room < 0:
            break
        found[key] = packed
    return found


def _packed(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.b64encode(zlib.compress(text, 6, _GZIP)).decode("ascii")


def _encoded(table: pa.Table, listed: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    encoded = {}
    for name in table.column_names:
        column = table[name]
        if name in listed:
            column = pc.fill_null(pc.index_in(column, pa.array(listed[name], column.type)), len(listed[name]))
        elif name == "usage_date":
            column = pc.day(column)
        values = column.to_pylist()
        encoded[name] = [int(value) for value in values] if pa.types.is_decimal(column.type) else values
    return encoded
