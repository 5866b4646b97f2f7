"""Tokens of other kinds than text: what counts them, what is refused, and that every format says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.orchestration.loading.readers.test_parquet_rows import parquet
from tests.orchestration.loading.reading import EVENT, as_csv, as_jsonl, rows_of, verdicts

SPOKEN = EVENT | {
    "input_tokens": 100, "cached_input_tokens": 30, "cache_write_input_tokens": 10, "output_tokens": 50,
    "reasoning_tokens": 10,
}  # fmt: skip
CASES: list[tuple[Any, str | None]] = [
    ({"input_audio_tokens": 60}, None),
    ({"input_audio_tokens": 61}, "bad_value:meters"),
    ({"input_audio_tokens": 30, "input_image_tokens": 20, "input_video_tokens": 11}, "bad_value:meters"),
    ({"input_audio_tokens": 90, "cached_input_audio_tokens": 30}, None),
    ({"input_audio_tokens": 90, "cached_input_audio_tokens": 31}, "bad_value:meters"),
    ({"input_audio_tokens": 1, "cached_input_audio_tokens": 2}, "bad_value:meters"),
    ({"output_audio_tokens": 20, "output_image_tokens": 20}, None),
    ({"output_audio_tokens": 20, "output_image_tokens": 20, "output_video_tokens": 1}, "bad_value:meters"),
    ({"web_searches": 10**6}, None),
    ({"web_searches": -1}, "bad_value:meters"),
    ({"Web Searches": 1}, "bad_value:meters"),
    ({"x" * 101: 1}, "bad_value:meters"),
    ({"input_audio_tokens": 1.5}, "bad_type:meters"),
    ({"input_audio_tokens": True}, "bad_type:meters"),
    ({"input_audio_tokens": {}}, "bad_type:meters"),
    ({"input_audio_tokens": 2**53}, "bad_type:meters"),
    ([], "bad_type:meters"),
    ("input_audio_tokens", "bad_type:meters"),
    (7, "bad_type:meters"),
]


@pytest.mark.parametrize(("meters", "verdict"), CASES)
def test_tokens_of_a_kind_are_a_part_of_those_they_are_counted_among(
    tmp_path: Path, meters: Any, verdict: str | None
) -> None:
    body = as_jsonl([SPOKEN | {"meters": meters}])
    text = as_csv([SPOKEN | {"meters": meters if isinstance(meters, str) else json.dumps(meters)}])
    assert verdicts(rows_of(tmp_path, {"a.jsonl": body})) == [verdict]
    assert verdicts(rows_of(tmp_path, {"a.csv": text})) == [verdict]


def test_one_object_has_one_text_in_every_format(tmp_path: Path) -> None:
    meters = {"web_searches": 2, "output_image_tokens": 0, "input_audio_tokens": 5}
    kept = list(meters.items())
    spelled = {"web_searches": "2", "output_image_tokens": None, "input_audio_tokens": 5.0}
    integers = pa.map_(pa.string(), pa.int64())
    files = {
        "a.jsonl": as_jsonl([SPOKEN | {"meters": meters}]),
        "b.jsonl": as_jsonl([SPOKEN | {"meters": spelled}]),
        "c.csv": as_csv([SPOKEN | {"meters": json.dumps(meters)}]),
        "d.parquet": parquet([SPOKEN | {"meters": kept}], meters=integers),
        "e.parquet": parquet([SPOKEN | {"meters": meters}, SPOKEN | {"meters": None}]),
        "f.parquet": parquet([SPOKEN | {"meters": json.dumps(spelled)}], meters=pa.json_()),
    }
    text = '{"input_audio_tokens":5,"web_searches":2}'
    rows = rows_of(tmp_path, files)
    assert verdicts(rows) == [None] * 7
    assert [row["meters"] for row in rows] == [text, text, text, text, text, None, text]


@pytest.mark.parametrize(
    ("meters", "kind"),
    [
        ({"a": ["b"]}, None),
        ([("a", True)], pa.map_(pa.string(), pa.bool_())),
        ({"a": True}, None),
        ({"a": "many"}, None),
        ([5], pa.list_(pa.int64())),
    ],
)
def test_members_that_are_no_numbers_are_refused_in_parquet(
    tmp_path: Path, meters: Any, kind: pa.DataType | None
) -> None:
    columns = {} if kind is None else {"meters": kind}
    rows = rows_of(tmp_path, {"a.parquet": parquet([SPOKEN | {"meters": meters}], **columns)})
    assert verdicts(rows) == ["bad_type:meters"]


def test_many_lines_with_and_without_meters_are_told_apart(tmp_path: Path) -> None:
    lines = [
        SPOKEN | {"event_id": f"e{number}"} | ({"meters": {"input_audio_tokens": number}} if number % 3 == 0 else {})
        for number in range(1, 61)
    ] * 10
    found = rows_of(tmp_path, {"a.jsonl": as_jsonl(lines)})
    assert verdicts(found) == [None] * 600
    for line, row in zip(lines, found, strict=True):
        assert row["meters"] == (json.dumps(line["meters"], separators=(",", ":")) if "meters" in line else None)
