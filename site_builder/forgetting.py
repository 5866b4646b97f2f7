"""A person's name out of a published site: texts are replaced where they stand, what is packed goes, to be made anew.

This is done before the next build, which makes all of it anew that the marts still show; what it cannot make any more,
earlier revisions above all, stays as it is left here.
"""

import base64
import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from site_builder import formats, manifest, outputs, urls, write
from site_builder.manifest import FileRecord, Manifest, PublishedReport
from site_builder.revisions import is_earlier, without_links
from site_builder.traces import Traces
from site_builder.undisturbed import undisturbed

Progress = Callable[[int, int], None]
_ROW = re.compile(r"(<tr[ >].*?</tr>)", re.DOTALL)
_PACKED = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
_TEXTS = (".html", ".csv", ".json", ".svg", ".txt")


@dataclass(frozen=True)
class Cleared:
    """files: paths in which the person was named; removed: those of them that were taken away, to be made anew."""

    files: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def names_in_data(site: Path, tenant_id: str, user_id: str) -> set[str]:
    """Every name that published CSVs of the tenant give its user, earlier ones too."""
    found: set[str] = set()
    for record in _records(manifest.load(site), tenant_id):
        if record.path.endswith(".csv") and record.path.split("/")[0] != urls.ALL_FOLDER:
            try:
                rows = list(csv.DictReader((site / record.path).open(encoding="utf-8", newline="")))
            except (OSError, ValueError, csv.Error):
                continue
            found.update(row["user_name"] for row in rows if row.get("user_id") == user_id and row.get("user_name"))
    return found


def clear_site(site: Path, traces: Traces, progress: Progress, *, is_trial: bool = False) -> Cleared:
    """Take a person out of what is published. is_trial: only say which files name them.

    Raises SiteError of a broken manifest, OSError.
    """
    if not is_trial:
        with undisturbed():
            write.finish(site)
    published = manifest.load(site)
    others = {name for scope in published.scopes.values() if scope.tenant_id not in (None, traces.tenant_id)
              for name in (scope.tenant_id, formats.shown_name(scope.name)) if name}  # fmt: skip
    records = _records(published, traces.tenant_id)
    changed: dict[str, bytes] = {}
    packed: set[str] = set()
    for done, record in enumerate(records, 1):
        content = _content(site / record.path)
        if content is not None:
            _look_at(record, content, traces, others, changed, packed)
        progress(done, len(records))
    # A PDF's text is set in glyphs: it is taken for naming whom the files beside it name.
    named = {urls.folder_of_report(path) for path in changed}
    packed |= {record.path for record in records if record.path.endswith(".pdf")
               and urls.folder_of_report(record.path) in named and (site / record.path).is_file()}  # fmt: skip
    done_with = Cleared(tuple(sorted({*changed, *packed})), tuple(sorted(packed)))
    if not is_trial:
        _commit(site, published, traces, changed, packed)
    return done_with


def _look_at(
    record: FileRecord, content: bytes, traces: Traces, others: set[str], changed: dict[str, bytes], packed: set[str]
) -> None:  # fmt: skip
    ending = Path(record.path).suffix
    if ending in _TEXTS:
        is_of_all = "/" not in record.path or record.path.startswith(f"{urls.ALL_FOLDER}/")
        new = _cleared(ending, content.decode("utf-8"), traces, others if is_of_all else set())
        if new is not None:
            changed[record.path] = new
    elif (ending == ".parquet" and _parquet_names(content, traces)) or (ending == ".js" and _js_names(content, traces)):
        packed.add(record.path)


def _commit(
    site: Path, published: Manifest, traces: Traces, changed: dict[str, bytes], packed: set[str]
) -> None:  # fmt: skip
    files, reports = dict(published.files), dict(published.reports)
    gone = {path for path in packed if is_earlier(published, path)}
    for path in gone:
        del files[path]
    with write.draft_of(site) as draft:
        for folder in {urls.folder_of_report(path) for path in gone}:
            page = f"{folder}/index.html"
            there = [path.removeprefix(folder) for path in files if path.startswith(f"{folder}/")]
            changed[page] = without_links(changed.get(page) or (site / page).read_bytes(), there)
        for path, content in changed.items():
            record = draft.put(path, content)
            files[path] = replace(files[path], bytes=record.bytes, sha256=record.sha256)
        touched = {urls.folder_of_report(path) for path in {*changed, *packed}}
        for folder, report in reports.items():
            reports[folder] = _report(report, traces, is_touched=folder in touched)
        scopes = published.scopes
        # names: what was made with them is to be looked at again.
        after = replace(published, files=files, reports=reports, scopes=scopes, names="")
        with undisturbed():
            draft.commit(after)
    for path in packed:
        (site / path).unlink(missing_ok=True)


def _report(report: PublishedReport, traces: Traces, *, is_touched: bool) -> PublishedReport:
    headline = traces.text(report.headline)
    if not is_touched and headline == report.headline:
        return report
    return replace(report, headline=headline, fingerprint="")


def _records(published: Manifest, tenant_id: str) -> list[FileRecord]:
    """Files that may name a user of the tenant: its own, those of all tenants, and the front page."""
    folders = {folder for folder, scope in published.scopes.items() if scope.tenant_id in (None, tenant_id)}
    return [record for path, record in sorted(published.files.items())
            if "/" not in path or path.split("/")[0] in folders]  # fmt: skip


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _cleared(ending: str, text: str, traces: Traces, others: set[str]) -> bytes | None:
    """A file without the person; None where it names nobody. others: ids and names of other tenants with rows in it."""
    if ending == ".csv":
        new = _csv(text, traces, others)
    elif ending == ".json":
        document = json.loads(text)
        cleared = _json(document, traces, others)
        new = text if cleared == document else json.dumps(cleared, ensure_ascii=False) + "\n"
    else:
        parts = _ROW.split(text)
        new = "".join(
            part if place % 2 and _is_of_other(_words(part), traces, others)
            else traces.html(part, whole=not others or place % 2 == 1)
            for place, part in enumerate(parts)
        )  # fmt: skip
    return None if new == text else new.encode("utf-8")


def _csv(text: str, traces: Traces, others: set[str]) -> str:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    new = [row if _is_of_other(row, traces, others) else [_cell(cell, traces) for cell in row] for row in rows]
    if new == rows:
        return text
    out = io.StringIO(newline="")
    is_quoted = text.startswith('"')
    csv.writer(
        out, lineterminator="\r\n" if "\r\n" in text else "\n",
        quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL,
    ).writerows(new)  # fmt: skip
    return out.getvalue()


def _cell(cell: str, traces: Traces) -> str:
    plain = cell[1:] if cell.startswith("'") and cell[1:].startswith(outputs.RUNNABLE) else cell
    new = traces.whole(plain)
    return cell if new == plain else new


def _json(value: Any, traces: Traces, others: set[str]) -> Any:
    if isinstance(value, str):
        return traces.whole(value)
    if isinstance(value, list):
        texts = [each for each in value if isinstance(each, str)]
        return value if _is_of_other(texts, traces, others) else [_json(each, traces, others) for each in value]
    if isinstance(value, dict):
        return {traces.text(key): _json(each, traces, others) for key, each in value.items()}
    return value


def _is_of_other(cells: Collection[str], traces: Traces, others: set[str]) -> bool:
    """Whether a row says that it is another tenant's: there a namesake keeps the name."""
    return traces.tenant_id not in cells and not others.isdisjoint(cells)


def _words(row: str) -> list[str]:
    return [unescape(cell).strip() for cell in re.split(r"<[^>]*>", row)]


def _parquet_names(content: bytes, traces: Traces) -> bool:
    table = pq.read_table(pa.BufferReader(content))
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            values = column.unique().to_pylist()
            if any(value is not None and traces.whole(value) != value for value in values):
                return True
    return False


def _js_names(content: bytes, traces: Traces) -> bool:
    for packed in _PACKED.findall(content):
        try:
            text = gzip.decompress(base64.b64decode(packed)).decode("utf-8", "replace")
        except (ValueError, OSError, EOFError):
            continue
        if traces.escaped(text) != text or f'"{traces.user_id}"' in text:
            return True
    return False
