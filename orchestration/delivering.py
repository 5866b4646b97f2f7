"""The FOCUS export where other tools fetch it: a file for each month and a manifest, in a folder or an object store.

PLACE/focus-1.2-2026-10.csv     the charges of October; only files that differ are written again
PLACE/manifest.json             what is there, written last
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.errors import TallybookError
from orchestration.exporting import MonthFile, export_months
from orchestration.object_stores import faults_named, takes_sites
from orchestration.progress import Progress, silent
from orchestration.publishing.objects import ObjectTarget
from orchestration.publishing.release import Content, PublishingError, content_of
from orchestration.redaction import has_login
from site_builder.files import manifest

KIND = "tallybook focus export"
# What an object store keeps besides the current state: what was there before, for a delivery that breaks off.
_KEPT = 2


@dataclass(frozen=True)
class Delivery:
    """What is at a place now: its files without the manifest, their charges, and how many files were written."""

    files: int
    rows: int
    written: int


def is_place(out: str) -> bool:
    """Whether `out` is a folder or an object store, for many files, and no file."""
    return "://" in out or out.endswith("/") or Path(out).is_dir()


def deliver_focus(
    warehouse: Path, place: str, *, version: str, file_format: str, first: date | None = None,
    last: date | None = None, progress: Progress = silent,
) -> Delivery:  # fmt: skip
    """Have `place` hold the charges of the local dates in first … last (None: no bound), and nothing else of an export.

    The same charges give the same bytes, and write nothing. Readers that begin with the manifest never see half a
    month. Raises TallybookError, also where something else than an export lies at the place.
    """
    target = _target(place)
    with tempfile.TemporaryDirectory(prefix="tallybook-focus-") as name:
        folder = Path(name)
        months = export_months(
            warehouse, folder, version=version, file_format=file_format, first=first, last=last
        )  # fmt: skip
        files = {each.path.name: _content(each.path) for each in months}
        listing = folder / manifest.FILE_NAME
        listing.write_bytes(_listing(months, files, version, file_format))
        files[listing.name] = _content(listing)
        if isinstance(target, ObjectTarget):
            _require_export(_read_object(target), place)
            written = target.publish(folder, files, keep=_KEPT, progress=progress).sent
        else:
            written = _put_into(folder, target, files)
    return Delivery(len(months), sum(each.rows for each in months), written)


def _target(place: str) -> ObjectTarget | Path:
    if "://" not in place:
        return Path(place).absolute()
    if has_login(place):
        raise PublishingError("the place has a user or password in it: keys are for the environment or a profile")
    if not takes_sites(place):
        raise PublishingError(f"{place} is neither a folder nor s3://bucket/prefix: exports are delivered to those")
    return ObjectTarget.at(place)


def _listing(months: list[MonthFile], files: Mapping[str, Content], version: str, file_format: str) -> bytes:
    rows = [
        {
            "path": each.path.name,
            "month": each.month,
            "rows": each.rows,
            "bytes": files[each.path.name].bytes,
            "sha256": files[each.path.name].sha256,
        }
        for each in months
    ]
    said = {"kind": KIND, "focus_version": version, "format": file_format, "files": rows}
    return (json.dumps(said, indent=1) + "\n").encode("utf-8")


def _put_into(folder: Path, target: Path, files: Mapping[str, Content]) -> int:
    """Replace what differs in a folder, the manifest last, and remove what an earlier export had besides."""
    listed = target / manifest.FILE_NAME
    written = 0
    try:
        target.mkdir(parents=True, exist_ok=True)
        before = _require_export(listed.read_bytes() if listed.exists() else None, str(target))
        for name in sorted(files, key=lambda name: (name == manifest.FILE_NAME, name)):
            if content_of(target / name) == files[name]:
                continue
            unfinished = target / f".{name}.unfinished"
            shutil.copyfile(folder / name, unfinished)
            unfinished.replace(target / name)
            written += 1
        for name in before - set(files):
            (target / name).unlink(missing_ok=True)
    except OSError as error:
        raise TallybookError(f"{target} cannot be written: {error.strerror}") from error
    return written


def _require_export(listing: bytes | None, place: str) -> set[str]:
    """The files of the export that a manifest lists. Raises PublishingError where it is of something else."""
    if listing is None:
        return set()
    try:
        said: Any = json.loads(listing)
        if said["kind"] == KIND:
            return {Path(str(each["path"])).name for each in said["files"]}
    except (ValueError, KeyError, TypeError):
        pass
    raise PublishingError(f"{place} holds something else than a FOCUS export: give the export a place of its own")


def _read_object(target: ObjectTarget) -> bytes | None:
    with faults_named(f"s3://{target.root}", PublishingError):
        try:
            return bytes(target.fs.cat_file(f"{target.root}/{manifest.FILE_NAME}"))
        except FileNotFoundError:
            return None


def _content(path: Path) -> Content:
    content = content_of(path)
    if content is None:
        raise TallybookError(f"{path} cannot be read")
    return content
