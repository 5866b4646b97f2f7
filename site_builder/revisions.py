"""Earlier revisions of restated reports: they stay, beside the report, as they were."""

from pathlib import Path

from site_builder import urls, write
from site_builder.manifest import FileRecord, Manifest, PublishedReport


def keep_earlier(site: Path, published: Manifest, known: PublishedReport) -> list[FileRecord]:
    """Copy the files of a revision that is about to be replaced to where earlier ones stay; their records.

    What is no longer as it was published is not copied. Copies from before a crash are as good.
    """
    folder = urls.earlier_folder(known.folder, known.revision)
    kept = []
    for record in published.files_of(known.folder):
        path = folder + record.path.removeprefix(known.folder)
        content = write.content_of(site, record)
        if content is not None:
            if path.endswith("/index.html"):
                content = _marked(content, known)
            kept.append(write.put(site, path, content))
        elif (site / path).is_file():
            kept.append(write.put(site, path, (site / path).read_bytes()))
    return kept


def _marked(page: bytes, known: PublishedReport) -> bytes:
    """The page with a line that leads to the revision in its place."""
    main = b'<main id="report">'
    own = f"{urls.earlier_folder(known.folder, known.revision)}/index.html"
    href = urls.relative(own, f"{known.folder}/index.html")
    line = f'<p class="note">Revision {known.revision}, since restated. <a href="{href}">The newest revision</a></p>'
    return page.replace(main, main + b"\n" + line.encode("ascii"), 1)
