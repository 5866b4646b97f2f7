"""manifest.json: every file of the site with its hash, and every report that was ever published in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from site_builder.failures import SiteError
from site_builder.files import urls

FILE_NAME = "manifest.json"
_VERSION = 1
REMEDY = (
    "put it back from a backup or from a published release, or remove the whole folder of the site: then everything is "
    "published again, with first revisions"
)


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


Figure = int | float | Decimal | None


@dataclass(frozen=True)
class Changed:
    """A headline figure that a restatement changed."""

    figure: str
    before: Figure
    after: Figure


@dataclass(frozen=True)
class Restatement:
    """What made a report's `revision`: the figures that changed, and the `files` that landed meanwhile and did it."""

    revision: int
    changes: tuple[Changed, ...]
    files: tuple[str, ...]


def revision_of(restatements: Sequence[Restatement]) -> int:
    """The revision of a report with this history, counted from 1."""
    return restatements[-1].revision if restatements else 1


@dataclass(frozen=True)
class PublishedReport:
    """A report as published: `folder` its place, `first`..`whole_last` its period, `last` the last date covered.

    `fingerprint` is a hash of all that the page shows; the same fingerprint gives the same bytes. `is_closed`: its
    months were closed when it was made. `is_provisional`: its last date may still get data. `figures`: its headline
    figures, as published; `restatements` what earlier revisions said instead. `publication`: up to which of the
    manifest's publications it was looked at. `critical_alerts` and `warning_alerts`: how many it has, muted ones aside.
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
    is_provisional: bool = False
    publication: int = 0
    figures: Mapping[str, Figure] = field(default_factory=dict)
    restatements: tuple[Restatement, ...] = ()
    critical_alerts: int = 0
    warning_alerts: int = 0


@dataclass(frozen=True)
class PublishedScope:
    """A scope as published, under `folder`."""

    folder: str
    tenant_id: str | None
    name: str
    zone: str


@dataclass(frozen=True)
class PublishedEntity:
    """The page of an item, team or user as published: `folder` its place, `kind` and `key` (its id) whose it is.

    `fingerprint` is a hash of all that the page shows.
    """

    folder: str
    scope: str
    kind: str
    tenant_id: str
    key: str
    fingerprint: str


@dataclass
class Manifest:
    """The published state: `builder` hashes the code and templates that made it, `names` the dimension tables ("": what
    could not be made is to be tried again).

    `quality` is the fingerprint of the quality page, `freshness` how many days old it lets each source be;
    `configuration` the settings that all pages were made with. `publications`: of
    every publication with new files (versions, as mart_audit_files has them) those files; numbered from 1. `entities`:
    the pages of items, teams and users, by folder.
    """

    builder: str = ""
    names: str = ""
    quality: str = ""
    scopes: dict[str, PublishedScope] = field(default_factory=dict)
    reports: dict[str, PublishedReport] = field(default_factory=dict)
    files: dict[str, FileRecord] = field(default_factory=dict)
    configuration: str = ""
    freshness: Mapping[str, int] = field(default_factory=dict)
    publications: list[list[str]] = field(default_factory=list)
    entities: dict[str, PublishedEntity] = field(default_factory=dict)

    def of_scope(self, folder: str) -> list[PublishedReport]:
        """The reports of one scope, by period."""
        found = [report for report in self.reports.values() if report.scope == folder]
        return sorted(found, key=lambda report: (report.first, report.edition, report.period))

    def files_of(self, folder: str) -> list[FileRecord]:
        """The files below one report's folder."""
        if not hasattr(self, "_by_report"):
            self._by_report: dict[str, list[FileRecord]] = {}
            for record in self.files.values():
                if record.edition is not None:
                    self._by_report.setdefault(urls.folder_of_report(record.path), []).append(record)
        return self._by_report.get(folder, [])


def load(site: Path) -> Manifest:
    """The manifest of a published site; an empty one where nothing is published yet. Raises SiteError of a broken one.

    Which revisions there were, and what they said, nothing but the manifest knows: it is never taken for none.
    """
    path = site / FILE_NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            raise SiteError(f"{path} is of version {document['version']}, and this is version {_VERSION}; {REMEDY}")
        return _from_document(document)
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        raise SiteError(f"{path} cannot be read ({error.strerror}); {REMEDY}") from error
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise SiteError(f"{path} is broken: it is no list of a site's files; {REMEDY}") from error


def to_bytes(manifest: Manifest) -> bytes:
    """manifest.json: sorted, one record a line, so that two versions of it can be compared by eye."""
    names = ("builder", "names", "quality", "configuration", "freshness")
    head = {"version": _VERSION, **{name: getattr(manifest, name) for name in names}}
    parts = [f'"{key}":{json.dumps(value, sort_keys=True)}' for key, value in head.items()]
    for key in ("scopes", "reports", "entities", "files"):
        records = getattr(manifest, key)
        lines = ",\n".join(_record(records[name]) for name in sorted(records))
        parts.append(f'"{key}":[\n{lines}\n]')
    lines = ",\n".join(json.dumps(files, ensure_ascii=False, separators=(",", ":")) for files in manifest.publications)
    parts.append(f'"publications":[\n{lines}\n]')
    return ("{" + ",\n".join(parts) + "}\n").encode("utf-8")


def _record(record: Any) -> str:
    return json.dumps(asdict(record), ensure_ascii=False, default=_plain, separators=(",", ":"))


def _plain(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _from_document(document: dict[str, Any]) -> Manifest:
    reports = {}
    for row in document["reports"]:
        read: dict[str, Any] = {key: date.fromisoformat(row[key]) for key in ("first", "last", "whole_last")}
        read["figures"] = {name: _figure(value) for name, value in row.get("figures", {}).items()}
        read["restatements"] = tuple(_restatement(restatement) for restatement in row.get("restatements", ()))
        reports[row["folder"]] = PublishedReport(**{**row, **read})
    return Manifest(
        builder=document["builder"],
        names=document["names"],
        quality=document["quality"],
        configuration=document.get("configuration", ""),
        freshness=document.get("freshness", {}),
        scopes={row["folder"]: PublishedScope(**row) for row in document["scopes"]},
        reports=reports,
        files={row["path"]: FileRecord(**row) for row in document["files"]},
        publications=document.get("publications", []),
        entities={row["folder"]: PublishedEntity(**row) for row in document.get("entities", ())},
    )


def _restatement(row: dict[str, Any]) -> Restatement:
    changes = [
        Changed(change["figure"], _figure(change["before"]), _figure(change["after"])) for change in row["changes"]
    ]
    return Restatement(row["revision"], tuple(changes), tuple(row["files"]))


def _figure(value: str | Figure) -> Figure:
    return Decimal(value) if isinstance(value, str) else value
