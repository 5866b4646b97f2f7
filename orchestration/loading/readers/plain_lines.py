"""JSON lines of the ordinary kind, parsed by Arrow at a fraction of the cost; what is odd is left to `jsonl`.

Arrow refuses a block in which anything is other than the schema says: text where a number is due and the reverse, a
name that is unknown or comes twice, an integer with a fraction, a decimal too long, all that is no JSON. What it takes
without a murmur and `jsonl` would judge with more care is sifted out before, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from orchestration.loading.fields import OBJECTS, Field, Kind, RecordSchema
from orchestration.loading.readers.batches import LINE_SCHEMA
from orchestration.loading.readers.blocks import NEWLINE
from orchestration.loading.validation import Cell

RETURN, OPENING, CLOSING = ord("\r"), ord("{"), ord("}")
# Any number below 10^12 with its digits; a longer one makes Arrow refuse, and the line is read with more care. DuckDB
# takes ten times as long as Arrow to round it.
EXACT, ROUNDED, LIMIT = pa.decimal128(38, 26), pa.decimal128(18, 6), Decimal(10**12 - 1)
TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "time": pa.string(),
    "date": pa.string(),
    "integer": pa.int64(),
    "decimal": EXACT,
    "tags": pa.struct([]),
    "meters": pa.struct([]),
}
# A call of Arrow costs as much as some hundred lines of the other way.
FEWEST_LINES = 256
# A block that Arrow refuses is tried again in so many pieces: a bad line then spoils one of them.
PIECES = 8


@dataclass(frozen=True)
class Divided:
    """The lines of a block: `plain` in the schema of `plain_schema`, `odd` in LINE_SCHEMA, each in its order."""

    plain: list[pa.RecordBatch]
    odd: list[pa.RecordBatch]


class PlainLines:
    """Tells the ordinary lines of a source from the odd ones, and parses them."""

    def __init__(self, source: RecordSchema) -> None:
        self._fields = pa.schema([(field.name, TYPES[field.kind]) for field in source.fields])
        given = [
            pa.field(field.name, ROUNDED if field.kind == "decimal" else TYPES[field.kind])
            for field in source.fields
            if field.kind not in OBJECTS
        ]
        self.schema = pa.schema([*LINE_SCHEMA, *given])
        self._odd = _odd_pattern(source)
        self._options = pa.json.ParseOptions(explicit_schema=self._fields, unexpected_field_behavior="error")

    def divide(self, lines: pa.RecordBatch) -> Divided:
        """Divide and parse a batch in LINE_SCHEMA."""
        is_odd = self._is_odd(lines["line"])
        if not is_odd.any():
            return self._parsed_or_pieces(lines, PIECES)
        divided = self._parsed_or_pieces(lines.filter(pa.array(~is_odd)), PIECES)
        divided.odd.append(lines.filter(pa.array(is_odd)))
        return divided

    def _is_odd(self, line: pa.Array) -> np.ndarray:
        text, offsets = _content(line)
        data, starts, last = np.frombuffer(text, np.uint8), offsets[:-1], offsets[1:] - 1
        last = last - (data[last] == NEWLINE)
        last = last - (data[last] == RETURN)
        # An object per line, none of them over two: between a } and a { there must be a comma, not a line's end.
        is_framed = (data[starts] == OPENING) & (data[last] == CLOSING)
        is_odd: np.ndarray = ~is_framed | pc.match_substring_regex(line, self._odd).to_numpy(zero_copy_only=False)
        return is_odd

    def _parsed_or_pieces(self, lines: pa.RecordBatch, pieces: int) -> Divided:
        """All lines as plain ones, or else by pieces."""
        rows = len(lines)
        if rows < FEWEST_LINES:
            return Divided([], [lines] if rows else [])
        parsed = self._parsed(lines)
        if parsed is not None:
            return Divided([parsed], [])
        if pieces == 1:
            return Divided([], [lines])
        size = -(-rows // pieces)
        parts = [self._parsed_or_pieces(lines.slice(start, size), 1) for start in range(0, rows, size)]
        return Divided([plain for part in parts for plain in part.plain], [odd for part in parts for odd in part.odd])

    def _parsed(self, lines: pa.RecordBatch) -> pa.RecordBatch | None:
        text, _ = _content(lines["line"])
        options = pa.json.ReadOptions(use_threads=False, block_size=len(text) + 1)
        try:
            table = pa.json.read_json(pa.BufferReader(text), options, self._options).combine_chunks()
        except pa.ArrowException:
            return None
        # More objects than lines: some line holds two.
        if len(table) != len(lines):
            return None
        columns = [table[name].chunk(0) for name in self.schema.names[len(LINE_SCHEMA) :]]
        places = [place for place, column in enumerate(columns) if column.type == EXACT]
        if any(_is_beyond(columns[place]) for place in places):
            return None
        for place in places:
            columns[place] = pc.round(columns[place], 6, round_mode="half_towards_infinity").cast(ROUNDED)
        return pa.RecordBatch.from_arrays([*lines.columns, *columns], schema=self.schema)


def _is_beyond(column: pa.Array) -> bool:
    """Whether Arrow, which rounds past a type's end without a word, may not be trusted with a value."""
    ends = pc.min_max(column)
    return bool(ends["max"].is_valid and (ends["max"].as_py() > LIMIT or ends["min"].as_py() < -LIMIT))


def _odd_pattern(source: RecordSchema) -> str:
    """Numbers in quotes, since Arrow takes '+1' and '.5' too; objects as tags; names spelled with escapes."""
    quotable = "|".join(field.name for field in source.fields if field.kind in ("integer", "decimal", *OBJECTS))
    return rf'"(?:{quotable})"\s*:\s*["{{]|\\u00[2-7]|\x00'


def _content(line: pa.Array) -> tuple[pa.Buffer, np.ndarray]:
    """The bytes of all the lines, and where in them each begins and the last ends."""
    _, offsets, text = line.buffers()
    own = np.frombuffer(offsets, np.int64)[line.offset : line.offset + len(line) + 1]
    return text.slice(own[0], own[-1] - own[0]), own - own[0]


def plain_cells(source: RecordSchema) -> dict[str, Cell]:
    """How a plain line gives each field."""
    return {field.name: Cell("native" if field.kind in ("integer", "decimal") else "text") for field in source.fields}


def plain_rows(source: RecordSchema, lines: str) -> str:
    """The SELECT that `typed_rows` takes, over `lines` in the schema of `PlainLines`."""
    given = ", ".join(f"{_given(field)} AS {field.name}" for field in source.fields)
    return (
        f"SELECT file_id, landing_date, line_no, line AS raw, false AS broken, NULL::VARCHAR[] AS unknown_fields, "
        f"{given} FROM {lines}"
    )


def _given(field: Field) -> str:
    if field.kind in OBJECTS:
        return "NULL::VARCHAR"
    return field.name if field.kind in ("integer", "decimal") else f"nullif({field.name}, '')"
