"""Every file of a site read back as its readers do: what a spreadsheet would run, what a drawing or a PDF could do."""

import base64
import csv
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
from pypdf import PdfReader

RUNNABLE = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_CALL = re.compile(r"explorer\.add\((.*)\);\n")
# Of PDF: what runs, opens or sends something.
_ACTIONS = frozenset(["/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/SubmitForm", "/URI", "/GoToR"])
# Controls, direction, ends of lines that are none to everybody, and what no text is made of.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\ud800-\udfff\ufeff]")


def told(value: str) -> str:
    """A text as a CSV has it, by the rule that the site documents."""
    return f"'{value}" if value.startswith(RUNNABLE) else value


def cells_of(path: Path) -> list[list[str]]:
    """A CSV as spreadsheets and programs read it; every row as wide as its header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert len({len(row) for row in rows}) == 1, path
    return rows


def runnable_cells(path: Path) -> list[str]:
    """The cells of a CSV that a spreadsheet takes for a formula: a negative number is none."""
    return [cell for row in cells_of(path) for cell in row if cell.startswith(RUNNABLE) and not _NUMBER.fullmatch(cell)]


def texts_told_otherwise(parquet: Path) -> list[tuple[str, str]]:
    """The texts of a Parquet file that the CSV beside it does not have by the rule: (text, what the CSV has)."""
    table = pq.read_table(parquet)
    head, *rows = cells_of(parquet.with_suffix(".csv"))
    assert head == table.column_names and len(rows) == table.num_rows, parquet
    names = [field.name for field in table.schema if pa.types.is_string(field.type)]
    return [
        (text, cell)
        for name in names
        for text, cell in zip(table[name].to_pylist(), (row[head.index(name)] for row in rows), strict=True)
        if cell != told(text or "")
    ]


def cards_told_otherwise(report: Path) -> list[tuple[str, Any, str]]:
    """The values of a report.json that its cards' CSVs do not have by the rule: (card, value, what the CSV has)."""
    faults = []
    for name, card in json.loads(report.read_text("utf-8"))["cards"].items():
        head, *rows = cells_of(report.parent / f"data/{name}.csv")
        assert head == card["columns"] and len(rows) == len(card["rows"]), (report, name)
        pairs = [pair for row, cells in zip(card["rows"], rows, strict=True) for pair in zip(row, cells, strict=True)]
        faults += [(name, value, cell) for value, cell in pairs if isinstance(value, str) and not _is_told(value, cell)]
    return faults


def _is_told(value: str, cell: str) -> bool:
    # Decimals are texts in JSON, and numbers in the CSV.
    return cell == told(value) or (_NUMBER.fullmatch(value) is not None and cell == value)


def svg_faults(page: str) -> Iterator[str]:
    """What is wrong with the drawings of a page: no XML, or something in them that runs or fetches."""
    for drawing in _SVG.findall(page):
        for element in ElementTree.fromstring(drawing).iter():
            tag = element.tag.rpartition("}")[2]
            if tag in ("script", "foreignObject", "style", "image", "use", "a", "iframe", "animate", "set"):
                yield f"<{tag}>"
            yield from (f"{name}={value}" for name, value in element.attrib.items()
                        if name.lower().startswith("on") or name.rpartition("}")[2] in ("href", "src")
                        or "javascript:" in value or "url(http" in value)  # fmt: skip


def pdf_faults(path: Path) -> Iterator[str]:
    """What a PDF must not have: actions, more than four pages, text that steers."""
    reader = PdfReader(path)
    if len(reader.pages) > 4:
        yield f"{len(reader.pages)} pages"
    for number in range(1, reader.trailer["/Size"]):
        value = reader.get_object(number)
        if isinstance(value, dict):
            yield from (f"{number} {key}" for key in _ACTIONS & set(value))
    for page in reader.pages:
        yield from (f"{found.group()!a}" for found in STEERING.finditer(page.extract_text()))
    yield from (f"{name}: {value!a}" for name, value in (reader.metadata or {}).items() if STEERING.search(str(value)))


def explorer_names(script: Path) -> dict[str, list[list[str | None]]]:
    """The names in a month of the explorer, as its page unpacks them, by dimension: [id, name, tenant]."""
    text = script.read_text("ascii")
    call = _CALL.fullmatch(text)
    assert call, script
    _, packed, _ = json.loads(f"[{call[1]}]")
    return json.loads(gzip.decompress(base64.b64decode(packed)))["names"]  # type: ignore[no-any-return]
