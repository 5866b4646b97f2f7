"""People under pseudonyms: searched for by name, id and address in all that stands behind the lake."""

import shutil
from email import message_from_bytes, policy
from pathlib import Path

import duckdb
import pytest
from planted_zone import WORDS, put_zone, tenant_of, user_of
from unpacking import unpacked

from orchestration.building.build import build, is_built
from orchestration.loading.load import load
from orchestration.mailing.digests import write_digests
from orchestration.mailing.subscriptions import read_subscriptions
from orchestration.pseudonyms import AS_IT_WAS, PseudonymError, Pseudonyms, pseudonym
from orchestration.reporting import PublishError, publish
from orchestration.settings import MailSettings, Settings, SettingsError

KEYED = Pseudonyms("users", "a key")
# What user ids, users' names and addresses of the planted zone begin or end with.
TRACES = [trace.encode() for word in WORDS for trace in (f"{word.lower()} user ", f"@{word.lower()}.example")]


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("hidden")
    settings = Settings(
        raw=str(put_zone(folder / "raw")), warehouse=folder / "w.duckdb", site=folder / "site",
        pseudonymize="users", pseudonym_secret="a key",
    )  # fmt: skip
    load(settings.raw, settings.warehouse)
    build(settings.warehouse, folder / "dbt", pseudonyms=settings.pseudonyms)
    publish(settings)
    return settings


def traced(parts: list[bytes]) -> bool:
    return any(trace in part.lower() for part in parts for trace in TRACES)


def relations(settings: Settings) -> dict[str, bool]:
    """Every relation behind the lake, and whether a person can be recognised in it."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        names = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema not in ('lake', 'audit', 'information_schema') order by 1"
        ).fetchall()
        words = " or ".join(f"contains(said, '{trace.decode()}')" for trace in TRACES)
        rows = "select count(*) from (select lower(cast(t as varchar)) as said from {} as t) where {}"
        return {name: con.execute(rows.format(name, words)).fetchone() != (0,) for (name,) in names}


def test_nobody_is_named_behind_the_lake(hidden: Settings, tmp_path: Path) -> None:
    found = relations(hidden)
    assert len(found) > 100 and [name for name, is_traced in found.items() if is_traced] == []
    files = [path for path in hidden.site.rglob("*") if path.is_file()]
    assert len(files) > 500 and [path for path in files if traced(list(unpacked(path)))] == []
    done = write_digests(hidden, MailSettings("usage@platform.example", "https://reports.example", None), tmp_path)
    assert len(done.sent) == len(WORDS)
    for path in tmp_path.iterdir():
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        texts = [part.get_content().encode() for part in letter.walk() if part.get_content_maintype() == "text"]
        assert not traced([str(letter["Subject"]).encode(), *texts])


def test_mail_still_finds_its_readers(hidden: Settings) -> None:
    readers = {each.email for each in read_subscriptions(hidden.warehouse)}
    broken = {f"x@{word.lower()}.example\r\nBcc: all@platform.example" for word in WORDS}
    assert readers == {f"ceo@{word.lower()}.example" for word in WORDS} | broken


def test_one_person_has_one_pseudonym_everywhere(hidden: Settings) -> None:
    tenant, user = tenant_of("Quokka"), user_of("Quokka", 6)
    alias = pseudonym("a key", tenant, user)
    with duckdb.connect(str(hidden.warehouse), read_only=True) as con:
        for relation, column in (
            ("marts.dim_users", "user_name"),
            ("marts.fct_usage_daily", "user_id"),
            ("marts.dim_budgets", "scope_id"),
            ("marts.mart_training_completion", "user_id"),
            ("marts.mart_user_activation", "user_id"),
        ):
            own = con.execute(f"select count(*) from {relation} where tenant_id = ? and {column} = ?", [tenant, alias])
            assert own.fetchone() != (0,), relation
        [(builders,)] = con.execute("select count(distinct created_by) from marts.dim_items").fetchall()
        assert builders == len(WORDS)
    assert alias != pseudonym("a key", tenant_of("Wombat"), user) != pseudonym("another", tenant, user)


def test_it_stays_so_and_never_without_the_key(hidden: Settings, tmp_path: Path) -> None:
    assert is_built(hidden.warehouse, to=None) and is_built(hidden.warehouse, to=None, pseudonyms=KEYED)
    assert not is_built(hidden.warehouse, to=None, pseudonyms=Pseudonyms("users", "another"))
    with pytest.raises(PseudonymError, match="TALLYBOOK_PSEUDONYM_SECRET"):
        build(hidden.warehouse, tmp_path, full_refresh=True, pseudonyms=AS_IT_WAS)
    with pytest.raises(PseudonymError, match="pseudonyms by another key"):
        build(hidden.warehouse, tmp_path, pseudonyms=Pseudonyms(None, "another"))
    assert [name for name, is_traced in relations(hidden).items() if is_traced] == []


def test_settings_name_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="TALLYBOOK_PSEUDONYM_SECRET is not set.*"):
        Settings.from_env({"TALLYBOOK_PSEUDONYMIZE": "users"}, needs_raw=False)
    with pytest.raises(SettingsError, match="TALLYBOOK_PSEUDONYMIZE='all' is neither users nor none"):
        Settings.from_env({"TALLYBOOK_PSEUDONYMIZE": "all"}, needs_raw=False)


def test_names_come_and_go_with_a_whole_build(tiny_zone: Path, tiny_built: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_built, tmp_path, dirs_exist_ok=True)
    settings = Settings(raw=str(tiny_zone), warehouse=tmp_path / "w.duckdb", site=tmp_path / "site")
    publish(settings)

    def names() -> list[tuple]:
        with duckdb.connect(str(settings.warehouse), read_only=True) as con:
            columns = "tenant_id, user_id, user_name, email"
            return con.execute(f"select {columns} from marts.dim_users order by all").fetchall()

    before = names()
    assert build(settings.warehouse, tmp_path / "dbt", pseudonyms=KEYED).is_full_refresh
    assert not {row[1] for row in before if row[1] != "(none)"} & {row[1] for row in names()}
    # What was published names people: neither it nor its earlier revisions may stay.
    with pytest.raises(PublishError, match="under other names"):
        publish(settings)
    assert build(settings.warehouse, tmp_path / "dbt", pseudonyms=Pseudonyms("none")).is_full_refresh
    assert names() == before
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("insert into audit.month_closings (entry_no, action, month) values (1, 'close', '2026-01')")
    with pytest.raises(PseudonymError, match="closed months stand as they are"):
        build(settings.warehouse, tmp_path / "dbt", pseudonyms=KEYED)
    assert names() == before
