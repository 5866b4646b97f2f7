"""A scope whose folder has another name now, since the secret of the links changed."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from site_builder.files import urls
from site_builder.files.manifest import Manifest
from site_builder.files.write import Draft
from site_builder.planning.scopes import Scope


def follow_renames(draft: Draft, published: Manifest, found: Sequence[Scope]) -> dict[str, str]:
    """Have what is published in the folders that the present link secret gives, so that old links end.

    Old paths of files with their new ones; `published` says the new ones.
    """
    present = {scope.tenant_id: scope.folder for scope in found}
    renamed, folders = {}, {}
    for old, scope in list(published.scopes.items()):
        new = present.get(scope.tenant_id, old)
        if new == old:
            continue
        folders[old] = new
        published.scopes[new] = replace(published.scopes.pop(old), folder=new)
        for folder in [report.folder for report in published.of_scope(old)]:
            record = published.reports.pop(folder)
            moved = new + folder.removeprefix(old)
            published.reports[moved] = replace(record, folder=moved, scope=new)
        for folder in [folder for folder, entity in published.entities.items() if entity.scope == old]:
            page = published.entities.pop(folder)
            moved = new + folder.removeprefix(old)
            published.entities[moved] = replace(page, folder=moved, scope=new)
        for path in [path for path in published.files if path.startswith(f"{old}/")]:
            file = published.files.pop(path)
            renamed[path] = new + path.removeprefix(old)
            published.files[renamed[path]] = replace(file, path=renamed[path], scope=new if file.scope else None)
            with suppress(FileNotFoundError):
                draft.move(path, renamed[path])
    _lead_to(draft, published, folders)
    return renamed


def _lead_to(draft: Draft, published: Manifest, folders: Mapping[str, str]) -> None:
    """Have pages of all tenants, earlier revisions too, which nobody makes again, lead to the folders' new names."""
    if not folders:
        return
    old = re.compile(rf'(href="(?:\.\./)+)({"|".join(map(re.escape, folders))})/')
    for path, record in list(published.files.items()):
        if path.startswith(f"{urls.ALL_FOLDER}/") and path.endswith(".html"):
            with suppress(FileNotFoundError):  # what is damaged, others see to
                page = draft.find(path).read_text(encoding="utf-8")
                led = old.sub(lambda found: f"{found[1]}{folders[found[2]]}/", page)
                made = draft.put(path, led.encode("utf-8"))
                published.files[path] = replace(record, bytes=made.bytes, sha256=made.sha256)
