"""The SQL that types the rows of a source and gives each bad one its reason; the same for every format.

A format hands its rows over as one SELECT of the columns

    file_id INTEGER, landing_date DATE, line_no BIGINT, raw (the row as it came), broken BOOLEAN (malformed),
    unknown_fields VARCHAR[],
    and per field a column of the field's name: what the row gives for it, NULL where absent.

How far a given value is from its typed one is said by a `Cell` per field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from orchestration.loading import refused
from orchestration.loading.fields import OBJECTS, SQL_TYPES, Field, Kind, RecordSchema
from orchestration.loading.json_objects import LARGEST_INTEGER, WHOLE, meters, tags, whole_number

UNREADABLE = "unreadable_file"
NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
# Leap seconds and 24:00 do not parse: no clock of the warehouse can hold them.
TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Clocks that were never set, and the last day that every calendar on the way can still add a day to.
EARLIEST, TOO_LATE, LAST_DATE = "2000-01-01", "9999-12-31", "9999-12-31"
BOOKKEEPING = (
    "landing_date DATE",
    "file_id INTEGER",
    "line_no BIGINT",
    "reason VARCHAR",
    "detail VARCHAR",
    "raw_text VARCHAR",
    "unknown_fields VARCHAR[]",
    *refused.COLUMNS,
)


@dataclass(frozen=True)
class Cell:
    """How a format gives one field.

    text: as VARCHAR to be parsed; native: as a value that needs a cast at most; never: as a type the field cannot have.
    `wrong` is a SQL condition over the format's columns for a value of such a type.
    """

    style: Literal["text", "native", "never"] = "text"
    wrong: str | None = None


def landed_columns(source: RecordSchema) -> list[str]:
    """Column definitions of the table that holds a source's landed rows, in the lake's order."""
    return ["source VARCHAR", *(f"{field.name} {SQL_TYPES[field.kind]}" for field in source.fields), *BOOKKEEPING]


def typed_rows(
    source: RecordSchema, rows: str, cells: Mapping[str, Cell], recheck: str = "false", shown: str = "raw"
) -> str:
    """A SELECT in the order of `landed_columns` over `rows`, the format's SELECT.

    recheck: a condition over `raw` under which a row that is bad for another reason is malformed after all
    shown: the text of a bad row, SQL over `raw`
    """
    fields = source.fields
    typed = ", ".join(f"{_typed(field, cells[field.name])} AS typed_{field.name}" for field in fields)
    given = ", ".join(f"{field.name} AS given_{field.name}" for field in fields)
    final = ", ".join(f"{_filled(field)} AS {field.name}" for field in fields)
    lacking = "".join(f", {rule.broken} AS lacks_{rule.field}" for rule in source.missing)
    wrong = "".join(f", {cells[field.name].wrong} AS wrong_{field.name}" for field in fields if cells[field.name].wrong)
    passed = ["landing_date", "file_id", "line_no"]
    names = ", ".join(field.name for field in fields)
    plain = ", ".join(
        f"{_plain(field.name)} AS {field.name}"
        for field in fields
        if field.kind in ("integer", "decimal") and cells[field.name].style == "text"
    )
    if plain:
        rows = f"SELECT * REPLACE ({plain}) FROM ({rows})"
    return f"""
        SELECT '{source.name}' AS source, {names}, {", ".join(passed)}, split_part(verdict, ':', 1) AS reason,
               nullif(split_part(verdict, ':', 2), '') AS detail, CASE WHEN verdict IS NOT NULL
               THEN regexp_replace({shown}, '\\r?\\n$', '') END AS raw_text,
               unknown_fields, {refused.refused_columns(source.name, _figures(source, cells))}
        FROM (SELECT * EXCLUDE (found), CASE WHEN found IS NULL OR broken OR NOT ({recheck}) THEN found
                                             ELSE 'malformed:' END AS verdict
              FROM (SELECT *, {_verdict(source, cells)} AS found
                    FROM (SELECT {final}, {given}, * EXCLUDE ({names})
                          FROM (SELECT *, {typed}{lacking}{wrong} FROM ({rows})))))"""


def _figures(source: RecordSchema, cells: Mapping[str, Cell]) -> dict[str, str]:
    """The exact figure of each decimal field as given, also where it breaks a rule; NULL where it is no number."""
    figures = {}
    for field in source.fields:
        given = f"TRY_CAST(given_{field.name} AS {refused.FIGURE})"
        if cells[field.name].style == "text":
            given = f"CASE WHEN regexp_full_match(given_{field.name}, '{NUMBER}') THEN {given} END"
        if field.kind == "decimal":
            figures[field.name] = f"NULL::{refused.FIGURE}" if cells[field.name].style == "never" else given
    return figures


def _typed(field: Field, cell: Cell) -> str:
    """The typed value of a given one, NULL where it is absent or at fault."""
    sql_type = SQL_TYPES[field.kind]
    name = field.name
    if cell.style == "never":
        return f"NULL::{sql_type}"
    if field.kind == "integer" and cell.style == "native":
        whole = f"TRY_CAST({name} AS BIGINT)"
        return f"CASE WHEN {whole} BETWEEN -{LARGEST_INTEGER} AND {LARGEST_INTEGER} THEN {whole} END"
    if cell.style == "native":
        return f"TRY_CAST({name} AS {sql_type})"
    match field.kind:
        case "text":
            return name
        case "integer":
            return whole_number(name)
        case "decimal":
            return f"CASE WHEN regexp_full_match({name}, '{NUMBER}') THEN TRY_CAST({name} AS DECIMAL(18,6)) END"
        case "time":
            return _time(name)
        case "date":
            real = f"regexp_full_match({name}, '{DATE}') AND {name} >= '0001'"
            return f"CASE WHEN {real} THEN TRY_CAST({name} AS DATE) END"
        case "tags":
            return tags(name)
        case "meters":
            return meters(name)


def _plain(text: str) -> str:
    """A number without its exponent, other text as it is. DuckDB's own cast overflows on 1000000000000e-3."""
    whole = f"regexp_extract({text}, '^-?([0-9]+)', 1)"
    exponent = f"regexp_extract({text}, '[eE][+]?(-?[0-9]+)$', 1)"
    digits = f"repeat('0', 400) || regexp_replace({text}, '^-|[.]|[eE].*$', '', 'g') || repeat('0', 401)"
    # No double has an exponent beyond 400, and nothing but 0 is in reach of a column there.
    limit = f"CASE WHEN starts_with({exponent}, '-') THEN -400 ELSE 400 END"
    shift = f"greatest(-400, least(400, coalesce(TRY_CAST({exponent} AS INTEGER), {limit})))"
    point = f"CAST(400 + length({whole}) + {shift} AS INTEGER)"
    return (
        f"CASE WHEN NOT regexp_matches({text}, '[eE]') OR NOT regexp_full_match({text}, '{NUMBER}') THEN {text} "
        f"ELSE left({text}, CASE WHEN starts_with({text}, '-') THEN 1 ELSE 0 END) || '0' || "
        f"ltrim(left({digits}, {point}), '0') || '.' || substr({digits}, {point} + 1) END"
    )


def _time(text: str) -> str:
    clock = rf"TRY_CAST(left({text}, 10) || ' ' || regexp_extract(substr({text}, 12), '^[0-9:.]+') AS TIMESTAMP)"
    hours, sign, rest = f"substr({text}, -6, 3)", f"substr({text}, -6, 1)", f"right({text}, 2)"
    minutes = f"to_minutes(CAST({hours} AS BIGINT) * 60 + CAST({sign} || {rest} AS BIGINT))"
    return (
        f"CASE WHEN NOT regexp_full_match({text}, '{TIME}') OR {text} < '0001' THEN NULL "
        f"WHEN right({text}, 1) = 'Z' AND substr({text}, 11, 1) <> 't' THEN TRY_CAST({text} AS TIMESTAMP) "
        f"WHEN right({text}, 1) IN ('Z', 'z') THEN {clock} ELSE {clock} - {minutes} END"
    )


def _filled(field: Field) -> str:
    value = f"typed_{field.name}"
    if field.others:
        value = f"CASE WHEN {value} IN ({_listed(field)}) THEN {value} WHEN {value} IS NOT NULL THEN {field.others} END"
    return f"coalesce({value}, {field.default})" if field.default else value


def _listed(field: Field) -> str:
    return ", ".join(f"'{value}'" for value in field.values)


def _verdict(source: RecordSchema, cells: Mapping[str, Cell]) -> str:
    branches = ["WHEN broken THEN 'malformed:'"]
    for reason, conditions in (
        ("missing_field", _missing(source)),
        ("bad_type", _bad_type(source, cells)),
        ("bad_timestamp", _bad_timestamp(source)),
        ("bad_value", _bad_value(source)),
        ("future_timestamp", _future(source)),
    ):
        branches += [f"WHEN {condition} THEN '{reason}:{name}'" for name, condition in conditions]
    return f"CASE {' '.join(branches)} END"


def _missing(source: RecordSchema) -> Iterator[tuple[str, str]]:
    for field in source.fields:
        if field.required:
            yield field.name, f"given_{field.name} IS NULL"
    for rule in source.missing:
        yield rule.field, f"lacks_{rule.field}"


def _bad_type(source: RecordSchema, cells: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
    for field in source.fields:
        name, cell = field.name, cells[field.name]
        unread = f"given_{name} IS NOT NULL AND typed_{name} IS NULL"
        if cell.wrong:
            yield name, f"given_{name} IS NOT NULL AND wrong_{name}"
        if cell.style == "never":
            yield name, f"given_{name} IS NOT NULL"
        elif cell.style == "text" and field.kind == "integer":
            yield name, f"{unread} AND NOT regexp_full_match(given_{name}, '{WHOLE}')"
        elif cell.style == "text" and field.kind == "decimal":
            yield name, f"{unread} AND NOT regexp_full_match(given_{name}, '{NUMBER}')"
        elif field.kind in OBJECTS:
            yield name, unread


def _bad_timestamp(source: RecordSchema) -> Iterator[tuple[str, str]]:
    for field in source.fields:
        if field.kind in ("time", "date"):
            yield field.name, f"given_{field.name} IS NOT NULL AND typed_{field.name} IS NULL"


def _bad_value(source: RecordSchema) -> Iterator[tuple[str, str]]:
    for field in source.fields:
        name, typed = field.name, f"typed_{field.name}"
        if field.kind in ("integer", "decimal"):
            yield name, f"given_{name} IS NOT NULL AND {typed} IS NULL"
        if field.kind in ("time", "date"):
            yield name, out_of_calendar(typed, field.kind)
        if field.values and not field.others:
            yield name, f"{typed} NOT IN ({_listed(field)})"
        if field.longest is not None:
            yield name, f"length({typed}) > {field.longest}"
        if field.least is not None:
            yield name, f"{typed} < {field.least}"
        if field.most is not None:
            yield name, f"{typed} > {field.most}"
    for rule in source.bad:
        yield rule.field, rule.broken


def out_of_calendar(typed: str, kind: Kind) -> str:
    """SQL: a TIMESTAMP or DATE lies before what any log can mean, or after what any calendar holds; NULL of NULL."""
    if kind == "time":
        return f"({typed} < TIMESTAMP '{EARLIEST}' OR {typed} >= TIMESTAMP '{TOO_LATE}')"
    return f"({typed} < DATE '{EARLIEST}' OR {typed} > DATE '{LAST_DATE}')"


def _future(source: RecordSchema) -> Iterator[tuple[str, str]]:
    yield source.clock, f"{source.clock} > landing_date + INTERVAL 2 DAY"
