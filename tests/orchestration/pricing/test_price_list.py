"""The published list as rows: the price of every moment and size is the one that the list itself computes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace

import pytest
from genai_prices import Usage, calc_price
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
)

from orchestration.pricing import price_list
from orchestration.pricing.price_list import BEGINNING, END, ListPrice, find_model

MODELS = [
    ("openai", "gpt-4o"), ("", "gpt-4o"), ("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro"),
    ("deepseek", "deepseek-chat"), ("deepseek", "deepseek-v4-flash"), ("openai", "text-embedding-3-small"),
    ("azure", "gpt-4o"), ("perplexity", "sonar"), ("mistral", "mistral-large-latest"),
]  # fmt: skip
MOMENTS = [datetime.fromisoformat(text) for text in (
    "2025-01-01", "2026-08-16T23:59:59", "2026-08-17", "2026-09-10T00:30:00", "2026-11-03T03:59:59.999999",
    "2026-11-03T04:00:00", "2026-11-03T16:30:00",
)]  # fmt: skip
SIZES = [1, 199_999, 200_000, 200_001, 272_001, 3_000_000]


def in_force(prices: tuple[ListPrice, ...], at: datetime, input_tokens: int) -> ListPrice:
    second = int(timedelta(hours=at.hour, minutes=at.minute, seconds=at.second).total_seconds())
    (found,) = [
        price for price in prices
        if price.valid_from <= at < price.valid_to and price.from_second <= second < price.to_second
        and price.from_input_tokens <= input_tokens < price.to_input_tokens
    ]  # fmt: skip
    return found


@pytest.mark.parametrize(("provider", "model_id"), MODELS)
def test_every_row_is_what_the_list_computes(provider: str, model_id: str) -> None:
    listed = find_model(provider, model_id)
    assert listed
    for at in MOMENTS:
        for size in SIZES:
            price = in_force(listed.prices, at, size)
            cached, written, written_1h = size // 3, size // 5, size // 7
            usage = Usage(
                input_tokens=size,
                cache_read_tokens=cached,
                cache_write_tokens=written + written_1h,
                cache_write_1h_tokens=written_1h,
                output_tokens=777,
            )
            theirs = calc_price(usage, model_id, provider_id=provider or None, genai_request_timestamp=at).total_price
            usd_input = price.usd_per_m_input or Decimal(0)
            usd_cached = price.usd_per_m_cached_input if price.usd_per_m_cached_input is not None else usd_input
            ours = usd_input * (size - cached - written - written_1h) + usd_cached * cached
            ours += (price.usd_per_m_cache_write or 0) * written + (price.usd_per_m_cache_write_1h or 0) * written_1h
            ours += (price.usd_per_m_output or 0) * 777
            assert ours / 1_000_000 + (price.usd_per_request or 0) == theirs


@pytest.mark.parametrize(("provider", "model_id", "found"), [
    ("in-house", "gpt-4o", None),  # somebody's own machine, whatever the model is called
    ("", "house-legal-7b", None),
    ("openai", "house-legal-7b", None),
    ("", "openai/gpt-4o", ("openai", "gpt-4o")),
    ("openai", "openai/gpt-4o", ("openai", "gpt-4o")),
    ("in-house", "openai/gpt-4o", None),
    ("OpenAI", "GPT-4o", ("openai", "gpt-4o")),
    ("", "", None),
    ("", "/", None),
])  # fmt: skip
def test_models_are_found_by_the_names_that_logs_use(
    provider: str, model_id: str, found: tuple[str, str] | None
) -> None:
    listed = find_model(provider, model_id)
    assert (listed and listed[:2]) == found


@pytest.mark.parametrize(("provider", "model_id", "of_input"), [
    ("anthropic", "claude-sonnet-4-5", ("1.25", "2")),
    ("openai", "gpt-4o", ("1", "1")),  # no price of writes: they are input like any other
    ("openrouter", "anthropic/claude-sonnet-4.5", ("1.25", None)),  # a price of 5 minutes says nothing of an hour
])  # fmt: skip
def test_writing_to_a_cache_costs_what_the_list_says(
    provider: str, model_id: str, of_input: tuple[str, str | None]
) -> None:
    listed = find_model(provider, model_id)
    assert listed
    for price in listed.prices:
        assert price.usd_per_m_input is not None
        expected = tuple(None if part is None else Decimal(part) * price.usd_per_m_input for part in of_input)
        assert (price.usd_per_m_cache_write, price.usd_per_m_cache_write_1h) == expected


def test_a_model_priced_by_the_minute_has_no_price_in_tokens() -> None:
    listed = find_model("openai", "whisper-1")
    assert listed
    assert listed.prices == ()


def test_dates_times_and_tiers_cut_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    tiered = TieredPrices(base=Decimal(1), tiers=[Tier(start=100, price=Decimal(2))])
    evening = TimeOfDateConstraint(time(20, tzinfo=timezone(timedelta(hours=-2))), time(1, tzinfo=UTC))
    model = ModelInfo(id="m", match=ClauseEquals("m"), prices=[
        ConditionalPrice(prices=ModelPrice(input_mtok=tiered, output_mtok=Decimal("0.1000000004"))),
        ConditionalPrice(StartDateConstraint(date(2026, 3, 1)), prices=ModelPrice(output_mtok=Decimal(3))),
        ConditionalPrice(evening, prices=ModelPrice(requests_kcount=Decimal(5))),
    ])  # fmt: skip
    snapshot = SimpleNamespace(find_provider_model=lambda *_: (SimpleNamespace(id="p"), model))
    monkeypatch.setattr("genai_prices.data_snapshot.get_snapshot", lambda: snapshot)
    listed = price_list.find_model("p", "m")
    assert listed
    march, most = datetime.fromisoformat("2026-03-01"), price_list.MOST_TOKENS
    night, evening_from = 3600, 22 * 3600
    assert [price[:6] for price in listed.prices] == [
        (BEGINNING, march, 0, night, 0, most),
        (BEGINNING, march, night, evening_from, 0, 101), (BEGINNING, march, night, evening_from, 101, most),
        (BEGINNING, march, evening_from, 86_400, 0, most),
        (march, END, 0, night, 0, most), (march, END, night, evening_from, 0, most),
        (march, END, evening_from, 86_400, 0, most),
    ]  # fmt: skip
    assert [price[6:-1] for price in listed.prices[:3]] == [
        (None, None, None, None, None, None, Decimal("0.005")),
        (Decimal(1), None, Decimal(1), Decimal(1), Decimal("0.1"), None, None),
        (Decimal(2), None, Decimal(2), Decimal(2), Decimal("0.1"), None, None),
    ]  # fmt: skip


SPOKEN = [("google", "gemini-2.5-flash"), ("openai", "gpt-4o-mini-realtime-preview"), ("openai", "gpt-image-1")]


@pytest.mark.parametrize(("provider", "model_id"), SPOKEN)
def test_sound_and_pictures_cost_what_the_list_computes(provider: str, model_id: str) -> None:
    listed = find_model(provider, model_id)
    assert listed
    price = in_force(listed.prices, MOMENTS[-1], 1000)
    meters = {name: Decimal(usd) for name, usd in json.loads(price.usd_per_m_meters or "").items()}
    assert meters, "the list prices none apart"
    # The tokens of each kind: how the list calls them, and how many are among those of a wider kind.
    units = {
        "input_audio_tokens": "input_audio_tokens", "cached_input_audio_tokens": "cache_audio_read_tokens",
        "input_image_tokens": "input_image_tokens", "cached_input_image_tokens": "cache_image_read_tokens",
        "output_audio_tokens": "output_audio_tokens", "output_image_tokens": "output_image_tokens",
    }  # fmt: skip
    counts = dict.fromkeys(units, 0) | {"input_tokens": 1000, "cached_input_tokens": 400, "output_tokens": 500}
    for kind in ("audio", "image"):
        if f"input_{kind}_tokens" in meters and f"cached_input_{kind}_tokens" in meters:
            counts |= {f"input_{kind}_tokens": 300, f"cached_input_{kind}_tokens": 100}
        if f"output_{kind}_tokens" in meters:
            counts[f"output_{kind}_tokens"] = 200
    usage = Usage(
        input_tokens=1000, cache_read_tokens=400, output_tokens=500, **{units[name]: counts[name] for name in units}
    )
    theirs = calc_price(usage, model_id, provider_id=provider, genai_request_timestamp=MOMENTS[-1]).total_price
    cached = sum(counts[name] for name in units if name.startswith("cached"))
    fresh = sum(counts[name] for name in units if name.startswith("input")) - cached
    made = sum(counts[name] for name in units if name.startswith("output"))
    usd_input = price.usd_per_m_input or Decimal(0)
    usd_cached = price.usd_per_m_cached_input if price.usd_per_m_cached_input is not None else usd_input
    ours = usd_input * (600 - fresh) + usd_cached * (400 - cached) + (price.usd_per_m_output or 0) * (500 - made)
    for name, count in counts.items():
        if name in meters:
            both = counts.get(f"cached_{name}", 0)
            ours += meters[name] * (count - both)
    assert ours / 1_000_000 == theirs
