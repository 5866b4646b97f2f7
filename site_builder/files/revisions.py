"""Earlier revisions of restated reports: they stay, beside the report, as they were."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from site_builder.files import urls
from site_builder.files.manifest import FileRecord, Manifest, PublishedReport
from site_builder.files.write import Draft
from site_builder.render import templating

_PAGE = "/index.html"
_EARLIER = re.compile(r"(.+)_r(\d+)$")
_TOP, _TITLE = b"<body>", b"<title>"
_SUPERSEDED = "Superseded · ".encode()


@dataclass(frozen=True)
class LostPage:
    """Context of templates/lost.html: instead of a page that nothing can make again."""

    path: str
    stylesheet: str
    label: str
    revision: int
    newest: str


def keep_earlier(draft: Draft, published: Manifest, known: PublishedReport) -> list[FileRecord]:
    """Copy the files of a revision that is about to be replaced to where earlier ones stay; their records.

    What is no longer as it was published is not copied, and the page says so.
    """
    folder = urls.earlier_folder(known.folder, known.revision)
    contents = {}
    for record in published.files_of(known.folder):
        content = draft.content_of(record)
        if content is not None:
            contents[record.path.removeprefix(known.folder)] = content
    page = contents.pop(_PAGE, None)
    shown = _lost_page(known, known.revision) if page is None else _marked(page, known)
    kept = [draft.put(folder + name, content) for name, content in contents.items()]
    return [*kept, draft.put(folder + _PAGE, without_links(shown, contents))]


def mend_earlier(
    draft: Draft, published: Manifest, sound: Manifest, lost: Collection[str]
) -> Iterator[tuple[str, list[FileRecord]]]:
    """Of each earlier revision of which something is `lost`: its folder, and the records of what is left.

    Nothing can make it again. Its page no longer leads to what is gone; where the page is, another stands in its place.
    """
    for folder in sorted({urls.folder_of_report(path) for path in lost}):
        found = _EARLIER.match(folder)
        report = published.reports.get(found[1]) if found else None
        if found is None or report is None or folder in published.reports:
            continue
        left = sound.files_of(folder)
        named = {record.path.removeprefix(folder): record for record in left}
        page = draft.content_of(named.pop(_PAGE)) if _PAGE in named else None
        shown = _lost_page(report, int(found[2])) if page is None else page
        old = next(file for path, file in published.files.items() if path.startswith(f"{folder}/"))
        record = draft.put(folder + _PAGE, without_links(shown, named))
        yield folder, [*named.values(), replace(old, path=record.path, bytes=record.bytes, sha256=record.sha256)]


def is_earlier(published: Manifest, path: str) -> bool:
    """Whether a file is one of an earlier revision."""
    folder = urls.folder_of_report(path)
    found = _EARLIER.match(folder)
    return found is not None and found[1] in published.reports and folder not in published.reports


def _marked(page: bytes, known: PublishedReport) -> bytes:
    """The page with a banner on top that leads to the revision in its place."""
    own = f"{urls.earlier_folder(known.folder, known.revision)}{_PAGE}"
    href = urls.relative(own, f"{known.folder}{_PAGE}")
    banner = (
        f'<aside class="superseded" aria-label="Superseded"><strong>Superseded.</strong> This is '
        f"revision {known.revision}; its figures have been restated since. "
        f'<a href="{href}">The newest revision</a></aside>'
    )
    marked = page.replace(_TITLE, _TITLE + _SUPERSEDED, 1)
    return marked.replace(_TOP, _TOP + b"\n" + banner.encode("ascii"), 1)


def _lost_page(report: PublishedReport, revision: int) -> bytes:
    path = f"{urls.earlier_folder(report.folder, revision)}{_PAGE}"
    page = LostPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(report.scope, templating.STYLESHEET, templating.stylesheet())),
        label=report.label,
        revision=revision,
        newest=urls.relative(path, f"{report.folder}{_PAGE}"),
    )
    return templating.html("lost.html", page)


def without_links(page: bytes, there: Collection[str]) -> bytes:
    """The page without links to files of its own folder that are not `there` (names that begin with a slash)."""

    def kept(match: re.Match[bytes]) -> bytes:
        return match[0] if f"/{match[1].decode()}" in there else b"<a"

    return re.sub(rb'<a href="(data/[^"]+|report\.\w+)"(?: download| type="[^"]*")?', kept, page)
