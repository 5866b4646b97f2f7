"""A scope whose folder has another name now, since the secret of the links changed."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from site_builder.files.manifest import Manifest
from site_builder.files.write import Draft
from site_builder.planning.scopes import Scope


def follow_renames(draft: Draft, published: Manifest, found: Sequence[Scope]) -> dict[str, str]:
    """Have what is published in the folders that the present link secret gives, so that old links end.

    Old paths of files with their new ones; `published` says the new ones.
    """
    present = {scope.tenant_id: scope.folder for scope in found}
    renamed = {}
    for old, scope in list(published.scopes.items()):
        new = present.get(scope.tenant_id, old)
        if new == old:
            continue
        published.scopes[new] = replace(published.scopes.pop(old), folder=new)
        for folder in [report.folder for report in published.of_scope(old)]:
            record = published.reports.pop(folder)
            moved = new + folder.removeprefix(old)
            published.reports[moved] = replace(record, folder=moved, scope=new)
        for path in [path for path in published.files if path.startswith(f"{old}/")]:
            file = published.files.pop(path)
            renamed[path] = new + path.removeprefix(old)
            published.files[renamed[path]] = replace(file, path=renamed[path], scope=new if file.scope else None)
            with suppress(FileNotFoundError):
                draft.move(path, renamed[path])
    return renamed
