"""The published price list (genai-prices) as rows: what a model costs, by period, time of day and size of the request.

The list says its prices in rules; everything that follows works on rows, so that pricing events is a join.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib.metadata import version
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, TieredPrices

PACKAGE = "genai-prices"
BEGINNING, END = datetime.fromisoformat("0001-01-01"), datetime.fromisoformat("9999-12-31")
SECONDS_OF_DAY = 86_400
MOST_TOKENS = 2**53
# Digits of a price per million tokens. What stands behind them in the list is the noise of floating point.
SCALE = Decimal("0.000000001")
_METER_UNITS = {
    "input_audio_tokens": "input_audio_mtok", "cached_input_audio_tokens": "cache_audio_read_mtok",
    "input_image_tokens": "input_image_mtok", "cached_input_image_tokens": "cache_image_read_mtok",
    "input_video_tokens": "input_video_mtok", "cached_input_video_tokens": "cache_video_read_mtok",
    "output_audio_tokens": "output_audio_mtok", "output_image_tokens": "output_image_mtok",
    "output_video_tokens": "output_video_mtok",
}  # fmt: skip


class ListPrice(NamedTuple):
    """A price in force from valid_from until before valid_to (UTC), from_second until before to_second of the UTC day,
    for requests of from_input_tokens until before to_input_tokens; USD, None where the list has no such price.

    Writing to the cache costs what input costs where the list prices no writes; where it prices those for 5 minutes
    alone, it is not known what an hour costs.

    usd_per_m_meters: JSON text with the price of each meter (orchestration/loading/meters.py) that the list prices
    apart, in their order by name; None where nobody looked.
    """

    valid_from: datetime
    valid_to: datetime
    from_second: int
    to_second: int
    from_input_tokens: int
    to_input_tokens: int
    usd_per_m_input: Decimal | None
    usd_per_m_cached_input: Decimal | None
    usd_per_m_cache_write: Decimal | None
    usd_per_m_cache_write_1h: Decimal | None
    usd_per_m_output: Decimal | None
    usd_per_m_reasoning: Decimal | None
    usd_per_request: Decimal | None
    usd_per_m_meters: str | None


_NOTHING = (*[None] * 7, "{}")


class ListedModel(NamedTuple):
    """What the list calls a model, and its prices, in the order in which they begin.

    Without prices in tokens or requests it is as good as not listed.
    """

    provider: str
    model: str
    prices: tuple[ListPrice, ...]


def installed_version() -> str:
    """The version of the installed list. Looks only at the package's metadata."""
    return version(PACKAGE)


def find_model(provider: str, model_id: str) -> ListedModel | None:
    """The installed list's entry for a model as events name it; provider: '' where they name none.

    A named provider that the list does not know is not guessed around. A prefix (`openai/gpt-4o`), as routers write it,
    is the provider where no other one is named.
    """
    from genai_prices.data_snapshot import get_snapshot

    prefix, slash, rest = model_id.partition("/")
    names = [(provider or None, model_id)]
    if slash and provider in ("", prefix):
        names.append((prefix, rest))
    for provider_ref, model_ref in names:
        try:
            found, model = get_snapshot().find_provider_model(model_ref, None, provider_ref, None)
        except LookupError:
            continue
        return ListedModel(found.id, model.id, tuple(_prices(model)))
    return None


def _prices(model: ModelInfo) -> Iterator[ListPrice]:
    for (valid_from, valid_to), (from_second, to_second) in product(_periods(model), _windows(model)):
        price = model.get_prices(valid_from + timedelta(seconds=from_second))
        for from_tokens, to_tokens in _tiers(price):
            row = ListPrice(
                valid_from,
                valid_to,
                from_second,
                to_second,
                from_tokens,
                to_tokens,
                _price(price.input_mtok, from_tokens),
                _price(price.cache_read_mtok, from_tokens),
                *_write_prices(price, from_tokens),
                _price(price.output_mtok, from_tokens),
                _price(price.output_reasoning_mtok, from_tokens),
                _price(price.requests_kcount, from_tokens, per=1000),
                _meter_prices(price, from_tokens),
            )
            if row[6:] != _NOTHING:
                yield row


def _meter_prices(price: ModelPrice, input_tokens: int) -> str:
    """What is priced apart from text, by meter."""
    listed = {meter: _price(getattr(price, unit, None), input_tokens) for meter, unit in _METER_UNITS.items()}
    return json.dumps({meter: f"{usd:f}" for meter, usd in sorted(listed.items()) if usd is not None})


def _write_prices(price: ModelPrice, input_tokens: int) -> tuple[Decimal | None, Decimal | None]:
    """What writing to the cache costs, for 5 minutes and for an hour."""
    short, long = price.cache_write_mtok, price.cache_write_1h_mtok
    plain = price.input_mtok
    return (
        _price(plain if short is None else short, input_tokens),
        _price(plain if short is None and long is None else long, input_tokens),
    )


def _periods(model: ModelInfo) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of time between the dates on which a price of the model begins."""
    dates: set[date] = {
        constraint.start_date for constraint in _constraints(model) if hasattr(constraint, "start_date")
    }
    return pairwise([BEGINNING, *(datetime.combine(day, time()) for day in sorted(dates)), END])


def _windows(model: ModelInfo) -> Iterator[tuple[int, int]]:
    """The stretches of the UTC day, in seconds, between the times at which a price of the model begins or ends."""
    bounds = [constraint for constraint in _constraints(model) if hasattr(constraint, "start_time")]
    seconds = {_second(moment) for bound in bounds for moment in (bound.start_time, bound.end_time)}
    return pairwise(sorted({0, SECONDS_OF_DAY, *seconds}))


def _constraints(model: ModelInfo) -> list[Any]:
    return [price.constraint for price in model.prices] if isinstance(model.prices, list) else []


def _second(moment: time) -> int:
    offset = moment.utcoffset() or timedelta()
    clock = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
    return int((clock - offset).total_seconds()) % SECONDS_OF_DAY


def _tiers(price: ModelPrice) -> Iterator[tuple[int, int]]:
    """The sizes of requests, in input tokens, between which no price changes. A tier begins above its threshold."""
    tiers = [tier for value in vars(price).values() for tier in getattr(value, "tiers", ())]
    return pairwise(sorted({0, MOST_TOKENS, *(tier.start + 1 for tier in tiers)}))


def _price(value: Decimal | TieredPrices | None, input_tokens: int, per: int = 1) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, Decimal):
        reached = [tier.price for tier in value.tiers if input_tokens > tier.start]
        value = reached[-1] if reached else value.base
    return (value / per).quantize(SCALE, ROUND_HALF_UP)
