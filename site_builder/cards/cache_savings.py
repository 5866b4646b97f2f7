"""What caches of input saved at providers: the publisher's own figure, by model and in all."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.models import CacheSaving, Model
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice
from site_builder.pages.elements import Column, Value
from site_builder.words import formats

FIGURES = ("saved_by_cache_usd", "unpriced_cache_tokens")
LABEL = "Saved by cache (USD)"
COLUMNS = (
    Column(FIGURES[0], LABEL, "usd"),
    Column(FIGURES[1], "Cache tokens without a price", "int", data_only=True),
)
DEFINITION = (
    "Saved by cache is what input that was read from a cache would have cost more as plain input, less what writing to "
    "it cost beyond that, at the prices by which costs are estimated; below 0 writing cost more."
)


class Saved(NamedTuple):
    """usd: what a cache saved, as far as it is known, None of nothing known; unpriced_tokens: of which it is not."""

    usd: Decimal | None
    unpriced_tokens: int


def by_model(part: Slice) -> Mapping[str, CacheSaving]:
    """What is known of each model."""
    return {row.model_id: row for row in part.cache_savings}


def cells(known: Mapping[str, CacheSaving], model: Model) -> tuple[Value, ...]:
    """What a model's caches saved."""
    return saved([known[model.model_id]] if model.model_id in known else [], model.cache_tokens)


def whole(part: Slice) -> Saved:
    """What all caches of a span saved."""
    return saved(part.cache_savings, cache_tokens(part))


def cache_tokens(part: Slice) -> int:
    """Tokens read from and written to caches in a span."""
    totals = part.totals
    return totals.cached_input_tokens + totals.cache_write_input_tokens + totals.cache_write_1h_input_tokens


def saved(rows: Sequence[CacheSaving], tokens: int) -> Saved:
    """The sum of rows, of so many tokens in all: months that were closed before it was kept have none."""
    known = [row.saved_usd for row in rows if row.saved_usd is not None]
    unpriced = tokens - sum(row.cache_tokens - row.unpriced_tokens for row in rows)
    return Saved(sum(known, ZERO) if known or not tokens else None, unpriced)


def note(part: Slice) -> str:
    """Of how many tokens it is not known what they saved; empty where it is of all."""
    unpriced, tokens = whole(part).unpriced_tokens, cache_tokens(part)
    if unpriced <= 0:
        return ""
    return (
        f"What caches saved is not known of {formats.count(unpriced)} of {formats.count(tokens)} cache tokens: their "
        "cost was reported, or a price is missing."
    )
