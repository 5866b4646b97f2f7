"""JSON lines: from the text of a line to what it gives for each field of a source.

A line is one JSON object by RFC 8259; a name that comes twice makes it malformed, since nobody can say which was meant.
"""

from __future__ import annotations

from orchestration.loading.fields import OBJECTS, RecordSchema
from orchestration.loading.json_objects import has_nonfinite, has_stray_comma
from orchestration.loading.validation import Cell

# DuckDB's JSON reader goes through a double, which shows 0.12345649999999999999 as 0.1234565. Where the double is
# near a tie of the 7th digit, or so large that its steps are coarser than that, the line's own digits decide.
_TOKEN = r'"(?:[^"\\]|\\.)*"|[^\s"{}\[\]:,]+|[{}\[\]:,]'


def jsonl_cells(source: RecordSchema) -> dict[str, Cell]:
    """How a JSON line gives each field: texts, with the kind of the JSON value beside them."""
    cells = {}
    for place, field in enumerate(source.fields, start=1):
        expected = {"text": "VARCHAR", "time": "VARCHAR", "date": "VARCHAR"}.get(field.kind)
        expected = "OBJECT" if field.kind in OBJECTS else expected
        cells[field.name] = Cell(wrong=f"kinds[{place}] <> '{expected}'" if expected else None)
    return cells


def jsonl_rows(source: RecordSchema, lines: str) -> str:
    """The SELECT that `typed_rows` takes, over `lines`(file_id, landing_date, line_no, line, intact)."""
    names = [field.name for field in source.fields]
    paths = ", ".join(f"'$.{name}'" for name in names)
    shape = "{" + ", ".join(f'"{name}": "VARCHAR"' for name in names) + "}"
    known = ", ".join(f"'{name}'" for name in names)
    given = ", ".join(_given(field.name, field.kind, place) for place, field in enumerate(source.fields, start=1))
    is_object = "starts_with(ltrim(line, ' ' || chr(9)), '{')"
    valid = f"intact AND json_valid(line) AND {is_object} AND NOT ({has_stray_comma('line')})"
    # Names that are unknown or come twice are the only ones that can make the counts differ.
    return f"""
        SELECT file_id, landing_date, line_no, line AS raw, doc IS NULL OR is_ambiguous AS broken,
               CASE WHEN is_odd AND NOT is_ambiguous
                    THEN nullif(list_filter(names, lambda name: name NOT IN ({known})), []) END AS unknown_fields,
               kinds, {given}
        FROM (SELECT *, CASE WHEN is_odd THEN len(list_distinct(names)) < len(names) OR ({has_nonfinite("doc")})
                             ELSE false END AS is_ambiguous
              FROM (SELECT *, len(names) > list_count(kinds) AS is_odd
                    FROM (SELECT *, from_json(doc, '{shape}') AS texts, json_type(doc, [{paths}]) AS kinds,
                                 json_keys(doc) AS names
                          FROM (SELECT *, CASE WHEN {valid} THEN line END AS doc FROM {lines}))))"""


def _given(name: str, kind: str, place: int) -> str:
    text = f"texts.{name}"
    if kind not in ("decimal", "integer"):
        return f"nullif({text}, '') AS {name}"
    quoted = (
        f"""array_to_string(list_transform(regexp_extract_all(doc, '{_TOKEN}', 0, 's'), lambda token: """
        f"""CASE WHEN regexp_matches(token, '^-?[0-9]') THEN '"' || token || '"' ELSE token END), '')"""
    )
    number = f"TRY_CAST({text} AS DOUBLE)"
    scaled = f"abs({number}) * 1e6"
    unsure = f"({scaled} >= 1e12 OR abs({scaled} - trunc({scaled}) - 0.5) < 1e-3)"
    if kind == "integer":
        # 5.0 is whole, 5.00000000000000000001 is not: as doubles they are one.
        unsure = f"kinds[{place}] = 'DOUBLE'"
    return f"nullif(CASE WHEN {unsure} THEN json_extract_string({quoted}, '$.{name}') ELSE {text} END, '') AS {name}"
