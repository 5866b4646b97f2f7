"""Checks that every link of the site leads somewhere, and none of a tenant's out of its folder."""

import html
import posixpath
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from site_builder import urls

_LINK = re.compile(r'\s(?:href|src)="([^"]*)"|http-equiv="refresh" content="0; url=([^"]*)"')
_IDENT = re.compile(r'\sid="([^"]*)"')


def broken_links(site: Path, pages: Iterable[str] | None = None) -> list[str]:
    """What is wrong with the links of `pages` (paths below the site; None: every page), one line each."""
    if pages is None:
        pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))

    @cache
    def is_file(path: str) -> bool:
        return (site / path).is_file()

    faults = []
    for page in pages:
        text = (site / page).read_text(encoding="utf-8")
        idents = None
        for match in _LINK.finditer(text):
            href = html.unescape(match.group(1) or match.group(2) or "")
            if href.startswith("data:"):
                continue
            if href.startswith("#"):
                idents = idents if idents is not None else set(_IDENT.findall(text))
                if href[1:] not in idents:
                    faults.append(f"{page}: no anchor {href}")
                continue
            fault = _fault(page, href, is_file)
            if fault:
                faults.append(f"{page}: {fault}")
    return faults


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
