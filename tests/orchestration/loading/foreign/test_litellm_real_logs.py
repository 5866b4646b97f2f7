"""The log of a real LiteLLM proxy: its sums are the table's own, and what differs from the clients' has a name."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.loading.foreign.litellm import UNASSIGNED_TENANT
from orchestration.loading.load import load
from tests.orchestration.loading.foreign.litellm_typing import typed

LANDING = "litellm/2026-11-02"
TABLE = "LiteLLM_SpendLogs.jsonl"
TABLE_CSV = "LiteLLM_SpendLogs.csv"
PAYLOAD = "standard_logging.jsonl"
HALF_A_MICRODOLLAR = 0.0000005
KEYS = "coalesce(nullif(organization_id, ''), '{}') as tenant_id, nullif(team_id, '') as team_id"
OWN_SUMS = f"""
    select {{keys}}, count(*), sum(prompt_tokens), sum(completion_tokens), sum(spend)
    from (select {KEYS.format(UNASSIGNED_TENANT)}, coalesce(nullif(model_group, ''), model) as asked, prompt_tokens,
                 completion_tokens, spend from own_table)
    group by {{keys}} order by {{keys}}"""
LAKE_SUMS = """
    select {keys}, count(*), sum(prompt_tokens), sum(completion_tokens), sum(round(spend_usd, 6))::double
    from (select *, coalesce(model_group, model) as asked from lake.litellm_requests)
    group by {keys} order by {keys}"""


@pytest.fixture(scope="module")
def dev(shared_dir: Path) -> Path:
    return shared_dir / "data" / "litellm" / "dev"


def warehouse_of(folder: Path, files: Iterable[Path]) -> Path:
    landing = folder / "raw" / LANDING
    landing.mkdir(parents=True)
    (folder / "raw" / "directory").mkdir()
    (folder / "raw" / "directory" / "tenants.csv").write_text("tenant_id,tenant_name\n", encoding="utf-8")
    for file in files:
        shutil.copy(file, landing / file.name)
    warehouse = folder / "warehouse.duckdb"
    load(str(folder / "raw"), warehouse)
    return warehouse


@pytest.fixture(scope="module")
def from_table(dev: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse_of(tmp_path_factory.mktemp("table"), [dev / TABLE])


@pytest.fixture(scope="module")
def from_all(dev: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse_of(tmp_path_factory.mktemp("all"), [dev / TABLE, dev / TABLE_CSV, dev / PAYLOAD])


@pytest.fixture(scope="module")
def from_payload(dev: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse_of(tmp_path_factory.mktemp("payload"), [dev / PAYLOAD])


def answer(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


@pytest.mark.parametrize("named_since", ["1.91", "never"])
def test_a_table_that_does_not_name_its_calls_and_the_stream_are_each_call_once(
    dev: Path, from_table: Path, tmp_path: Path, named_since: str
) -> None:
    """As versions before 1.104 wrote the table: without a column for the call, and before 1.91 without it at all."""
    old = tmp_path / "old.jsonl"
    with old.open("w", encoding="utf-8") as out:
        for line in (dev / TABLE).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            del row["litellm_call_id"]
            if named_since == "never":
                del row["metadata"]["litellm_call_id"]
            out.write(json.dumps(row) + "\n")
    both = warehouse_of(tmp_path, [old, dev / PAYLOAD])
    sums = "count(*), count(*) filter (is_cache_hit), sum(prompt_tokens), sum(spend_usd)"
    sums = f"select {sums} from lake.litellm_requests"
    assert answer(both, sums) == answer(from_table, sums)


def lake(warehouse: Path) -> list[tuple[Any, ...]]:
    return answer(warehouse, "select * exclude (file_id, line_no) from lake.litellm_requests order by event_id")


@pytest.mark.parametrize("keys", ["tenant_id, team_id", "asked"])
def test_sums_agree_with_the_tables_own(dev: Path, from_table: Path, keys: str) -> None:
    con = duckdb.connect()
    con.execute(f"create view own_table as select * from read_json('{dev / TABLE}', maximum_object_size = 100000000)")
    own = con.execute(OWN_SUMS.format(keys=keys)).fetchall()
    ours = answer(from_table, LAKE_SUMS.format(keys=keys))
    assert [row[:-1] for row in ours] == [row[:-1] for row in own]
    for got, expected in zip(ours, own, strict=True):
        assert abs(got[-1] - expected[-1]) <= HALF_A_MICRODOLLAR * expected[-4] + 1e-9


def test_nothing_is_refused(from_all: Path) -> None:
    assert answer(from_all, "select count(*) from audit.quarantine") == [(0,)]
    assert answer(from_all, "select count(*) from audit.schema_drift") == [(0,)]


def test_all_forms_together_give_what_the_table_gives(from_table: Path, from_all: Path) -> None:
    assert lake(from_all) == lake(from_table)


def test_the_payload_differs_from_the_table_on_failures_and_names_of_unknown_models_only(
    from_table: Path, from_payload: Path
) -> None:
    columns = (
        "event_id, tenant_id, team_id, key_owner_id, end_user_id, status, prompt_tokens, completion_tokens, "
        "cached_tokens, reasoning_tokens, spend_usd, is_cache_hit, latency_ms, error_type"
    )
    query = f"select {columns} from lake.litellm_requests where status = '{{}}' order by event_id"
    good = query.format("success").replace("event_id,", "event_id, model_group, model, provider,", 1)
    assert answer(from_table, good) == answer(from_payload, good)
    failed = [answer(warehouse, query.format("failure")) for warehouse in (from_table, from_payload)]
    assert [row[0] for row in failed[0]] == [row[0] for row in failed[1]]
    assert all(row[6] == 0 and row[10] == 0 for row in failed[1])


def test_every_difference_from_what_the_clients_sent_has_a_name(dev: Path, from_table: Path) -> None:
    sent = {call["n"]: call for call in json.loads((dev / "client_calls.json").read_text(encoding="utf-8"))}
    logged = logged_calls(dev, from_table)
    classes = Counter(class_of(row, sent) for row in logged)
    assert sum(classes.values()) == 501
    assert classes == {
        "as the client sent it": 359,
        "failed": 71,
        "broken stream": 3,
        "embedding": 24,
        "cache pair": 35,
        "timed out": 6,
        "fixed text": 1,
        "not the clients'": 2,
    }
    # Every call of the clients is in the log: by its number, or as one of the kinds that carry none.
    numbered = {row["n"] for row in logged if row["n"] is not None}
    unnumbered = Counter(call["kind"] for n, call in sent.items() if n not in numbered)
    assert unnumbered == {"hit": 19, "timeout": 7}


def logged_calls(dev: Path, warehouse: Path) -> list[dict[str, Any]]:
    """The rows of the lake, each with the number that its client wrote into its message, and the kind of message."""
    names = ("event_id", "status", "prompt_tokens", "completion_tokens", "error_type", "call_type", "is_cache_hit")
    stored = {
        row[0]: dict(zip(names, row, strict=True))
        for row in answer(warehouse, f"select {', '.join(names)} from lake.litellm_requests")
    }
    found = []
    calls = [json.loads(line) for line in (dev / PAYLOAD).read_text(encoding="utf-8").splitlines()]
    told = typed(*(call | {"messages": None} for call in calls), landing_date=date(2026, 11, 2))
    for call, event in zip(calls, told, strict=True):
        text = json.dumps(call["messages"])
        number = re.search(r"(?:call|doc) (\d+) ", text)
        found.append(stored.pop(event["event_id"]) | {"n": int(number[1]) if number else None, "text": text})
    assert not stored
    return found


def class_of(row: dict[str, Any], sent: dict[int, dict[str, Any]]) -> str:
    if row["n"] is None:
        return class_of_unnumbered(row)
    call = sent[row["n"]]
    if not call["ok"]:
        return "failed" if row["status"] == "failure" and row["completion_tokens"] == 0 else "unexplained"
    if call["kind"] == "embed":
        is_same = row["prompt_tokens"] == call["p"] and row["completion_tokens"] == 0
        return "embedding" if is_same else "unexplained"
    if (row["prompt_tokens"], row["completion_tokens"]) == (call["p"], call["c"]) and row["status"] == "success":
        return "as the client sent it"
    return "broken stream" if call["kind"] == "drop" and row["prompt_tokens"] < call["p"] else "unexplained"


def class_of_unnumbered(row: dict[str, Any]) -> str:
    """Of the rows whose client wrote a fixed text, not its number."""
    sizes = (row["prompt_tokens"], row["completion_tokens"])
    if "warm-up" in row["text"]:
        return "not the clients'"
    if row["error_type"] == "Timeout":
        return "timed out"
    if row["status"] == "failure":
        return "failed"
    if "same question" in row["text"] and sizes == (812, 64):
        return "cache pair"
    return "fixed text" if "lat=3000" in row["text"] and sizes == (10, 1) else "unexplained"
