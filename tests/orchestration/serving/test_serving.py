"""The serving file: what BI tools read. Nothing is lost by joining, and no reader keeps a run waiting."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.building.dbt_runner import ensure_manifest
from orchestration.building.state import UnbuiltError, begin_build
from orchestration.checking.doctor import examine
from orchestration.cli import main
from orchestration.pipeline import Pipeline
from orchestration.serving.faults import serving_faults
from orchestration.serving.keys import DIMENSIONS, Dimension
from orchestration.serving.meanings import read_marts
from orchestration.serving.serve import STORAGE_VERSION, is_current, serve
from orchestration.serving.writing import MOST_ROWS_WITH_KEYS
from orchestration.settings import Settings
from orchestration.warehouse import serving_file

READER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
count = "select count(*) from marts.fct_usage_daily"
print(con.execute(count).fetchone()[0], flush=True)
sys.stdin.readline()
print(con.execute(count).fetchone()[0], flush=True)
"""


@pytest.fixture(scope="module")
def built(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse that was built and served; a test that changes it takes a copy."""
    folder = tmp_path_factory.mktemp("serving")
    settings = Settings(raw=str(tiny_zone), warehouse=folder / "w.duckdb", site=folder / "site")
    pipeline = Pipeline(settings)
    pipeline.load()
    pipeline.build()
    pipeline.serve()
    return settings


@pytest.fixture
def copied(built: Settings, tmp_path: Path) -> Settings:
    """A copy of it, of which nothing is served yet."""
    shutil.copytree(
        built.warehouse.parent, tmp_path / "copy", ignore=shutil.ignore_patterns("*.serving.duckdb*", "raw")
    )
    return replace(built, warehouse=tmp_path / "copy" / "w.duckdb")


@pytest.fixture(scope="module")
def served(built: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(serving_file(built.warehouse)), read_only=True) as con:
        yield con


def one(con: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = con.execute(query).fetchone()
    assert row is not None
    return row


def with_column(con: duckdb.DuckDBPyConnection, *columns: str) -> list[str]:
    rows = con.execute(
        "select table_name from duckdb_columns() where schema_name = 'marts' and column_name in (select unnest(?)) "
        "group by 1 having count(*) = ? order by 1",
        [list(columns), len(columns)],
    )
    return [name for (name,) in rows.fetchall()]


@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda each: each.table)
def test_a_join_with_a_dimension_loses_no_credit(served: duckdb.DuckDBPyConnection, dimension: Dimension) -> None:
    tables = [name for name in with_column(served, dimension.key, "credits") if not name.startswith("dim_")]
    assert tables
    for table in tables:
        join = f"inner join marts.{dimension.table} using ({dimension.key})"
        joined = one(served, f"select count(*), sum(credits) from marts.{table} {join}")
        assert joined == one(served, f"select count(*), sum(credits) from marts.{table}"), table


def test_a_join_with_the_dates_loses_no_credit_and_years_are_whole(served: duckdb.DuckDBPyConnection) -> None:
    for table in with_column(served, "usage_date", "credits"):
        joined = one(
            served, f"select sum(credits) from marts.{table} inner join marts.dim_dates on date_day = usage_date"
        )
        assert joined == one(served, f"select sum(credits) from marts.{table}"), table
    first, last, days = one(served, "select min(date_day), max(date_day), count(*) from marts.dim_dates")
    assert (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and (last - first).days + 1 == days
    named = "select iso_week, quarter, month, day_name, is_weekend from marts.dim_dates where date_day = '2026-11-21'"
    assert one(served, named) == ("2026-W47", "2026-Q4", "2026-11", "Saturday", True)


def test_each_tenant_has_a_member_for_what_names_nobody(served: duckdb.DuckDBPyConnection) -> None:
    tenants = served.execute("select tenant_id from marts.dim_tenants order by 1").fetchall()
    assert ("(none)",) in tenants and len(tenants) == 3
    for table, column in (("dim_teams", "team"), ("dim_users", "user"), ("dim_items", "item")):
        none = (
            f"select tenant_id from marts.{table} where {column}_id = '(none)' and {column}_name = '(none)' order by 1"
        )
        assert set(tenants) - {("(none)",)} <= set(served.execute(none).fetchall())


def test_whoever_a_row_names_is_a_member(copied: Settings) -> None:
    with duckdb.connect(str(copied.warehouse)) as con:
        lost = one(con, "select tenant_id, user_id from marts.fct_usage_daily where user_id <> '(none)' order by 1, 2")
        con.execute("delete from marts.dim_users where tenant_id = ? and user_id = ?", list(lost))
    serve(copied.warehouse)
    with duckdb.connect(str(serving_file(copied.warehouse)), read_only=True) as con:
        member = con.execute(
            "select user_name, is_inferred from marts.dim_users where tenant_id = ? and user_id = ?", list(lost)
        ).fetchall()
        assert member == [(lost[1], True)]
        joined = "select sum(credits) from marts.fct_usage_daily inner join marts.dim_users using (user_key)"
        assert one(con, joined) == one(con, "select sum(credits) from marts.fct_usage_daily")


def test_every_checked_mart_is_there_row_by_row(built: Settings, served: duckdb.DuckDBPyConnection) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{built.warehouse}' as warehouse (read_only)")
        con.execute(f"attach '{serving_file(built.warehouse)}' as serving (read_only)")
        con.execute("use warehouse")
        marts = con.execute("select table_name from information_schema.tables where table_catalog = 'warehouse' "
                            "and table_schema = 'marts' order by 1").fetchall()  # fmt: skip
        checked = {mart.name for mart in read_marts(ensure_manifest())}
        assert {name for (name,) in marts} <= checked
        dimensions = {each.table for each in DIMENSIONS}
        for name in sorted(checked - dimensions):
            columns = ", ".join(f'"{row[0]}"' for row in con.execute(f"describe warehouse.marts.{name}").fetchall())
            differ = (f"(select {columns} from warehouse.marts.{name} except all "
                      f"select {columns} from serving.marts.{name}) limit 1")  # fmt: skip
            assert con.execute(f"from {differ}").fetchall() == [], name
            count = "select count(*) from {}.marts." + name
            assert one(con, count.format("warehouse")) == one(con, count.format("serving"))
        for name in dimensions:
            own = f"select * exclude ({_key(name)}) from serving.marts.{name}"
            assert con.execute(f"from (select * from warehouse.marts.{name} except {own}) limit 1").fetchall() == [], (
                name
            )
    assert served.execute("from duckdb_views() where not internal").fetchall() == []


def _key(table: str) -> str:
    return next(each.key for each in DIMENSIONS if each.table == table)


def test_tables_columns_and_keys_say_what_they_are(served: duckdb.DuckDBPyConnection) -> None:
    assert served.execute("select table_name from duckdb_tables() where comment is null").fetchall() == []
    silent = "select table_name, column_name from duckdb_columns() where not internal and comment is null"
    assert served.execute(silent).fetchall() == []
    assert one(served, "select comment from duckdb_tables() where table_name = 'dim_users'")[0].endswith(
        "one row per tenant and user."
    )
    declared = served.execute(
        "select constraint_text from duckdb_constraints() where table_name = 'mart_user_daily' "
        "and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY') order by 1"
    ).fetchall()
    assert [text for (text,) in declared] == [
        "FOREIGN KEY (tenant_key) REFERENCES marts.dim_tenants(tenant_key)",
        "FOREIGN KEY (usage_date) REFERENCES marts.dim_dates(date_day)",
        "FOREIGN KEY (user_key) REFERENCES marts.dim_users(user_key)",
        "PRIMARY KEY(tenant_id, user_id, usage_date)",
    ]


def test_no_column_has_a_type_that_drivers_do_not_know(served: duckdb.DuckDBPyConnection) -> None:
    types = served.execute("select distinct data_type from duckdb_columns() where schema_name = 'marts'").fetchall()
    assert not {name for (name,) in types} & {"HUGEINT", "UHUGEINT"}


def test_what_the_readme_asks_gives_an_answer(served: duckdb.DuckDBPyConnection, project_dir: Path) -> None:
    lines = (project_dir / "README.md").read_text(encoding="utf-8").split("con.sql(", 1)[1].split(").df()", 1)[0]
    query = "".join(re.findall(r'"([^"]*)"', lines))
    rows = served.execute(query).fetchall()
    assert sum(credits for *_, credits in rows) == one(served, "select sum(credits) from marts.fct_usage_daily")[0]


def test_keys_tell_apart_what_bi_tools_take_for_one() -> None:
    user = DIMENSIONS[3]
    ids = [
        ("acme", "ann"),
        ("Acme", "ann"),
        ("acme", "Ann"),
        ("acme", "ann "),
        ("acmea", "nn"),
        ("acme", None),
        ("", ""),
    ]
    with duckdb.connect() as con:
        con.execute("create table t (tenant_id varchar, user_id varchar)")
        con.executemany("insert into t values (?, ?)", ids)
        keys = con.execute(f"select {user.expression('t')} from t").fetchall()
    assert len({key.strip().lower() for (key,) in keys}) == len(ids)


def test_large_tables_have_no_declared_keys(copied: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS_WITH_KEYS > 1
    monkeypatch.setattr("orchestration.serving.writing.MOST_ROWS_WITH_KEYS", 1)
    serve(copied.warehouse)
    with duckdb.connect(str(serving_file(copied.warehouse)), read_only=True) as con:
        keys = "from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY') and table_name = "
        assert con.execute(f"{keys} 'fct_usage_daily'").fetchall() == []
        assert con.execute(f"{keys} 'dim_users'").fetchall() != []
        assert "user_key" in {row[0] for row in con.execute("describe marts.fct_usage_daily").fetchall()}


def test_an_older_duckdb_may_read_it(served: duckdb.DuckDBPyConnection) -> None:
    [(tags,)] = served.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert tags["storage_version"] == f"{STORAGE_VERSION}+"
    assert tuple(map(int, STORAGE_VERSION.removeprefix("v").split("."))) <= (1, 4, 0)


def test_the_same_marts_give_the_same_tables_in_the_same_order(built: Settings, copied: Settings) -> None:
    serve(copied.warehouse)
    assert _content(built) == _content(copied)


def _content(settings: Settings) -> dict[str, list]:
    with duckdb.connect(str(serving_file(settings.warehouse)), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables() order by 1").fetchall()
        return {name: con.execute(f"from marts.{name}").fetchall() for (name,) in tables}


def test_where_nothing_changed_nothing_is_written(copied: Settings) -> None:
    file = serving_file(copied.warehouse)
    assert serve(copied.warehouse).is_written
    before = file.stat()
    file.with_name(f"{file.name}.new").write_bytes(b"left by a process that died")
    assert not serve(copied.warehouse).is_written
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not file.with_name(f"{file.name}.new").exists()
    file.unlink()
    assert serve(copied.warehouse).is_written
    file.write_bytes(b"damaged")
    assert not is_current(copied.warehouse) and serve(copied.warehouse).is_written and is_current(copied.warehouse)


def test_who_has_it_open_reads_on_and_keeps_nobody_waiting(copied: Settings) -> None:
    serve(copied.warehouse)
    file = serving_file(copied.warehouse)
    command = [sys.executable, "-c", READER, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin and reader.stdout
        before = int(reader.stdout.readline())
        with duckdb.connect(str(copied.warehouse)) as con:
            con.execute(
                "delete from marts.fct_usage_daily where tenant_id = (select min(tenant_id) from marts.dim_tenants)"
            )
        file.with_name(f"{file.name}.json").unlink()
        assert serve(copied.warehouse).is_written
        assert int(reader.communicate("go\n")[0]) == before > 0
    with duckdb.connect(str(file), read_only=True) as con:
        assert one(con, "select count(*) from marts.fct_usage_daily")[0] < before


def test_a_reader_of_the_warehouse_keeps_the_file_from_nobody(copied: Settings) -> None:
    serve(copied.warehouse)
    serving_file(copied.warehouse).unlink()
    command = [sys.executable, "-c", READER, str(copied.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout and int(reader.stdout.readline()) > 0
        assert serve(copied.warehouse).is_written and is_current(copied.warehouse)
        reader.communicate("go\n")


def test_half_built_marts_are_not_served(copied: Settings) -> None:
    from orchestration.building.build import last_build

    begin_build(copied.warehouse, last_build(copied.warehouse))
    with pytest.raises(UnbuiltError, match="partly new and partly old"):
        serve(copied.warehouse)
    assert not serving_file(copied.warehouse).exists()


def test_switched_off_there_is_none(copied: Settings) -> None:
    serve(copied.warehouse)
    pipeline = Pipeline(replace(copied, serving=False))
    assert pipeline.serve().is_removed and not serving_file(copied.warehouse).exists()
    assert not pipeline.serve().is_removed and not serving_file(copied.warehouse).exists()


def test_the_command_says_what_it_wrote_and_once(
    copied: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALLYBOOK_SERVING", "1")
    file = str(serving_file(copied.warehouse))
    assert main(["build", "--warehouse", str(copied.warehouse), "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("Serving  ") and line.endswith(file) for line in lines)
    summary = json.loads(lines[-1])
    assert summary["serving"]["file"] == file and summary["serving"]["tables"] > 40
    assert summary["serving"]["bytes"] == Path(file).stat().st_size and summary["seconds"]["serving"] > 0
    assert main(["build", "--warehouse", str(copied.warehouse)]) == 0
    assert "Serving" not in capsys.readouterr().out


def test_check_and_doctor_name_one_that_is_missing_or_was_changed(copied: Settings) -> None:
    file = serving_file(copied.warehouse)

    def doctor() -> tuple[bool, str]:
        found = next(each for each in examine(copied) if each.subject == "serving")
        return found.is_well, found.seen

    assert serving_faults(copied.warehouse) == [f"{file} is missing: tallybook build writes it"]
    assert doctor() == (False, f"{file} is missing")
    serve(copied.warehouse)
    assert serving_faults(copied.warehouse) == [] and doctor()[0]
    with duckdb.connect(str(copied.warehouse)) as con:
        con.execute(
            "delete from marts.fct_usage_daily where usage_date = (select max(usage_date) from marts.fct_usage_daily)"
        )
    [fault] = serving_faults(copied.warehouse)
    assert "fct_usage_daily has" in fault
    file.write_bytes(b"something else")
    assert not doctor()[0] and "is not what the last build wrote" in serving_faults(copied.warehouse)[0]
