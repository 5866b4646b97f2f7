"""The exported file: its types, order and bytes, what a linter of FOCUS 1.4 says of it, and how the command fails."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from focus_data_toolkit.model.validator import lint_focus_1_4_structure

from orchestration.building.build import built_variables
from orchestration.building.dbt_runner import run_dbt
from orchestration.cli import main
from orchestration.exporting import export_focus
from orchestration.warehouse import lake_root
from tests.focus.conftest import CONDITIONS, CONTRADICTIONS


def _export(warehouse: Path, out: Path, *more: str) -> int:
    return main(["export", "focus", "--warehouse", str(warehouse), "--out", str(out), "--json", *more])


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_linter_of_1_4_finds_nothing_but_the_virtual_currency(charged_warehouse: Path, tmp_path: Path) -> None:
    assert _export(charged_warehouse, tmp_path / "f.csv", "--version", "1.4") == 0
    rows = _csv(tmp_path / "f.csv")
    report = lint_focus_1_4_structure("Cost and Usage", rows, supported_conditions=CONDITIONS)
    assert {(each.rule, each.column) for each in report.violations} == CONTRADICTIONS
    assert {rows[each.row_index or 0]["PricingCurrency"] for each in report.violations} == {"CRD"}
    assert {(row["ServiceProviderName"], row["HostProviderName"]) for row in rows} == {("AI Platform", "AI Platform")}


def test_a_csv_shows_its_types(charged_warehouse: Path, tmp_path: Path) -> None:
    export_focus(charged_warehouse, tmp_path / "f.csv", version="1.2", file_format="csv")
    rows = _csv(tmp_path / "f.csv")
    assert len(rows) == 22
    for name in rows[0]:
        values = {row[name] for row in rows} - {""}
        if name.endswith(("Cost", "UnitPrice", "Quantity", "x_Credits")):
            assert all(re.fullmatch(r"-?\d+\.\d+", value) for value in values), name
        if re.fullmatch(r"(Billing|Charge)Period(Start|End)", name):
            assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) for value in values), name
    own = [name.startswith("x_") for name in rows[0]]
    assert own == sorted(own)


def test_a_parquet_file_is_typed_and_says_the_same(charged_warehouse: Path, tmp_path: Path) -> None:
    for file_format in ("csv", "parquet"):
        export_focus(charged_warehouse, tmp_path / f"f.{file_format}", version="1.2", file_format=file_format)
    table = pq.read_table(tmp_path / "f.parquet")
    assert table.schema.field("EffectiveCost").type == pa.decimal128(38, 12)
    assert table.schema.field("ChargePeriodStart").type == pa.timestamp("us", tz="UTC")
    effective = [row["EffectiveCost"] for row in _csv(tmp_path / "f.csv")]
    assert [f"{cost:.12f}" for cost in table["EffectiveCost"].to_pylist()] == effective
    assert table["x_ChargeId"].to_pylist() == [row["x_ChargeId"] for row in _csv(tmp_path / "f.csv")]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_charges_give_the_same_bytes(file_format: str, charged_warehouse: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export_focus(charged_warehouse, tmp_path / name, version="1.2", file_format=file_format)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_range_is_of_local_dates(charged_warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _export(charged_warehouse, tmp_path / "f.csv", "--from", "2026-11-03", "--to", "2026-11-04") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["rows"] == 7
    assert {row["x_ChargeDate"] for row in _csv(tmp_path / "f.csv")} == {"2026-11-03", "2026-11-04"}


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_an_empty_range_is_a_file_with_columns(file_format: str, charged_warehouse: Path, tmp_path: Path) -> None:
    out = tmp_path / "f"
    assert _export(charged_warehouse, out, "--format", file_format, "--from", "2020-01-01", "--to", "2020-01-31") == 0
    with duckdb.connect() as con:
        relation = con.sql(f"from read_{file_format}('{out}')")
        assert (len(relation.columns), len(relation.fetchall())) == (68, 0)


@pytest.mark.parametrize(
    "words", [["--version", "1.3"], ["--format", "xlsx"], ["--from", "2026-11-02", "--to", "2026-11-01"]]
)
def test_what_it_cannot_write_is_wrong_usage(words: list[str], charged_warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        _export(charged_warehouse, tmp_path / "f.csv", *words)
    assert stopped.value.code == 2
    assert not (tmp_path / "f.csv").exists()


def test_a_missing_mart_or_folder_is_named(
    charged_warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    assert _export(tmp_path / "empty.duckdb", tmp_path / "f.csv") == 1
    assert "there is no marts.mart_focus_cost_usage" in capsys.readouterr().err
    assert _export(charged_warehouse, tmp_path / "absent" / "f.csv") == 1
    assert "absent/f.csv cannot be written" in capsys.readouterr().err


def test_charges_that_break_a_rule_fail_a_test_that_each_build_runs(charged_warehouse: Path, tmp_path: Path) -> None:
    rules = {"assert_focus_rows_keep_the_rules", "assert_focus_foots"}
    of_build = json.loads((charged_warehouse.parent / "dbt" / "run_results.json").read_text(encoding="utf-8"))
    assert rules <= {each["unique_id"].split(".")[2] for each in of_build["results"] if each["status"] == "pass"}
    warehouse = tmp_path / charged_warehouse.name
    shutil.copy(charged_warehouse, warehouse)
    shutil.copytree(lake_root(charged_warehouse), lake_root(warehouse))
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update marts.mart_focus_cost_usage set BilledCost = BilledCost + 1")
    nodes = run_dbt(
        ["test", "--select", *rules],
        warehouse=warehouse,
        target=tmp_path / "dbt",
        variables=built_variables(warehouse),
    )
    assert {node.name for node in nodes if node.status == "fail"} == rules
