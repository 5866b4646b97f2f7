"""Streams, grouped choices and quantile tables."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orchestration.generating.draws import GroupedChoice, burst_bank, from_quantiles, stream


def test_streams_are_independent_of_each_other_and_repeat() -> None:
    assert stream(1, "a", 2).random() == stream(1, "a", 2).random()
    draws = {stream(seed, *name).random() for seed in (1, 2) for name in (("a",), ("a", 1), ("a", "1"), ("b",))}
    assert len(draws) == 8


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([0.0, 1e-6, 1.0, 250.0])), max_size=30), st.integers(0, 99)
)
def test_a_choice_stays_in_its_group_and_never_takes_a_weightless_member(
    members: list[tuple[int, float]], seed: int
) -> None:
    members = sorted(members)
    groups = np.array([group for group, _ in members], dtype=np.int64)
    weights = np.array([weight for _, weight in members])
    asked = np.repeat(np.arange(6), 40)
    drawn = GroupedChoice(groups, weights, 6).draw(asked, stream(seed, "test"))
    for group, member in zip(asked.tolist(), drawn.tolist(), strict=True):
        if member < 0:
            assert weights[groups == group].sum() == 0
        else:
            assert groups[member] == group
            assert weights[member] > 0


def test_a_choice_follows_the_weights() -> None:
    choice = GroupedChoice(np.array([0, 0, 1, 1]), np.array([1.0, 3.0, 1.0, 1.0]), 2)
    drawn = choice.draw(np.zeros(40_000, dtype=np.int64), stream(3, "test"))
    assert abs((drawn == 1).mean() - 0.75) < 0.01


def test_quantile_tables_give_back_their_quantiles() -> None:
    table = (1, 2, 3, 4, 8, 16, 32, 64, 80, 90, 100)
    values = from_quantiles(table, stream(4, "test"), 100_000)
    assert values.min() >= 1
    assert values.max() <= 100
    assert abs(np.median(values) - 16) < 0.5
    assert abs(np.quantile(values, 0.9) - 64) < 1.5


def test_burst_rows_vary_as_asked() -> None:
    rows, minutes = 2_000, 60
    steps = burst_bank(rows, minutes, 1.03, stream(5, "test")).reshape(rows, minutes) - np.arange(rows)[:, None]
    shares = np.diff(steps, axis=1, prepend=0.0)
    assert (np.diff(steps, axis=1) >= 0).all()
    assert np.allclose(steps[:, -1], 1.0)
    assert abs((shares.std(axis=1) / shares.mean(axis=1)).mean() - 1.0) < 0.06
