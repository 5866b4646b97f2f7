"""Files of a site without a person: what each kind of file says, row by row, and whether packed ones name them."""

import base64
import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from html import unescape
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from site_builder.forgetting.traces import Traces
from site_builder.pages import mentions
from site_builder.reports import outputs

_ROW = re.compile(r"(<tr[ >].*?</tr>)", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
_SHARED_TEXT = re.compile(r"<t[^>]*>([^<]*)</t>")
TEXTS = (".html", ".csv", ".json", ".svg", ".txt")
"""Endings of files that are texts."""
_PEOPLE = frozenset({
    "user_id", "user_name", "created_by", "scope_id", "scope_name", "subject_id", "subject_name",
})  # fmt: skip


def cleared_text(ending: str, text: str, traces: Traces, others: Collection[str]) -> bytes | None:
    """A file without the person; None where it names nobody. others: ids and names of other tenants with rows in it."""
    if ending == ".csv":
        new = _csv(text, traces, others)
    elif ending == ".json":
        document = json.loads(text)
        cleared = _json(document, traces, others)
        new = text if cleared == document else json.dumps(cleared, ensure_ascii=False) + "\n"
    else:
        parts = _ROW.split(mentions.unmarked(text, mentions.mark("user", traces.tenant_id, traces.user_id)))
        new = "".join(
            part if place % 2 and _is_of_other(_words(part), traces, others)
            else traces.html(part, whole=not others or place % 2 == 1)
            for place, part in enumerate(parts)
        )  # fmt: skip
    return None if new == text else new.encode("utf-8")


def _csv(text: str, traces: Traces, others: Collection[str]) -> str:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    header = rows[0] if rows else []
    new = [_row(header, row, traces, others, _cell) for row in rows]
    if new == rows:
        return text
    out = io.StringIO(newline="")
    csv.writer(
        out, lineterminator="\r\n" if "\r\n" in text else "\n",
        quoting=csv.QUOTE_ALL if text.startswith('"') else csv.QUOTE_MINIMAL,
    ).writerows(new)  # fmt: skip
    return out.getvalue()


def _row(
    header: Sequence[str], row: list[Any], traces: Traces, others: Collection[str],
    cleared: Callable[[str, Callable[[str], str]], str],
) -> list[Any]:  # fmt: skip
    """A row of a table: an id counts where people's ids stand, since it may be a number elsewhere."""
    if _is_of_other(row, traces, others):
        return row
    cells = dict(zip(header, row, strict=False))
    kinds = {"scope": cells.get("scope", "user"), "subject": cells.get("subject_type", "user")}
    new = []
    for place, value in enumerate(row):
        name = header[place] if place < len(header) else ""
        is_of_people = name in _PEOPLE and kinds.get(name.split("_")[0], "user") == "user"
        each = traces.whole if is_of_people else traces.text
        new.append(cleared(value, each) if isinstance(value, str) else value)
    return new


def _cell(cell: str, replaced: Callable[[str], str]) -> str:
    plain = cell[1:] if cell.startswith("'") and cell[1:].startswith(outputs.RUNNABLE) else cell
    new = replaced(plain)
    return cell if new == plain else new


def _json(value: Any, traces: Traces, others: Collection[str]) -> Any:
    if isinstance(value, str):
        return traces.text(value)
    if isinstance(value, list):
        return [_json(item, traces, others) for item in value]
    if not isinstance(value, dict):
        return value
    new = {traces.text(key): _json(each, traces, others) for key, each in value.items() if key != "rows"}
    if "rows" in value:
        header = value.get("columns", [])
        new["rows"] = [_row(header, row, traces, others, lambda text, each: each(text)) for row in value["rows"]]
    return {key: new[key] for key in map(traces.text, value)}


def _is_of_other(cells: Collection[str], traces: Traces, others: Collection[str]) -> bool:
    """Whether a row says that it is another tenant's: there a namesake keeps the name."""
    return traces.tenant_id not in cells and any(isinstance(cell, str) and cell in others for cell in cells)


def _words(row: str) -> list[str]:
    return [unescape(cell).strip() for cell in re.split(r"<[^>]*>", row)]


def _parquet_names(content: bytes, traces: Traces) -> bool:
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError):
        return True  # damaged: nobody can tell what it says
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            each = traces.whole if name in _PEOPLE else traces.text
            if any(value is not None and each(value) != value for value in column.unique().to_pylist()):
                return True
    return False


def _js_names(content: bytes, traces: Traces) -> bool:
    for packed in _BASE64.findall(content):
        try:
            text = gzip.decompress(base64.b64decode(packed)).decode("utf-8", "replace")
        except (ValueError, OSError, EOFError):
            continue
        if traces.escaped(text) != text or f'"{traces.user_id}"' in text:
            return True
    return False


def _workbook_names(content: bytes, traces: Traces) -> bool:
    """Texts of a workbook stand once, in a list of their own; a cell is nothing but an id or holds words."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            listed = packed.read("xl/sharedStrings.xml").decode("utf-8")
    except (zipfile.BadZipFile, KeyError, ValueError):
        return True  # damaged, as above
    texts = [unescape(text) for text in _SHARED_TEXT.findall(listed)]
    return any(traces.text(text) != text or traces.whole(text) != text for text in texts)


PACKED: Mapping[str, Callable[[bytes, Traces], bool]] = {
    ".parquet": _parquet_names, ".js": _js_names, ".xlsx": _workbook_names,
}  # fmt: skip
"""Endings of packed files, each with what says whether such a file names a person."""
