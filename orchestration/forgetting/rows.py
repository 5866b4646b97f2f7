"""Which texts of a table name forgotten people, and what stands there instead: the same for every table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from orchestration.forgetting.record import Forgotten
from orchestration.loading.lake.lake import quoted
from orchestration.loading.staging import stage_rows

PEOPLE: Mapping[str, str] = {
    "user_id": "true", "key_owner_id": "true", "end_user_id": "true", "created_by": "true",
    "scope_id": "scope = 'user'", "subject_id": "subject_type = 'user'",
}  # fmt: skip
"""Columns of people's ids, each with the SQL condition under which it is one."""
NAMES: Mapping[str, str] = {"user_name": "user_id", "scope_name": "scope_id", "subject_name": "subject_id"}
"""Columns of people's names, each with the column of its id: a namesake keeps the name."""
ADDRESSES = frozenset({"email", "admin_email"})
FREE_TEXTS = frozenset({
    "tags", "own_tags", "tag_key", "tag_value", "error_type", "error_message", "last_error", "description", "job_name",
    "item_name", "team_name", "department", "training_name", "role", "detail", "Tags", "ChargeDescription",
    "SkuPriceDetails", "muted_by", "note", "mute_note",
})  # fmt: skip
# Where a charge says whose use it is (macros/focus.sql): an id there is replaced however short it is.
_USER_OF_CHARGE = "tallybook/user"
_TENANTS = ("tenant_id", "BillingAccountId")
_NEVER = frozenset({
    "source", "tenant_id", "tenant_name", "BillingAccountId", "BillingAccountName", "month", "currency", "scope",
    "reason", "raw_text",
})  # fmt: skip
_AT_A_TIME = 1 << 14
_TYPES = {"tenant": "varchar", "old": "varchar", "new": "varchar"}


@dataclass(frozen=True)
class Replacements:
    """What to put into the columns of one table. columns: column → temporary table (tenant, old, new) of its texts."""

    tenant: str
    columns: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.columns)

    def value(self, column: str, row: str) -> str:
        """SQL for what stands in the column of `row` from now on."""
        here = f"{row}.{quoted(column)}"
        if column in NAMES and (of := NAMES[column]) in self.columns:
            return f"case when {self._is(of, row)} then {self._new(of, row)} else {here} end"
        return f"coalesce({self._new(column, row)}, {here})" if column in self.columns else here

    def touches(self, row: str) -> str:
        """SQL: whether anything of `row` is replaced."""
        return " or ".join(f"({self._is(column, row)})" for column in self.columns) or "false"

    def _is(self, column: str, row: str) -> str:
        return f"exists (select 1 {self._from(column, row)})"

    def _new(self, column: str, row: str) -> str:
        return f"(select any_value(replaced.new) {self._from(column, row)})"

    def _from(self, column: str, row: str) -> str:
        condition = PEOPLE.get(column, "true")
        if condition != "true":
            condition = f"{row}.{condition}"
        return (
            f"from {self.columns[column]} as replaced where replaced.tenant = {row}.{quoted(self.tenant)} "
            f"and replaced.old = {row}.{quoted(column)} and {condition}"
        )


def replacements(
    con: duckdb.DuckDBPyConnection, rows: str, columns: Mapping[str, str], forgotten: Forgotten, name: str
) -> Replacements:
    """Look through the rows of a query. columns: name → DuckDB type; name: begins those of the temporary tables."""
    tenant = next((column for column in _TENANTS if column in columns), None)
    if tenant is None:
        return Replacements("", {})
    stage_rows(con, f"{name}_tenants", {"tenant": "varchar"}, [(tenant_id,) for tenant_id in sorted(forgotten.tenants)])
    found: dict[str, str] = {}
    for column, kind in columns.items():
        if kind != "VARCHAR" or column in _NEVER or column in NAMES or column in ADDRESSES:
            continue
        condition = PEOPLE.get(column, "true")
        texts = con.execute(
            f"select distinct {quoted(tenant)}, {quoted(column)} from {rows} where {quoted(column)} is not null "
            f"and {condition} and {quoted(tenant)} in (select tenant from {name}_tenants)"
        )
        changed = _changed(column, _each(texts), forgotten)
        if changed:
            found[column] = f"{name}_{len(found)}"
            stage_rows(con, found[column], _TYPES, changed)
    return Replacements(tenant, found)


def replace_in(con: duckdb.DuckDBPyConnection, table: str, forgotten: Forgotten) -> int:
    """Replace names in a table of DuckDB where it stands; how many rows that was."""
    columns = {row[0]: row[1] for row in con.execute(f"describe {table}").fetchall()}
    found = replacements(con, table, columns, forgotten, "named")
    if not found:
        return 0
    names = [column for column in columns if column in found.columns or NAMES.get(column) in found.columns]
    values = ", ".join(f"{quoted(column)} = {found.value(column, 'named_rows')}" for column in names)
    row = con.execute(f"update {table} as named_rows set {values} where {found.touches('named_rows')}").fetchone()
    return int(row[0]) if row else 0


def _each(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """The rows of a result, a few at a time: ids of events are as many as the events."""
    while rows := found.fetchmany(_AT_A_TIME):
        yield from rows


def _changed(
    column: str, texts: Iterable[tuple[str, str]], forgotten: Forgotten
) -> list[tuple[str, str, str]]:  # fmt: skip
    changed = []
    for tenant, text in texts:
        if column in PEOPLE:
            new = forgotten.person(tenant, text) or text
        else:
            whose = _with_pseudonym(tenant, text, forgotten) if column == "Tags" else text
            new = forgotten.text(tenant, whose, is_free=column in FREE_TEXTS)
        if new != text:
            changed.append((tenant, text, new))
    return changed


def _with_pseudonym(tenant: str, tags: str, forgotten: Forgotten) -> str:
    members = json.loads(tags)
    user_id = members.get(_USER_OF_CHARGE)
    new = forgotten.person(tenant, user_id) if user_id else None
    if new is None:
        return tags
    return json.dumps(members | {_USER_OF_CHARGE: new}, ensure_ascii=False, separators=(",", ":"))
