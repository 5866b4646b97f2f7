"""Busier, or pricier? The change in credits on the previous period, split exactly into volume, mix and price."""

from collections.abc import Sequence
from decimal import Decimal

from site_builder.charts.specs import Diverging, Rank
from site_builder.gather.causes import MODEL
from site_builder.gather.driver_effects import Driver, drivers_of
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table, Value
from site_builder.words import formats, phrases

NAME = "drivers"
CHART_ROWS = 8
# An effect below this share of all effects does not shape the title.
_SMALL = Decimal("0.1")
_EFFECTS = (
    ("volume", "Volume", "how much was done"), ("mix", "Mix", "with which models"),
    ("price", "Price", "credits per message, run or call"),
)  # fmt: skip
_WORDS = {
    "volume": ("busier", "quieter"), "mix": ("on dearer models", "on cheaper models"), "price": ("pricier", "cheaper"),
}  # fmt: skip
COLUMNS = (
    Column("previous_activity", "Activity before", "int"), Column("activity", "Activity", "int"),
    Column("previous_credits", "Credits before", "amount"), Column("credits", "Credits", "amount"),
    Column("credits_change", "Change", "amount"), Column("one_off", "One-offs", "amount"),
    Column("usual_volume", "Volume", "amount"), Column("usual_mix", "Mix", "amount"),
    Column("usual_price", "Price", "amount"), Column("volume", "Volume with one-offs", "amount", data_only=True),
    Column("mix", "Mix with one-offs", "amount", data_only=True),
    Column("price", "Price with one-offs", "amount", data_only=True),
)  # fmt: skip
_NAMES = (
    Column("tenant_id", "Tenant", "name"), Column("model_id", "Model id", "name", data_only=True),
    Column("model_name", "Model", "name"),
)  # fmt: skip
DEFINITION = (
    "Activity: messages, runs and calls. A one-off is what a runaway item took above its own median on a date. Without "
    "one-offs: volume is what the change of a tenant's whole activity would have made at the old mix and prices; mix "
    "what the changed shares made at the old prices; price the rest, credits per unit of activity. What is new to the "
    "tenant is mix, a tenant new to the period volume. One-offs, volume, mix and price add up to the change exactly."
)


def build(view: View) -> Card:
    """The card of one report."""
    drivers = drivers_of(view.past, view.now, MODEL) if view.has_past else []
    return Card(
        name=NAME,
        subject="Busier, or pricier?",
        title=_title(view, drivers),
        about=phrases.about(view),
        table=Table(
            (*_NAMES, *COLUMNS), [(driver.tenant_id, driver.key, driver.name, *cells(driver)) for driver in drivers]
        ),
        definition=f"{DEFINITION} The CSV has the three with one-offs in them, too.",
        panels=_panels(view, drivers),
        is_empty=not drivers,
    )


def cells(driver: Driver) -> tuple[Value, ...]:
    """A driver's values of COLUMNS."""
    return (
        driver.activity_before, driver.activity, driver.credits_before, driver.credits, driver.change, driver.one_off,
        *driver.usual, driver.volume, driver.mix, driver.price,
    )  # fmt: skip


def _panels(view: View, drivers: Sequence[Driver]) -> list[Panel]:
    if not drivers:
        return []
    totals = _totals(drivers)
    one_off = sum((driver.one_off for driver in drivers), ZERO)
    effects = [_rank("One-offs", one_off, "runaway items above their median")] if one_off else []
    effects += [_rank(label, totals[name], note) for name, label, note in _EFFECTS]
    parts = phrases.joined([effect.label.lower() if place else effect.label for place, effect in enumerate(effects)])
    desc = f"{parts} add up to {signed(one_off + sum(totals.values(), ZERO))} credits."
    panels = [Panel("Why", [Diverging("Change in credits by cause", desc, effects)])]
    names = [(driver.key, driver.name) for driver in drivers]
    panels.append(Panel("By model", [chart_of(drivers, names, "model")]))
    if view.scope.is_all:
        names = [(driver.tenant_id, view.tenant_names[driver.tenant_id]) for driver in drivers]
        panels.append(Panel("By tenant", [chart_of(drivers, names, "tenant")]))
    return panels


def chart_of(drivers: Sequence[Driver], keys: Sequence[tuple[str, str]], dimension: str) -> Diverging:
    """The largest changes by key, given as (key, name) of each driver, those without a name as `No <dimension>`."""
    ranks = _summed(drivers, keys, f"No {dimension}")
    return Diverging(f"Change in credits by {dimension}", _ordered(ranks, dimension), ranks)


def _totals(drivers: Sequence[Driver]) -> dict[str, Decimal]:
    """The effects without one-offs."""
    return {name: sum((getattr(driver.usual, name) for driver in drivers), ZERO) for name, *_ in _EFFECTS}


def _summed(drivers: Sequence[Driver], keys: Sequence[tuple[str, str]], missing: str) -> list[Rank]:
    """The largest changes by key, given as (key, name) of each driver; the rest in one row."""
    changes: dict[tuple[str, str], Decimal] = {}
    for key, driver in zip(keys, drivers, strict=True):
        changes[key] = changes.get(key, ZERO) + driver.change
    ordered = sorted(changes.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    ranks = [_rank(phrases.named(name, key, missing), change) for (key, name), change in ordered[:CHART_ROWS]]
    others = [change for _, change in ordered[CHART_ROWS:]]
    return [*ranks, _rank(formats.plural(len(others), "other"), sum(others, ZERO))] if others else ranks


def _ordered(rows: Sequence[Rank], one: str) -> str:
    return f"{formats.plural(len(rows), one)}, the largest change first."


def _rank(label: str, value: Decimal, note: str = "") -> Rank:
    return Rank(label, value, signed(value), note, "c1" if value >= 0 else "c2")


def signed(value: Decimal) -> str:
    """An amount with its sign."""
    return f"+{formats.amount(value)}" if value > 0 else formats.amount(value)


def said(view: View) -> str:
    """The card's finding."""
    return _title(view, drivers_of(view.past, view.now, MODEL))


def _title(view: View, drivers: Sequence[Driver]) -> str:
    if not view.has_past:
        return "There is no earlier period to compare with"
    if not drivers:
        return "No usage in this period or the one before"
    totals = _totals(drivers)
    one_off = sum((driver.one_off for driver in drivers), ZERO)
    if one_off:
        return f"One-offs {signed(one_off)} credits; without them {_trend(totals)}"
    text = _trend(totals)
    return text[:1].upper() + text[1:]


def _trend(totals: dict[str, Decimal]) -> str:
    """Busier or pricier, with what that comes to."""
    change, weight = sum(totals.values(), ZERO), sum((abs(value) for value in totals.values()), ZERO)
    if not weight:
        return "nothing changed: as busy as before, at the same prices"
    ordered = sorted(totals, key=lambda name: -abs(totals[name]))
    telling = [name for name in ordered if abs(totals[name]) > _SMALL * weight]
    words = phrases.joined([_WORDS[name][totals[name] < 0] for name in telling])
    opposite = {"volume": "price", "price": "volume"}.get(telling[0])
    if len(telling) == 1 and opposite:
        words = f"{words}, not {_WORDS[opposite][totals[telling[0]] < 0]}"
    parts = phrases.joined([f"{name} {signed(totals[name])}" for name in totals])
    return f"{words}: {parts} make {signed(change)} credits"
