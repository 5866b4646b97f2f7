"""Which model the price list is asked for: the one that ran, and none where the list would invent a price."""

from __future__ import annotations

from typing import Any

from tests.orchestration.loading.foreign.litellm_records import table_row
from tests.orchestration.loading.foreign.litellm_typing import typed

FREE = {"input_cost_per_token": 0, "output_cost_per_token": 0.0}


def listed(*changes: dict[str, Any]) -> list[str | None]:
    usual = {"api_base": "", "model_group": "smart", "spend": 0}
    return [row["listed_model"] for row in typed(*(table_row(**usual | change) for change in changes))]


def test_the_model_that_ran_is_asked_for_and_the_alias_only_where_nothing_else_is_known() -> None:
    assert listed(
        {"model": "openai/gpt-4.1"},
        {"model": "", "model_group": "gpt-4o"},
        {"model": "unknown-model", "model_group": "gpt-4o"},
        {"model": "unknown-model", "model_group": None},
        {"model": None, "model_group": None},
    ) == ["openai/gpt-4.1", "gpt-4o", "gpt-4o", "unknown-model", None]


def test_a_model_on_a_machine_of_ones_own_is_not_asked_for() -> None:
    programs = ("ollama", "ollama_chat", "vllm", "hosted_vllm", "lm_studio", "llamafile", "openai_like")
    own = [{"custom_llm_provider": name, "model": "gpt-4o"} for name in programs]
    own += [{"custom_llm_provider": "", "model": f"{name}/gpt-4o"} for name in programs]
    own += [
        {"custom_llm_provider": "openai", "api_base": base}
        for base in ("https://llm.acme.com/v1", "http://10.0.0.5:8000/v1", "http://vllm:8000", "http://[::1]:80/v1")
    ]
    own += [
        {"custom_llm_provider": "anthropic", "model": "claude-sonnet-4-5", "api_base": base}
        for base in ("http://localhost:4000", "http://172.20.0.3/v1", "http://gateway.internal/v1", "127.0.0.1:80")
    ]
    assert set(listed(*own)) == {None}


def test_a_provider_at_its_own_address_is_asked_for() -> None:
    public = [
        ("openai", "https://api.openai.com/v1/"),
        ("openai", "https://eu.api.openai.com/v1"),
        ("azure", "https://acme.openai.azure.com/"),
        ("anthropic", "https://api.anthropic.com/v1/messages"),
        ("groq", "https://api.groq.com/openai/v1"),
    ]
    changes = [{"custom_llm_provider": provider, "api_base": base, "model": "m"} for provider, base in public]
    assert set(listed(*changes)) == {"m"}


def test_a_price_of_0_that_the_row_shows_is_never_replaced_by_the_lists() -> None:
    shown = {"model_map_key": "m", "model_map_value": FREE}
    assert (
        listed(
            {"metadata": {"model_map_information": shown}},
            {"model_map_information": shown},
            {"metadata": {"model_info": FREE}},
            {"metadata": {"cost_breakdown": {"input_cost": 0.0, "output_cost": 0.0, "total_cost": 0.0}}},
            {"cost_breakdown": {"input_cost": 0, "output_cost": 0}},
        )
        == [None] * 5
    )
    assert (
        listed(
            {"metadata": {"model_map_information": {"model_map_key": "m", "model_map_value": None}}},
            {"metadata": {"model_map_information": {"model_map_value": FREE | {"input_cost_per_token": 2e-08}}}},
        )
        == ["openai/gpt-4o"] * 2
    )


def test_a_call_without_a_token_is_not_priced_by_the_token() -> None:
    none = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "metadata": {"usage_object": {}}}
    assert listed(none, none | {"prompt_tokens": 1}) == [None, "openai/gpt-4o"]
