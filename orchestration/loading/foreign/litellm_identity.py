"""Which call a LiteLLM record tells of: the same one in both forms and in the versions of either.

What versions write (read in the package, 1.83.0 to 1.110.2): the table's `request_id` is the response's id, else the
call's; the payload's `id` is the same, but "None" where the response has a null for an id. The payload has the call's
id beside it from late 1.83 on, the table in its metadata from 1.91 on, in a column from 1.104 at the latest. So only
the response's id is told by all, and the call's own id is needed only where a response's id does not name one call:

- an answer from the proxy's cache has the id of the answer that filled it, with the time of writing behind it, another
  one in each form;
- a poll has the id of what it asks about, in the table with a suffix or replaced by a hash of the answer.

Records of these kinds share a `call_key`; of those, each `call_id` is an event of its own, and a record that does not
know its call id is the call of the same second that another record knows, or an event of its own (`sources.Source`).
"""

CACHE_HIT = "_cache_hit[0-9.]+$"
POLLS = (
    "aretrieve_batch", "retrieve_batch", "acreate_file", "create_file", "aget_responses", "get_responses",
    "avideo_status", "video_status",
)  # fmt: skip
"""Calls whose response's id is that of something an earlier call began, or no id of a response at all."""

LONGEST_ID = 200


def identity_columns() -> str:
    """`call_key`, `own_call_id` (NULL: the key names one call) and `event_id`, of columns of `mapped`.

    event_id is NULL for a record without any id. One event_id has one call_key.
    """
    key = """case when is_poll then call_type_text
                      when is_cache_copy then coalesce(response_id, known_call_id) || '_cache_hit'
                      else coalesce(response_id, known_call_id) end"""
    event = f"""case when given_id_text is null and known_call_id is null then null
                      when call_key is null then 'nameless:' || md5({_all_it_says()})
                      when not is_poll and not is_cache_copy then call_key
                      else call_key || ':' || coalesce(known_call_id, given_id_text) end"""
    return f"""
           {key} as call_key,
           case when is_poll or is_cache_copy then known_call_id end as own_call_id,
           {event} as event_id"""


def told_columns() -> str:
    """What `identity_columns` builds on, for `mapped`, of the typed texts."""
    given_id = "coalesce(request_id_text, payload_id_text)"
    call = "coalesce(call_id_text, old_call_id_text, meta_call_id_text)"
    return f"""
           {given_id} as given_id_text,
           {call} as known_call_id,
           coalesce(regexp_matches({given_id}, '{CACHE_HIT}'), false) as is_cache_copy,
           coalesce(call_type_text in {POLLS}, false) as is_poll,
           regexp_replace({given_id}, '{CACHE_HIT}', '') as bare_id,
           case when lower(bare_id) not in ('none', 'null') and bare_id is distinct from {call}
                then bare_id end as response_id"""


def short(name: str) -> str:
    """An id of any length as one that is short enough: the responses API's ids have hundreds of characters."""
    return f"case when length({name}) > {LONGEST_ID} then md5({name}) else {name} end"


def _all_it_says() -> str:
    """Text that tells a call without any id from others: the payloads of 1.83 of a provider that gives no ids."""
    return "concat_ws('|', json_extract_string(trace, '$'), started, ended, model_text, given_id_text)"
