"""SQL for JSON texts: whether they are by the standard, and the objects that a field may be, each in one spelling."""

from __future__ import annotations

LARGEST_INTEGER = 2**53 - 1
WHOLE = r"-?[0-9]+(?:\.0+)?"


def has_stray_comma(text: str) -> str:
    """SQL: DuckDB takes the JSON text, the standard does not, for a comma before a closing bracket."""
    return _outside_strings(text, r",\s*[}\]]")


def has_nonfinite(text: str) -> str:
    """SQL: DuckDB takes the JSON text, the standard does not, for a NaN or an Infinity."""
    return _outside_strings(text, "(?i)nan|inf")


def _outside_strings(text: str, pattern: str) -> str:
    blanked = rf"""regexp_replace({text}, '"(?:[^"\\]|\\.)*"', '""', 'gs')"""
    # CASE, for outside of WHEN conditions AND evaluates both of its sides for every row.
    return f"CASE WHEN regexp_matches({text}, '{pattern}') THEN regexp_matches({blanked}, '{pattern}') ELSE false END"


def whole_number(text: str) -> str:
    """SQL: the whole number of a text, also as `5.0`; NULL where it is none, or beyond 2^53 - 1."""
    value = f"TRY_CAST(split_part({text}, '.', 1) AS BIGINT)"
    return (
        f"CASE WHEN regexp_full_match({text}, '-?[0-9]{{1,15}}') THEN TRY_CAST({text} AS BIGINT) "
        f"WHEN regexp_full_match({text}, '{WHOLE}') AND {value} BETWEEN -{LARGEST_INTEGER} AND {LARGEST_INTEGER} "
        f"THEN {value} END"
    )


def tags(text: str) -> str:
    """SQL: the JSON text of an object of texts; NULL where it is none."""
    # Keys in byte order, so that one object has one text whatever format it came in.
    pairs = f"""from_json({text}, '"MAP(VARCHAR,VARCHAR)"')"""
    names = f"json_keys({text})"
    return (
        f"CASE WHEN NOT ({_is_object(text)}) THEN NULL WHEN len(list_distinct({names})) < len({names}) THEN NULL "
        f"WHEN len(list_filter(json_type({text}, '$.*'), lambda kind: kind <> 'VARCHAR')) > 0 THEN NULL "
        f"ELSE to_json(map_from_entries(list_sort(map_entries({pairs}))))::VARCHAR END"
    )


def meters(text: str) -> str:
    """SQL: the JSON text of an object of whole numbers, without those that are 0; NULL where it is none."""
    members = f"""map_entries(from_json({text}, '"MAP(VARCHAR,VARCHAR)"'))"""
    pairs = f"list_filter({members}, lambda pair: pair.value IS NOT NULL)"
    counted = f"list_transform({pairs}, lambda pair: {{'key': pair.key, 'value': {whole_number('pair.value')}}})"
    some = f"list_filter({counted}, lambda pair: pair.value IS DISTINCT FROM 0)"
    names = f"json_keys({text})"
    unread = f"list_filter({counted}, lambda pair: pair.value IS NULL)"
    return (
        f"CASE WHEN NOT ({_is_object(text)}) THEN NULL WHEN len(list_distinct({names})) < len({names}) THEN NULL "
        f"WHEN len({unread}) > 0 THEN NULL ELSE to_json(map_from_entries(list_sort({some})))::VARCHAR END"
    )


def _is_object(text: str) -> str:
    return (
        f"CASE WHEN json_valid({text}) THEN json_type({text}) = 'OBJECT' AND NOT ({has_stray_comma(text)}) "
        f"ELSE false END"
    )
