"""Why credits changed: the change on the previous period, split into volume, mix and price so that they add up exactly.

Per tenant and model, with activity a (messages, runs and calls) and credits c, before (0) and now (1), and A the
activity of all of the tenant's models together:

    volume = c0·A1/A0 − c0        as busy as now, at the old mix and prices
    mix    = a1·c0/a0 − c0·A1/A0  the model's share of the activity as now, at the old price
    price  = c1 − a1·c0/a0        its credits per unit of activity as now

Both quotients are rounded once, to 6 digits, half away from zero; each step begins where the one before ended, so that
the three add up to c1 − c0 to the last digit. A model that is new has no old price: what it took is mix. One that is
gone has none now: what it would have taken at the new volume is mix. A tenant that used nothing before is all volume.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from site_builder.gather.shares import ModelUse

_MICRO = 6


@dataclass(frozen=True)
class Driver:
    """The change of one tenant's model; credits, `volume + mix + price = credits − credits_before`."""

    tenant_id: str
    model_id: str
    model_name: str
    activity_before: int
    activity: int
    credits_before: Decimal
    credits: Decimal
    volume: Decimal
    mix: Decimal
    price: Decimal

    @property
    def change(self) -> Decimal:
        """What the credits changed by."""
        return self.credits - self.credits_before


def split_change(before: Iterable[ModelUse], now: Iterable[ModelUse]) -> list[Driver]:
    """One driver per tenant and model used in either period, the largest change first."""
    old = {(use.tenant_id, use.model_id): use for use in before}
    new = {(use.tenant_id, use.model_id): use for use in now}
    old_activity, new_activity = _by_tenant(old.values()), _by_tenant(new.values())
    drivers = []
    for key in old.keys() | new.keys():
        tenant = key[0]
        use = new.get(key) or old[key]
        empty = use._replace(activity=0, credits=Decimal(0).scaleb(-_MICRO))
        drivers.append(
            _driver(old.get(key, empty), new.get(key, empty), old_activity.get(tenant, 0), new_activity.get(tenant, 0))
        )
    return sorted(drivers, key=lambda driver: (-abs(driver.change), -driver.credits, driver.model_id, driver.tenant_id))


def _by_tenant(uses: Iterable[ModelUse]) -> dict[str, int]:
    activity: dict[str, int] = {}
    for use in uses:
        activity[use.tenant_id] = activity.get(use.tenant_id, 0) + use.activity
    return activity


def _driver(old: ModelUse, new: ModelUse, old_activity: int, new_activity: int) -> Driver:
    as_busy = _scaled(old.credits, new_activity, old_activity) if old_activity else new.credits
    as_mixed = _scaled(old.credits, new.activity, old.activity) if old.activity else new.credits
    return Driver(
        tenant_id=new.tenant_id,
        model_id=new.model_id,
        model_name=new.model_name,
        activity_before=old.activity,
        activity=new.activity,
        credits_before=old.credits,
        credits=new.credits,
        volume=as_busy - old.credits,
        mix=as_mixed - as_busy,
        price=new.credits - as_mixed,
    )


def _scaled(credits: Decimal, part: int, whole: int) -> Decimal:
    """credits × part ÷ whole, credits ≥ 0, rounded half away from zero to 6 digits."""
    millionths = int(credits.scaleb(_MICRO))
    return Decimal((2 * millionths * part + whole) // (2 * whole)).scaleb(-_MICRO)
