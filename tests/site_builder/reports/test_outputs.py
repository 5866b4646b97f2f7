"""CSV cells that no spreadsheet runs, and numbers to the last digit."""

import csv
import io
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from site_builder.pages.elements import Column, Table, Value
from site_builder.reports.outputs import csv_bytes


def _table(*values: Value) -> Table:
    return Table([Column("value", "Value")], [(value,) for value in values])


def _read(content: bytes) -> list[str]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    return [row[0] if row else "" for row in rows[1:]]


def test_what_a_spreadsheet_would_run_is_defused() -> None:
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", "a=b", "'=x", ""]
    assert _read(csv_bytes(_table(*texts))) == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "plain", "a=b", "'=x", ""]


def test_numbers_keep_every_digit_and_their_sign() -> None:
    values = (Decimal("-5.100000"), Decimal("1E+3"), Decimal("0.000001"), -7, 0.1, True, None, date(2026, 1, 2))
    assert _read(csv_bytes(_table(*values))) == [
        "-5.100000", "1000", "0.000001", "-7", "0.1", "true", "", "2026-01-02",
    ]  # fmt: skip


def test_lines_end_as_rfc_4180_says() -> None:
    assert csv_bytes(_table("a,b", 'c"d', "e\nf")) == b'value\r\n"a,b"\r\n"c""d"\r\n"e\nf"\r\n'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_comes_back(texts: list[str]) -> None:
    runnable = ("=", "+", "-", "@", "\t", "\r")
    assert _read(csv_bytes(_table(*texts))) == [f"'{text}" if text.startswith(runnable) else text for text in texts]


def test_sentences_go_without_the_marks_of_a_page_and_names_keep_every_byte() -> None:
    text = "\u2068Ann\u2069 saves 1\u202f234 credits"
    columns = (Column("advice", "Advice", "words"), Column("user_name", "User", "name"))
    [row] = list(csv.reader(csv_bytes(Table(columns, [(text, text)])).decode("utf-8").splitlines()))[1:]
    assert row == ["Ann saves 1 234 credits", text]
