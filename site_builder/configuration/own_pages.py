"""Which items, teams and users get a page of their own: the table `pages` of tallybook.toml."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from site_builder.configuration.settings_file import SettingsFile
from site_builder.files.urls import KINDS

EVERY = "all"
LARGEST = 10
Wanted = int | str | tuple[str | tuple[str, ...], ...]
"""How many of the largest, EVERY, or ids; of all tenants together, pairs of tenant_id and id."""


@dataclass(frozen=True)
class OwnPages:
    """What is wanted by kind: in the folder of each tenant, and in that of all tenants together."""

    tenant: Mapping[str, Wanted] = field(default_factory=lambda: dict.fromkeys(KINDS, LARGEST))
    everyone: Mapping[str, Wanted] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def of(self, kind: str, *, is_all: bool) -> Wanted:
        """What is wanted of a kind in a scope."""
        return (self.everyone if is_all else self.tenant)[kind]

    def __str__(self) -> str:
        """The same text for the same wishes; a hash, since it stays in the site's manifest and ids may be people's."""
        text = repr((sorted(self.tenant.items()), sorted(self.everyone.items())))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


USUAL = OwnPages()
NONE = OwnPages(dict.fromkeys(KINDS, 0))


def read_own_pages(file: SettingsFile) -> OwnPages:
    """Those of a file; what it does not name is as usual. Raises ConfigurationError."""
    file.only(("pages",), ("tenant", "all"))
    for scope in ("tenant", "all"):
        file.only(("pages", scope), tuple(f"{kind}s" for kind in KINDS))
    return OwnPages(_wanted(file, "tenant", USUAL.tenant), _wanted(file, "all", USUAL.everyone))


def _wanted(file: SettingsFile, scope: str, usual: Mapping[str, Wanted]) -> dict[str, Wanted]:
    given = file.table("pages", scope)
    return {
        kind: _read(file, ("pages", scope, f"{kind}s"), given[f"{kind}s"]) if f"{kind}s" in given else usual[kind]
        for kind in KINDS
    }


def _read(file: SettingsFile, at: tuple[str, ...], value: Any) -> Wanted:
    if value == EVERY or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        found: Wanted = value
        return found
    if isinstance(value, list) and at[1] == "tenant" and all(isinstance(key, str) for key in value):
        return tuple(value)
    if isinstance(value, list) and at[1] == "all" and all(_is_pair(pair) for pair in value):
        return tuple(tuple(pair) for pair in value)
    ids = "a list of ids" if at[1] == "tenant" else "a list of pairs of tenant_id and id"
    return file.fail(at, f"how many of the largest, {EVERY!r}, or {ids} is wanted")


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)
