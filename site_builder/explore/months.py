"""What the explorer knows of a scope's month: usage by hour, or by day and by hour, as one classic script.

A page that is opened from disk may neither fetch nor import, but it may load a script. So a month is a script that
hands over gzipped JSON in base64: columns of whole numbers, names once. Amounts are two columns, whole units and
millionths, so that their sums are exact in JavaScript, too.
"""

import base64
import gzip
import json
from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from site_builder.gather.cubes import DIMS, MEASURES, Cube, Names

MOST_BYTES = 250 * 1000
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


def script(cube: Cube) -> bytes:
    """One month's script, without the finest dimensions where it would be too large with them."""
    hours, month = cube.hours, cube.month
    dims = [dim for dim in DIMS if dim != "tenant" or month.scope.is_all]
    for less_days, less_hours in _LEVELS:
        is_last = (less_days, less_hours) == _LEVELS[-1]
        tables = {"hours": _columns(hours, [dim for dim in dims if dim not in less_hours], ["hour"])}
        if less_days is not None:
            tables["days"] = _columns(hours, [dim for dim in dims if dim not in less_days], [])
        rows = sum(table.num_rows for table in tables.values())
        if rows * _LEAST_BYTES_A_ROW > MOST_BYTES and not is_last:
            continue
        content = _script(month.month, tables, cube.names)
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
