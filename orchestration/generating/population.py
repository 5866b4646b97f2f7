"""Who is on the platform: tenants, teams, users, items, projects, and how each prefers models and channels.

Every entity is a position in parallel arrays. Users are ordered by tenant, items by (tenant, item type), so that a
choice within a group is one search. Days are offsets from the first day of the period.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from orchestration.generating import catalogue, names
from orchestration.generating.draws import Floats, Ints, stream
from orchestration.generating.traces import CLIENT_LOG_SD

NEVER = 1_000_000
TYPE_COUNT = len(catalogue.ITEM_TYPES)
# Items of each type per ten users; one phone line per tenant of forty users.
ITEMS_PER_TEN_USERS = (4.0, 2.5, 2.0, 1.5, 0.25)


@dataclass(frozen=True)
class Tenant:
    """One tenant of the platform, as the directory describes it, with its weight in the platform's traffic."""

    tenant_id: str
    name: str
    zone: str
    currency: str
    plan: str
    users: int
    weight: float


@dataclass(frozen=True)
class Users:
    """Parallel arrays over all users. `first_day` is the first day with use, or `NEVER`."""

    tenant: Ints
    team: Ints
    number: Ints
    name: list[str]
    role: Ints
    signed_up_day: Ints
    first_day: Ints
    last_day: Ints
    weight: Floats


@dataclass(frozen=True)
class Items:
    """Parallel arrays over all items; `group` = tenant * number of types + type, ascending."""

    group: Ints
    number: Ints
    name: list[str]
    created_day: Ints
    retired_day: Ints
    created_by: Ints
    weight: Floats


@dataclass(frozen=True)
class Population:
    """The platform over `days` days up to and including `end`."""

    start: date
    days: int
    tenants: tuple[Tenant, ...]
    users: Users
    items: Items
    teams_per_tenant: Ints
    projects_per_tenant: Ints
    model_mix: Floats
    channel_mix: Floats
    logs_credits: NDArray[np.bool_]

    @property
    def end(self) -> date:
        """The last day of the period."""
        return self.start + timedelta(days=self.days - 1)


def made_up_tenants(count: int, seed: int) -> tuple[Tenant, ...]:
    """`count` tenants; traffic weights log-normal with the spread measured between real clients."""
    rng = stream(seed, "tenants")
    weights = rng.lognormal(0, CLIENT_LOG_SD, count)
    share = weights / weights.sum()
    users = np.clip(np.rint(6 + 40 * np.sqrt(share * count)), 6, 400).astype(int)
    plans = np.array(list(catalogue.PLANS))[np.searchsorted([0.5, 2.0], share * count)]
    pool = len(names.TENANT_LAST)
    return tuple(
        Tenant(
            f"tenant-{i + 1:04d}",
            f"{names.TENANT_FIRST[(i * 7 + i // pool) % pool]} {names.TENANT_LAST[i % pool]}",
            catalogue.ZONES[i % len(catalogue.ZONES)],
            catalogue.CURRENCIES[i % len(catalogue.ZONES)],
            str(plans[i]),
            int(users[i]),
            float(share[i]),
        )
        for i in range(count)
    )


def populate(tenants: tuple[Tenant, ...], days: int, end: date, seed: int) -> Population:
    """Fill the platform with people and things. Same arguments, same population."""
    count = len(tenants)
    sizes = np.array([tenant.users for tenant in tenants])
    teams = np.clip(sizes // 7 + 2, 2, len(names.TEAMS))
    projects = np.clip(sizes // 8 + 1, 1, len(names.PROJECTS))
    users = _users(sizes, teams, days, seed)
    rng = stream(seed, "preferences")
    popularity = np.array([model.popularity for model in catalogue.MODELS])
    return Population(
        start=end - timedelta(days=days - 1),
        days=days,
        tenants=tenants,
        users=users,
        items=_items(sizes, users, days, seed),
        teams_per_tenant=teams,
        projects_per_tenant=projects,
        model_mix=_tilted(popularity, count, 0.6, rng),
        channel_mix=_tilted(np.array(catalogue.CHANNEL_SHARE), count, 0.3, rng),
        logs_credits=np.arange(count) % 3 != 1,
    )


def _tilted(base: Floats, count: int, sd: float, rng: np.random.Generator) -> Floats:
    """Shape (count, len(base)): each tenant's own shares around the platform's."""
    mix = base * rng.lognormal(0, sd, (count, len(base)))
    return np.asarray(mix / mix.sum(axis=1, keepdims=True))


def _users(sizes: Ints, teams: Ints, days: int, seed: int) -> Users:
    rng = stream(seed, "users")
    tenant = np.repeat(np.arange(len(sizes)), sizes)
    count = len(tenant)
    number = np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    team = rng.integers(0, teams[tenant])
    joined = np.where(rng.random(count) < 0.6, -rng.integers(20, 200, count), rng.integers(0, max(days - 3, 1), count))
    joined[number == 0] = -200
    lag = np.where(rng.random(count) < 0.45, 0, whole_days(rng.exponential(3.0, count)))
    never = (rng.random(count) < 0.12) & (number > 2)
    first = np.where(never, NEVER, np.maximum(joined + lag, 0))
    leaves = (rng.random(count) < 0.06) & (number > 2)
    last = np.where(leaves, first + rng.integers(10, 90, count), NEVER)
    firsts, lasts = names.FIRST_NAMES, names.LAST_NAMES
    order = (np.arange(count) * 1013 + seed) % (len(firsts) * len(lasts))
    full = [f"{firsts[n % len(firsts)]} {lasts[n // len(firsts)]}" for n in order.tolist()]
    return Users(
        tenant=tenant,
        team=np.where((rng.random(count) < 0.06) & (number > 0), -1, team),
        number=number,
        name=full,
        role=np.where(number == 0, 4, rng.integers(0, 4, count)),
        signed_up_day=joined,
        first_day=first,
        last_day=last,
        weight=rng.lognormal(0, 0.9, count),
    )


def whole_days(values: Floats) -> Ints:
    """Days, rounded down."""
    return np.floor(values).astype(np.int64)


def _items(sizes: Ints, users: Users, days: int, seed: int) -> Items:
    rng = stream(seed, "items")
    per_group = (
        np.maximum(np.rint(sizes[:, None] / 10 * np.array(ITEMS_PER_TEN_USERS)), [1, 1, 1, 1, 0]).astype(int).ravel()
    )
    group = np.repeat(np.arange(len(per_group)), per_group)
    count = len(group)
    number = np.arange(count) - np.repeat(np.cumsum(per_group) - per_group, per_group)
    created = np.where(
        (rng.random(count) < 0.55) | (number == 0),
        -rng.integers(30, 300, count),
        rng.integers(0, max(days - 2, 1), count),
    )
    retired = np.where(
        (rng.random(count) < 0.08) & (number > 1), np.maximum(created, 0) + rng.integers(15, 60, count), NEVER
    )
    tenant = group // TYPE_COUNT
    first_user = np.cumsum(sizes) - sizes
    creator = first_user[tenant] + np.minimum(rng.geometric(0.25, count) - 1, sizes[tenant] - 1)
    creator = np.where(users.signed_up_day[creator] <= created, creator, first_user[tenant])
    titles = [_item_name(int(g) % TYPE_COUNT, int(n)) for g, n in zip(group, number, strict=True)]
    return Items(
        group=group,
        number=number,
        name=titles,
        created_day=created,
        retired_day=retired,
        created_by=creator,
        weight=rng.lognormal(0, 0.7, count),
    )


def _item_name(kind: int, number: int) -> str:
    pool = names.ITEM_NAMES[catalogue.ITEM_TYPES[kind]]
    return pool[number % len(pool)] + (f" {number // len(pool) + 1}" if number >= len(pool) else "")
