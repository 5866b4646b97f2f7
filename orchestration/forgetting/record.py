"""Who is forgotten, `lake.forgotten`: enough to know a person again in whatever lands later, and no name.

A mark is an HMAC of an id, a name or an address, by a key of this warehouse (`lake.forgetting_key`). Both outlive a
full refresh, and are kept a second time beside the warehouse.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from orchestration.loading.staging import stage_rows
from site_builder.forgetting.traces import UNSPACED

ID, TEXT, WORD = "id", "text", "word"
"""Kinds of marks: of an id in a column of people; of what is found within any text; of one word without digits or
signs, which is found within free texts, and elsewhere only where it is the whole."""
# Shorter ones, and numbers, stand in too many texts by chance.
_LEAST_ID, _LEAST_NAME = 4, 2
_REMEMBERED = 1 << 17
# Where a text may begin or end. Scripts without blanks between words have one at each letter.
_WORD = re.compile(f"[{UNSPACED}]|[^{UNSPACED}\\x00-/:-@\\[-`{{-\xbf\u2000-\u206f]+")
_MARKS = {"tenant_id": "varchar", "kind": "varchar", "size": "integer", "mark": "varchar", "pseudonym": "varchar"}


@dataclass(frozen=True)
class Person:
    """Who is to be forgotten. texts: names, addresses and whatever else they were known by."""

    tenant_id: str
    user_id: str
    texts: tuple[str, ...] = ()
    pseudonym: str = ""


class Forgotten:
    """Everybody who is forgotten, by marks alone."""

    def __init__(self, key: str, marks: Iterable[tuple[str, str, int, str, str]]) -> None:
        self._key = key.encode("ascii")
        self._pseudonyms: dict[str, str] = {}
        self._sizes: dict[tuple[str, str], set[int]] = defaultdict(set)
        for tenant, kind, size, mark, pseudonym in marks:
            self._pseudonyms[mark] = pseudonym
            self._sizes[tenant, kind].add(size)
        self.tenants = frozenset(tenant for tenant, _ in self._sizes)
        self._known: dict[tuple[str, str, str], str | None] = {}

    def __bool__(self) -> bool:
        return bool(self._pseudonyms)

    def person(self, tenant_id: str, user_id: str) -> str | None:
        """The pseudonym of a forgotten user; None of anybody else."""
        return self._found(ID, tenant_id, user_id) if tenant_id in self.tenants else None

    def text(self, tenant_id: str, text: str, *, is_free: bool) -> str:
        """The text with pseudonyms where it names forgotten people of the tenant. is_free: made of words, not a key."""
        return self._replaced(tenant_id, text, is_free) if tenant_id in self.tenants else text

    def is_known(self, tenant_id: str, text: str) -> bool:
        """Whether a whole text, such as an address, is what a forgotten person of the tenant was known by."""
        return any(self._found(kind, tenant_id, fold(text)) for kind in (TEXT, WORD))

    def named(self, tenant_id: str, text: str) -> str | None:
        """The pseudonym of the first forgotten person of the tenant whom a free text names."""
        return next((pseudonym for _, _, pseudonym in self._places(tenant_id, fold(text), True)), None)

    def _replaced(self, tenant_id: str, text: str, is_free: bool) -> str:
        parts, done = [], 0
        for begin, end, pseudonym in self._places(tenant_id, fold(text), is_free):
            parts += [text[done:begin], pseudonym]
            done = end
        return "".join([*parts, text[done:]]) if parts else text

    def _places(self, tenant_id: str, folded: str, is_free: bool) -> Iterator[tuple[int, int, str]]:
        """Where people are named in a folded text: begin, end and pseudonym of each."""
        if whole := self._found(TEXT, tenant_id, folded) or self._found(WORD, tenant_id, folded):
            yield 0, len(folded), whole
            return
        kinds = (TEXT, WORD) if is_free else (TEXT,)
        known = {(size, kind) for kind in kinds for size in self._sizes.get((tenant_id, kind), ())}
        sizes = sorted(known, reverse=True)
        words = [word.span() for word in _WORD.finditer(folded)]
        ends = {end for _, end in words}
        done = 0
        for at, _ in words:
            if at < done:
                continue
            for size, kind in sizes:
                if at + size in ends and (found := self._found(kind, tenant_id, folded[at : at + size])):
                    done = at + size
                    yield at, done, found
                    break

    def _found(self, kind: str, tenant_id: str, what: str) -> str | None:
        if len(what) not in self._sizes.get((tenant_id, kind), ()):
            return None
        asked = (kind, tenant_id, what)
        if asked not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[asked] = self._pseudonyms.get(mark_of(self._key, *asked))
        return self._known[asked]


def fold(text: str) -> str:
    """The text in small letters, as long as it was."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def mark_of(key: bytes, kind: str, tenant_id: str, what: str) -> str:
    """The mark of what a person is known by; of texts folded ones."""
    sealed = json.dumps([kind, tenant_id, what]).encode("ascii")
    return hmac.new(key, sealed, hashlib.sha256).hexdigest()


def sought_texts(person: Person) -> Iterator[tuple[str, str]]:
    """What a person is looked for by, as kind and text: the id, and all that says who they are in other texts."""
    yield ID, person.user_id
    texts = [*person.texts, *([person.user_id] if is_telling(person.user_id) else [])]
    forms = {_trimmed(fold(form)) for text in texts for form in (text, *_forms(text))}
    for text in sorted(forms):
        if len(text) >= _LEAST_NAME and any(char.isalpha() for char in text):
            yield (WORD if text.isalpha() else TEXT), text


def is_telling(user_id: str) -> bool:
    """Whether an id can be looked for in texts without finding it everywhere."""
    return len(user_id) >= _LEAST_ID and not user_id.isdigit()


def _trimmed(text: str) -> str:
    """A text from its first word to its last."""
    words = [word.span() for word in _WORD.finditer(text)]
    return text[words[0][0] : words[-1][1]] if words else ""


def _forms(text: str) -> tuple[str, str]:
    return unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)


def read_forgotten(con: duckdb.DuckDBPyConnection) -> Forgotten:
    """Everybody who is forgotten, by the tables of an opened warehouse that has its catalog."""
    row = con.execute("select key from lake.forgetting_key").fetchone()
    marks = con.execute(f"select {', '.join(_MARKS)} from lake.forgotten").fetchall()
    return Forgotten(row[0] if row else "", marks)


def forgetting_key(con: duckdb.DuckDBPyConnection) -> str:
    """The key of the marks, made where there is none."""
    con.execute("insert into lake.forgetting_key select $1 where not exists (from lake.forgetting_key)",
                [secrets.token_hex(32)])  # fmt: skip
    row = con.execute("select key from lake.forgetting_key").fetchone()
    assert row is not None
    return str(row[0])


def enter(con: duckdb.DuckDBPyConnection, person: Person) -> None:
    """Within the caller's transaction: have a person, who has a pseudonym, known as forgotten from now on."""
    stage_rows(con, "new_marks", _MARKS, marks_of(person, forgetting_key(con)))
    con.execute("insert into lake.forgotten by name from new_marks anti join lake.forgotten using (mark)")


def marks_of(person: Person, key: str) -> list[tuple[str, str, int, str, str]]:
    """The rows of a person in lake.forgotten."""
    tenant = person.tenant_id
    return [
        (tenant, kind, len(what), mark_of(key.encode("ascii"), kind, tenant, what), person.pseudonym)
        for kind, what in sought_texts(person)
    ]


def pseudonyms_of_forgotten(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], None]:
    """Tenant and pseudonym of everybody who is forgotten, in order."""
    rows = con.execute("select distinct tenant_id, pseudonym from lake.forgotten order by all").fetchall()
    return dict.fromkeys(rows)
