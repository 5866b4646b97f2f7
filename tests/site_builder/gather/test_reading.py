"""The warehouse is opened once, read in whole, and closed before anything is drawn."""

import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from orchestration.defs.dbt_models import dbt_manifest
from site_builder.build import build_site
from site_builder.gather.reading import ROWS
from site_builder.gather.rows import rows_by_key
from site_builder.gather.view import Slice


def test_a_build_opens_the_warehouse_once(small_marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    connect = duckdb.connect

    def counted(database: str = ":memory:", *args: Any, **more: Any) -> duckdb.DuckDBPyConnection:
        opened.append(str(database))
        return connect(database, *args, **more)

    monkeypatch.setattr(duckdb, "connect", counted)
    day = date(2026, 2, 20)
    done = build_site(small_marts, tmp_path / "site", first=day, last=day, workers=1)
    assert done.reports
    assert opened.count(str(small_marts)) == 1


class _Pair(NamedTuple):
    one: int
    other: int


def test_columns_in_another_order_than_the_fields_are_refused() -> None:
    with duckdb.connect() as con:
        assert rows_by_key(con, "select 7 as span, 1 as one, 2 as other", _Pair) == {7: [_Pair(1, 2)]}
        with pytest.raises(TypeError, match="_Pair gives other, one"):
            rows_by_key(con, "select 7 as span, 2 as other, 1 as one", _Pair)


def test_every_list_of_a_slice_has_its_query() -> None:
    fields = set(Slice.__dataclass_fields__) - {"totals", "active_users"}
    assert {rows.field for rows in ROWS} == fields and len(ROWS) == len(fields)


def test_rows_of_a_mart_come_in_one_order_only() -> None:
    """Where a query lists rows as a mart has them, what makes one of them orders them, too: ties would fall anyhow."""
    keys = {node["name"]: node["config"]["meta"].get("primary_key") for node in dbt_manifest()["nodes"].values()}
    listing = [
        (rows.field, set(re.findall(r"marts\.(\w+)", rows.query)), rows.query.rsplit("order by", 1)[-1])
        for rows in ROWS
        if "group by" not in rows.query and "select distinct" not in rows.query
    ]
    plain = [(field, *marts, order) for field, marts, order in listing if len(marts) == 1]
    assert {"job_runs", "margins", "receivables"} < {field for field, _, _ in plain}
    assert [
        (field, key) for field, mart, order in plain for key in keys[mart] if not re.search(rf"\b{key}\b", order)
    ] == []
