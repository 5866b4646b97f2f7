"""One day's sessions: who sat down with what, when, and for how many events.

A session is a chat, a workflow, app or agent run with its model requests, an API request, or a phone call. Everything
that its events share is drawn once per session.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from orchestration.generating import catalogue
from orchestration.generating.draws import Floats, GroupedChoice, Ints, burst_bank, from_quantiles, stream, whole
from orchestration.generating.population import TYPE_COUNT, Population
from orchestration.generating.rhythm import SLOT_MS, SLOTS, Rhythm
from orchestration.generating.traces import AGENT_TURNS, MINUTE_BURST_CV

CHAT, WORKFLOW, AGENT, APP, API, PHONE = range(len(catalogue.CHANNELS))
# Mean requests per session of the channels that have no recorded length; an agent's come from the trace.
MEAN_LENGTH = {CHAT: 3.0, WORKFLOW: 2.2, APP: 1.4, API: 1.0, PHONE: 1.0}
MINUTES = SLOT_MS // 60_000
BANK_ROWS = 4096
PRESENT = 0.6


@dataclass(frozen=True)
class Sessions:
    """Parallel arrays, one entry per session; -1 = none. `start_ms` counts from midnight UTC; `asked`: for a rating."""

    tenant: Ints
    channel: Ints
    length: Ints
    start_ms: Ints
    user: Ints
    item: Ints
    project: Ints
    model: Ints
    task: Ints
    playground: NDArray[np.bool_]
    asked: NDArray[np.bool_]

    def __add__(self, other: "Sessions") -> "Sessions":
        """These sessions followed by the others."""
        return Sessions(*(np.concatenate((getattr(self, f.name), getattr(other, f.name))) for f in fields(self)))


class SessionMaker:
    """Draws sessions of a population, a day (or a part of one) at a time, with memory bounded by that part."""

    def __init__(self, population: Population, rhythm: Rhythm, seed: int) -> None:
        self._population, self._rhythm, self._seed = population, rhythm, seed
        self._bank = burst_bank(BANK_ROWS, MINUTES, MINUTE_BURST_CV, stream(seed, "bursts"))

    def draw(self, day: int, part: int, counts: Ints) -> Sessions:
        """Sessions with `counts[tenant]` events in all. The same (day, part, counts) gives the same sessions."""
        rng = stream(self._seed, "sessions", day, part)
        tenant, channel, length = self._lengths(counts, rng)
        user = self._users(day, part, tenant, channel, rng)
        size = len(tenant)
        project = np.floor(rng.random(size) * self._population.projects_per_tenant[tenant]).astype(np.int64)
        return Sessions(
            tenant=tenant,
            channel=channel,
            length=length,
            start_ms=self._starts(day, tenant, rng),
            user=user,
            item=self._items(day, tenant, channel, rng),
            project=np.where(rng.random(size) < 0.35, project, -1),
            model=self._models(day, tenant, rng),
            task=np.where(rng.random(size) < 0.65, rng.integers(0, len(catalogue.TASKS), size), -1),
            playground=(rng.random(size) < 0.02) & (channel == CHAT),
            asked=np.zeros(size, bool),
        )

    def _lengths(self, counts: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
        by_channel = rng.multinomial(counts, self._population.channel_mix)
        tenants, channels, lengths = [], [], []
        for channel in range(len(catalogue.CHANNELS)):
            ends = np.cumsum(by_channel[:, channel])
            total = int(ends[-1])
            cuts = np.cumsum(_drawn_lengths(channel, total, rng))
            starts = np.unique(np.concatenate(([0], cuts, ends)))
            starts = starts[starts < total]
            tenants.append(np.searchsorted(ends, starts, side="right"))
            channels.append(np.full(len(starts), channel))
            lengths.append(np.diff(starts, append=total))
        return np.concatenate(tenants), np.concatenate(channels), np.concatenate(lengths)

    def _starts(self, day: int, tenant: Ints, rng: np.random.Generator) -> Ints:
        weights = self._rhythm.slot_weights(day)
        groups = np.repeat(np.arange(len(weights)), SLOTS)
        slot = GroupedChoice(groups, weights.ravel(), len(weights)).draw(tenant, rng) % SLOTS
        # Bursts are the same for all who ask in the same quarter hour of a tenant, whatever part of the day is drawn.
        rows = stream(self._seed, "burst rows", day).integers(0, BANK_ROWS, len(groups))[tenant * SLOTS + slot]
        minute = np.searchsorted(self._bank, rows + rng.random(len(tenant)), side="right") - rows * MINUTES
        within: Ints = np.clip(minute, 0, MINUTES - 1) * 60_000 + rng.integers(0, 60_000, len(tenant))
        return slot * SLOT_MS + within

    def _users(self, day: int, part: int, tenant: Ints, channel: Ints, rng: np.random.Generator) -> Ints:
        users = self._population.users
        present = stream(self._seed, "present", day).random(len(users.tenant)) < PRESENT
        on = (users.first_day <= day) & (users.last_day > day) & (present | (users.number == 0))
        drawn = GroupedChoice(users.tenant, users.weight * on, len(self._population.tenants)).draw(tenant, rng)
        return np.where((channel == API) & (rng.random(len(tenant)) < 0.7), -1, drawn)

    def _items(self, day: int, tenant: Ints, channel: Ints, rng: np.random.Generator) -> Ints:
        items = self._population.items
        on = (items.created_day < day) & (items.retired_day > day)
        kind = np.array(catalogue.CHANNEL_ITEM_TYPE)[channel]
        choice = GroupedChoice(items.group, items.weight * on, len(self._population.tenants) * TYPE_COUNT)
        drawn = choice.draw(tenant * TYPE_COUNT + np.maximum(kind, 0), rng)
        return np.where((kind < 0) | ((channel == CHAT) & (rng.random(len(tenant)) < 0.45)), -1, drawn)

    def _models(self, day: int, tenant: Ints, rng: np.random.Generator) -> Ints:
        released = np.array([model.released * self._population.days <= day for model in catalogue.MODELS])
        mix: Floats = self._population.model_mix * released
        groups = np.repeat(np.arange(len(mix)), mix.shape[1])
        drawn: Ints = GroupedChoice(groups, mix.ravel(), len(mix)).draw(tenant, rng) % mix.shape[1]
        return drawn


def _drawn_lengths(channel: int, total: int, rng: np.random.Generator) -> Ints:
    if channel == AGENT:
        return whole(from_quantiles(AGENT_TURNS, rng, total)) + 1
    # One more event for the run itself.
    return rng.geometric(1 / MEAN_LENGTH[channel], total) + (channel in (WORKFLOW, APP))
