"""The clock of the platform: office hours in local time, across clock changes and odd offsets."""

from datetime import date

import numpy as np
import pytest

from orchestration.generating.population import Population, Tenant, populate
from orchestration.generating.rhythm import SLOTS, Rhythm, hour_profile, launch
from orchestration.generating.traces import HOUR_PEAK_TO_MEAN, HOUR_TROUGH_TO_MEAN

ZONES = ("America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC")


@pytest.fixture(scope="module")
def population() -> Population:
    tenants = tuple(Tenant(f"t{i}", f"T{i}", zone, "USD", "starter", 8, 0.25) for i, zone in enumerate(ZONES))
    return populate(tenants, 60, date(2026, 11, 21), seed=1)


@pytest.fixture(scope="module")
def rhythm(population: Population) -> Rhythm:
    return Rhythm(population, np.ones((4, 60)))


def day_of(population: Population, day: date) -> int:
    return (day - population.start).days


def busiest_utc_hours(weights: np.ndarray) -> list[float]:
    return [int(slot) / 4 for slot in weights.argmax(axis=1)]


def test_profile_has_the_measured_depth() -> None:
    profile = hour_profile()
    assert profile.mean() == pytest.approx(1)
    assert profile.max() == pytest.approx(HOUR_PEAK_TO_MEAN, rel=1e-6)
    assert profile.min() == pytest.approx(HOUR_TROUGH_TO_MEAN, rel=1e-6)


def test_ten_in_the_morning_is_local(population: Population, rhythm: Rhythm) -> None:
    # Tuesday before the US clock change: 10:00 in New York is 14:00 UTC, in Kathmandu 04:15; in Auckland 21:00.
    assert busiest_utc_hours(rhythm.slot_weights(day_of(population, date(2026, 10, 27)))) == [14.0, 4.25, 21.0, 10.0]
    # A week later New York has gone back an hour.
    assert busiest_utc_hours(rhythm.slot_weights(day_of(population, date(2026, 11, 3)))) == [15.0, 4.25, 21.0, 10.0]


def test_clock_change_within_a_day(population: Population, rhythm: Rhythm) -> None:
    # At 06:00 UTC on 2026-11-01 New York's 02:00 becomes 01:00: the local date begins at 04:00 UTC all the same.
    days = rhythm.local_days(day_of(population, date(2026, 11, 1)))[0] - day_of(population, date(2026, 11, 1))
    assert days.tolist() == [-1] * 16 + [0] * 80


def test_weekends_are_local(population: Population, rhythm: Rhythm) -> None:
    # Friday 20:00 UTC is Saturday 09:00 in Auckland.
    friday = rhythm.slot_weights(day_of(population, date(2026, 11, 13)))
    assert friday[2, 80] < friday[3, 40] * 0.3


def test_every_event_gets_a_place(rhythm: Rhythm) -> None:
    counts = rhythm.events_per_day(12_345, seed=1)
    assert counts.shape == (60, 4)
    assert counts.sum() == 12_345
    assert rhythm.slot_weights(0).shape == (4, SLOTS)


def test_a_launch_jumps_and_settles() -> None:
    curve = launch(40, np.array([10]), 3.0)[0]
    assert curve[9] == 1
    assert curve[10] == 3
    assert 1 < curve[24] < 1.1
