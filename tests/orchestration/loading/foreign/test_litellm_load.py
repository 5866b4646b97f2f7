"""LiteLLM files in a landing zone → lake and audit, through the whole loader."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard

from orchestration.loading.directory.directory import DirectoryError
from orchestration.loading.load import load
from orchestration.loading.readers import blocks
from tests.orchestration.loading.foreign.litellm_records import SECRETS, as_csv, as_lines, payload, table_row

ANY_LANDING = "landing_date, file_id, line_no"


def zone(folder: Path, files: dict[str, str | bytes], *, with_tenants: bool = True) -> Path:
    """A landing zone with these files below litellm/ and a directory that names no tenant."""
    for path, content in files.items():
        file = folder / "litellm" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    if with_tenants:
        (folder / "directory").mkdir(parents=True, exist_ok=True)
        (folder / "directory" / "tenants.csv").write_text("tenant_id,tenant_name,timezone\n", encoding="utf-8")
    return folder


def rows(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def calls(count: int) -> list[dict[str, Any]]:
    """Calls over some days, each with ids of its own; some from the cache, some failed."""
    made = []
    for number in range(count):
        day = 1 + number % 3
        made.append(
            table_row(
                request_id=f"chatcmpl-{number}",
                litellm_call_id=f"call-{number}",
                spend=number * 1.1e-7,
                startTime=f"2026-05-0{day}T{number % 24:02}:00:00.123",
                endTime=f"2026-05-0{day}T{number % 24:02}:00:02.5",
                status="failure" if number % 7 == 0 else "success",
                cache_hit="True" if number % 5 == 0 else "None",
            )
        )
    return made


def payload_of(row: dict[str, Any]) -> dict[str, Any]:
    return payload(id=row["request_id"], litellm_call_id=row["litellm_call_id"], response_cost=0.0, prompt_tokens=600)


def lake_of(warehouse: Path) -> list[tuple[Any, ...]]:
    return rows(warehouse, f"select * exclude ({ANY_LANDING}) from lake.litellm_requests order by tenant_id, event_id")


def loaded(folder: Path, files: dict[str, str | bytes]) -> Path:
    warehouse = folder / "warehouse.duckdb"
    load(str(zone(folder / "raw", files)), warehouse)
    return warehouse


def test_csv_and_json_lines_of_one_table_give_the_same_rows(tmp_path: Path) -> None:
    made = calls(20)
    from_lines = loaded(tmp_path / "a", {"2026-05-04/spend.jsonl": as_lines(*made)})
    from_csv = loaded(tmp_path / "b", {"2026-05-04/export/spend.csv.gz": gzip.compress(as_csv(*made).encode())})
    assert len(lake_of(from_lines)) == 20
    assert lake_of(from_lines) == lake_of(from_csv)


def test_table_and_payload_together_give_what_the_table_gives(tmp_path: Path) -> None:
    made = calls(20)
    stream = as_lines(*map(payload_of, made))
    alone = loaded(tmp_path / "a", {"2026-05-04/spend.jsonl": as_lines(*made)})
    both = loaded(tmp_path / "b", {"2026-05-04/a.jsonl": stream, "2026-05-04/b.csv": as_csv(*made)})
    assert lake_of(alone) == lake_of(both)
    audit = rows(both, "select file, rows_read, accepted, duplicates, quarantined from audit.load_audit order by file")
    assert audit == [("litellm/2026-05-04/a.jsonl", 20, 0, 20, 0), ("litellm/2026-05-04/b.csv", 20, 20, 0, 0)]


def test_order_and_split_of_the_files_do_not_matter(tmp_path: Path) -> None:
    made = calls(30)
    lines = [as_lines(row) for row in made] + [as_lines(payload_of(row)) for row in made[:15]]
    random.Random(4).shuffle(lines)
    warehouse = tmp_path / "b" / "warehouse.duckdb"
    for part in range(3):
        folder = zone(tmp_path / "b" / "raw", {f"2026-05-0{6 - part}/part.jsonl": "".join(lines[part::3])})
        load(str(folder), warehouse)
    assert lake_of(warehouse) == lake_of(loaded(tmp_path / "a", {"2026-05-04/all.jsonl": as_lines(*made)}))


def test_bad_lines_are_counted_and_named_but_not_kept(tmp_path: Path) -> None:
    lines = [as_lines(*calls(60)), as_lines(table_row(spend=-1)), as_lines(payload())[:-3] + "\n", "\n"]
    warehouse = loaded(tmp_path, {"2026-05-04/spend.jsonl": "".join(lines)})
    assert rows(warehouse, "select source, line, reason, detail from audit.quarantine order by line") == [
        ("litellm", 61, "bad_value", "spend"),
        ("litellm", 62, "malformed", None),
    ]
    assert rows(warehouse, "select rows_read, accepted, duplicates, quarantined from audit.load_audit") == [
        (62, 60, 0, 2)
    ]


def test_bad_csv_records_are_malformed(tmp_path: Path) -> None:
    good = as_csv(*calls(60))
    bad = good + "one,cell\n".replace("cell", "too few")
    warehouse = loaded(
        tmp_path, {"2026-05-04/spend.csv": bad.encode() + b"\xff" + good.split("\n")[1].encode() + b"\n"}
    )
    assert {row[0] for row in rows(warehouse, "select reason from audit.quarantine")} == {"malformed"}
    assert rows(warehouse, "select rows_read, accepted, quarantined from audit.load_audit") == [(62, 60, 2)]


def test_new_fields_are_drift_and_known_ones_are_not(tmp_path: Path) -> None:
    lines = as_lines(table_row(brand_new=1), payload(litellm_call_id="call-2", novelty={}))
    csv_file = as_csv(*(row | {"another": "x"} for row in calls(2)))
    warehouse = loaded(tmp_path, {"2026-05-04/a.jsonl": lines, "2026-05-04/b.csv": csv_file})
    assert rows(warehouse, "select file, field from audit.schema_drift order by all") == [
        ("litellm/2026-05-04/a.jsonl", "brand_new"),
        ("litellm/2026-05-04/a.jsonl", "novelty"),
        ("litellm/2026-05-04/b.csv", "another"),
    ]


@pytest.mark.parametrize("word", ["NULL", "null", "\\N"])
def test_words_for_nothing_are_nothing_in_every_column_of_a_csv(tmp_path: Path, word: str) -> None:
    nothing = {"user_api_key_org_id": None, "user_api_key_team_id": None, "user_api_key_user_id": None}
    known = {
        "request_id": "r",
        "startTime": "2026-05-04 09:00:00",
        "metadata": json.dumps(nothing),
        "total_tokens": "110",
    }
    header = [name for name in table_row() if name not in known]
    names = ",".join([*known, *header])
    quoted = ['"' + value.replace('"', '""') + '"' for value in known.values()]
    lines = [names, ",".join([*quoted, *[word] * len(header)])]
    lines += [",".join(['"s"', *quoted[1:], *[f'"{word}"'] * len(header)])]
    warehouse = loaded(tmp_path, {"2026-05-04/spend.csv": "\n".join([*lines, ""])})
    assert rows(warehouse, "select reason from audit.quarantine") == []
    bare = "tenant_id, event_id, team_id, key_owner_id, agent_id, model, spend_usd, prompt_tokens, status"
    assert rows(warehouse, f"select {bare} from lake.litellm_requests order by event_id") == [
        ("litellm-unassigned", name, None, None, None, None, None, None, "success") for name in "rs"
    ]


def test_a_csv_row_whose_id_and_call_id_are_null_has_no_id(tmp_path: Path) -> None:
    made = [row | {"request_id": "NULL", "litellm_call_id": "\\N"} for row in calls(1)]
    warehouse = loaded(tmp_path, {"2026-05-04/spend.csv": as_csv(*calls(60), *made)})
    assert rows(warehouse, "select reason, detail from audit.quarantine") == [("missing_field", "request_id")]


def test_the_word_null_in_json_is_a_word(tmp_path: Path) -> None:
    warehouse = loaded(tmp_path, {"2026-05-04/a.jsonl": as_lines(table_row(team_id="NULL"))})
    assert rows(warehouse, "select team_id from lake.litellm_requests") == [("NULL",)]


def test_an_unreadable_file_and_an_ending_nobody_reads(tmp_path: Path) -> None:
    whole = gzip.compress(as_lines(*calls(50)).encode())
    warehouse = loaded(
        tmp_path,
        {"2026-05-04/a.jsonl.gz": whole[:-9], "2026-05-04/b.xlsx": b"PK", "2026-05-04/c.jsonl": as_lines(table_row())},
    )
    assert rows(warehouse, "select file, reason, line from audit.quarantine order by file") == [
        ("litellm/2026-05-04/a.jsonl.gz", "unreadable_file", 0),
        ("litellm/2026-05-04/b.xlsx", "unreadable_file", 0),
    ]
    assert len(lake_of(warehouse)) == 1


def test_a_json_file_is_one_call_however_it_is_laid_out(tmp_path: Path) -> None:
    def call(number: int, **layout: Any) -> bytes:
        return json.dumps(payload(id=f"chatcmpl-{number}", litellm_call_id=f"call-{number}"), **layout).encode()

    warehouse = loaded(
        tmp_path,
        {
            # As the logger writes them: date folders of its own, a team's name or another prefix around them.
            "2026-05-04/2026-05-04/time-09-00-00-123456_chatcmpl-1.json": call(1),
            "2026-05-04/team-a/2026-05-03/time-23-59-59-000001_chatcmpl-2.json": call(2, indent=2),
            "2026-05-04/time-09-00-00-123456_chatcmpl-3.json": b"\xef\xbb\xbf\n" + call(3, indent="\t") + b"\r\n\r\n",
            "2026-05-04/k/y/4.json.gz": gzip.compress(call(4, indent=1)),
            "2026-05-04/5.json.zst": zstandard.compress(call(5)),
            "2026-05-04/lines.json": call(6) + b"\n" + call(7) + b"\n{broken\n",
            "2026-05-04/array.json": b"[" + call(8) + b"]",
            "2026-05-04/cut.json": call(9, indent=2)[:-9],
            "2026-05-04/two.json": call(10, indent=2) + call(11, indent=2),
            "2026-05-04/words.json": b"<html>\n<body>SlowDown</body>\n</html>",
            "2026-05-04/empty.json": b" \n",
        },
    )
    assert rows(warehouse, "select split_part(file, '/', -1), line, reason from audit.quarantine order by 1") == [
        ("array.json", 0, "unreadable_file"),
        ("cut.json", 1, "malformed"),
        ("lines.json", 3, "malformed"),
        ("two.json", 1, "malformed"),
        ("words.json", 1, "malformed"),
    ]
    sums = "select sum(rows_read)::int, sum(accepted)::int, sum(duplicates)::int, sum(quarantined)::int from "
    assert rows(warehouse, sums + "audit.load_audit") == [(12, 7, 0, 5)]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_a_call_longer_than_what_is_held_counts_without_its_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(blocks, "LONGEST_LINE_BYTES", 5000)
    text = [{"role": "user", "content": SECRETS[0] * 2}] * 100
    given = payload(messages=text, metadata={"spend_logs_metadata": text})
    if name != "a.json":
        given = table_row(messages=text, proxy_server_request={"body": text})
    content = as_csv(given) if name == "a.csv" else json.dumps(given, indent=2 if name == "a.json" else None)
    warehouse = loaded(tmp_path, {f"2026-05-04/{name}": content})
    call = "select tenant_id, event_id, key_owner_id, spend_usd::varchar, cached_tokens from lake.litellm_requests"
    assert rows(warehouse, call) == [("org-a", rows(warehouse, call)[0][1], "ana", "0.003171000000000000", 500)]
    assert rows(warehouse, "select reason, raw_text from audit.quarantine") == []


def test_a_zone_without_tenants_csv_says_what_to_create(tmp_path: Path) -> None:
    folder = zone(tmp_path / "raw", {"2026-05-04/a.jsonl": as_lines(table_row())}, with_tenants=False)
    with pytest.raises(DirectoryError, match=r"tenants\.csv"):
        load(str(folder), tmp_path / "warehouse.duckdb")


def test_no_text_of_a_conversation_gets_into_warehouse_or_lake(tmp_path: Path) -> None:
    good = [table_row(), payload(id="chatcmpl-2"), table_row(request_id="x", status="failure")]
    bad = [table_row(spend=-1), payload(startTime=None), table_row(metadata=f'"{SECRETS[0]}"')]
    lines = as_lines(*good, *bad) + as_lines(payload())[:-3] + "\n" + f"{SECRETS[0]} {SECRETS[1]}\n"
    broken = as_csv(table_row(request_id="y"), table_row(spend=-1)) + f'"{SECRETS[0]},{SECRETS[1]}\n'
    warehouse = loaded(
        tmp_path,
        {
            "2026-05-04/a.jsonl": lines,
            "2026-05-04/b.csv": broken,
            "2026-05-04/c.jsonl.gz": gzip.compress(lines.encode())[:-9],
        },
    )
    left = [file for file in tmp_path.rglob("*") if file.is_file() and tmp_path / "raw" not in file.parents]
    assert any(file.suffix == ".parquet" for file in left)
    bytes_kept = b"\n".join(file.read_bytes() for file in left)
    values_kept = "\n".join(everything_in(warehouse, left))
    assert "chatcmpl-2" in values_kept
    assert [text for text in SECRETS if text.encode() in bytes_kept or text in values_kept] == []


def everything_in(warehouse: Path, files: Iterable[Path]) -> Iterable[str]:
    """Every value of every table of the warehouse and of every Parquet file, uncompressed."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        tables = con.execute('select format(\'"{}"."{}"\', table_schema, table_name) from information_schema.tables')
        for (table,) in tables.fetchall():
            yield repr(con.execute(f"select * from {table}").fetchall())
        for file in files:
            if file.suffix == ".parquet":
                yield repr(con.execute("select * from read_parquet(?)", [str(file)]).fetchall())
