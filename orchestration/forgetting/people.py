"""Who it is that is to be forgotten, and what is noted of them while that is under way."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from orchestration.errors import TallybookError
from orchestration.forgetting.record import (
    Forgotten,
    Person,
    enter,
    forgetting_key,
    pseudonyms_of_forgotten,
    read_forgotten,
)
from orchestration.pseudonyms import people_query, pseudonym

_TENANTS = """
    select tenant_id from lake.directory_tenants union select tenant_id from lake.usage_events
    union select tenant_id from lake.litellm_requests union select tenant_id from lake.billing_events
    union select tenant_id from lake.job_runs union select tenant_id from lake.forgotten"""


class ForgetError(TallybookError):
    """Nobody can be forgotten like this; the message names nobody."""


def find_person(
    con: duckdb.DuckDBPyConnection, tenant_id: str, user_id: str, also: Sequence[str], secret: str | None
) -> tuple[Person, Forgotten]:
    """The person with all names and addresses known of them; and everybody forgotten, if this were done.

    Raises ForgetError of an unknown tenant or user. One who was forgotten before is known by the marks.
    """
    if con.execute(f"select 1 from ({_TENANTS}) where tenant_id = $1", [tenant_id]).fetchone() is None:
        raise ForgetError("the warehouse has no such tenant (ids count letter by letter); nothing was done")
    before = read_forgotten(con)
    if (tenant_id, user_id) in pseudonyms_of_forgotten(con):
        raise ForgetError("this is a pseudonym: the person is forgotten already; nothing was done")
    alias = before.person(tenant_id, user_id)
    is_known = con.execute(
        f"select 1 from ({people_query()}) where tenant_id = $1 and person = $2", [tenant_id, user_id]
    )
    if alias is None and is_known.fetchone() is None:
        raise ForgetError("this tenant has no such user (ids count letter by letter); nothing was done")
    found = list(also)
    for name, email in con.execute(
        "select user_name, email from lake.directory_users where tenant_id = $1 and user_id = $2", [tenant_id, user_id]
    ).fetchall():
        found += [text for text in (name, email) if text]
    for (texts,) in con.execute(
        "select texts from lake.forgetting where tenant_id = $1 and user_id = $2", [tenant_id, user_id]
    ).fetchall():
        found += texts
    person = Person(tenant_id, user_id, tuple(dict.fromkeys(found)), alias or _alias(con, tenant_id, user_id, secret))
    return person, before


def begin(con: duckdb.DuckDBPyConnection, person: Person, figures: str) -> None:
    """Have the person known as forgotten from now on, and their names until `end`: what breaks off goes on by them."""
    con.begin()
    enter(con, person)
    rows, refused = found_so_far(con, person)
    end(con, person)
    con.execute(
        "insert into lake.forgetting select $1, $2, $3, coalesce(max(load_id), 0), $4, $5, $6 from lake.loads",
        [person.tenant_id, person.user_id, list(person.texts), figures, rows, refused],
    )
    con.commit()


def found_so_far(con: duckdb.DuckDBPyConnection, person: Person) -> tuple[int, int]:
    """In how many rows, and in how many refused texts, this forgetting found the person, calls that broke off too."""
    row = con.execute(
        "select lake_rows, refused from lake.forgetting where tenant_id = $1 and user_id = $2",
        [person.tenant_id, person.user_id],
    ).fetchone()
    return row or (0, 0)


def add_found(con: duckdb.DuckDBPyConnection, person: Person, rows: int, refused: int) -> None:
    """Note in how many more they were found."""
    con.execute(
        "update lake.forgetting set lake_rows = lake_rows + $3, refused = refused + $4 "
        "where tenant_id = $1 and user_id = $2", [person.tenant_id, person.user_id, rows, refused],
    )  # fmt: skip


def end(con: duckdb.DuckDBPyConnection, person: Person) -> None:
    """Keep the names no longer."""
    con.execute("delete from lake.forgetting where tenant_id = $1 and user_id = $2", [person.tenant_id, person.user_id])


def figures_before(con: duckdb.DuckDBPyConnection, person: Person) -> str | None:
    """The figures that a forgetting which broke off had noted, if nothing was loaded since."""
    row = con.execute(
        "select figures from lake.forgetting where tenant_id = $1 and user_id = $2 and figures <> '' "
        "and load_id + 1 >= (select max(load_id) from lake.loads)", [person.tenant_id, person.user_id],
    ).fetchone()  # fmt: skip
    return row[0] if row else None


def _alias(con: duckdb.DuckDBPyConnection, tenant_id: str, user_id: str, secret: str | None) -> str:
    """The pseudonym that the person has where everybody has one, else one by the same rule."""
    there = "select 1 from duckdb_tables() where schema_name = 'lake' and table_name = 'pseudonyms'"
    if con.execute(there).fetchone():
        row = con.execute(
            "select pseudonym from lake.pseudonyms where tenant_id = $1 and person = $2", [tenant_id, user_id]
        ).fetchone()
        if row:
            return str(row[0])
    return pseudonym(secret or forgetting_key(con), tenant_id, user_id)
