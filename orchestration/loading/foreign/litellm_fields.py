"""What is read of a LiteLLM log, and under which names: the spend-log table's columns and the payload's keys.

Source: LiteLLM's `LiteLLM_SpendLogs` table (a row per call) and its StandardLoggingPayload (a JSON object per call).
What no path below leads to is never extracted: messages, responses, request bodies, error messages, tags, keys, user
agents and addresses stay in the landed file.
"""

TABLE_FIELDS = (
    "request_id",
    "call_type",
    "api_key",
    "spend",
    "total_tokens",
    "prompt_tokens",
    "completion_tokens",
    "startTime",
    "endTime",
    "completionStartTime",
    "model",
    "model_id",
    "model_group",
    "custom_llm_provider",
    "api_base",
    "user",
    "metadata",
    "cache_hit",
    "cache_key",
    "request_tags",
    "team_id",
    "end_user",
    "requester_ip_address",
    "messages",
    "response",
    "proxy_server_request",
    "session_id",
    "status",
    "mcp_namespaced_tool_name",
    "agent_id",
    "request_duration_ms",
    "created_at",
    "updated_at",
    "litellm_call_id",
    "billing_agent_id",
    "organization_id",
)
PAYLOAD_FIELDS = (
    "id",
    "litellm_call_id",
    "call_id",
    "trace_id",
    "session_id",
    "call_type",
    "cache_hit",
    "stream",
    "status",
    "status_fields",
    "custom_llm_provider",
    "saved_cache_cost",
    "startTime",
    "endTime",
    "completionStartTime",
    "response_time",
    "model",
    "metadata",
    "cache_key",
    "response_cost",
    "cost_breakdown",
    "autorouter_savings",
    "autorouter_savings_estimate",
    "autorouter_baseline_observation",
    "total_tokens",
    "prompt_tokens",
    "completion_tokens",
    "request_tags",
    "request_model_access_groups",
    "end_user",
    "api_base",
    "model_group",
    "model_id",
    "requester_ip_address",
    "user_agent",
    "messages",
    "response",
    "model_parameters",
    "hidden_params",
    "model_map_information",
    "error_str",
    "error_information",
    "response_cost_failure_debug_info",
    "zero_cost_diagnostic",
    "guardrail_information",
    "standard_built_in_tools_params",
)
KNOWN_FIELDS = frozenset(TABLE_FIELDS + PAYLOAD_FIELDS)
"""Any other key at the top of a record is schema drift."""

_USAGE_PATHS = {
    "cached": "prompt_tokens_details.cached_tokens",
    "cache_read": "cache_read_input_tokens",
    "input_cached": "input_tokens_details.cached_tokens",
    "written": "cache_creation_input_tokens",
    "cache_written": "prompt_tokens_details.cache_creation_tokens",
    "cache_write": "prompt_tokens_details.cache_write_tokens",
    "written_5m": "cache_creation.ephemeral_5m_input_tokens",
    "written_1h": "cache_creation.ephemeral_1h_input_tokens",
    "cache_written_5m": "prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens",
    "cache_written_1h": "prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens",
    "reasoning": "completion_tokens_details.reasoning_tokens",
    "output_reasoning": "output_tokens_details.reasoning_tokens",
    "input_audio": "prompt_tokens_details.audio_tokens",
    "input_image": "prompt_tokens_details.image_tokens",
    "output_audio": "completion_tokens_details.audio_tokens",
    "output_image": "completion_tokens_details.image_tokens",
}
_USAGE_OBJECTS = {"": "usage_object", "more_": "additional_usage_values"}

RECORD_PATHS = {
    "request_id": "$.request_id",
    "payload_id": "$.id",
    "call_id": "$.litellm_call_id",
    "old_call_id": "$.call_id",
    "trace": "$.trace_id",
    "call_type": "$.call_type",
    "started": "$.startTime",
    "ended": "$.endTime",
    "duration": "$.request_duration_ms",
    "updated": "$.updated_at",
    "model_group": "$.model_group",
    "model": "$.model",
    "provider": "$.custom_llm_provider",
    "api_base": "$.api_base",
    "organization": "$.organization_id",
    "team": "$.team_id",
    "key_owner": "$.user",
    "end_user": "$.end_user",
    "agent": "$.agent_id",
    "billing_agent": "$.billing_agent_id",
    "prompt": "$.prompt_tokens",
    "completion": "$.completion_tokens",
    "total": "$.total_tokens",
    "spend": "$.spend",
    "response_cost": "$.response_cost",
    "cache_hit": "$.cache_hit",
    "status": "$.status",
    "error_class": "$.error_information.error_class",
    "error_code": "$.error_information.error_code",
    "input_price": "$.model_map_information.model_map_value.input_cost_per_token",
    "output_price": "$.model_map_information.model_map_value.output_cost_per_token",
    "input_cost": "$.cost_breakdown.input_cost",
    "output_cost": "$.cost_breakdown.output_cost",
}
"""Short name → place in the record. `error_information` stands at the top of a payload, in a table row's metadata."""

METADATA_PATHS = {
    "meta_call_id": "$.litellm_call_id",
    "meta_organization": "$.user_api_key_org_id",
    "meta_team": "$.user_api_key_team_id",
    "meta_key_owner": "$.user_api_key_user_id",
    "meta_project": "$.user_api_key_project_id",
    "meta_agent": "$.billing_agent_id",
    "meta_status": "$.status",
    "meta_error_class": "$.error_information.error_class",
    "meta_error_code": "$.error_information.error_code",
    "meta_input_price": "$.model_map_information.model_map_value.input_cost_per_token",
    "meta_output_price": "$.model_map_information.model_map_value.output_cost_per_token",
    "own_input_price": "$.model_info.input_cost_per_token",
    "own_output_price": "$.model_info.output_cost_per_token",
    "meta_input_cost": "$.cost_breakdown.input_cost",
    "meta_output_cost": "$.cost_breakdown.output_cost",
} | {
    f"{prefix}{name}": f"$.{usage}.{path}"
    for prefix, usage in _USAGE_OBJECTS.items()
    for name, path in _USAGE_PATHS.items()
}
"""Short name → place in the record's `metadata` object. Usage is told in the words of the provider or of LiteLLM."""


def places_of(*names: str) -> tuple[str, ...]:
    """The short names of these counts of a usage object, in each of the objects that may hold them."""
    return tuple(f"{prefix}{name}" for prefix in _USAGE_OBJECTS for name in names)


TEXTS = (
    "request_id", "payload_id", "call_id", "old_call_id", "call_type", "model_group", "model", "provider",
    "organization", "team", "key_owner", "end_user", "agent", "billing_agent", "status", "error_class",
    "meta_call_id", "meta_organization", "meta_team", "meta_key_owner", "meta_project", "meta_agent", "meta_status",
    "meta_error_class",
)  # fmt: skip
CACHED, WRITTEN, REASONING = (
    places_of("cached", "cache_read", "input_cached"),
    places_of("written", "cache_written", "cache_write"),
    places_of("reasoning", "output_reasoning"),
)
WRITTEN_5M, WRITTEN_1H = places_of("written_5m", "cache_written_5m"), places_of("written_1h", "cache_written_1h")
INPUT_METERS = {f"{name}_tokens": places_of(name) for name in ("input_audio", "input_image")}
OUTPUT_METERS = {f"{name}_tokens": places_of(name) for name in ("output_audio", "output_image")}
METERS = INPUT_METERS | OUTPUT_METERS
"""Meter → where its tokens are told."""
COUNTS = ("prompt", "completion", *CACHED, *REASONING, "duration")
MONEY = ("spend", "response_cost")
TIMES = ("started", "ended")

PRICES = tuple(name for name in (RECORD_PATHS | METADATA_PATHS) if name.endswith(("_price", "_cost")))
EVIDENCE_TEXTS = ("trace", "api_base")
EVIDENCE_COUNTS = (
    "total",
    *WRITTEN,
    *WRITTEN_5M,
    *WRITTEN_1H,
    *(place for places in METERS.values() for place in places),
)
EVIDENCE_AMOUNTS = tuple(name for name in PRICES if name not in MONEY)
"""What proves how the rest is to be read, cache writes and meters. Where it is of no use, a row is read without it."""

LANDED_COLUMNS = {
    "source": "VARCHAR",
    "tenant_id": "VARCHAR",
    "event_id": "VARCHAR",
    "call_key": "VARCHAR",
    "call_id": "VARCHAR",
    "occurred_at": "TIMESTAMP",
    "call_type": "VARCHAR",
    "model_group": "VARCHAR",
    "model": "VARCHAR",
    "provider": "VARCHAR",
    "listed_model": "VARCHAR",
    "team_id": "VARCHAR",
    "key_owner_id": "VARCHAR",
    "end_user_id": "VARCHAR",
    "agent_id": "VARCHAR",
    "project_id": "VARCHAR",
    "prompt_tokens": "BIGINT",
    "completion_tokens": "BIGINT",
    "cached_tokens": "BIGINT",
    "cache_write_tokens": "BIGINT",
    "cache_write_1h_tokens": "BIGINT",
    "reasoning_tokens": "BIGINT",
    "meters": "VARCHAR",
    "spend_usd": "DECIMAL(38,18)",
    "is_cache_hit": "BOOLEAN",
    "latency_ms": "BIGINT",
    "status": "VARCHAR",
    "error_type": "VARCHAR",
    "revision": "BIGINT",
    "landing_date": "DATE",
    "file_id": "INTEGER",
    "line_no": "BIGINT",
}
"""The columns of `lake.litellm_requests`, but for the event_date that the lake adds. status: success or failure."""
