"""What the sample's advice stands on, and what came of it: models tried on one task, and work by day and by night."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from orchestration.generating import catalogue
from orchestration.generating.draws import Floats, Ints
from orchestration.generating.population import Population
from orchestration.generating.sessions import API, CHAT, Sessions

HOUR_MS = 3_600_000
# UTC hours that are between 9 and 17 o'clock in Berlin whatever its offset, and such as never are.
OFFICE_HOURS, QUIET_HOURS = (8, 9, 10, 11, 12, 13), (3, 4, 18, 19, 20, 21)
OFFICE_PACE = 2.0


@dataclass(frozen=True)
class Trial:
    """Weekdays, counted back from the last day, on which some of a tenant's users put one task to models by turns."""

    tenant: int
    first: int
    last: int
    task: str
    models: Sequence[str]
    sessions: int = 16
    users: int = 8


@dataclass(frozen=True)
class Batch:
    """Weekdays, counted back from the last day, on which a tenant's own program asks a model by day and by night."""

    tenant: int
    first: int
    last: int
    task: str
    model: str


@dataclass(frozen=True)
class Added:
    """Sessions of a day besides its own, and what the response times of each are multiplied by."""

    sessions: Sessions
    pace: Floats

    def __add__(self, other: "Added") -> "Added":
        """These followed by the others."""
        return Added(self.sessions + other.sessions, np.concatenate((self.pace, other.pace)))


def trial_day(population: Population, day: int, trial: Trial) -> Sessions:
    """One question each, every half an hour from 14:00 UTC, and every answer up for rating."""
    users, number = population.users, np.arange(trial.sessions)
    desk = np.flatnonzero((users.tenant == trial.tenant) & (users.first_day <= day) & (users.last_day > day))
    desk = desk[: trial.users]
    models = np.array([model_number(name) for name in trial.models])
    task = catalogue.TASKS.index(trial.task)
    return Sessions(
        **alike(trial.sessions, tenant=trial.tenant, channel=CHAT, length=1, task=task, item=-1, project=-1),
        start_ms=14 * HOUR_MS + number * (HOUR_MS // 2),
        user=desk[number // len(models) % len(desk)],
        model=models[number % len(models)],
        playground=np.zeros(trial.sessions, bool),
        asked=np.ones(trial.sessions, bool),
    )


def added_work(population: Population, trials: Sequence[Trial], batches: Sequence[Batch]) -> Mapping[int, Added]:
    """By day, what trials and batches add to it."""
    found: dict[int, Added] = {}
    for trial in trials:
        for day in weekdays(population, trial.first, trial.last):
            _add(found, day, Added(trial_day(population, day, trial), np.ones(trial.sessions)))
    for batch in batches:
        for day in weekdays(population, batch.first, batch.last):
            _add(found, day, _batch_day(batch))
    return found


def _add(found: dict[int, Added], day: int, more: Added) -> None:
    found[day] = found[day] + more if day in found else more


def _batch_day(batch: Batch) -> Added:
    """A request an hour; in office hours each waits for the gateway of the house."""
    hours = np.array(OFFICE_HOURS + QUIET_HOURS)
    size, never = len(hours), np.zeros(len(hours), bool)
    task = catalogue.TASKS.index(batch.task)
    sessions = Sessions(
        **alike(size, tenant=batch.tenant, channel=API, length=1, task=task, item=-1, project=-1, user=-1),
        model=np.full(size, model_number(batch.model)),
        start_ms=hours * HOUR_MS + HOUR_MS // 4,
        playground=never,
        asked=never,
    )
    return Added(sessions, np.where(np.isin(hours, OFFICE_HOURS), OFFICE_PACE, 1.0))


def weekdays(population: Population, first: int, last: int) -> list[int]:
    """The days from Monday to Friday among those from `first` to `last` before the last one."""
    end = population.days - 1
    days = range(end - first, end - last + 1)
    return [day for day in days if (population.start + timedelta(day)).weekday() < 5]


def model_number(model_id: str) -> int:
    """Its place in the catalogue."""
    return [model.model_id for model in catalogue.MODELS].index(model_id)


def alike(size: int, **values: int) -> dict[str, Ints]:
    """Columns of `size` equal values."""
    return {name: np.full(size, value) for name, value in values.items()}
