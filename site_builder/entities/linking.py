"""Links to the pages of items, teams and users on pages that were made while there were other ones."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from site_builder.files import urls
from site_builder.files.manifest import FileRecord, Manifest, PublishedEntity
from site_builder.files.write import Draft
from site_builder.pages import mentions


def relink(
    draft: Draft,
    before: Iterable[PublishedEntity],
    after: Manifest,
    given: Mapping[str, Mapping[str, str]],
    fresh: Collection[str],
) -> None:
    """Have every page of the site to be, closed reports and earlier revisions too, lead to the pages that are there.

    `fresh` pages were made by this build, with the places `given` by scope; the others while those of `before` were
    there.
    """
    before = list(before)
    for folder in after.scopes:
        now = mentions.places(after.entities.values(), folder)
        was = mentions.places(before, folder)
        if now == was == given.get(folder, was):
            continue
        for path, record in list(after.files.items()):
            made_with = given.get(folder, was) if path in fresh else was
            if made_with != now and path.startswith(f"{folder}/") and _has_mentions(path, record):
                _relink_page(draft, after, record, now)


def _has_mentions(path: str, record: FileRecord) -> bool:
    if not path.endswith("/index.html"):
        return False
    return record.edition is not None or path.split("/")[1] in {f"{kind}s" for kind in urls.KINDS}


def _relink_page(draft: Draft, after: Manifest, record: FileRecord, there: Mapping[str, str]) -> None:
    with suppress(FileNotFoundError):  # what is damaged, others see to
        content = draft.find(record.path).read_bytes()
        new = mentions.linked(content, record.path, there)
        if new != content:
            draft.put(record.path, new)
        after.files[record.path] = replace(record, bytes=len(new), sha256=hashlib.sha256(new).hexdigest())
