"""Knowing a forgotten person again by marks alone, in rows and in texts of every kind."""

import duckdb
import pytest

from orchestration.forgetting.record import Forgotten, Person, enter, fold, read_forgotten
from orchestration.forgetting.refused_texts import replace_refused, taken_out
from orchestration.forgetting.rows import replace_in
from orchestration.loading.lake.catalog import ensure_catalog

PERSON = Person("acme", "u-17", ("Zoë Quux", "zoe@acme.example", "Zo", "張偉", "(Dr. Z. Quux)"), "user-1")


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    ensure_catalog(con)
    con.execute("create table lake.directory_tenants as select unnest(['acme', 'zeta']) as tenant_id")
    enter(con, PERSON)
    return con


@pytest.fixture
def forgotten(con: duckdb.DuckDBPyConnection) -> Forgotten:
    return read_forgotten(con)


def test_a_charge_is_no_longer_of_a_forgotten_user_however_short_the_id(con: duckdb.DuckDBPyConnection) -> None:
    enter(con, Person("acme", "7", (), "user-2"))
    con.execute("create schema if not exists closing")
    con.execute(
        "create table closing.charges as select 'acme' as BillingAccountId, unnest(["
        """'{"tallybook/user":"7","tallybook/item":"7","env":"7"}', '{"tallybook/item":"7"}', null]) as Tags"""
    )
    assert replace_in(con, "closing.charges", read_forgotten(con)) == 1
    assert con.execute("select Tags from closing.charges").fetchall() == [
        ('{"tallybook/user":"user-2","tallybook/item":"7","env":"7"}',), ('{"tallybook/item":"7"}',), (None,),
    ]  # fmt: skip


def test_the_record_names_nobody(con: duckdb.DuckDBPyConnection) -> None:
    said = str(con.execute("from lake.forgotten").fetchall()).lower()
    assert "acme" in said and not any(text.lower() in said for text in (PERSON.user_id, *PERSON.texts))
    before = con.execute("from lake.forgotten").fetchall()
    enter(con, PERSON)
    assert con.execute("from lake.forgotten").fetchall() == before


@pytest.mark.parametrize(("text", "said"), [
    ("Zoë Quux", "user-1"), ("for ZOË QUUX, gone", "for user-1, gone"), ("Zoe\u0308 Quux", "user-1"),
    ("mail zoe@ACME.example!", "mail user-1!"), ("mail chloezoe@acme.example", "mail chloezoe@acme.example"),
    ("u-17 and u-171", "user-1 and u-171"), ("Zo's zone", "user-1's zone"), ("", ""),
    ("報告 給張偉的", "報告 給user-1的"), ("by (Dr. Z. Quux).", "by (user-1)."), ("---", "---"), ("nobody", "nobody"),
])  # fmt: skip
def test_free_texts_lose_whatever_the_person_was_known_by(forgotten: Forgotten, text: str, said: str) -> None:
    assert forgotten.text("acme", text, is_free=True) == said
    assert forgotten.text("zeta", text, is_free=True) == text


def test_a_key_loses_no_single_word_that_may_be_anything(forgotten: Forgotten) -> None:
    assert forgotten.text("acme", "zo-4-mini", is_free=False) == "zo-4-mini"
    assert forgotten.text("acme", "Zo", is_free=False) == "user-1"
    assert forgotten.text("acme", "p:zoe@acme.example", is_free=False) == "p:user-1"


def test_an_id_is_known_letter_by_letter(forgotten: Forgotten) -> None:
    assert forgotten.person("acme", "u-17") == "user-1"
    assert {forgotten.person("acme", "U-17"), forgotten.person("zeta", "u-17"), forgotten.person("acme", "")} == {None}


@pytest.mark.parametrize("user_id", ["7", "1234", "bo"])
def test_an_id_that_stands_everywhere_counts_where_people_stand(user_id: str) -> None:
    con = duckdb.connect()
    ensure_catalog(con)
    enter(con, Person("acme", user_id, (), "user-1"))
    forgotten = read_forgotten(con)
    assert forgotten.person("acme", user_id) == "user-1"
    assert forgotten.text("acme", f"error {user_id}", is_free=True) == f"error {user_id}"


def test_folding_keeps_every_place() -> None:
    assert all(len(fold(text)) == len(text) for text in ("İstanbul", "STRAßE", "ΑΣ", "\U0001f469\u200d\U0001f4bb"))


def test_rows_of_others_stay_as_they_are(con: duckdb.DuckDBPyConnection, forgotten: Forgotten) -> None:
    con.execute("""create table some_rows as select * from (values
        ('acme', 'u-17', 'Zoë Quux', 'user', 'u-17', 'Zoë Quux', '{"for":"zoe@acme.example"}', 5),
        ('acme', 'u-18', 'Zoë Quux', 'team', 'u-17', 'Zoë Quux', 'none', 6),
        ('zeta', 'u-17', 'Zoë Quux', 'user', 'u-17', 'Zoë Quux', 'Zoë Quux', 7)
    ) as v(tenant_id, user_id, user_name, subject_type, subject_id, subject_name, tags, credits)""")
    assert replace_in(con, "some_rows", forgotten) == 1
    assert con.execute("from some_rows order by credits").fetchall() == [
        ("acme", "user-1", "user-1", "user", "user-1", "user-1", '{"for":"user-1"}', 5),
        ("acme", "u-18", "Zoë Quux", "team", "u-17", "Zoë Quux", "none", 6),
        ("zeta", "u-17", "Zoë Quux", "user", "u-17", "Zoë Quux", "Zoë Quux", 7),
    ]
    assert replace_in(con, "some_rows", forgotten) == 0


def test_refused_texts_go_whole_but_for_other_tenants(con: duckdb.DuckDBPyConnection, forgotten: Forgotten) -> None:
    named = [
        '{"tenant_id": "acme", "user_id": "u-17"}', '{"note": {"by": ["Zo\\u00eb Quux"]}}', '{"cut": "Zo\\u00eb Quux',
        "acme,2026,u-17,9", "to=zoe%40acme.example", "Zo&#235; Quux",
    ]  # fmt: skip
    others = ['{"tenant_id": "zeta", "by": "Zoë Quux"}', "zeta,Zoë Quux,1", '{"tenant_id": "acme", "n": "u-1"}']
    con.executemany("insert into audit.quarantine (raw_text) values (?)", [[text] for text in (*named, *others, None)])
    assert replace_refused(con, "audit.quarantine", forgotten) == len(named)
    left = [text for (text,) in con.execute("select raw_text from audit.quarantine").fetchall()]
    assert sorted(filter(None, left)) == sorted([*[taken_out("user-1")] * len(named), *others])
