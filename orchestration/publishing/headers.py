"""What a web server should say of each file."""

from __future__ import annotations

from orchestration.publishing.release import PublishingError, is_asset

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "png": "image/png",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_FOR_EVER = "public, max-age=31536000, immutable"
# A report can be published again: a browser may keep it, but asks first.
_ASK_FIRST = "no-cache"


def content_type(path: str) -> str:
    """The media type of a file of the site, with its charset where it is text. Raises PublishingError for others."""
    ending = path.rpartition(".")[2]
    if ending not in _TYPES:
        raise PublishingError(f"{path}: nothing is known of files that end in .{ending}")
    return _TYPES[ending]


def cache_control(path: str) -> str:
    """How long a browser may show a file without asking for it again."""
    return _FOR_EVER if is_asset(path) else _ASK_FIRST
