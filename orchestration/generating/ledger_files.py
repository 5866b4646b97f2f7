"""Billing entries as tables of the native billing log, one per landing date."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby

import pyarrow as pa

from orchestration.generating.accounts import Books
from orchestration.generating.invoicing import Entry
from orchestration.generating.tables import DECIMAL

SCHEMA = pa.schema(
    [
        ("billing_id", pa.string()),
        ("occurred_at", pa.timestamp("ms")),
        ("tenant_id", pa.string()),
        ("kind", pa.string()),
        ("credits", DECIMAL),
        ("pool", pa.string()),
        ("amount", DECIMAL),
        ("currency", pa.string()),
        ("expires_on", pa.string()),
        ("period_start", pa.string()),
        ("period_end", pa.string()),
        ("invoice_id", pa.string()),
        ("due_on", pa.string()),
        ("description", pa.string()),
    ]
)


def billing_tables(books: Books) -> Iterator[tuple[date, pa.Table]]:
    """(landing date, table) in order of time, for the entries that happened in the period."""
    population = books.population
    timed = [(books.moment(entry), entry) for entry in books.write()]
    timed = [pair for pair in timed if pair[0].date() <= population.end]
    timed.sort(key=lambda pair: (pair[0], pair[1].tenant, pair[1].kind))
    numbered = [(moment, entry, f"b-{number:06d}") for number, (moment, entry) in enumerate(timed, start=1)]
    for day, group in groupby(numbered, key=lambda row: row[0].date()):
        yield day, pa.Table.from_pylist([_row(books, *row) for row in group], schema=SCHEMA)


def _row(books: Books, moment: datetime, entry: Entry, number: str) -> dict[str, object]:
    tenant = books.population.tenants[entry.tenant]
    start, end = entry.period or (None, None)
    return {
        "billing_id": number,
        "occurred_at": moment.astimezone(UTC).replace(tzinfo=None),
        "tenant_id": tenant.tenant_id,
        "kind": entry.kind,
        "credits": _scaled(entry.credits),
        "pool": entry.pool or None,
        "amount": _scaled(entry.amount),
        # Every other tenant's books leave the currency to the directory.
        "currency": tenant.currency if entry.tenant % 2 == 0 else None,
        "expires_on": entry.expires_on or None,
        "period_start": start.isoformat() if start else None,
        "period_end": end.isoformat() if end else None,
        "invoice_id": entry.invoice_id or None,
        "due_on": entry.due_on or None,
        "description": entry.description or None,
    }


def _scaled(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.000001"))
