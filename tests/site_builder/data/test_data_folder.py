"""`<scope>/data/`: every digit of the marts, each tenant's own, harmless in spreadsheets, rewritten only if changed."""

import csv
import os
import shutil
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from site_builder.build import build_site
from site_builder.data import files
from site_builder.files import urls
from site_builder.files.manifest import load
from site_builder.gather.tables import LEFT_TO_THE_WAREHOUSE

PUBLISHERS = ("mart_margin_monthly", "mart_data_findings", "mart_budget_backtest")


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(table: pa.Table) -> bytes:
    return files.csv_bytes(files.for_csv(duckdb.connect(), table))


def query(warehouse: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize("scope", ["all", "acme"])
def test_every_digit_is_that_of_the_mart(small_marts: Path, small_site: Path, scope: str) -> None:
    where = "" if scope == "all" else "where tenant_id = 'acme'"
    wanted = query(
        small_marts,
        f"select tenant_id, user_id, usage_date, requests, credits from marts.mart_user_daily {where} order by all",
    )
    stored = pq.read_table(small_site / scope / "data/mart_user_daily.parquet")
    columns = ["tenant_id", "user_id", "usage_date", "requests", "credits"]
    assert [tuple(row.values()) for row in stored.select(columns).to_pylist()] == wanted
    listed = csv_rows(small_site / scope / "data/mart_user_daily.csv")
    assert [
        (row["tenant_id"].removeprefix("'"), row["user_id"], date.fromisoformat(row["usage_date"]),
         int(row["requests"]), Decimal(row["credits"]))
        for row in listed
    ] == wanted  # fmt: skip
    assert len(wanted) > 100


def test_a_tenant_has_its_own_rows_of_its_own_tables(small_marts: Path, small_site: Path) -> None:
    names = {path.stem for path in (small_site / "acme/data").glob("*.parquet")}
    everything = {path.stem for path in (small_site / "all/data").glob("*.parquet")}
    assert {"mart_tenant_daily", "mart_credit_statement", "dim_users", "dim_models", "dim_model_rates"} <= names
    assert names < everything and set(PUBLISHERS) <= everything
    assert not [name for name in names if name.startswith((*PUBLISHERS, "mart_audit"))]
    assert not everything & LEFT_TO_THE_WAREHOUSE
    for name in names:
        table = pq.read_table(small_site / f"acme/data/{name}.parquet")
        if "tenant_id" in table.column_names:
            assert set(table["tenant_id"].to_pylist()) <= {"acme"}, name
    models = {model for (model,) in query(
        small_marts, "select distinct model_id from marts.mart_model_daily where tenant_id = 'acme'")}  # fmt: skip
    shown = pq.read_table(small_site / "acme/data/dim_models.parquet")["model_id"].to_pylist()
    assert set(shown) == models - {"(none)"} and "unused" not in shown


def test_no_byte_of_a_tenants_folder_names_another(small_marts: Path, small_site: Path) -> None:
    tenants = [tenant for (tenant,) in query(small_marts, "select tenant_id from marts.dim_tenants")]
    words = dict(query(small_marts, "select tenant_id, tenant_name from marts.dim_tenants"))
    for tenant in tenants:
        others = [word for other in tenants if other != tenant for word in (words[other], urls.tenant_folder(other))]
        for path in (small_site / urls.tenant_folder(tenant) / "data").iterdir():
            text = _text(path)
            assert not [other for other in others if other in text], path


def _text(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            return "".join(packed.read(name).decode("utf-8") for name in packed.namelist())
    return path.read_text("utf-8")


def test_runnable_text_is_defused_in_csv_alone() -> None:
    names = ["=1+1", "+1", "-1", "@x", "\ty", "\rz", "plain", 'a "b", c', "line\nbreak", "", None]
    table = pa.table({"name": names, "credits": pa.array([Decimal("-0.000001")] * 11, pa.decimal128(38, 6))})
    text = told(table).decode()
    rows = list(csv.reader(text.splitlines(keepends=True)))
    assert [row[0] for row in rows[1:7]] == ["'=1+1", "'+1", "'-1", "'@x", "'\ty", "'\rz"]
    assert [row[0] for row in rows[7:]] == ["plain", 'a "b", c', "line\nbreak", "", ""]
    assert {row[1] for row in rows[1:]} == {"-0.000001"}
    assert text.endswith('"",-0.000001\n,-0.000001\n')
    assert pq.read_table(pa.BufferReader(files.parquet_bytes(table)))["name"].to_pylist() == names


def test_amounts_are_never_written_with_an_exponent() -> None:
    values = [Decimal("0.000001"), Decimal("0.000000"), Decimal("12345678901234567890.000001"), None]
    six = pa.table({"credits": pa.array(values, pa.decimal128(38, 6))})
    lines = told(six).decode().splitlines()[1:4]
    assert lines == [f"{value:f}" for value in values if value is not None]
    twelve = pa.table({"cost": pa.array([Decimal("0.000000000001"), Decimal("0E-12")], pa.decimal128(38, 12))})
    assert told(twelve).decode() == 'cost\n"0.000000000001"\n"0.000000000000"\n'


def test_instants_are_utc() -> None:
    table = pa.table({"at": pa.array([datetime(2026, 11, 21, 9, 0, 0, 5, UTC)], pa.timestamp("us"))})
    assert told(table) == b'at\n"2026-11-21T09:00:00.000005Z"\n'
    assert str(pq.read_schema(pa.BufferReader(files.parquet_bytes(table))).field("at").type) == "timestamp[us, tz=UTC]"


def test_the_dictionary_explains_each_column_of_each_file(small_site: Path) -> None:
    for scope in ("all", "acme"):
        folder = small_site / scope / "data"
        explained = {(row["table_name"], row["column_name"]) for row in csv_rows(folder / "dictionary.csv")}
        tables = {table for table, _ in explained}
        assert tables == {path.stem for path in folder.glob("*.parquet")}
        for table in ("mart_tenant_daily", "mart_user_daily", "dim_budgets"):
            columns = pq.read_schema(folder / f"{table}.parquet").names
            assert {(table, column) for column in columns} <= explained


def test_only_what_changed_is_written_anew(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(small_site, site)
    records = load(site).files
    assert {path for path in records if path.startswith("acme/data/")} == {
        f"acme/data/{path.name}" for path in (site / "acme/data").iterdir()
    }
    for path in site.rglob("*"):
        os.utime(path, (1, 1))
    (site / "acme/data/mart_team_daily.csv").unlink()
    build_site(small_marts, site, changed={})
    new = [path for path in site.rglob("*") if path.is_file() and path.stat().st_mtime > 1]
    written = {path.relative_to(site).as_posix() for path in new}
    assert "acme/data/mart_team_daily.csv" in written
    assert not [path for path in written if "/data/" in path and not path.startswith("acme/data/mart_team_daily.")]
    assert load(site).files == records
