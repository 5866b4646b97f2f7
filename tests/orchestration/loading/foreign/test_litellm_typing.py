"""LiteLLM records → typed requests: one record at a time, without files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orchestration.loading.foreign.litellm import UNASSIGNED_TENANT
from orchestration.loading.foreign.litellm_fields import LANDED_COLUMNS
from tests.orchestration.loading.foreign.litellm_records import SECRETS, payload, table_row
from tests.orchestration.loading.foreign.litellm_typing import fault, one, typed


def utc(*parts: int) -> datetime:
    """A moment as DuckDB's TIMESTAMP gives it: in UTC, without saying so."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def test_a_table_row_is_read_exactly() -> None:
    row = one(table_row())
    expected = {
        "source": "litellm",
        "tenant_id": "org-a",
        "team_id": "team-a",
        "key_owner_id": "ana",
        "end_user_id": None,
        "occurred_at": utc(2026, 5, 4, 9, 0, 0, 123000),
        "model_group": "gpt-4o",
        "model": "openai/gpt-4o",
        "provider": "openai",
        "prompt_tokens": 1200,
        "completion_tokens": 80,
        "cached_tokens": 500,
        "reasoning_tokens": 30,
        "spend_usd": Decimal("0.003171"),
        "is_cache_hit": False,
        "latency_ms": 2376,
        "status": "success",
        "error_type": None,
        "reason": None,
        "raw_text": None,
    }
    assert {name: row[name] for name in expected} == expected


def test_a_payload_is_the_same_event_as_its_table_row_which_outranks_it() -> None:
    row, message = typed(table_row(), payload())
    assert row["event_id"] == message["event_id"]
    differing = {name for name in row if row[name] != message[name]} - {"line_no"}
    assert differing == {"occurred_at", "revision"}, "the table cuts times to the millisecond"
    assert message["occurred_at"] == utc(2026, 5, 4, 9, 0, 0, 123456)
    assert row["revision"] > message["revision"] == 0


def test_a_row_written_later_outranks_an_earlier_export_of_it() -> None:
    early, late, undated = typed(table_row(), table_row(updated_at="2026-05-05T00:00:00"), table_row(updated_at=None))
    assert late["revision"] > early["revision"] > undated["revision"] == 1


def test_cache_hits_of_one_response_are_events_of_their_own() -> None:
    first = {"litellm_call_id": "call-2", "cache_hit": "True", "spend": 0.0}
    rows = typed(
        table_row(),
        table_row(request_id="chatcmpl-1_cache_hit1777885203.04101", **first),
        payload(id="chatcmpl-1_cache_hit1777885203.0396953", litellm_call_id="call-2", cache_hit=True),
    )
    assert [row["is_cache_hit"] for row in rows] == [False, True, True]
    assert rows[0]["event_id"] != rows[1]["event_id"] == rows[2]["event_id"]


def test_a_call_id_that_the_caller_reuses_merges_nothing() -> None:
    rows = typed(table_row(), table_row(request_id="chatcmpl-2"))
    assert rows[0]["event_id"] != rows[1]["event_id"]


def test_a_response_id_of_any_length_gives_a_short_event_id() -> None:
    rows = typed(table_row(request_id="resp_" + "x" * 480), payload(id="resp_" + "x" * 480))
    assert rows[0]["event_id"] == rows[1]["event_id"] and rows[0]["reason"] is None


@pytest.mark.parametrize("absent", ["", None])
def test_old_rows_without_call_id_and_organization_take_them_from_metadata(absent: str | None) -> None:
    old = table_row(
        litellm_call_id=absent,
        organization_id=absent,
        team_id=absent,
        user=absent,
        metadata={"litellm_call_id": "call-1"},
    )
    row, now = typed(old, table_row())
    assert {name: row[name] for name in ("event_id", "tenant_id", "team_id", "key_owner_id")} == {
        name: now[name] for name in ("event_id", "tenant_id", "team_id", "key_owner_id")
    }


def test_a_row_that_knows_only_its_request_id_keeps_it() -> None:
    assert one(table_row(litellm_call_id=None))["event_id"] == "chatcmpl-1"


def test_no_organization_is_a_tenant_that_no_organization_can_be() -> None:
    nobody = table_row(organization_id="", metadata={"user_api_key_org_id": None})
    impostor = table_row(organization_id=UNASSIGNED_TENANT)
    assert one(nobody)["tenant_id"] == UNASSIGNED_TENANT
    assert fault(impostor) == ("bad_value", "organization_id")


def test_metadata_may_be_json_inside_text() -> None:
    assert one(table_row(metadata=json.dumps(table_row()["metadata"])))["cached_tokens"] == 500
    assert fault(table_row(metadata="no json")) == ("bad_type", "metadata")
    assert fault(table_row(metadata="[1]")) == ("bad_type", "metadata")


def test_what_the_source_does_not_know_is_null() -> None:
    bare = {"request_id": "r", "startTime": "2026-05-04 09:00:00"}
    row = one(bare)
    known = {name for name in LANDED_COLUMNS if row[name] is not None}
    assert known == {
        "source",
        "tenant_id",
        "event_id",
        "call_key",
        "occurred_at",
        "is_cache_hit",
        "status",
        "revision",
        "landing_date",
        "file_id",
        "line_no",
    }


def test_cached_tokens_take_the_larger_of_the_two_places() -> None:
    usage = {"prompt_tokens_details": {"cached_tokens": 0}, "cache_read_input_tokens": 245}
    assert one(table_row(metadata={"usage_object": usage}))["cached_tokens"] == 245


def test_a_failure_names_its_error_class_and_never_its_message() -> None:
    error = {"error_class": "Timeout", "error_code": "408", "error_message": SECRETS[5]}
    row, message, coded = typed(
        table_row(status="failure", metadata={"error_information": error}),
        payload(status="failure", error_information=error),
        table_row(status="failure", metadata={"error_information": {"error_code": 429}}),
    )
    assert (row["error_type"], message["error_type"], coded["error_type"]) == ("Timeout", "Timeout", "429")


def test_latency_without_a_duration_is_the_time_between() -> None:
    assert one(payload())["latency_ms"] == 2376
    assert one(payload(endTime=1777885199.0))["latency_ms"] is None, "a clock that went back says nothing"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-04T09:00:00.1234567", utc(2026, 5, 4, 9, 0, 0, 123456)),
        ("2026-05-04 09:00:00+02", utc(2026, 5, 4, 7)),
        ("2026-05-04T09:00:00-03:30", utc(2026, 5, 4, 12, 30)),
        ("2026-05-04t09:00:00z", utc(2026, 5, 4, 9)),
        ("1777885200.0000019", utc(2026, 5, 4, 9, 0, 0, 1)),
        ("1777885200.5", utc(2026, 5, 4, 9, 0, 0, 500000)),
    ],
)
def test_times_are_read_as_utc_to_the_microsecond(moment: str | float, expected: datetime) -> None:
    assert one(table_row(startTime=moment))["occurred_at"] == expected


@pytest.mark.parametrize(
    "moment", [0, 946684799.999999, "1999-12-31 23:59:59.999", "0001-01-01T00:00:00", 253402214400]
)
def test_a_clock_that_was_never_set_is_a_bad_value(moment: str | float) -> None:
    assert fault(table_row(startTime=moment)) == ("bad_value", "startTime")


def test_the_first_moment_of_2000_counts_and_an_end_that_was_never_set_is_unknown() -> None:
    assert one(table_row(startTime="2000-01-01T00:00:00"))["reason"] is None
    unended = one(table_row(endTime=0, request_duration_ms=None))
    assert (unended["reason"], unended["latency_ms"]) == (None, None)


def test_no_secret_passes_whether_the_record_is_good_or_bad() -> None:
    records = [
        table_row(),
        payload(),
        table_row(spend=-1),
        payload(startTime=None),
        json.dumps(payload())[:-2],
        table_row(metadata=f'"{SECRETS[0]}"'),
        table_row(status="failure"),
        payload(status="failure"),
    ]
    rows = typed(*records)
    assert sum(row["reason"] is not None for row in rows) == 4
    everything = repr(rows)
    assert [secret for secret in SECRETS if secret in everything] == []


def test_a_nan_matters_only_where_it_is_read() -> None:
    assert fault(table_row(total_tokens=float("nan"))) == (None, None)
    assert fault(table_row(spend=float("nan"))) == ("bad_type", "spend")


def test_fields_that_litellm_did_not_have_are_named() -> None:
    assert one(table_row(novelty=1, another=None))["unknown_fields"] == ["novelty", "another"]
    assert one(payload())["unknown_fields"] is None
