"""An Excel workbook of tables: typed cells, a frozen header, a sheet a table; the same bytes for the same rows."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CONTENTS = "Contents"
# As many characters as a cell holds.
_LONGEST_TEXT = 32_767
_LONGEST_NAME = 31
_WIDEST, _NARROWEST = 48, 8
_HEAD, _DATE, _INSTANT = "head", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
# What XML does not allow.
_UNWRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPTIONS = {"in_memory": True, "nan_inf_to_errors": True}


class Sheet(NamedTuple):
    """A table of a workbook: the `name` of its sheet, `subject` and `finding` in words, and its `frame`.

    frame: one column per heading of `headings`, with cells as `cell` gives them; `number_formats`: of each column.
    """

    name: str
    subject: str
    finding: str
    headings: Sequence[str]
    frame: pd.DataFrame
    number_formats: Sequence[str]


def cell(value: Any) -> str | int | float | bool | date | None:
    """A value as a spreadsheet has it: numbers with the 15 digits that they have there, text as text alone."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return _UNWRITTEN.sub("\ufffd", value)[:_LONGEST_TEXT]
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value  # type: ignore[no-any-return]


def workbook(title: str, of_date: date, sheets: Sequence[Sheet]) -> bytes:
    """The workbook with a list of its sheets first; `of_date` is what it says of its making."""
    out = io.BytesIO()
    book = Workbook(out, _OPTIONS)
    made_on = datetime(of_date.year, of_date.month, of_date.day)  # noqa: DTZ001
    book.set_properties({"title": cell(title), "created": made_on})
    looks = {"": book.add_format(), _HEAD: book.add_format({"bold": True})}
    for sheet in (_contents(sheets), *sheets):
        _put(book.add_worksheet(sheet.name[:_LONGEST_NAME]), sheet, lambda text: _look(book, looks, text))
    book.close()
    return out.getvalue()


def _look(book: Workbook, looks: dict[str, Format], number_format: str) -> Format:
    if number_format not in looks:
        looks[number_format] = book.add_format({"num_format": number_format})
    return looks[number_format]


def _put(page: Worksheet, sheet: Sheet, look: Callable[[str], Format]) -> None:
    """Each cell by its own type: pandas itself would take twice as long, and guess."""
    page.freeze_panes(1, 0)
    columns = sheet.frame.to_numpy(dtype=object).T.tolist()
    for place, (heading, number_format, values) in enumerate(
        zip(sheet.headings, sheet.number_formats, columns, strict=True)
    ):
        page.write_string(0, place, heading, look(_HEAD))
        page.set_column(place, place, _width(heading, values))
        for row, value in enumerate(values, 1):
            if isinstance(value, str):
                page.write_string(row, place, value)
            elif isinstance(value, bool):
                page.write_boolean(row, place, value)
            elif isinstance(value, datetime):
                page.write_datetime(row, place, value, look(_INSTANT))
            elif isinstance(value, date):
                page.write_datetime(row, place, value, look(_DATE))
            elif value is not None:
                page.write_number(row, place, value, look(number_format))
    if len(sheet.frame):
        page.autofilter(0, 0, len(sheet.frame), len(sheet.headings) - 1)


def frame_of(rows: Sequence[Sequence[Any]], columns: int) -> pd.DataFrame:
    """Rows of values as a frame of cells."""
    found = [[cell(value) for value in row] for row in rows]
    return pd.DataFrame(found, columns=range(columns), dtype=object)


def _contents(sheets: Sequence[Sheet]) -> Sheet:
    rows = [(sheet.name[:_LONGEST_NAME], sheet.subject, sheet.finding, len(sheet.frame)) for sheet in sheets]
    return Sheet(CONTENTS, "", "", ("Sheet", "What", "Finding", "Rows"), frame_of(rows, 4), ("", "", "", "#,##0"))


def _width(heading: str, values: Sequence[object]) -> int:
    """Wide enough for the first rows."""
    longest = max((len(str(value)) for value in values[:50] if value is not None), default=0)
    return min(max(len(heading) + 3, min(longest + 1, _WIDEST), _NARROWEST), _WIDEST)
