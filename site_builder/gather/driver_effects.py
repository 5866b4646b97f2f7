"""Why credits changed: the change on the previous period, split into volume, mix and price so that they add up exactly.

Per tenant and model (or item, team, user), with activity a (messages, runs and calls) and credits c, before (0) and
now (1), and A the activity of all of the tenant together:

    volume = c0·A1/A0 − c0        as busy as now, at the old mix and prices
    mix    = a1·c0/a0 − c0·A1/A0  its share of the activity as now, at the old price
    price  = c1 − a1·c0/a0        its credits per unit of activity as now

Both quotients are rounded once, to 6 digits, half away from zero; each step begins where the one before ended, so that
the three add up to c1 − c0 to the last digit. What is new has no old price: what it took is mix. What is gone has none
now: what it would have taken at the new volume is mix. A tenant that used nothing before is all volume.

A one-off is what a runaway item took above its own median on a date. Taken out of both periods, with the same part of
the date's activity, it leaves the trend: `usual`, whose three effects and the one-offs add up to the same change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.causes import ITEM, MODEL, Runaway, RunawayPart
from site_builder.gather.view import Slice

_MICRO = 6
_NOTHING = Decimal(0).scaleb(-_MICRO)
Key = tuple[str, str]


class Used(NamedTuple):
    """What a tenant's model, item, team or user did and took in a period."""

    tenant_id: str
    key: str
    name: str
    activity: int
    credits: Decimal


class Effects(NamedTuple):
    """What made a change, in credits."""

    volume: Decimal
    mix: Decimal
    price: Decimal


@dataclass(frozen=True)
class Driver:
    """The change of one tenant's model, item, team or user; credits, `volume + mix + price = credits − credits_before`.

    `one_off`: what came of one-offs; with the three of `usual`, which has none of them, it adds up to the same change.
    """

    tenant_id: str
    key: str
    name: str
    activity_before: int
    activity: int
    credits_before: Decimal
    credits: Decimal
    volume: Decimal
    mix: Decimal
    price: Decimal
    one_off: Decimal
    usual: Effects

    @property
    def change(self) -> Decimal:
        """What the credits changed by."""
        return self.credits - self.credits_before


def drivers_of(past: Slice, now: Slice, dimension: str) -> list[Driver]:
    """The drivers of a change by model, item, team or user, the largest change first; each adds up to the whole."""
    return split_change(
        _uses(past, dimension), _uses(now, dimension), one_offs(past, dimension), one_offs(now, dimension)
    )


def _uses(part: Slice, dimension: str) -> list[Used]:
    if dimension == MODEL:
        return [Used(*use) for use in part.model_uses]
    return [Used(*use[1:]) for use in part.uses if use.dimension == dimension]


def one_offs(part: Slice, dimension: str) -> dict[Key, tuple[int, Decimal]]:
    """What runaway items took above their medians (activity, credits), by tenant and key of a dimension.

    A date's excess is divided in proportion to the date's credits; what rounding leaves is the largest part's.
    """
    parts: dict[tuple[object, ...], list[RunawayPart]] = {}
    for row in part.runaway_parts:
        if row.dimension == dimension:
            parts.setdefault(row[:3], []).append(row)
    found: dict[Key, tuple[int, Decimal]] = {}
    for runaway in part.runaways:
        for (tenant, key), activity, credits in _divided(
            runaway, parts.get((runaway.tenant_id, runaway.item_id, runaway.usage_date), ())
        ):
            before = found.get((tenant, key), (0, _NOTHING))
            found[tenant, key] = before[0] + activity, before[1] + credits
    return found


def _divided(runaway: Runaway, parts: Sequence[RunawayPart]) -> list[tuple[Key, int, Decimal]]:
    whole = sum((part.credits for part in parts), _NOTHING)
    excess = min(runaway.excess or _NOTHING, whole)
    if excess <= 0:
        return []
    shares = [_scaled(excess, int(part.credits.scaleb(_MICRO)), int(whole.scaleb(_MICRO))) for part in parts]
    shares[0] += excess - sum(shares, _NOTHING)
    return [
        ((part.tenant_id, part.key), round(part.activity * share / part.credits) if part.credits else 0, share)
        for part, share in zip(parts, shares, strict=True)
    ]


def one_off_credits(part: Slice) -> Decimal:
    """What of a period's credits was one-offs."""
    return sum((credits for _, credits in one_offs(part, ITEM).values()), _NOTHING)


def split_change(
    before: Iterable[Used], now: Iterable[Used], one_offs_before: Mapping[Key, tuple[int, Decimal]] | None = None,
    one_offs_now: Mapping[Key, tuple[int, Decimal]] | None = None,
) -> list[Driver]:  # fmt: skip
    """One driver per tenant and key used in either period, the largest change first."""
    old = {(use.tenant_id, use.key): use for use in before}
    new = {(use.tenant_id, use.key): use for use in now}
    usual_old, usual_new = _without(old, one_offs_before or {}), _without(new, one_offs_now or {})
    whole, usual = _effects(old, new), _effects(usual_old, usual_new)
    drivers = []
    for key in old.keys() | new.keys():
        named, was, has = new.get(key) or old[key], _at(old, key), _at(new, key)
        change = has.credits - was.credits
        drivers.append(
            Driver(
                named.tenant_id, named.key, named.name, was.activity, has.activity, was.credits, has.credits,
                *whole[key], change - sum(usual[key], _NOTHING), usual[key],
            )
        )  # fmt: skip
    return sorted(drivers, key=lambda driver: (-abs(driver.change), -driver.credits, driver.key, driver.tenant_id))


def _at(uses: Mapping[Key, Used], key: Key) -> Used:
    return uses.get(key) or Used(*key, "", 0, _NOTHING)


def _without(uses: Mapping[Key, Used], taken: Mapping[Key, tuple[int, Decimal]]) -> dict[Key, Used]:
    left = dict(uses)
    for key, (activity, credits) in taken.items():
        use = left.get(key)
        # What its parts have and the whole lacks cannot be taken out of it.
        if use is not None and credits <= use.credits and activity <= use.activity:
            left[key] = use._replace(activity=use.activity - activity, credits=use.credits - credits)
    return left


def _effects(old: Mapping[Key, Used], new: Mapping[Key, Used]) -> dict[Key, Effects]:
    old_activity, new_activity = _by_tenant(old.values()), _by_tenant(new.values())
    return {
        key: _effect(_at(old, key), _at(new, key), old_activity.get(key[0], 0), new_activity.get(key[0], 0))
        for key in old.keys() | new.keys()
    }


def _by_tenant(uses: Iterable[Used]) -> dict[str, int]:
    activity: dict[str, int] = {}
    for use in uses:
        activity[use.tenant_id] = activity.get(use.tenant_id, 0) + use.activity
    return activity


def _effect(old: Used, new: Used, old_activity: int, new_activity: int) -> Effects:
    as_busy = _scaled(old.credits, new_activity, old_activity) if old_activity else new.credits
    as_mixed = _scaled(old.credits, new.activity, old.activity) if old.activity else new.credits
    return Effects(as_busy - old.credits, as_mixed - as_busy, new.credits - as_mixed)


def _scaled(credits: Decimal, part: int, whole: int) -> Decimal:
    """credits × part ÷ whole, credits ≥ 0, rounded half away from zero to 6 digits."""
    millionths = int(credits.scaleb(_MICRO))
    return Decimal((2 * millionths * part + whole) // (2 * whole)).scaleb(-_MICRO)
