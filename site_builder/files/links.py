"""Checks that every link of the site leads somewhere, and none of a tenant's out of its folder."""

import html
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from site_builder.files import urls

_EXTERNAL = '<a rel="external noreferrer"'
_LINK = re.compile(r'\s(?:href|src)="([^"]*)"|http-equiv="refresh" content="0; url=([^"]*)"')
_IDENT = re.compile(r'\sid="([^"]*)"')


def broken_links(site: Path) -> list[str]:
    """What is wrong with the links of a site, one line each."""
    paths = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if path.is_file())
    pages = [path for path in paths if not path.startswith(".")]
    found = faults_of_links(pages, lambda path: site / path, cache(lambda path: (site / path).is_file()))
    return [f"{page}: {fault}" for page, faults in found.items() for fault in faults]


def faults_of_links(
    pages: Iterable[str], find: Callable[[str], Path], is_file: Callable[[str], bool]
) -> dict[str, list[str]]:
    """What is wrong with the links of each of the `pages` that has one that is; `find` says where a page lies."""
    return {page: faults for page in pages if (faults := list(_faults(page, find(page), is_file)))}


def _faults(page: str, path: Path, is_file: Callable[[str], bool]) -> Iterator[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    idents = None
    for match in _LINK.finditer(text):
        # The publisher's own links, of the configuration: the templates mark nothing else so.
        if text.endswith(_EXTERNAL, 0, match.start()):
            continue
        href = html.unescape(match.group(1) or match.group(2) or "")
        if href.startswith("data:"):
            continue
        if href.startswith("#"):
            idents = idents if idents is not None else set(_IDENT.findall(text))
            if href[1:] not in idents:
                yield f"no anchor {href}"
            continue
        if fault := _fault(page, href, is_file):
            yield fault


def _fault(page: str, href: str, is_file: Callable[[str], bool]) -> str | None:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return f"{href} leads out of the site"
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    scope = page.split("/")[0]
    if "/" in page and scope != urls.ALL_FOLDER and not target.startswith(f"{scope}/"):
        return f"{href} leads out of the scope's folder"
    if target.startswith(".."):
        return f"{href} leads out of the site"
    return None if is_file(target) else f"{href} leads nowhere"
