"""Mentions of items, teams and users on pages: each has a mark, by which it is linked while the thing has a page.

Links are no part of what a page says: they come and go with the pages that they lead to, and nothing is restated by it.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from site_builder.files import urls
from site_builder.files.manifest import PublishedEntity
from site_builder.files.urls import KINDS
from site_builder.pages.elements import Column, Value
from site_builder.words import phrases

_SIZE = 10
_NAMED = {"item_name": "item", "team_name": "team", "user_name": "user"}
# Columns whose row says in another column of what kind the thing is that they name.
_TYPED = {"subject_name": ("subject_type", "subject_id"), "scope_name": ("scope", "scope_id")}
_MENTION = re.compile(r'(?:<a href="[^"]*">)?(<bdi data-m="([\w-]+)">[^<]*</bdi>)(?:</a>)?')


@lru_cache(maxsize=100_000)
def mark(kind: str, tenant_id: str, key: str) -> str:
    """What marks mentions of one item, team or user: short, the same everywhere, and none of its id."""
    digest = hashlib.sha256(json.dumps([kind, tenant_id, key]).encode("utf-8")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")[:_SIZE]


def mark_of_cell(column: Column, row: Sequence[Value], columns: Sequence[Column]) -> str:
    """The mark of what a cell of a table names; empty where it names nothing that may have a page."""
    if column.name not in _NAMED and column.name not in _TYPED:
        return ""
    cells = {known.name: value for known, value in zip(columns, row, strict=True)}
    if column.name in _NAMED:
        kind: Value = _NAMED[column.name]
        key = cells.get(f"{kind}_id")
    else:
        kind, key = (cells.get(name) for name in _TYPED[column.name])
    tenant_id = cells.get("tenant_id")
    return mark_of(kind, tenant_id, key)


def mark_of(kind: Value, tenant_id: Value, key: Value) -> str:
    """The mark of what a row says it is about; empty where that has no page of its own."""
    is_thing = isinstance(kind, str) and isinstance(tenant_id, str) and isinstance(key, str)
    if not is_thing or kind not in KINDS or key == phrases.NONE_KEY:
        return ""
    return mark(str(kind), str(tenant_id), str(key))


def places(entities: Iterable[PublishedEntity], folder: str) -> dict[str, str]:
    """Where mentions lead on the pages of a scope's folder, by mark: of a tenant's to its own pages alone.

    Those of all tenants together lead to a tenant's page where they have none of their own.
    """
    is_all = folder == urls.ALL_FOLDER
    wanted = [page for page in entities if is_all or page.scope == folder]
    return {
        mark(page.kind, page.tenant_id, page.key): f"{page.folder}/index.html"
        for page in sorted(wanted, key=lambda page: (page.scope == folder, page.folder))
    }


def linked(page: bytes, path: str, there: Mapping[str, str]) -> bytes:
    """A page (its place is `path`) whose mentions lead to the pages that are `there`, by mark, and to nothing else."""

    def as_it_is_now(found: re.Match[str]) -> str:
        place = there.get(found[2], path)
        return found[1] if place == path else f'<a href="{urls.relative(path, place)}">{found[1]}</a>'

    return _MENTION.sub(as_it_is_now, page.decode("utf-8")).encode("utf-8")


def unmarked(page: str, gone: str) -> str:
    """A page whose mentions of `gone`, a mark, are names like any other."""

    def plain(found: re.Match[str]) -> str:
        return found[1].replace(f' data-m="{gone}"', "") if found[2] == gone else found[0]

    return _MENTION.sub(plain, page)
