"""Small sites made by hand, as a build leaves them: files, and the manifest that lists them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from site_builder.files import manifest
from site_builder.files.manifest import FileRecord, Manifest, PublishedScope

FIRST = {
    "index.html": "front 1", "all/index.html": "all 1", "acme/index.html": "acme 1",
    "acme/assets/report.0123456789.css": "css 1", "acme/daily/2026-11-20/index.html": "day 20",
    "acme/daily/2026-11-20/data/kpis.csv": "a,b\r\n", "acme/daily/2026-11-20/report.pdf": "%PDF",
    "acme/latest/daily/index.html": "→ 20", "acme/data/mart_x.parquet": "PAR1",
}  # fmt: skip
SECOND = FIRST | {
    "index.html": "front 2", "acme/index.html": "acme 2", "acme/latest/daily/index.html": "→ 21",
    "acme/assets/report.abcdef0123.css": "css 2", "acme/daily/2026-11-21/index.html": "day 21",
}  # fmt: skip
del SECOND["acme/assets/report.0123456789.css"]


def put_site(site: Path, texts: Mapping[str, str]) -> Path:
    """Make the folder hold exactly these files."""
    for path in site.rglob("*") if site.exists() else ():
        if path.is_file():
            path.unlink()
    records = {}
    for name, text in texts.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8", newline="")
        content = text.encode()
        records[name] = FileRecord(name, len(content), hashlib.sha256(content).hexdigest())
    scopes = {
        "all": PublishedScope("all", None, "All tenants", "UTC"),
        "acme": PublishedScope("acme", "acme", "Acme", "UTC"),
    }
    (site / manifest.FILE_NAME).write_bytes(manifest.to_bytes(Manifest(scopes=scopes, files=records)))
    return site


def seen(folder: Path) -> dict[str, str]:
    """What readers of a folder see, but for the manifest."""
    root = folder / "current"
    files = [path for path in root.resolve().rglob("*") if path.is_file() and path.name != manifest.FILE_NAME]
    return {path.relative_to(root.resolve()).as_posix(): path.read_bytes().decode() for path in files}
