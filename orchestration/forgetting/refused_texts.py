"""Texts of no tenant's column: of refused rows, names of unknown fields, notes. They go whole, or by words."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote_plus

import duckdb

from orchestration.forgetting.record import Forgotten
from orchestration.forgetting.rows import PEOPLE
from orchestration.loading.staging import stage_rows

_PEOPLE = frozenset({*PEOPLE, "user", "end_user"})
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def taken_out(pseudonym: str) -> str:
    """What stands in the place of a text that named somebody."""
    return f"(taken out: it named {pseudonym})"


def replace_refused(con: duckdb.DuckDBPyConnection, table: str, forgotten: Forgotten) -> int:
    """Take the texts of refused rows out of a table that name anybody; how many that was."""
    known = con.execute("select tenant_id from lake.directory_tenants").fetchall()
    tenants = {tenant for (tenant,) in known} | forgotten.tenants
    texts = con.execute(f"select distinct raw_text from {table} where raw_text is not null").fetchall()
    found = [(text, taken_out(who)) for (text,) in texts if (who := _whom(text, tenants, forgotten))]
    if not found:
        return 0
    stage_rows(con, "refused_names", {"old": "varchar", "new": "varchar"}, found)
    row = con.execute(
        f"update {table} set raw_text = refused_names.new from refused_names where raw_text = refused_names.old"
    ).fetchone()
    return int(row[0]) if row else 0


def replace_texts(con: duckdb.DuckDBPyConnection, table: str, column: str, forgotten: Forgotten) -> None:
    """Replace names in a column of texts of no tenant."""
    texts = con.execute(f"select distinct {column} from {table} where {column} is not null").fetchall()
    found = [(text, new) for (text,) in texts if (new := without_names(text, forgotten)) != text]
    if found:
        stage_rows(con, "texts_of_none", {"old": "varchar", "new": "varchar"}, found)
        con.execute(f"update {table} set {column} = texts.new from texts_of_none as texts where {column} = texts.old")


def without_names(text: str, forgotten: Forgotten) -> str:
    """A text of no tenant without anybody's name."""
    for tenant in sorted(forgotten.tenants):
        text = forgotten.text(tenant, text, is_free=True)
    return text


def _whom(raw: str, tenants: Collection[str], forgotten: Forgotten) -> str | None:
    """The pseudonym of a forgotten person whom a row names; what is known to be another tenant's names nobody."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        texts = list(_texts(document))
        own = document.get("tenant_id")
        theirs = {own} if isinstance(own, str) and own else set(forgotten.tenants)
    else:
        cells = _cells(raw)
        plain = unescape(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), raw))
        texts = [("", raw), ("", plain), ("", unquote_plus(plain)), *(("user_id", cell) for cell in cells)]
        theirs = set(tenants).intersection(cells) or set(forgotten.tenants)
    for tenant in sorted(theirs & forgotten.tenants):
        for name, text in texts:
            who = forgotten.named(tenant, text) or (forgotten.person(tenant, text) if name in _PEOPLE else None)
            if who:
                return who
    return None


def _cells(raw: str) -> list[str]:
    try:
        return next(csv.reader([raw]), [])
    except csv.Error:
        return []


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON document, names of fields too, with the field that it stands in."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield "", key
            yield from _texts(member, key)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, name)
