"""Names out of a loaded warehouse: all or nothing, with as many rows, and beside pseudonyms that everybody has."""

from pathlib import Path

import duckdb
import pytest
from forgotten_zone import ANNIKA, put_zone

from orchestration.building.lake_state import audit_lake, require_whole_lake
from orchestration.forgetting.erasing import erase, look
from orchestration.forgetting.people import ForgetError, begin, find_person
from orchestration.forgetting.record import read_forgotten
from orchestration.loading.lake.lake import Lake
from orchestration.loading.load import load
from orchestration.progress import silent
from orchestration.pseudonyms import pseudonym, refresh
from orchestration.warehouse import lake_root, opened

NAMED = ("lake.usage_events", "lake.litellm_requests", "lake.job_runs", "lake.billing_events", "lake.directory_users",
         "lake.directory_items", "lake.directory_budgets", "lake.directory_trainings", "lake.directory_subscriptions",
         "lake.directory_alert_mutes",
         "lake.directory_tenants", "lake.directory_teams", "audit.quarantine")  # fmt: skip


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    load(str(put_zone(tmp_path / "raw")), tmp_path / "w.duckdb", quarantine_limit_pct=50)
    return tmp_path / "w.duckdb"


def naming(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Tables of which some row names the person."""
    words = " or ".join(f"contains(lower(cast(t as varchar)), lower('{text.replace(chr(39), chr(39) * 2)}'))"
                        for text in (ANNIKA["user_id"], ANNIKA["user_name"], ANNIKA["email"], "Ännika"))  # fmt: skip
    return {name for name in NAMED if con.execute(f"select count(*) from {name} as t where {words}").fetchone() != (0,)}


def state(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    rows = con.execute("select count(*), sum(credits), sum(input_tokens) from lake.usage_events").fetchall()
    rows += con.execute("select * exclude (loaded_at) from audit.load_audit order by all").fetchall()
    return rows + con.execute("select area, event_date, sum(rows) from lake.parts group by all order by all").fetchall()


def test_all_of_it_or_nothing(warehouse: Path) -> None:
    with opened(warehouse) as con:
        before, named = state(con), naming(con)
        assert named == set(NAMED)
        person, known = find_person(con, "acme", "annika.quux", ["Änni"], None)
        assert not known and set(person.texts) == {"Änni", ANNIKA["user_name"], ANNIKA["email"]}
        begin(con, person, "")

        class Failing(Lake):
            def publish(self, viewed: object) -> None:
                raise OSError("the disk is full")

        with pytest.raises(OSError, match="disk is full"):
            erase(con, Failing(con, lake_root(warehouse), 2), read_forgotten(con), silent)
        assert (state(con), naming(con)) == (before, named)
        found = look(con, Lake(con, lake_root(warehouse), 0), read_forgotten(con), silent)
        assert (state(con), naming(con)) == (before, named)
        # The names of a call that broke off are known to the next, which need not be told them.
        again, known = find_person(con, "acme", "annika.quux", [], None)
        assert known and (set(again.texts), again.pseudonym) == (set(person.texts), person.pseudonym)
        assert erase(con, Lake(con, lake_root(warehouse), 2), read_forgotten(con), silent) == found
        assert (state(con), naming(con)) == (before, set())
        assert con.execute("from lake.loads order by load_id desc limit 1").fetchone()[::2] == (2, True)  # type: ignore[index]
        with pytest.raises(ForgetError, match="this is a pseudonym"):
            find_person(con, "acme", person.pseudonym, [], None)
    require_whole_lake(warehouse)
    assert audit_lake(warehouse) == []


def test_a_namesake_elsewhere_is_untouched(warehouse: Path) -> None:
    tables = ("lake.usage_events", "lake.directory_users", "lake.directory_budgets", "audit.quarantine")
    with opened(warehouse) as con:

        def of_zeta() -> dict[str, list[tuple]]:
            said = "contains(cast(t as varchar), 'zeta')"
            return {name: con.execute(f"from {name} as t where {said} order by all").fetchall() for name in tables}

        before = of_zeta()
        assert all("sam.twin" in str(rows) for rows in before.values())
        person, _ = find_person(con, "acme", "sam.twin", [], None)
        begin(con, person, "")
        assert erase(con, Lake(con, lake_root(warehouse), 2), read_forgotten(con), silent).lake == 12
        assert of_zeta() == before
        own = con.execute("select distinct user_id from lake.usage_events where event_id like 'acme-%-1-9'")
        assert own.fetchall() == [(person.pseudonym,)]


def test_where_everybody_has_a_pseudonym_it_stays_the_same(warehouse: Path) -> None:
    with opened(warehouse) as con:
        refresh(con, "a key", again=False)
        person, _ = find_person(con, "acme", "annika.quux", [], "another key")
        assert person.pseudonym == pseudonym("a key", "acme", "annika.quux")
        begin(con, person, "")
        erase(con, Lake(con, lake_root(warehouse), 2), read_forgotten(con), silent)
        for again in (False, True):
            refresh(con, "a key", again=again)
            people = con.execute("select person, pseudonym from lake.pseudonyms where tenant_id = 'acme'").fetchall()
            assert (person.pseudonym, person.pseudonym) in people and "annika.quux" not in dict(people)
        addresses = con.execute("select lower(person) from lake.pseudonyms where tenant_id = ''").fetchall()
        assert (ANNIKA["email"].lower(),) not in addresses and ("boss@acme.example",) in addresses
