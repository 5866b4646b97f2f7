"""A scope whose folder has another name now, since the secret of the links changed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from site_builder import write
from site_builder.manifest import Manifest
from site_builder.scopes import Scope


def follow_renames(site: Path, published: Manifest, found: Sequence[Scope]) -> None:
    """Move what is published to the folders that the present link secret gives, so that old links end."""
    present = {scope.tenant_id: scope.folder for scope in found}
    for old, scope in list(published.scopes.items()):
        new = present.get(scope.tenant_id, old)
        if new == old:
            continue
        write.move_folder(site, old, new)
        published.scopes[new] = replace(published.scopes.pop(old), folder=new)
        for folder in [report.folder for report in published.of_scope(old)]:
            record = published.reports.pop(folder)
            moved = new + folder.removeprefix(old)
            published.reports[moved] = replace(record, folder=moved, scope=new)
        for path in [path for path in published.files if path.startswith(f"{old}/")]:
            file = published.files.pop(path)
            moved = new + path.removeprefix(old)
            published.files[moved] = replace(file, path=moved, scope=new if file.scope else None)
