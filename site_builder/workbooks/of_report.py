"""The workbook of a report: a sheet for each card that has something to show."""

from datetime import date

from site_builder.pages.elements import Card, Column, Page
from site_builder.words import formats
from site_builder.workbooks.workbook import Sheet, frame_of, workbook

_FORMATS = {
    "int": "#,##0", "sum": "#,##0.######", "amount": "#,##0.00", "exact": "#,##0.00####", "usd": "#,##0.00",
    "pct": "0.0", "percent": "0.0", "ratio": "0.0%", "ms": "#,##0",
}  # fmt: skip


def report_workbook(page: Page, of_date: date) -> bytes:
    """The tables of a page's cards, every row of them; `of_date` is the last date of the report."""
    sheets = [_sheet(card) for card in page.cards if card.table.rows]
    return workbook(f"{page.scope_name}, {page.period_label}", of_date, sheets)


def _sheet(card: Card) -> Sheet:
    columns = card.table.columns
    rows = [
        [formats.plain(value) if column.kind == "words" and isinstance(value, str) else value
         for column, value in zip(columns, row, strict=True)]
        for row in card.table.rows
    ]  # fmt: skip
    return Sheet(
        card.name,
        card.subject,
        formats.plain(card.title),
        [column.label for column in columns],
        frame_of(rows, len(columns)),
        [_number_format(column) for column in columns],
    )


def _number_format(column: Column) -> str:
    return _FORMATS.get(column.kind, "")
