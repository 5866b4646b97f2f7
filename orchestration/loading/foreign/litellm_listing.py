"""Which model of the published price list a LiteLLM call without a price is an instance of, if of any.

The model that ran, as LiteLLM names it, of the provider that ran it; the alias that was asked for only where nothing
else is known. Not asked for:

- models on machines of one's own: their names are often those of somebody's product;
- calls that show the price of 0 they were charged at. LiteLLM writes the same 0 for a price that was set to 0 and for
  one that it does not have, so their cost is not known, and never that of the list;
- calls without a token (pictures, sockets, pages): they cost something, but not by the token.
"""

OWN_MACHINES = (
    "custom", "custom_openai", "docker_model_runner", "hosted_vllm", "infinity", "lemonade", "litellm_proxy",
    "llamafile", "lm_studio", "localai", "ollama", "ollama_chat", "oobabooga", "openai_like", "petals", "ramalama",
    "sglang", "tgi", "triton", "vllm", "xinference",
)  # fmt: skip
"""Providers in LiteLLM's words that are a program, not a company."""

OPENAI_LIKE = ("openai", "text-completion-openai")
"""Providers under which LiteLLM also runs whatever speaks OpenAI's protocol, at an `api_base` of one's own."""

_HOST = r"^([a-zA-Z+]+://)?([^/@]*@)?(\[[^\]]*\]|[^/:?#]*)"
_OPENAI_HOSTS = r"(.*\.)?(openai\.com|azure\.com)"
_PRIVATE_HOSTS = (
    r"[^.]*|.*\.(local|localhost|internal|intranet|lan|home|corp|svc|test)|\[.*\]|0\.0\.0\.0|127\..*|10\.[\d.]+|"
    r"192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|169\.254\.[\d.]+|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.[\d.]+"
)
_SHOWN = (
    ("input_price", "output_price"),
    ("meta_input_price", "meta_output_price"),
    ("own_input_price", "own_output_price"),
    ("input_cost", "output_cost"),
    ("meta_input_cost", "meta_output_cost"),
)


def listing_columns() -> str:
    """What `listed_model` builds on, for `mapped`, of the typed texts and numbers."""
    host = rf"lower(regexp_extract(json_extract_string(api_base, '$'), '{_HOST}', 3))"
    prefix = "case when contains(model_that_ran, '/') then split_part(model_that_ran, '/', 1) end"
    model = "case when model_text <> 'unknown-model' then model_text end"
    return f"""
           coalesce({model}, model_group_text, model_text) as model_that_ran,
           coalesce(provider_text, {prefix}, '') as provider_that_ran,
           {host} as host"""


def listed_model() -> str:
    """The model that the list is asked for, NULL: none."""
    free = " or ".join(f"({first}_usd = 0 and {second}_usd = 0)" for first, second in _SHOWN)
    return f"""
           case when provider_that_ran in {OWN_MACHINES}
                  or host <> '' and (regexp_full_match(host, '{_PRIVATE_HOSTS}')
                      or (provider_that_ran in {OPENAI_LIKE} and not regexp_full_match(host, '{_OPENAI_HOSTS}')))
                  or coalesce({free}, false)
                  or coalesce(prompt_count = 0 and completion_count = 0, false)
                then null else model_that_ran end as listed_model"""
