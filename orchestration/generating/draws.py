"""Random draws: one generator per named stream, grouped choices, and values from quantile tables."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from orchestration.generating.traces import PROBABILITIES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def stream(seed: int, *name: object) -> np.random.Generator:
    """A generator of its own for each (seed, name): adding a stream never moves what another one draws."""
    digest = hashlib.sha256(repr((seed, *name)).encode("utf-8")).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))


class GroupedChoice:
    """Weighted choice among the members of a group, for many groups in one search.

    `groups[i]` is the group of member i (ascending), `weights[i] >= 0` its weight. Members of weight 0 are never drawn.
    """

    def __init__(self, groups: Ints, weights: Floats, count: int) -> None:
        first = np.searchsorted(groups, np.arange(count + 1))
        running = np.concatenate(([0.0], np.cumsum(weights)))
        base, total = running[first[:-1]], running[first[1:]] - running[first[:-1]]
        self._empty = total <= 0
        scale = np.where(self._empty, 1.0, total)
        # Each group's distribution is lifted by the group's number, so that all of them form one ascending array.
        self._steps = np.minimum((running[1:] - base[groups]) / scale[groups], 1.0) + groups
        self._first, self._last = first[:-1], first[1:] - 1

    def draw(self, groups: Ints, rng: np.random.Generator) -> Ints:
        """One member index per entry of `groups`, or -1 where the group has no member of positive weight."""
        found = np.searchsorted(self._steps, groups + rng.random(len(groups)) * (1 - 1e-9), side="right")
        found = np.clip(found, self._first[groups], self._last[groups])
        return np.where(self._empty[groups], -1, found).astype(np.int64)


def from_quantiles(values: Sequence[float], rng: np.random.Generator, size: int) -> Floats:
    """`size` draws from a quantile table over `PROBABILITIES`, interpolated between its points on a log scale."""
    return np.exp(np.interp(rng.random(size), PROBABILITIES, np.log(values)))


def whole(values: Floats) -> Ints:
    """Nearest whole numbers."""
    return np.rint(values).astype(np.int64)


def burst_bank(rows: int, minutes: int, cv: float, rng: np.random.Generator) -> Floats:
    """Cumulative minute weights of `rows` quarter hours whose minutes vary with the coefficient of variation `cv`.

    Shape (rows * minutes,): row r ascends from r to r + 1, ready for one search over all rows.
    """
    weights = rng.gamma(1 / cv**2, size=(rows, minutes)) + 1e-12
    steps = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    steps[:, -1] = 1.0
    return np.asarray(steps + np.arange(rows)[:, None]).ravel()
