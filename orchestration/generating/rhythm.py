"""When people work: traffic by day and quarter hour in each tenant's own zone, with weekends, growth and a launch."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from orchestration.generating.draws import Floats, Ints, stream
from orchestration.generating.population import Population
from orchestration.generating.traces import HOUR_PEAK_TO_MEAN, HOUR_TROUGH_TO_MEAN

SLOTS = 96
SLOT_MS = 900_000
# Office hours as a shape between 0 (night) and 1 (busiest hour): a morning and an afternoon hump with lunch between.
OFFICE_SHAPE = (
    0,
    0,
    0,
    0,
    0,
    0.03,
    0.1,
    0.3,
    0.65,
    0.95,
    1,
    0.9,
    0.62,
    0.75,
    0.97,
    0.93,
    0.75,
    0.48,
    0.27,
    0.2,
    0.17,
    0.12,
    0.06,
    0.02,
)
WEEKDAY_FACTOR = (1.0, 1.1, 1.08, 1.02, 0.85, 0.22, 0.18)
GROWTH_PER_YEAR = 1.4
DAY_LOG_SD = 0.10
LAUNCH_FACTOR = 2.6


def hour_profile() -> Floats:
    """Shape (24,), mean 1: the office shape stretched to the busiest and the quietest hour of the measured rhythm."""
    shape = np.array(OFFICE_SHAPE)
    depth = np.log(HOUR_PEAK_TO_MEAN / HOUR_TROUGH_TO_MEAN)
    bent = HOUR_TROUGH_TO_MEAN * np.exp(depth * shape ** _bend(shape, depth))
    return np.asarray(bent / bent.mean())


def _bend(shape: Floats, depth: float) -> float:
    """The exponent at which peak and trough stand at their measured multiples of the mean hour, by bisection."""
    low, high = 0.05, 8.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = HOUR_TROUGH_TO_MEAN * np.exp(depth * shape**middle).mean()
        low, high = (middle, high) if mean > 1 else (low, middle)
    return (low + high) / 2


def everyday_rates(tenants: int, days: int, seed: int) -> Floats:
    """Shape (tenant, day): growth, each tenant at a pace of its own, and noise."""
    rng = stream(seed, "daily rates")
    growth = np.exp(np.log(GROWTH_PER_YEAR) * rng.normal(1, 0.5, (tenants, 1)) * np.arange(days) / 365)
    return np.asarray(growth * rng.lognormal(0, DAY_LOG_SD, (tenants, days)))


def launch(days: int, day: Ints, factor: float = LAUNCH_FACTOR) -> Floats:
    """Shape (len(day), days): a jump by `factor` on each launch day that settles within two weeks; 1 before it."""
    since = np.arange(days) - day[:, None]
    return np.asarray(np.where(since >= 0, 1 + (factor - 1) * np.exp(-np.maximum(since, 0) / 4.0), 1.0))


class Rhythm:
    """Traffic weights of a population whose tenants' days have the given rates, shape (tenant, local day)."""

    def __init__(self, population: Population, rates: Floats) -> None:
        self._population, self._rates = population, rates
        self._profile = hour_profile()
        self._zones = sorted({tenant.zone for tenant in population.tenants})
        self._zone_of = np.array([self._zones.index(tenant.zone) for tenant in population.tenants])
        self._active = np.array([tenant.weight for tenant in population.tenants])

    def slot_weights(self, day: int) -> Floats:
        """Shape (tenant, 96): weight of each UTC quarter hour of a day, by the local clock of the tenant's zone."""
        local_day, hour, weekday = self._local(self._population.start + timedelta(days=day))
        factor = self._profile[hour] * np.array(WEEKDAY_FACTOR)[weekday]
        rows = factor[self._zone_of] * self._active[:, None]
        columns = np.clip(day + local_day[self._zone_of], 0, self._population.days - 1)
        return np.asarray(rows * np.take_along_axis(self._rates, columns, axis=1))

    def local_days(self, day: int) -> Ints:
        """Shape (tenant, 96): the local day in each UTC quarter hour of a day."""
        return np.asarray(day + self._local(self._population.start + timedelta(days=day))[0][self._zone_of])

    def _local(self, day: date) -> tuple[Ints, Ints, Ints]:
        """Per (zone, slot): local date minus UTC date, local hour, local weekday (Monday 0)."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        starts = np.arange(SLOTS) * 15
        minutes = np.stack([starts + _offset_minutes(ZoneInfo(name), midnight) for name in self._zones])
        shift = minutes // 1440
        return shift, minutes % 1440 // 60, (day.weekday() + shift) % 7

    def events_per_day(self, total: int, seed: int) -> Ints:
        """Shape (day, tenant): `total` events spread over the period by weight. Sums to `total` exactly."""
        weights = np.stack([self.slot_weights(day).sum(axis=1) for day in range(self._population.days)])
        shares = (weights / weights.sum()).ravel()
        return stream(seed, "events per day").multinomial(total, shares).reshape(weights.shape)


def _offset_minutes(zone: ZoneInfo, midnight: datetime) -> Ints:
    """Shape (96,): the zone's offset at the start of each quarter hour of the UTC day, in minutes."""

    def at(slot: int) -> int:
        offset = (midnight + timedelta(minutes=15 * slot)).astimezone(zone).utcoffset()
        return int((offset or timedelta()).total_seconds() // 60)

    first, last = at(0), at(SLOTS)
    if first == last:
        return np.full(SLOTS, first)
    return np.array([at(slot) for slot in range(SLOTS)])
