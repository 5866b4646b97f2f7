"""Token conventions: what a row's own total proves is read, what contradicts itself is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.orchestration.loading.foreign.litellm_records import table_row
from tests.orchestration.loading.foreign.litellm_typing import one, typed
from tests.orchestration.loading.foreign.litellm_versions import Record


def row(
    prompt: int, completion: int, total: int | None, *, read: int = 0, written: int = 0, reasoning: int = 0
) -> Record:
    usage = {
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    return table_row(**counts, metadata={"usage_object": usage})


PROVED = [
    (row(100, 20, 120, read=60, written=30, reasoning=5), (100, 20)),
    (row(12, 467, 479, read=2495), (2507, 467)),
    (row(31, 467, 498, written=1253), (1284, 467)),
    (row(12, 467, 479, read=2495, written=100), (2607, 467)),
    (row(50, 10, 60, read=40, written=20), (110, 10)),
    (row(100, 20, 180, read=60), (160, 20)),
    (row(100, 20, 210, read=60, written=30), (190, 20)),
    (row(100, 20, 150, read=60, written=30), (130, 20)),
    (row(12, 20, 92, read=60, written=30), (102, 20)),
    (row(100, 20, 170, reasoning=50), (100, 70)),
    (row(100, 20, 125, reasoning=5), (100, 25)),
    (row(10, 20, 80, read=60, reasoning=50), (70, 70)),
    (row(10, 20, 140, read=60, reasoning=50), (70, 70)),
    (row(10, 20, 90, read=60, reasoning=20), (70, 20)),
    (row(10, 20, 50, read=20, reasoning=20), (30, 20)),
    (row(100, 0, 0), (100, 0)),
    (row(100, 20, None, read=60), (100, 20)),
    (row(100, 20, 999, read=60, reasoning=5), (100, 20)),
]
CONTRADICTORY = [
    (row(12, 467, 999, read=2495), "cached_tokens"),
    (row(12, 467, None, read=2495), "cached_tokens"),
    (row(100, 20, 120, reasoning=50), "reasoning_tokens"),
    (row(100, 20, 999, reasoning=50), "reasoning_tokens"),
    (row(2**53 - 2, 0, 2**53 - 2, read=2**53 - 1), "prompt_tokens"),
]


def test_the_total_says_what_is_beside() -> None:
    said = typed(*(record for record, _ in PROVED))
    assert [each["reason"] for each in said] == [None] * len(PROVED)
    assert [(each["prompt_tokens"], each["completion_tokens"]) for each in said] == [meant for _, meant in PROVED]


def test_a_row_that_contradicts_itself_is_refused() -> None:
    said = typed(*(record for record, _ in CONTRADICTORY))
    assert [(each["reason"], each["detail"]) for each in said] == [("bad_value", field) for _, field in CONTRADICTORY]


@pytest.mark.parametrize("place", ["usage_object", "additional_usage_values"])
@pytest.mark.parametrize(
    "usage",
    [
        {"input_tokens_details": {"cached_tokens": 40}, "output_tokens_details": {"reasoning_tokens": 7}},
        {"cache_read_input_tokens": 40, "completion_tokens_details": {"reasoning_tokens": 7}},
        {"prompt_tokens_details": {"cached_tokens": "40"}, "completion_tokens_details": {"reasoning_tokens": 7.0}},
    ],
)
def test_usage_is_read_in_each_of_its_shapes(place: str, usage: dict[str, Any]) -> None:
    said = one(table_row(metadata={"usage_object": None, place: usage}))
    assert (said["cached_tokens"], said["reasoning_tokens"]) == (40, 7)


WRITES = [
    ({}, (None, None)),
    ({"cache_creation_input_tokens": 0}, (0, 0)),
    ({"cache_creation_input_tokens": 300}, (300, None)),
    ({"prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 300}}, (300, None)),
    (
        {
            "cache_creation_input_tokens": 300,
            "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
        },
        (100, 200),
    ),
    (
        {
            "prompt_tokens_details": {
                "cache_creation_tokens": 300,
                "cache_creation_token_details": {"ephemeral_5m_input_tokens": 300, "ephemeral_1h_input_tokens": 0},
            }
        },
        (300, 0),
    ),
    ({"cache_creation": {"ephemeral_1h_input_tokens": "200"}}, (0, 200)),
    ({"cache_creation_input_tokens": -5}, (None, None)),
    ({"cache_creation_input_tokens": 2**60}, (None, None)),
]


@pytest.mark.parametrize(("usage", "known"), WRITES)
def test_cache_writes_are_known_where_the_log_says_so(
    usage: dict[str, Any], known: tuple[int | None, int | None]
) -> None:
    row = one(table_row(metadata={"usage_object": usage}))
    assert (row["reason"], row["cache_write_tokens"], row["cache_write_1h_tokens"]) == (None, *known)


def test_more_in_caches_than_the_prompt_has_is_refused_where_no_total_proves_otherwise() -> None:
    hour = {"cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 20}}
    rows = typed(
        row(100, 20, 999, read=60, written=41),
        table_row(prompt_tokens=40, completion_tokens=0, total_tokens=None, metadata={"usage_object": hour}),
    )
    assert [(row["reason"], row["detail"]) for row in rows] == [
        ("bad_value", "cache_write_tokens"),
        ("bad_value", "cache_write_1h_tokens"),
    ]


def test_evidence_of_no_use_is_no_reason_to_refuse_a_row() -> None:
    usage = {"cache_creation_input_tokens": "many", "prompt_tokens_details": []}
    assert one(table_row(total_tokens="?", api_base=7, metadata={"usage_object": usage}))["reason"] is None


METERS = [
    ({}, None),
    ({"prompt_tokens_details": {"audio_tokens": 0}, "completion_tokens_details": {"audio_tokens": None}}, None),
    (
        {
            "prompt_tokens_details": {"audio_tokens": 40, "image_tokens": 60},
            "completion_tokens_details": {"audio_tokens": 20},
        },
        '{"input_audio_tokens":40,"input_image_tokens":60,"output_audio_tokens":20}',
    ),
    ({"completion_tokens_details": {"image_tokens": "7", "reasoning_tokens": 13}}, '{"output_image_tokens":7}'),
    ({"completion_tokens_details": {"image_tokens": 8, "reasoning_tokens": 13}}, None),
    ({"prompt_tokens_details": {"audio_tokens": 61, "cached_tokens": 40}}, None),
    ({"prompt_tokens_details": {"audio_tokens": "loud"}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("usage", "meters"), METERS)
def test_sound_and_pictures_are_counted_where_they_fit_into_the_tokens(
    usage: dict[str, Any], meters: str | None
) -> None:
    record = table_row(prompt_tokens=100, completion_tokens=20, total_tokens=120, metadata={"usage_object": usage})
    assert (one(record)["reason"], one(record)["meters"]) == (None, meters)
