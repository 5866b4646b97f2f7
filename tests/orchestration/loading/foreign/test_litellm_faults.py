"""Bad LiteLLM records: one reason each, in order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.orchestration.loading.foreign.litellm_records import table_row
from tests.orchestration.loading.foreign.litellm_typing import fault


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (None, ("malformed", None)),
        ("", ("malformed", None)),
        ('{"request_id": "r"', ("malformed", None)),
        ("[1, 2]", ("malformed", None)),
        ("null", ("malformed", None)),
        ('{"request_id": "\\ud800"}', ("malformed", None)),
        ('{"request_id": "r", "request_id": "s"}', ("malformed", None)),
        ("{}", ("missing_field", "request_id")),
        (table_row(startTime=None), ("missing_field", "startTime")),
        (table_row(startTime=True), ("bad_type", "startTime")),
        (table_row(team_id=7), ("bad_type", "team_id")),
        (table_row(prompt_tokens="many"), ("bad_type", "prompt_tokens")),
        (table_row(prompt_tokens=1.5), ("bad_type", "prompt_tokens")),
        (table_row(spend=True), ("bad_type", "spend")),
        (table_row(metadata={"user_api_key_org_id": {}}), ("bad_type", "metadata.user_api_key_org_id")),
        (table_row(startTime="yesterday"), ("bad_timestamp", "startTime")),
        (table_row(startTime="2026-02-30T00:00:00"), ("bad_timestamp", "startTime")),
        (table_row(startTime="2026-05-04T24:00:00"), ("bad_timestamp", "startTime")),
        (table_row(startTime=1777885200123), ("bad_timestamp", "startTime")),
        (table_row(endTime="later"), ("bad_timestamp", "endTime")),
        (table_row(completion_tokens=-1), ("bad_value", "completion_tokens")),
        (table_row(prompt_tokens=2**53), ("bad_value", "prompt_tokens")),
        (table_row(spend=-0.1), ("bad_value", "spend")),
        (table_row(spend=1e12), ("bad_value", "spend")),
        (table_row(status="pending"), ("bad_value", "status")),
        (table_row(prompt_tokens=499), ("bad_value", "cached_tokens")),
        (table_row(completion_tokens=29), ("bad_value", "reasoning_tokens")),
        (table_row(organization_id="o" * 101), ("bad_value", "tenant_id")),
        (table_row(startTime="2026-05-07T00:00:00.001"), ("future_timestamp", "startTime")),
    ],
)
def test_a_bad_record_has_one_reason(record: Any, expected: tuple[str, str | None]) -> None:
    assert fault(record) == expected


def test_the_last_moment_that_is_not_the_future_is_taken() -> None:
    assert fault(table_row(startTime="2026-05-07T00:00:00")) == (None, None)


def test_reasons_come_in_order() -> None:
    worst = table_row(startTime="2027-01-01T00:00:00", status="pending", spend=True)
    assert fault(worst)[0] == "bad_type"
    assert fault(worst | {"spend": 0.1})[0] == "bad_value"
    assert fault(worst | {"spend": 0.1, "status": "success"})[0] == "future_timestamp"
