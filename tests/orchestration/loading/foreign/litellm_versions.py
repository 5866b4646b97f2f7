"""What the versions of LiteLLM write of one call: `litellm_records` without what a version does not have.

Read in the package: the payload names the call since late 1.83, the table's metadata since 1.91, its column since 1.104
at the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.orchestration.loading.foreign.litellm_records import payload, table_row

Record = dict[str, Any]
NEW_COLUMNS = ("litellm_call_id", "billing_agent_id", "created_at", "updated_at")


def _without(record: Record, *names: str) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def row_before_1_91(**changes: Any) -> Record:
    return _without(table_row(**changes), *NEW_COLUMNS)


def row_since_1_91(**changes: Any) -> Record:
    call_id = changes.get("litellm_call_id", "call-1")
    return _without(table_row(**changes | {"metadata": {"litellm_call_id": call_id}}), *NEW_COLUMNS)


def row_since_1_104(**changes: Any) -> Record:
    call_id = changes.get("litellm_call_id", "call-1")
    return table_row(**changes | {"metadata": {"litellm_call_id": call_id}})


def payload_1_83(**changes: Any) -> Record:
    return _without(payload(**changes), "litellm_call_id")


def payload_since_1_84(**changes: Any) -> Record:
    return payload(**changes)


FORMS: dict[str, tuple[Callable[..., Record], Callable[..., Record]]] = {
    "1.83": (row_before_1_91, payload_1_83),
    "1.84 to 1.90": (row_before_1_91, payload_since_1_84),
    "1.91 to 1.103": (row_since_1_91, payload_since_1_84),
    "1.104 and later": (row_since_1_104, payload_since_1_84),
}
"""Version → how it writes a row of the table, and a payload."""
