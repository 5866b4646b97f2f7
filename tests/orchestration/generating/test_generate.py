"""Landing zones as a whole: exact sizes, same bytes, rows that keep the rules of the log."""

import hashlib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.generating import generate as module
from orchestration.generating.generate import GeneratedSummary, GenerateError, generate

END = date(2026, 11, 21)
TENANTS, DAYS, EVENTS = 12, 20, 20_000


def make(out: Path, seed: int = 7) -> GeneratedSummary:
    return generate(out, tenants=TENANTS, days=DAYS, events=EVENTS, seed=seed, end=END)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GeneratedSummary]:
    out = tmp_path_factory.mktemp("zone")
    return out, make(out)


@pytest.fixture(scope="module")
def events(zone: tuple[Path, GeneratedSummary]) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    for name, pattern, reader in (("json", "jsonl", "read_json"), ("parquet", "parquet", "read_parquet")):
        option = ", format = 'newline_delimited'" if name == "json" else ""
        database.execute(
            f"create view from_{name} as select * replace (occurred_at::timestamptz as occurred_at) "
            f"from {reader}('{zone[0]}/usage/*/*.{pattern}', filename = true, union_by_name = true{option})"
        )
    shared = "event_id, occurred_at, tenant_id, event_type, channel, user_id, model_id, input_tokens, output_tokens, "
    shared += "cached_input_tokens, reasoning_tokens, status, filename, "
    shared += ", ".join(f"{name}::decimal(18,6) as {name}" for name in ("credits", "input_credits", "output_credits"))
    database.execute(
        f"create view events as select {shared} from from_json union all select {shared} from from_parquet"
    )
    return database


def rows(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return database.execute(query).fetchall()


def test_the_summary_counts_what_is_there(
    zone: tuple[Path, GeneratedSummary], events: duckdb.DuckDBPyConnection
) -> None:
    out, made = zone
    assert rows(events, "select count(distinct event_id), count(*) from events") == [(EVENTS, made.usage_rows)]
    assert made.events == EVENTS
    files = [path for path in out.rglob("*") if path.is_file()]
    assert made.files == len(files)
    assert made.bytes == sum(path.stat().st_size for path in files)
    assert (made.first, made.last) == (END - timedelta(days=DAYS - 1), END)


def test_same_arguments_same_bytes_and_another_seed_other_bytes(
    zone: tuple[Path, GeneratedSummary], tmp_path: Path
) -> None:
    make(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(zone[0])
    make(tmp_path / "other", seed=8)
    assert digests(tmp_path / "other") != digests(zone[0])


def test_parquet_and_json_lines_by_turns(zone: tuple[Path, GeneratedSummary]) -> None:
    days = sorted(path.name for path in (zone[0] / "usage").iterdir())
    endings = [next((zone[0] / "usage" / day).iterdir()).suffix for day in days]
    assert len(days) == DAYS
    assert endings == [".parquet", ".jsonl"] * (DAYS // 2)


def test_files_are_cut_into_parts_without_losing_an_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_ROWS", 300)
    made = make(tmp_path)
    parts = Counter(path.parent.name for path in (tmp_path / "usage").rglob("*.*"))
    assert max(parts.values()) > 2
    ids = duckdb.sql(
        f"select count(distinct event_id) from (select event_id from read_json('{tmp_path}/usage/*/*.jsonl') "
        f"union all select event_id from '{tmp_path}/usage/*/*.parquet')"
    ).fetchone()
    assert ids == (made.events,)


def test_rows_keep_the_rules_of_the_log(events: duckdb.DuckDBPyConnection) -> None:
    broken = """select count(*) from events where cached_input_tokens > input_tokens or reasoning_tokens > output_tokens
        or least(input_tokens, output_tokens, credits) < 0
        or (coalesce(event_type, 'request') = 'request' and model_id is null)
        or (input_credits is null) <> (output_credits is null) or input_credits + output_credits <> credits"""
    assert rows(events, broken) == [(0,)]
    assert rows(events, "select count(*) > 100 from events where input_credits is not null") == [(True,)]


def test_events_land_on_their_day_or_the_next(events: duckdb.DuckDBPyConnection) -> None:
    delays = dict(
        rows(
            events,
            "select datediff('day', occurred_at::date, regexp_extract(filename, 'usage/([0-9-]+)', 1)::date) as delay, "
            "count(*) from events group by 1",
        )
    )
    assert set(delays) == {0, 1}
    assert delays[1] < EVENTS / 100


def test_one_tenant_and_one_day_will_do(tmp_path: Path) -> None:
    made = generate(tmp_path, tenants=1, days=1, events=50, seed=1, end=END)
    assert made.events == 50
    assert (tmp_path / "directory" / "tenants.csv").read_text(encoding="utf-8").count("\n") == 2


def test_progress_tells_each_day(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    generate(tmp_path, tenants=2, days=3, events=10, seed=1, end=END, progress=lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "usage").mkdir()
    with pytest.raises(GenerateError, match="usage is there already"):
        generate(tmp_path, tenants=2, days=3, events=10, seed=1, end=END)


@pytest.mark.parametrize("wrong", ["tenants", "days", "events"])
def test_arguments_out_of_range_are_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(GenerateError, match=f"{wrong} is 0"):
        generate(tmp_path, **({"tenants": 2, "days": 3, "events": 10} | {wrong: 0}), seed=1, end=END)
    with pytest.raises(GenerateError, match="4 tenants"):
        generate(tmp_path, tenants=5, days=100, events=10, seed=1, end=END, sample_stories=True)
