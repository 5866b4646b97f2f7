"""Which tokens a LiteLLM record means, where its own total proves another convention than LiteLLM's own.

LiteLLM's prompt tokens have the tokens read from and written to the provider's cache in them, its completion tokens the
reasoning. Some of its routes pass on what the provider says instead:

- reasoning beside completion: total = prompt + completion + reasoning;
- cache beside prompt, in the total: total = prompt + read + written + completion (or only one of the two);
- cache beside prompt, not in the total: total = prompt + completion, and more is cached than the prompt has.

Such a record is read as what it says. Without a total that proves it, a record with more cached than prompt tokens or
more reasoning than completion tokens contradicts itself.
"""

_CACHES = {"both": "cache_read_sum + cache_written_sum", "read": "cache_read_sum", "written": "cache_written_sum"}


def convention_columns() -> str:
    """`excess` of the total over prompt and completion tokens (NULL: no total), and the caches' tokens, 0: unknown."""
    return """
           coalesce(cached_tokens, 0) as cache_read_sum,
           coalesce(written_tokens, 0) as cache_written_sum,
           coalesce(reasoning_tokens, 0) as reasoning_sum,
           case when total_count > 0 then total_count - prompt_count - completion_count end as excess"""


def token_columns() -> str:
    """`input_tokens` and `output_tokens` as LiteLLM means them: all that went in, all that came out."""
    return f"""
           prompt_count + {_beside_prompt()} as input_tokens,
           completion_count + case when {_reasoning_is_beside()} then reasoning_sum else 0 end as output_tokens"""


def _is_over_full() -> str:
    """The caches' tokens do not fit into the prompt."""
    return "cache_read_sum + cache_written_sum > prompt_count"


def _reasoning_is_beside() -> str:
    """The total has the reasoning on top of the completion tokens, alone or with some of the caches' tokens.

    Where the same number could be the caches' or the reasoning's, it is the one that does not fit in elsewhere.
    """
    sums = ", ".join(["reasoning_sum", *(f"reasoning_sum + {tokens}" for tokens in _CACHES.values())])
    fits_as_cache = f"excess in ({', '.join(_CACHES.values())}) and {_is_over_full()}"
    return f"""reasoning_sum > 0 and coalesce(excess in ({sums}), false)
                    and not (reasoning_sum <= completion_count and coalesce({fits_as_cache}, false))"""


def _beside_prompt() -> str:
    """The caches' tokens that are not in the prompt tokens. Not proved: 0."""
    rest = f"(excess - case when {_reasoning_is_beside()} then reasoning_sum else 0 end)"
    return f"""case when excess is null then 0
                when {rest} = 0 and {_is_over_full()} then {_CACHES["both"]}
                when {rest} > 0 and {rest} in ({", ".join(_CACHES.values())})
                then case when {_CACHES["both"]} > prompt_count + {rest} then {_CACHES["both"]} else {rest} end
                else 0 end"""
