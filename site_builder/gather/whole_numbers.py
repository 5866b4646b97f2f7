"""Decimals as whole numbers, which JavaScript adds up exactly."""

import pyarrow as pa
import pyarrow.compute as pc

_BEYOND_64_BITS = 2**63


def amount(column: str, name: str) -> str:
    """SQL of a sum of decimals as whole units and millionths, which are exact in JavaScript, too."""
    return (
        f"cast(coalesce(floor(sum({column})), 0) as decimal(38, 0)) as {name}_whole, "
        f"cast(coalesce(sum({column}) - floor(sum({column})), 0) * 1000000 as bigint) as {name}_millionths"
    )


def narrowed(table: pa.Table) -> pa.Table:
    """Decimals as whole numbers of 64 bits, which are added up faster, where no sum of the rows can be more."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            most = pc.max(pc.abs(table[place])).as_py() or 0
            if most * table.num_rows < _BEYOND_64_BITS:
                table = table.set_column(place, field.name, table[place].cast(pa.int64()))
    return table
