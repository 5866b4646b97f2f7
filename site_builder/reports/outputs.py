"""Pages as data files: CSV and report.json, both with every digit that the marts have."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from site_builder.files.manifest import Restatement, revision_of
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Page, Table, Value
from site_builder.planning import periods
from site_builder.words import formats

# What a spreadsheet would take for the start of a formula.
RUNNABLE = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(table: Table) -> bytes:
    """A card's CSV: RFC 4180, UTF-8, CRLF, a header of column names; runnable text gets a leading apostrophe.

    Sentences go without the marks that typeset them on a page; what logs and directory say keeps every byte.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in _rows(table))
    return out.getvalue().encode("utf-8")


def defused(text: str) -> str:
    """A text as every CSV has it: with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if text.startswith(RUNNABLE) else text


def json_bytes(view: View, page: Page, restatements: Sequence[Restatement] = ()) -> bytes:
    """report.json: the page's words and every card's table. Decimals are strings, so that no reader rounds them."""
    period, scope = view.period, view.scope
    document = {
        "scope": "all" if scope.is_all else scope.tenant_id,
        "scope_name": scope.name,
        "timezone": scope.zone,
        "edition": period.edition,
        "period": period.name,
        "first_date": period.covered.first,
        "last_date": period.covered.last,
        "is_to_date": period.to_date,
        "is_closed": view.is_closed,
        "status": page.state,
        "revision": revision_of(restatements),
        "restatements": [asdict(restatement) for restatement in restatements],
        "previous_first_date": view.before.first,
        "previous_last_date": view.before.last,
        "has_previous": view.has_past,
        "label": periods.label(period),
        "headline": page.headline,
        "lines": {line.name: line.text for line in page.lines},
        "is_empty": view.is_empty,
        "around": {link.text: link.href for link in page.around},
        "cards": {card.name: _card(card) for card in page.cards},
    }
    return (json.dumps(document, ensure_ascii=False, default=_plain) + "\n").encode("utf-8")


def _rows(table: Table) -> list[list[Value]]:
    written = [column.kind == "words" for column in table.columns]
    return [
        [
            formats.plain(value) if own and isinstance(value, str) else value
            for own, value in zip(written, row, strict=True)
        ]
        for row in table.rows
    ]


def _card(card: Card) -> dict[str, Any]:
    return {
        "subject": card.subject,
        "title": card.title,
        "about": card.about,
        "definition": card.definition,
        "note": card.note,
        "facts": {fact.label: fact.text for fact in card.facts},
        "columns": [column.name for column in card.table.columns],
        "rows": _rows(card.table),
    }


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in report.json")


def _cell(value: Value) -> str:
    return "" if value is None else _AS_TEXT[type(value)](value)


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: defused, bool: lambda value: "true" if value else "false", int: repr, float: repr,
    Decimal: _plain, date: _plain, datetime: _plain,
}  # fmt: skip
