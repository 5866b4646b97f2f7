"""LiteLLM records through the typing SQL, without files."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import duckdb

from orchestration.loading.foreign.litellm import typed_sql
from orchestration.loading.foreign.litellm_fields import LANDED_COLUMNS


def typed(*records: dict[str, Any] | str | None, landing_date: date = date(2026, 5, 5)) -> list[dict[str, Any]]:
    con = duckdb.connect()
    con.execute(
        "create table records (file_id integer, landing_date date, line_no bigint, record varchar, characters bigint)"
    )
    for line_no, record in enumerate(records, start=1):
        line = json.dumps(record) if isinstance(record, dict) else record
        con.execute("insert into records values (1, ?, ?, ?, ?)", [landing_date, line_no, line, len(line or "")])
    answer = con.execute(f"select * from ({typed_sql('records')}) order by line_no")
    names = [column[0] for column in answer.description]
    assert names == [
        *LANDED_COLUMNS,
        "reason",
        "detail",
        "raw_text",
        "unknown_fields",
        "refused_credits",
        "refused_cost_usd",
        "refused_amount",
        "refused_currency",
        "is_money_unknown",
    ]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def one(record: dict[str, Any] | str | None) -> dict[str, Any]:
    return typed(record)[0]


def fault(record: dict[str, Any] | str | None) -> tuple[str | None, str | None]:
    row = one(record)
    return row["reason"], row["detail"]
