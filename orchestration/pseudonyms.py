"""Pseudonyms of people, `lake.pseudonyms`: the same in every table and run, and no way back without the key.

The table is of the lake, where the people are. Whatever stands behind it reads it in staging and has pseudonyms alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from orchestration.errors import TallybookError

USERS, NOBODY = "users", "none"
_TABLE = """
    create table if not exists lake.pseudonyms (
        tenant_id varchar not null, person varchar not null, pseudonym varchar not null,
        primary key (tenant_id, person))
"""
_NEW = """
    select people.tenant_id, people.person
    from ({people}) as people
    anti join lake.pseudonyms as known using (tenant_id, person)
    where people.person is not null
    order by people.tenant_id, people.person
"""
# Columns of the directory that name people by their id, each with the SQL condition under which it does.
DIRECTORY_PEOPLE = {
    ("directory_users", "user_id"): "true",
    ("directory_trainings", "user_id"): "true",
    ("directory_items", "created_by"): "true",
    ("directory_budgets", "scope_id"): "scope = 'user'",
    ("directory_alert_mutes", "subject_id"): "subject_type = 'user'",
}
# Those that name them by their address, which belongs to no tenant.
DIRECTORY_ADDRESSES = (("directory_tenants", "admin_email"), ("directory_subscriptions", "email"))


def people_query() -> str:
    """SQL for whoever is named in the lake: tenant_id ('' of an address) and person, each once, NULL among them."""
    from orchestration.loading.sources import SOURCES

    of_logs = {(source.table, column): "true" for source in SOURCES for column in source.people}
    return " union ".join(
        [
            f"select tenant_id, {column} as person from lake.{table} where {condition}"
            for (table, column), condition in (of_logs | DIRECTORY_PEOPLE).items()
        ]
        + [f"select '', {column} from lake.{table}" for table, column in DIRECTORY_ADDRESSES]
    )


class PseudonymError(TallybookError):
    """Pseudonyms cannot be made, or not like this."""


@dataclass(frozen=True)
class Pseudonyms:
    """Who is to get pseudonyms: `users`, `none`, or None for as it was; `secret` is the key."""

    who: str | None = None
    secret: str | None = field(default=None, repr=False)

    def wanted(self, present: str) -> str:
        """What the marts are to stand on, where `present` is what they stand on: "" or a mark of the key."""
        if self.who == NOBODY or (self.who is None and not present):
            return ""
        return present if self.secret is None else mark_of(self.secret)


AS_IT_WAS = Pseudonyms()


def mark_of(secret: str) -> str:
    """Tells keys apart, and does not tell the key."""
    return f"users {_hmac(secret, 'mark')}"


def pseudonym(secret: str, tenant_id: str, person: str) -> str:
    """The pseudonym of a user of a tenant or, without a tenant, of an address."""
    if not tenant_id:
        return f"person-{_hmac(secret, 'address', person)}@pseudonym.invalid"
    return f"user-{_hmac(secret, 'user', tenant_id, person)}"


def _hmac(secret: str, *parts: str) -> str:
    return hmac.new(secret.encode("utf-8"), json.dumps(parts).encode("utf-8"), hashlib.sha256).hexdigest()[:16]


def refresh(con: duckdb.DuckDBPyConnection, secret: str | None, *, again: bool) -> None:
    """Give everybody who has none a pseudonym; `again`: everybody, since the key is another. None: nobody has one."""
    if again or secret is None:
        con.execute("drop table if exists lake.pseudonyms")
    if secret is None:
        return
    con.execute(_TABLE)
    # Who is forgotten is called by a pseudonym in the lake already, and keeps it.
    con.execute("insert or ignore into lake.pseudonyms select distinct tenant_id, pseudonym, pseudonym "
                "from lake.forgotten")  # fmt: skip
    people = con.execute(_NEW.format(people=people_query())).fetchall()
    rows = [
        {"tenant_id": tenant, "person": person, "pseudonym": pseudonym(secret, tenant, person)}
        for tenant, person in people
    ]
    schema = pa.schema(dict.fromkeys(("tenant_id", "person", "pseudonym"), pa.string()))
    con.register("new_pseudonyms", pa.Table.from_pylist(rows, schema=schema))
    con.execute("insert into lake.pseudonyms select * from new_pseudonyms")
    con.unregister("new_pseudonyms")


def address_of(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The address behind each pseudonym of one; empty where nobody has any."""
    there = "select 1 from duckdb_tables() where schema_name = 'lake' and table_name = 'pseudonyms'"
    if not con.execute(there).fetchone():
        return {}
    return dict(con.execute("select pseudonym, person from lake.pseudonyms where tenant_id = ''").fetchall())
