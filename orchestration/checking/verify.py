"""A site judged by itself: every hash by its manifest, every sum among the key figures from the CSVs beside it.

Users, items and what the directory says are not added up: their lists end after the first rows.
Needs neither the warehouse nor the code that made the site: whoever was sent a copy can check it.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.errors import TallybookError
from orchestration.progress import Progress, silent
from orchestration.published import read_manifest
from orchestration.publishing.release import Content, content_of
from site_builder.files import manifest
from site_builder.files.damage import foreign
from site_builder.files.manifest import Manifest, PublishedReport
from site_builder.files.write import drafts
from site_builder.reports import outputs
from site_builder.words import formats

_LAST_BIT = Decimal(2) ** -52
# What each key figure is the sum of: columns of other cards, none of which leaves a row out.
_SUMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "credits": (("credit_trend", "credits"), ("breakdown", "credits"), ("models", "credits"), ("teams", "credits"),
                ("heatmap", "credits"), ("tiers", "credits")),
    "requests": (("credit_trend", "requests"), ("breakdown", "requests"), ("models", "requests"),
                 ("teams", "requests"), ("heatmap", "requests"), ("tiers", "requests")),
    "errors": (("models", "errors"),),
    "runs": (("breakdown", "runs"), ("teams", "runs")),
    "calls": (("breakdown", "calls"),),
    "total_tokens": (("breakdown", "total_tokens"), ("models", "total_tokens"), ("teams", "total_tokens")),
    "uncosted_requests": (("models", "uncosted_requests"),),
    "cost_usd": (("models", "cost_usd"),),
    "call_seconds": (("phone", "call_seconds"),),
}  # fmt: skip
_HEADLINE = re.compile(r'<h1 id="headline">(.*?)</h1>', re.DOTALL)
_NOT_DIGITS = re.compile(r"\D")
_AMOUNT = re.compile(r"-\d+(\.\d+)?")
# A name may have more than the 128 kB that Python's reader takes by itself.
_LONGEST_CELL = 2**31 - 1


@dataclass(frozen=True)
class Verified:
    """How many files, reports and sums were looked at, and one line for each that is not right."""

    files: int
    reports: int
    sums: int
    faults: tuple[str, ...]


def verify(site: Path, progress: Progress = silent) -> Verified:
    """Compare a site with its manifest and its figures with each other. Raises TallybookError without a site."""
    published = read_manifest(site)
    if not published.files:
        raise TallybookError(f"{site} holds no published site (no {manifest.FILE_NAME})")
    faults = list(file_faults(site, published))
    sums = 0
    for done, report in enumerate(published.reports.values(), 1):
        try:
            looked_at, wrong = _figure_faults(site, report)
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
            looked_at, wrong = 0, [f"{report.folder} cannot be read: {' '.join(str(error).split())}"]
        sums += looked_at
        faults += wrong
        progress("verify", done, len(published.reports))
    return Verified(len(published.files), len(published.reports), sums, tuple(faults))


def file_faults(site: Path, published: Manifest) -> Iterator[str]:
    """Files that are missing, not as the manifest lists them, or not listed by it; every byte is read."""
    files = sorted(published.files.values(), key=lambda file: file.path)
    with ThreadPoolExecutor() as pool:
        for file, found in zip(files, pool.map(lambda file: content_of(site / file.path), files), strict=True):
            if found is None:
                yield f"{file.path} is missing or cannot be read"
            elif found != Content(file.sha256, file.bytes):
                yield f"{file.path} is not what was published"
    left = {folder.name for folder in drafts(site)}
    for path in foreign(site, published):
        if path.split("/")[0] not in left:
            yield f"{path} is not listed in {manifest.FILE_NAME}: it is no part of what was published"
    yield from (f"{name} is left of a build that broke off: the next one deals with it" for name in sorted(left))


def _figure_faults(site: Path, report: PublishedReport) -> tuple[int, list[str]]:
    folder = site / report.folder
    document = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    tables = {path.stem: _rows(path) for path in (folder / "data").glob("*.csv")}
    figures = {row["figure"]: row["value"] for row in tables["kpis"]}
    faults, looked_at = [], 0
    for figure, sources in _SUMS.items():
        for card, column in sources:
            # A tenant's report may not say what its use cost the publisher.
            if card not in tables or figure not in figures:
                continue
            looked_at += 1
            # An amount that nothing is known of is empty.
            total = sum((Decimal(row[column] or 0) for row in tables[card]), Decimal(0))
            if total != Decimal(figures[figure] or 0):
                faults.append(f"{report.folder}: {figure} is {figures[figure]}, but {card}.csv adds up to {total:f}")
    for fault, is_right in _derived(figures, tables):
        looked_at += 1
        faults += [] if is_right else [f"{report.folder}: {fault}"]
    credits = Decimal(figures["credits"])
    faults += [f"{report.folder}: {text}" for text in _telling_faults(folder, document, tables, credits)]
    return looked_at, faults


def _derived(figures: Mapping[str, str], tables: Mapping[str, list[dict[str, str]]]) -> Iterator[tuple[str, bool]]:
    """For each figure that comes of others: what is wrong where it does not, and whether it does."""
    requests, errors = int(figures["requests"]), int(figures["errors"])
    rate = 1 - errors / requests if requests else None
    yield "success_rate does not come of requests and errors", figures["success_rate"] == _text(rate)
    answers = [row for row in tables.get("latency", ()) if row["breakdown"] == "all"]
    if not figures["time_spent_s"] or "latency" not in tables:
        return
    phone_ms = 1000 * Decimal(figures["call_seconds"])
    answers_ms = sum((int(row["answers"]) * Decimal(row["avg_latency_ms"]) for row in answers), Decimal(0))
    # An average is a 64-bit floating-point number, rounded to the sixth digit.
    off = abs(1000 * Decimal(figures["time_spent_s"]) - phone_ms - answers_ms)
    is_right = off <= sum(int(row["answers"]) for row in answers) * Decimal("0.000001") + answers_ms * _LAST_BIT
    yield "time_spent_s does not come of calls and of the answers in latency.csv", is_right


def _telling_faults(
    folder: Path, document: dict[str, Any], tables: Mapping[str, list[dict[str, str]]], credits: Decimal
) -> Iterator[str]:
    """Where report.json, the CSVs and the page do not tell the same."""
    for name, card in document["cards"].items():
        if name not in tables or not _are_told(card["rows"], [list(row.values()) for row in tables[name]]):
            yield f"{name}.csv and report.json differ"
    headline = document["headline"]
    # In whatever notation: the digits are the same ones.
    if not document["is_empty"] and not _NOT_DIGITS.sub("", headline).startswith(_digits(credits)):
        yield f"the headline “{headline}” does not begin with {credits:f} credits"
    page = _HEADLINE.search((folder / "index.html").read_text(encoding="utf-8"))
    if page is None or html.unescape(page[1]) != headline:
        yield f"the page's headline is not “{headline}”"


def _rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _text(value: Any) -> str:
    """A value of report.json as its CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _are_told(rows: Sequence[Sequence[Any]], cells: Sequence[Sequence[str]]) -> bool:
    """Whether a CSV has the rows of report.json."""
    if list(map(len, rows)) != list(map(len, cells)):
        return False
    pairs = (pair for row, shown in zip(rows, cells, strict=True) for pair in zip(row, shown, strict=True))
    # Amounts are texts in JSON, and numbers in a CSV.
    return all(
        cell == outputs.defused(_text(value)) or (cell == value and _AMOUNT.fullmatch(cell) is not None)
        if isinstance(value, str)
        else cell == _text(value)
        for value, cell in pairs
    )


def _digits(credits: Decimal) -> str:
    return _NOT_DIGITS.sub("", formats.amount(credits))
