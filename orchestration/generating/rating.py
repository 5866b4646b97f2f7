"""What the platform charges and pays per request: the generator's own rates and prices, in whole millionths."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from orchestration.generating import catalogue
from orchestration.generating.draws import Ints, whole

LONG_BEFORE = 400


@dataclass(frozen=True)
class Rate:
    """A row of rates.csv; empty text = absent."""

    model: int
    valid_from: datetime
    multiplier: str
    per_1k_input: str
    per_1k_output: str


def rates(start: date, days: int) -> list[Rate]:
    """All rates by model and time: one from long before the period, and the catalogue's changes within it."""
    found = []
    names = [model.model_id for model in catalogue.MODELS]
    for index, model in enumerate(catalogue.MODELS):
        if model.model_id != catalogue.UNRATED:
            since = datetime.combine(start - timedelta(days=LONG_BEFORE), time(), UTC)
            found.append(Rate(index, since, model.multiplier, model.per_1k_input, model.per_1k_output))
    for name, part, hour, multiplier in catalogue.RATE_CHANGES:
        model = catalogue.MODELS[names.index(name)]
        since = datetime.combine(start + timedelta(days=int(part * days)), time(hour), UTC)
        found.append(Rate(names.index(name), since, multiplier, model.per_1k_input, model.per_1k_output))
    return sorted(found, key=lambda rate: (rate.model, rate.valid_from))


class Rater:
    """Credits and cost of requests, exact: all arithmetic is on integers."""

    def __init__(self, all_rates: list[Rate]) -> None:
        self._rates = [
            (
                rate.model,
                int(rate.valid_from.timestamp() * 1000),
                _millionths(rate.multiplier),
                _millionths(rate.per_1k_input),
                _millionths(rate.per_1k_output),
            )
            for rate in all_rates
        ]

    def credits(self, at_ms: Ints, model: Ints, given: Ints, made: Ints) -> Ints:
        """Millionths of a credit at the rate in effect at `at_ms` (epoch), rounded half up; 0 without a rate."""
        flat, per_input, per_output = (np.zeros(len(at_ms), dtype=np.int64) for _ in range(3))
        for rated, since, multiplier, per_1k_input, per_1k_output in self._rates:
            rows = (model == rated) & (at_ms >= since)
            flat[rows], per_input[rows], per_output[rows] = multiplier, per_1k_input, per_1k_output
        rated_at: Ints = flat + (per_input * given + per_output * made + 500) // 1000
        return rated_at

    def cost(self, model: Ints, given: Ints, made: Ints, cached: Ints) -> Ints:
        """Millionths of a dollar where the provider reports its cost, else -1. A cached token costs a tenth."""
        reports = np.array([m.provider in catalogue.COST_REPORTING_PROVIDERS for m in catalogue.MODELS])
        usd_input = np.array([m.usd_input for m in catalogue.MODELS])[model]
        usd_output = np.array([m.usd_output for m in catalogue.MODELS])[model]
        usd = whole((given - 0.9 * cached) * usd_input + made * usd_output)
        return np.where((model >= 0) & reports[model], usd, -1)


def _millionths(text: str) -> int:
    return int(Decimal(text or "0") * catalogue.MICRO)
