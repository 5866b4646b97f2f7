"""Made-up LiteLLM calls in the shapes its proxy writes: a spend-log row and the payload of the same call."""

from __future__ import annotations

import copy
import csv
import io
import json
from typing import Any

SECRETS = (
    "PROMPT-7f3a the quarterly numbers",
    "ANSWER-91bc are confidential",
    "sk-SECRETKEY-55",
    "203.0.113.77",
    "TAG-4411",
    "ERRORTEXT-2b2b",
    "agent@USERAGENT-3c",
)
"""Texts planted in every field that must stay out of the lake."""

_PROMPT, _ANSWER, _KEY, _ADDRESS, _TAG, _ERROR, _AGENT = SECRETS

USAGE = {
    "prompt_tokens": 1200,
    "completion_tokens": 80,
    "total_tokens": 1280,
    "prompt_tokens_details": {"cached_tokens": 500},
    "completion_tokens_details": {"reasoning_tokens": 30},
}


def table_row(**changes: Any) -> dict[str, Any]:
    """One row of the table; `metadata` changes are merged into the metadata object."""
    row = {
        "request_id": "chatcmpl-1",
        "call_type": "acompletion",
        "api_key": _KEY,
        "spend": 0.0031709999999999998,
        "total_tokens": 1280,
        "prompt_tokens": 1200,
        "completion_tokens": 80,
        "startTime": "2026-05-04T09:00:00.123",
        "endTime": "2026-05-04T09:00:02.5",
        "completionStartTime": None,
        "model": "openai/gpt-4o",
        "model_id": "d1",
        "model_group": "gpt-4o",
        "custom_llm_provider": "openai",
        "api_base": "http://x/",
        "user": "ana",
        "metadata": _metadata(user_api_key=_KEY),
        "cache_hit": "None",
        "cache_key": "Cache OFF",
        "request_tags": [_TAG, f"User-Agent: {_AGENT}"],
        "team_id": "team-a",
        "end_user": "",
        "requester_ip_address": _ADDRESS,
        "messages": {"content": _PROMPT},
        "response": {"content": _ANSWER},
        "proxy_server_request": {"body": _PROMPT},
        "session_id": "s1",
        "status": "success",
        "mcp_namespaced_tool_name": None,
        "agent_id": None,
        "request_duration_ms": 2376,
        "created_at": "2026-05-04T09:00:10",
        "updated_at": "2026-05-04T09:00:10",
        "litellm_call_id": "call-1",
        "billing_agent_id": None,
        "organization_id": "org-a",
    }
    return _changed(row, changes)


def payload(**changes: Any) -> dict[str, Any]:
    """The same call as `table_row()`, as the proxy's callback sends it."""
    own = {
        "id": "chatcmpl-1",
        "litellm_call_id": "call-1",
        "trace_id": "s1",
        "call_type": "acompletion",
        "cache_hit": None,
        "stream": None,
        "status": "success",
        "custom_llm_provider": "openai",
        "startTime": 1777885200.123456,
        "endTime": 1777885202.5,
        "response_time": 2.376544,
        "model": "openai/gpt-4o",
        "api_base": "http://x",
        "metadata": _metadata(user_api_key_hash=_KEY, user_api_key_user_email=_AGENT),
        "response_cost": 0.0031709999999999998,
        "total_tokens": 1280,
        "prompt_tokens": 1200,
        "completion_tokens": 80,
        "request_tags": [_TAG],
        "end_user": None,
        "model_group": "gpt-4o",
        "model_id": "d1",
        "requester_ip_address": _ADDRESS,
        "user_agent": _AGENT,
        "messages": [{"role": "user", "content": _PROMPT}],
        "response": {"choices": [{"message": _ANSWER}]},
        "error_str": _ERROR,
        "error_information": {"error_code": "", "error_class": "", "error_message": _ERROR},
    }
    return _changed(own, changes)


def as_lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def as_csv(*rows: dict[str, Any]) -> str:
    """The table as Postgres' COPY … TO CSV writes it: JSON columns as text, NULL as an empty cell, a blank in times."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(name, value) for name, value in row.items()})
    return out.getvalue()


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value.replace("T", " ") if name in ("startTime", "endTime", "updated_at") and value else value


def _metadata(**own: Any) -> dict[str, Any]:
    return own | {
        "user_api_key_org_id": "org-a",
        "user_api_key_team_id": "team-a",
        "user_api_key_user_id": "ana",
        "user_api_key_project_id": None,
        "usage_object": copy.deepcopy(USAGE),
        "requester_ip_address": _ADDRESS,
        "error_information": {"error_message": _ERROR},
        "spend_logs_metadata": {"note": _PROMPT},
    }


def _changed(record: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    inner = changes.pop("metadata", {})
    record.update(changes)
    if isinstance(inner, dict):
        record["metadata"].update(inner)
    else:
        record["metadata"] = inner
    return record
