"""Workbooks: typed cells, a frozen header, no text that a spreadsheet would run, the same bytes again."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pyarrow as pa

from site_builder.workbooks import of_data
from site_builder.workbooks.of_data import data_workbook
from site_builder.workbooks.workbook import Sheet, frame_of, workbook

DAY = date(2026, 2, 28)
HOSTILE = '=HYPERLINK("http://x","y")'
ROWS = [(HOSTILE, Decimal("1234.567891"), None, DAY, True), ("http://example.com", Decimal(0), 2**40, None, False)]
SHEET = Sheet("models", "Models", "One leads", ["A", "B", "C", "A", "E"], frame_of(ROWS, 5), ["", "0.00", "", "", ""])


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode("utf-8") for name in packed.namelist()}


def test_cells_are_typed_and_hostile_text_is_nothing_but_text() -> None:
    parts = _parts(workbook("T", DAY, [SHEET]))
    page = parts["xl/worksheets/sheet2.xml"]
    assert "<f>" not in page and "hyperlink" not in page.lower()
    assert "<v>1234.567891</v>" in page and "<v>1099511627776</v>" in page
    assert f"<v>{(DAY - date(1899, 12, 30)).days}</v>" in page
    assert re.search(r'<c r="E2"[^>]* t="b"><v>1</v>', page)
    assert not re.search(r'<c r="C2"[^>]*><v>', page)
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in page
    assert "=HYPERLINK(" in parts["xl/sharedStrings.xml"]
    assert re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"]) == ["Contents", "models"]


def test_the_same_rows_give_the_same_bytes_and_no_clock_is_in_them() -> None:
    content = workbook("T", DAY, [SHEET])
    assert workbook("T", DAY, [SHEET]) == content
    assert "2026-02-28T00:00:00Z" in _parts(content)["docProps/core.xml"]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_too_long_for_a_workbook_is_named_without_its_rows() -> None:
    rows = pa.table({"n": pa.array(range(of_data.MOST_ROWS + 1))})
    parts = _parts(data_workbook("T", DAY, [("mart_long", "Long", rows), ("mart_short", "Short", rows.slice(0, 2))]))
    assert parts["xl/worksheets/sheet2.xml"].count("<row ") == 1
    assert parts["xl/worksheets/sheet3.xml"].count("<row ") == 3
    assert "longer than 1,000 rows" in parts["xl/sharedStrings.xml"]


def test_characters_that_no_workbook_can_hold_are_replaced() -> None:
    frame = frame_of([("a\x00b\ufffe" + "x" * 40_000,)], 1)
    parts = _parts(workbook("T\x01", DAY, [Sheet("s", "", "", ["H"], frame, [""])]))
    assert "a\ufffdb\ufffdx" in parts["xl/sharedStrings.xml"]
