"""Notebooks get the marts as DataFrames, exact, in three lines."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from site_builder.notebooks import marts

README = Path(__file__).parents[2] / "README.md"


def test_the_three_lines_of_the_readme_give_what_the_mart_says(
    small_marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [block] = re.findall(r"((?:    .*\n)*    .*site_builder\.notebooks.*\n(?:    .*\n)+)", README.read_text("utf-8"))
    lines = [line[4:] for line in block.splitlines()]
    assert len(lines) == 3
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse/tallybook.serving.duckdb").symlink_to(small_marts)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    exec("\n".join(lines[:2]), scope)
    found = eval(lines[2], scope)
    with duckdb.connect(str(small_marts), read_only=True) as con:
        expected = con.execute(
            "select team_id, currency, sum(spend_amount) from marts.mart_spend_daily group by all order by all"
        ).fetchall()
    assert [(*key, value) for key, value in found.items()] == expected
    assert all(isinstance(value, Decimal) for value in found)


def test_tables_are_read_whole_and_typed_by_name(small_marts: Path) -> None:
    tables = marts(small_marts)
    days = tables["mart_tenant_daily"]
    assert isinstance(days, pd.DataFrame) and len(days) > 90
    assert str(days["credits"].dtype).startswith("decimal128(38, 6)")
    assert "mart_spend_daily" in tables and "dim_tenants" in list(tables) and "events" not in tables
    with pytest.raises(KeyError):
        tables["mart_of_nothing"]
    with pytest.raises(FileNotFoundError, match="there is no warehouse"):
        marts(small_marts.with_name("none.duckdb"))
