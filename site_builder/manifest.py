"""manifest.json: every file of the site with its hash, and every report that was ever published in it."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

FILE_NAME = "manifest.json"
_VERSION = 1


@dataclass(frozen=True)
class FileRecord:
    """A file: `path` below the site, size in `bytes`, `sha256`, and the report it belongs to (None: an index)."""

    path: str
    bytes: int
    sha256: str
    scope: str | None = None
    edition: str | None = None
    period: str | None = None
    revision: int | None = None


@dataclass(frozen=True)
class PublishedReport:
    """A report as published: `folder` its place, `first`..`whole_last` its period, `last` the last date covered.

    `fingerprint` is a hash of all that the page shows; the same fingerprint gives the same bytes. `is_closed`: its
    months were closed when it was made.
    """

    folder: str
    scope: str
    edition: str
    period: str
    label: str
    first: date
    last: date
    whole_last: date
    revision: int
    headline: str
    fingerprint: str
    is_closed: bool = False


@dataclass(frozen=True)
class PublishedScope:
    """A scope as published, under `folder`."""

    folder: str
    tenant_id: str | None
    name: str
    zone: str


@dataclass
class Manifest:
    """The published state: `builder` hashes the code and templates that made it, `names` the dimension tables.

    `quality` is the fingerprint of the quality page, `configuration` the settings it was made with.
    """

    builder: str = ""
    names: str = ""
    quality: str = ""
    scopes: dict[str, PublishedScope] = field(default_factory=dict)
    reports: dict[str, PublishedReport] = field(default_factory=dict)
    files: dict[str, FileRecord] = field(default_factory=dict)
    configuration: str = ""

    def of_scope(self, folder: str) -> list[PublishedReport]:
        """The reports of one scope, by period."""
        found = [report for report in self.reports.values() if report.scope == folder]
        return sorted(found, key=lambda report: (report.first, report.edition, report.period))

    def files_of(self, folder: str) -> list[FileRecord]:
        """The files below one report's folder."""
        report = self.reports[folder]
        key = (report.scope, report.edition, report.period)
        if not hasattr(self, "_by_report"):
            self._by_report: dict[tuple[str | None, ...], list[FileRecord]] = {}
            for record in self.files.values():
                self._by_report.setdefault((record.scope, record.edition, record.period), []).append(record)
        return self._by_report.get(key, [])


def load(site: Path) -> Manifest:
    """The manifest of a published site; an empty one where nothing (readable) is published yet."""
    try:
        document = json.loads((site / FILE_NAME).read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            return Manifest()
        return _from_document(document)
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError):
        # A damaged manifest is like none: every report is looked at again, and what is right is not rewritten.
        return Manifest()


def to_bytes(manifest: Manifest) -> bytes:
    """manifest.json: sorted, one record a line, so that two versions of it can be compared by eye."""
    names = ("builder", "names", "quality", "configuration")
    head = {"version": _VERSION, **{name: getattr(manifest, name) for name in names}}
    parts = [f'"{key}":{json.dumps(value)}' for key, value in head.items()]
    for key in ("scopes", "reports", "files"):
        records = getattr(manifest, key)
        lines = ",\n".join(_record(records[name]) for name in sorted(records))
        parts.append(f'"{key}":[\n{lines}\n]')
    return ("{" + ",\n".join(parts) + "}\n").encode("utf-8")


def _record(record: Any) -> str:
    return json.dumps(asdict(record), ensure_ascii=False, default=str, separators=(",", ":"))


def _from_document(document: dict[str, Any]) -> Manifest:
    reports = {}
    for row in document["reports"]:
        dates = {key: date.fromisoformat(row[key]) for key in ("first", "last", "whole_last")}
        reports[row["folder"]] = PublishedReport(**{**row, **dates})
    return Manifest(
        builder=document["builder"],
        names=document["names"],
        quality=document["quality"],
        configuration=document.get("configuration", ""),
        scopes={row["folder"]: PublishedScope(**row) for row in document["scopes"]},
        reports=reports,
        files={row["path"]: FileRecord(**row) for row in document["files"]},
    )
