"""A person's name out of a published site: texts are replaced where they stand, what is packed goes, to be made again.

This is done before the next build, which makes all of it again that the marts still show; what it cannot make any more,
earlier revisions above all, stays as it is left here.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from site_builder.files import manifest, urls, write
from site_builder.files.manifest import FileRecord, Manifest, PublishedReport
from site_builder.files.revisions import is_earlier, without_links
from site_builder.files.undisturbed import undisturbed
from site_builder.files.write import Draft
from site_builder.forgetting.traces import Traces
from site_builder.forgetting.unnaming import PACKED, TEXTS, cleared_text
from site_builder.words import formats

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Cleared:
    """files: paths in which the person was named; removed: those of them that were taken away, to be made again.

    The person's own pages, which go for good, are among the files by what they hold alone.
    """

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


def clear_site(
    site: Path, traces: Traces, as_of: Mapping[str | None, date], progress: Progress, *, is_trial: bool = False
) -> Cleared:
    """Take a person out of what is published.

    as_of: the last date that can be made again, by tenant (None: of all tenants together)
    is_trial: only say which files name the person

    Raises SiteError of a broken manifest, OSError.
    """
    if not is_trial:
        with undisturbed():
            write.finish(site)
    published = manifest.load(site)
    if is_trial:
        return _Clearing(site, published, traces, as_of, None).look(progress)
    with write.draft_of(site) as draft:
        clearing = _Clearing(site, published, traces, as_of, draft)
        cleared = clearing.look(progress)
        with undisturbed():
            draft.commit(clearing.after())
    for path in cleared.removed:
        (site / path).unlink(missing_ok=True)
    return cleared


class _Clearing:
    """What is found on the way through a site; new texts go into the draft at once, if there is one."""

    def __init__(
        self, site: Path, published: Manifest, traces: Traces, as_of: Mapping[str | None, date], draft: Draft | None
    ) -> None:  # fmt: skip
        self.site, self.published, self.traces, self.as_of, self.draft = site, published, traces, as_of, draft
        scopes = [scope for scope in published.scopes.values() if scope.tenant_id not in (None, traces.tenant_id)]
        self.others = {name for scope in scopes for name in (scope.tenant_id, formats.shown_name(scope.name)) if name}
        self.files = dict(published.files)
        self.changed: set[str] = set()
        self.packed: set[str] = set()
        # The person's own pages, which nothing has any more but under the pseudonym.
        self.own = {folder for folder, page in published.entities.items() if page.kind == "user"
                    and (page.tenant_id, page.key) == (traces.tenant_id, traces.user_id)}  # fmt: skip

    def look(self, progress: Progress) -> Cleared:
        """Look at every file that may name the person."""
        records = _records(self.published, self.traces.tenant_id)
        for done, record in enumerate(records, 1):
            content = _content(self.site / record.path)
            if self._is_own(record.path):
                self.packed.add(record.path)
            elif content is not None:
                self._look_at(record.path, content)
            progress(done, len(records))
        # A PDF's text is set in glyphs: it is taken for naming whom the files beside it name.
        named = {urls.folder_of_report(path) for path in self.changed}
        pdfs = [record.path for record in records if record.path.endswith(".pdf")]
        self.packed |= {path for path in pdfs if urls.folder_of_report(path) in named and (self.site / path).is_file()}
        # Where a person's own page lay, the person's id tells.
        own = {path for path in self.packed if self._is_own(path)}
        said = {f"{path.split('/')[0]}/users/…/{path.split('/', 3)[3]}" for path in own}
        return Cleared(tuple(sorted((self.changed | self.packed) - own | said)), tuple(sorted(self.packed - own)))

    def after(self) -> Manifest:
        """The manifest of the cleared site. What is to be made again is still listed, so that a build misses it."""
        gone = {path for path in self.packed if _is_final(self.published, path, self.as_of) or self._is_own(path)}
        for path in gone:
            del self.files[path]
        for folder in {urls.folder_of_report(path) for path in gone}:
            self._unlink_in_page(folder)
        touched = {urls.folder_of_report(path) for path in self.changed | self.packed}
        reports = {folder: _report(report, self.traces, is_touched=folder in touched)
                   for folder, report in self.published.reports.items()}  # fmt: skip
        # names: what was made with them is to be looked at again.
        entities = {folder: page for folder, page in self.published.entities.items() if folder not in self.own}
        return replace(self.published, files=self.files, reports=reports, entities=entities, names="")

    def _is_own(self, path: str) -> bool:
        folder = urls.folder_of_report(path)
        return folder in self.own and path != urls.entity_list_data(folder.split("/")[0], "user")

    def _look_at(self, path: str, content: bytes) -> None:
        ending = Path(path).suffix
        if ending in TEXTS:
            is_of_all = "/" not in path or path.startswith(f"{urls.ALL_FOLDER}/")
            try:
                new = cleared_text(ending, content.decode("utf-8"), self.traces, self.others if is_of_all else set())
            except (ValueError, csv.Error):
                self.packed.add(path)  # damaged: nobody can tell what it says
                return
            if new is not None:
                self.changed.add(path)
                self._put(path, new)
        elif ending in PACKED and PACKED[ending](content, self.traces):
            self.packed.add(path)

    def _put(self, path: str, content: bytes) -> None:
        if self.draft is not None:
            record = self.draft.put(path, content)
            self.files[path] = replace(self.files[path], bytes=record.bytes, sha256=record.sha256)

    def _unlink_in_page(self, folder: str) -> None:
        """Let a page that nothing makes again lead to no file that is gone."""
        page = f"{folder}/index.html"
        if self.draft is None or page not in self.files or (content := _content(self.draft.find(page))) is None:
            return
        there = [path.removeprefix(folder) for path in self.files if path.startswith(f"{folder}/")]
        self._put(page, without_links(content, there))


def _is_final(published: Manifest, path: str, as_of: Mapping[str | None, date]) -> bool:
    """Whether nothing can remake a file: it is of an earlier revision, or of dates that the marts no longer show."""
    report = published.reports.get(urls.folder_of_report(path))
    if report is None:
        return is_earlier(published, path)
    return report.last > as_of.get(published.scopes[report.scope].tenant_id, date.min)


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
