"""Types and checks LiteLLM records, in one shape: spend-log rows and StandardLoggingPayload objects.

One generated SELECT, over all records of all files, gives the typed columns of `lake.litellm_requests` with the reason
for quarantine. A record that is refused is kept without its text: it may hold a conversation.
"""

from orchestration.loading.foreign import json_values as json
from orchestration.loading.foreign.litellm_fields import (
    CACHED,
    COUNTS,
    EVIDENCE_AMOUNTS,
    EVIDENCE_COUNTS,
    INPUT_METERS,
    KNOWN_FIELDS,
    METADATA_PATHS,
    METERS,
    MONEY,
    OUTPUT_METERS,
    REASONING,
    RECORD_PATHS,
    TEXTS,
    TIMES,
    WRITTEN,
    WRITTEN_1H,
    WRITTEN_5M,
)
from orchestration.loading.foreign.litellm_identity import identity_columns, short, told_columns
from orchestration.loading.foreign.litellm_listing import listed_model, listing_columns
from orchestration.loading.foreign.litellm_tokens import convention_columns, token_columns
from orchestration.loading.refused import CARRIED, FIGURE
from orchestration.loading.validation import out_of_calendar

UNASSIGNED_TENANT = "litellm-unassigned"
"""Tenant of calls whose key belongs to no organization. No organization may have this id: such a row is refused."""

_NESTED_PATHS = RECORD_PATHS | {name: f"$.metadata{path[1:]}" for name, path in METADATA_PATHS.items()}
TEXT_LIMITS = {"tenant_id": 100}
_AMOUNTS = MONEY + EVIDENCE_AMOUNTS
_NUMBERS = COUNTS + EVIDENCE_COUNTS + _AMOUNTS


def typed_sql(records: str) -> str:
    """SELECT of the typed columns, `reason`, `detail`, `raw_text` and `unknown_fields` of every record.

    records: a relation (file_id INTEGER, landing_date DATE, line_no BIGINT, record VARCHAR, characters BIGINT);
    `record` is one JSON object as text, NULL where the line could not be read as one, `characters` the line's length.
    Columns: those of `LANDED_COLUMNS`, then reason VARCHAR (NULL: a good row), detail VARCHAR (the field at fault),
    raw_text VARCHAR (never the text itself), unknown_fields VARCHAR[] (NULL: none) and what a refused row carried.
    """
    return f"""
with opened as (
    select file_id, landing_date, line_no, characters, {_object("record")} as json
    from {records}
), extracted as (
    select *, json_keys(json) as names, json_type(json, '$.metadata') as metadata_kind,
           json_extract(json, {_list(_NESTED_PATHS)})::varchar[] as found,
           case when metadata_kind = 'VARCHAR' then nullif(json_extract_string(json, '$.metadata'), '') end as wrapped
    from opened
), unwrapped as (
    select * exclude (json, names), coalesce(list_unique(names) = len(names), false) as is_object,
           nullif(list_filter(names, lambda name: name not in {tuple(sorted(KNOWN_FIELDS))}), []) as unknown_fields,
           {_object("wrapped")} as metadata
    from extracted
), named as (
    select file_id, landing_date, line_no, characters, is_object, unknown_fields,
           coalesce(metadata_kind not in ('OBJECT', 'NULL', 'VARCHAR'), false)
               or (wrapped is not null and metadata is null) as has_bad_metadata,
           {_picked()}
    from (select *, json_extract(metadata, {_list(METADATA_PATHS)})::varchar[] as unwrapped from unwrapped)
), typed as (
    select *,
           {", ".join(f"{json.text(name)} as {name}_text" for name in TEXTS)},
           {", ".join(f"{json.number_text(name)} as {name}_digits" for name in _NUMBERS)},
           {", ".join(f"{json.whole(name + '_digits')} as {name}_count" for name in COUNTS + EVIDENCE_COUNTS)},
           {", ".join(f"try_cast({name}_digits as decimal(38, 18)) as {name}_usd" for name in _AMOUNTS)},
           {", ".join(f"{json.utc_time(name)} as {name}_at" for name in TIMES + ("updated",))}
    from named
), mapped as (
    select *, {_mapped_columns()}
    from typed
), identified as (
    select *, {_identity_columns()}
    from (select *, {identity_columns()}, {convention_columns()} from mapped)
), checked as (
    select *, {_fault()} as fault
    from identified
)
select 'litellm' as source, tenant_id, {short("event_id")} as event_id, {short("call_key")} as call_key,
       own_call_id as call_id,
       occurred_at, call_type_text as call_type,
       model_group_text as model_group, model_text as model, provider_text as provider, listed_model, team_id,
       key_owner_id, end_user_text as end_user_id, agent_id, project_id, input_tokens as prompt_tokens,
       output_tokens as completion_tokens, cached_tokens, {_write_columns()}, reasoning_tokens,
       {_meters()} as meters, cost as spend_usd, is_cache_hit, latency_ms, status_name as status, error_type, revision,
       landing_date, file_id, line_no,
       split_part(fault, ':', 1) as reason, nullif(split_part(fault, ':', 2), '') as detail,
       case when fault is not null then format('(withheld: {{}} characters)', characters) end as raw_text,
       case when is_object then unknown_fields end as unknown_fields, {_refused_columns()}
from checked"""


def _refused_columns() -> str:
    """What a refused record carried; unknown where it is none, or says what is no number."""
    cost = f"try_cast(coalesce(spend_digits, response_cost_digits) as {FIGURE})"
    unknown = f"not is_object or (coalesce(spend, response_cost) is not null and {cost} is null)"
    return (
        f"cast(null as {CARRIED}) as refused_credits, "
        f"case when fault is not null and is_object then cast({cost} as {CARRIED}) end as refused_cost_usd, "
        f"cast(null as {CARRIED}) as refused_amount, cast(null as varchar) as refused_currency, "
        f"case when fault is not null then {unknown} end as is_money_unknown"
    )


def _object(text: str) -> str:
    """The text, or NULL where it is no JSON object.

    A NaN is let through, as Python's writers put it out: where it stands in a field that is read it is no number there,
    and elsewhere it is no reason to lose a call.
    """
    return f"case when json_valid({text}) then case when regexp_matches({text}, '^\\s*\\{{') then {text} end end"


def _list(paths: dict[str, str]) -> str:
    return "[" + ", ".join(f"'{path}'" for path in paths.values()) + "]"


def _picked() -> str:
    """Every value by its name. Metadata is nested in the record, or else came as text and was unwrapped."""
    found = {name: f"found[{place}]" for place, name in enumerate(_NESTED_PATHS, start=1)}
    for place, name in enumerate(METADATA_PATHS, start=1):
        found[name] = f"coalesce({found[name]}, unwrapped[{place}])"
    return ", ".join(f"{json.present(value)} as {name}" for name, value in found.items())


def _mapped_columns() -> str:
    """What a table row and a payload say in different places."""
    return f"""{told_columns()},{listing_columns()},
           coalesce(organization_text, meta_organization_text) as organization_id,
           coalesce(team_text, meta_team_text) as team_id,
           coalesce(key_owner_text, meta_key_owner_text) as key_owner_id,
           coalesce(agent_text, billing_agent_text, meta_agent_text) as agent_id,
           meta_project_text as project_id,
           started_at as occurred_at,
           coalesce(duration_count, case when ended_at >= started_at
                    then (epoch_us(ended_at) - epoch_us(started_at)) // 1000 end) as latency_ms,
           {_largest(CACHED)} as cached_tokens,
           {_largest_known(WRITTEN_5M)} as written_5m_tokens,
           {_largest_known(WRITTEN_1H)} as written_1h_tokens,
           greatest(
               {_largest_known(WRITTEN)},
               coalesce(written_5m_tokens + written_1h_tokens, written_5m_tokens, written_1h_tokens)
           ) as written_tokens,
           {_largest(REASONING)} as reasoning_tokens,
           coalesce(spend_usd, response_cost_usd) as cost,
           coalesce(lower(json_extract_string(cache_hit, '$')) = 'true', false) as is_cache_hit,
           coalesce(status_text, meta_status_text, 'success') as status_name,
           case when coalesce(status_text, meta_status_text) = 'failure'
                then coalesce(error_class_text, meta_error_class_text,
                              json_extract_string(coalesce(error_code, meta_error_code), '$')) end as error_type,
           case when request_id is null then 0 else coalesce(epoch_ms(updated_at), 1) end as revision"""


def _largest(names: tuple[str, ...]) -> str:
    """The largest count that any of the places tells, NULL where none does: many say 0 for what another one knows."""
    return f"greatest({', '.join(f'{name}_count' for name in names)})"


def _largest_known(names: tuple[str, ...]) -> str:
    """As `_largest`, of places in which what is no count is of no use."""
    counts = (f"{name}_count" for name in names)
    return f"greatest({', '.join(f'case when {it} between 0 and {json.MAX_INTEGER} then {it} end' for it in counts)})"


def _write_columns() -> str:
    """Tokens written to the provider's cache: for an hour, where the log says so; all others for 5 minutes."""
    return (
        "written_tokens - coalesce(written_1h_tokens, 0) as cache_write_tokens, "
        "coalesce(written_1h_tokens, case when written_tokens = 0 then 0 end) as cache_write_1h_tokens"
    )


def _meters() -> str:
    """Tokens of sound and pictures that fit into what is neither cached nor reasoning; NULL where there are none."""
    counts = {name: f"coalesce({_largest_known(places)}, 0)" for name, places in METERS.items()}
    sums = [" + ".join(counts[name] for name in side) for side in (INPUT_METERS, OUTPUT_METERS)]
    pairs = ", ".join(f"{{'key': '{name}', 'value': {tokens}}}" for name, tokens in counts.items())
    some = f"list_sort(list_filter([{pairs}], lambda meter: meter.value > 0))"
    return (
        f"case when {sums[0]} + {sums[1]} > 0 and {sums[0]} <= input_tokens - cache_read_sum - cache_written_sum "
        f"and {sums[1]} <= output_tokens - reasoning_sum then to_json(map_from_entries({some}))::varchar end"
    )


def _identity_columns() -> str:
    return f"""coalesce(organization_id, '{UNASSIGNED_TENANT}') as tenant_id,
           {token_columns()},
           {listed_model()}"""


def _fault() -> str:
    """`reason:field` of the first fault, in the order of reasons; NULL for a good row."""
    faults = [
        ("not is_object", "malformed"),
        ("event_id is null and request_id is null and payload_id is null", "missing_field:request_id"),
        ("started is null", "missing_field:startTime"),
        ("has_bad_metadata", "bad_type:metadata"),
    ]
    faults += [(json.is_not_text(name), f"bad_type:{_field(name)}") for name in TEXTS]
    faults += [(json.is_not_number(f"{name}_digits", name), f"bad_type:{_field(name)}") for name in COUNTS + MONEY]
    faults += [(json.is_not_whole(f"{name}_digits"), f"bad_type:{_field(name)}") for name in COUNTS]
    faults += [(json.is_not_time(name), f"bad_type:{_field(name)}") for name in TIMES]
    faults += [(f"{name} is not null and {name}_at is null", f"bad_timestamp:{_field(name)}") for name in TIMES]
    faults += [
        (json.is_out_of_range(f"{name}_digits", json.MAX_INTEGER), f"bad_value:{_field(name)}") for name in COUNTS
    ]
    faults += [
        (json.is_out_of_range(f"{name}_digits", json.MAX_DECIMAL - 1), f"bad_value:{_field(name)}") for name in MONEY
    ]
    # An end that was never set leaves only the latency unknown.
    faults += [(out_of_calendar("started_at", "time"), "bad_value:startTime")]
    faults += [
        ("status_name not in ('success', 'failure')", "bad_value:status"),
        ("cached_tokens > input_tokens", "bad_value:cached_tokens"),
        (
            "coalesce(cached_tokens, 0) + written_tokens - coalesce(written_1h_tokens, 0) > input_tokens",
            "bad_value:cache_write_tokens",
        ),
        ("coalesce(cached_tokens, 0) + written_tokens > input_tokens", "bad_value:cache_write_1h_tokens"),
        ("reasoning_tokens > output_tokens", "bad_value:reasoning_tokens"),
        (f"input_tokens > {json.MAX_INTEGER}", "bad_value:prompt_tokens"),
        (f"output_tokens > {json.MAX_INTEGER}", "bad_value:completion_tokens"),
        (f"organization_id = '{UNASSIGNED_TENANT}'", "bad_value:organization_id"),
    ]
    faults += [(f"length({name}) > {limit}", f"bad_value:{name}") for name, limit in TEXT_LIMITS.items()]
    faults += [("occurred_at > landing_date + interval 2 days", "future_timestamp:startTime")]
    return "case " + " ".join(f"when {fault} then '{reason}'" for fault, reason in faults) + " end"


def _field(name: str) -> str:
    """The place of a value in words that need no JSON path: `metadata.user_api_key_org_id`."""
    if name in RECORD_PATHS:
        return RECORD_PATHS[name].removeprefix("$.")
    return "metadata" + METADATA_PATHS[name].removeprefix("$")
