"""One call is one event: in both forms, in every version of LiteLLM, and in exports by different versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.loading.load import load
from tests.orchestration.loading.foreign.litellm_records import as_csv, as_lines
from tests.orchestration.loading.foreign.litellm_typing import typed
from tests.orchestration.loading.foreign.litellm_versions import FORMS, Record

BOTH = pytest.mark.parametrize("version", FORMS)
COUNTED = """
    select count(*), count(*) filter (is_cache_hit), count(*) filter (status = 'failure'), sum(spend_usd)::double
    from lake.litellm_requests"""


def calls_of(version: str) -> tuple[list[Record], list[Record]]:
    """Seven calls in both forms: two answers, two cache hits of the first, no id of a response, a failure, a poll."""
    row, message = FORMS[version]
    table, stream = [], []
    kinds: list[dict[str, Any]] = [
        {"id": "chatcmpl-1"},
        {"id": "chatcmpl-2"},
        {"id": "chatcmpl-1_cache_hit1777885202.{}", "cache_hit": "True", "spend": 0.0},
        {"id": "chatcmpl-1_cache_hit1777885203.{}", "cache_hit": "True", "spend": 0.0},
        {"id": None, "call_type": "aembedding"},
        {"id": None, "status": "failure", "spend": 0.0},
        {"id": "batch-1", "call_type": "aretrieve_batch", "request_id": "0123456789abcdef"},
    ]
    for second, kind in enumerate(kinds):
        call = f"call-{second}"
        told = kind["id"] or call
        common = {"litellm_call_id": call, "call_type": kind.get("call_type", "acompletion"),
                  "status": kind.get("status", "success")}  # fmt: skip
        table.append(
            row(
                request_id=kind.get("request_id", told.format("04101")),
                spend=kind.get("spend", 0.01),
                cache_hit=kind.get("cache_hit", "None"),
                startTime=f"2026-05-04T09:00:0{second}.124",
                **common,
            )
        )
        stream.append(
            message(
                id=told.format("0396953"),
                response_cost=kind.get("spend", 0.01),
                cache_hit=kind.get("cache_hit") == "True" or None,
                startTime=1777885200.1236 + second,
                **common,
            )
        )
    return table, stream


def counted(folder: Path, *landings: dict[str, str]) -> tuple[Any, ...]:
    (folder / "raw" / "directory").mkdir(parents=True)
    (folder / "raw" / "directory" / "tenants.csv").write_text("tenant_id,tenant_name\n", encoding="utf-8")
    for day, files in enumerate(landings, start=4):
        for name, text in files.items():
            file = folder / "raw" / "litellm" / f"2026-05-0{day}" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        load(str(folder / "raw"), folder / "w.duckdb")
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as con:
        return con.execute(COUNTED).fetchone() or ()


@BOTH
def test_each_form_alone_keeps_every_call_apart(version: str) -> None:
    for form in calls_of(version):
        assert len({row["event_id"] for row in typed(*form)}) == 7


@BOTH
def test_an_answer_has_one_id_in_both_forms(version: str) -> None:
    table, stream = calls_of(version)
    told = [(row["event_id"], row["call_key"]) for row in typed(*table, *stream)]
    answers = [0, 1, 4, 5]
    assert [told[place] for place in answers] == [told[7 + place] for place in answers]


@BOTH
def test_both_forms_together_are_the_calls_of_the_table(version: str, tmp_path: Path) -> None:
    table, stream = calls_of(version)
    assert counted(tmp_path, {"a.jsonl": as_lines(*stream)}, {"b.csv": as_csv(*table)}) == (7, 2, 1, 0.04)


def test_versions_of_one_table_and_the_stream_together_are_each_call_once(tmp_path: Path) -> None:
    exports = {f"{name[:4]}.jsonl": as_lines(*calls_of(name)[0]) for name in FORMS}
    stream = {"stream.jsonl": as_lines(*calls_of("1.104 and later")[1])}
    assert counted(tmp_path / "a", exports, stream) == (7, 2, 1, 0.04)
    assert counted(tmp_path / "b", stream, exports) == (7, 2, 1, 0.04)


def test_the_order_of_landing_does_not_matter(tmp_path: Path) -> None:
    table, stream = calls_of("1.84 to 1.90")
    parts = [{"a.jsonl": as_lines(*table[:4])}, {"b.jsonl": as_lines(*stream)}, {"c.csv": as_csv(*table)}]
    orders = (parts, parts[::-1], parts[1:] + parts[:1])
    seen = {counted(tmp_path / str(number), *order) for number, order in enumerate(orders)}
    assert seen == {(7, 2, 1, 0.04)}


@pytest.mark.parametrize("told", [None, "", "None"])
def test_calls_of_a_provider_without_ids_are_told_apart_by_their_own(told: str | None) -> None:
    _, message = FORMS["1.84 to 1.90"]
    rows = typed(*(message(id=told, litellm_call_id=f"call-{number}") for number in range(3)))
    assert [row["event_id"] for row in rows] == ["call-0", "call-1", "call-2"]


def test_calls_without_any_id_are_told_apart_by_what_they_say() -> None:
    _, message = FORMS["1.83"]
    rows = typed(*(message(id="None", startTime=1777885200.5 + number) for number in (0, 1, 1)))
    assert rows[0]["event_id"] != rows[1]["event_id"] == rows[2]["event_id"]
