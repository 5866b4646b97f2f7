"""Busier, or pricier? The change in credits on the previous period, split exactly into volume, mix and price."""

from collections.abc import Sequence
from decimal import Decimal

from site_builder.charts.specs import Diverging, Rank
from site_builder.gather.driver_effects import Driver, split_change
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
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
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("model_id", "Model id", "name", data_only=True),
    Column("model_name", "Model", "name"), Column("previous_activity", "Activity before", "int"),
    Column("activity", "Activity", "int"), Column("previous_credits", "Credits before", "amount"),
    Column("credits", "Credits", "amount"), Column("credits_change", "Change", "amount"),
    Column("volume", "Volume", "amount"), Column("mix", "Mix", "amount"), Column("price", "Price", "amount"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    drivers = split_change(view.past.model_uses, view.now.model_uses) if view.has_past else []
    rows = [
        (
            each.tenant_id, each.model_id, each.model_name, each.activity_before, each.activity, each.credits_before,
            each.credits, each.change, each.volume, each.mix, each.price,
        )
        for each in drivers
    ]  # fmt: skip
    return Card(
        name=NAME,
        subject="Busier, or pricier?",
        title=_title(view, drivers),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Activity: messages, runs and calls. Volume: what the change of a tenant's whole activity would "
        "have made at the old mix and prices; mix: what the changed shares of its models made at the old prices; "
        "price: the rest, credits per unit of activity. A model new to the tenant is mix, a tenant new to the period "
        "volume. The three add up to the change exactly.",
        panels=_panels(view, drivers),
        is_empty=not drivers,
    )


def _panels(view: View, drivers: Sequence[Driver]) -> list[Panel]:
    if not drivers:
        return []
    totals = _totals(drivers)
    effects = [_rank(label, totals[name], note) for name, label, note in _EFFECTS]
    desc = f"Volume, mix and price add up to {_signed(sum(totals.values(), ZERO))} credits."
    panels = [Panel("Why", [Diverging("Change in credits by cause", desc, effects)])]
    models = _summed(drivers, [(each.model_id, each.model_name) for each in drivers], "No model")
    panels.append(Panel("By model", [Diverging("Change in credits by model", _ordered(models, "model"), models)]))
    if view.scope.is_all:
        names = [(each.tenant_id, view.tenant_names[each.tenant_id]) for each in drivers]
        tenants = _summed(drivers, names, "No tenant")
        chart = Diverging("Change in credits by tenant", _ordered(tenants, "tenant"), tenants)
        panels.append(Panel("By tenant", [chart]))
    return panels


def _totals(drivers: Sequence[Driver]) -> dict[str, Decimal]:
    return {name: sum((getattr(each, name) for each in drivers), ZERO) for name, *_ in _EFFECTS}


def _summed(drivers: Sequence[Driver], keys: Sequence[tuple[str, str]], missing: str) -> list[Rank]:
    """The largest changes by key, given as (key, name) of each driver; the rest in one row."""
    changes: dict[tuple[str, str], Decimal] = {}
    for key, each in zip(keys, drivers, strict=True):
        changes[key] = changes.get(key, ZERO) + each.change
    ordered = sorted(changes.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    ranks = [_rank(phrases.named(name, key, missing), change) for (key, name), change in ordered[:CHART_ROWS]]
    others = [change for _, change in ordered[CHART_ROWS:]]
    return [*ranks, _rank(formats.plural(len(others), "other"), sum(others, ZERO))] if others else ranks


def _ordered(rows: Sequence[Rank], one: str) -> str:
    return f"{formats.plural(len(rows), one)}, the largest change first."


def _rank(label: str, value: Decimal, note: str = "") -> Rank:
    return Rank(label, value, _signed(value), note, "c1" if value >= 0 else "c2")


def _signed(value: Decimal) -> str:
    return f"+{formats.amount(value)}" if value > 0 else formats.amount(value)


def _title(view: View, drivers: Sequence[Driver]) -> str:
    if not view.has_past:
        return "There is no earlier period to compare with"
    if not drivers:
        return "No usage in this period or the one before"
    totals = _totals(drivers)
    change, weight = sum(totals.values(), ZERO), sum((abs(value) for value in totals.values()), ZERO)
    if not weight:
        return "Nothing changed: as busy as before, at the same prices"
    ordered = sorted(totals, key=lambda name: -abs(totals[name]))
    telling = [name for name in ordered if abs(totals[name]) > _SMALL * weight]
    words = phrases.joined([_WORDS[name][totals[name] < 0] for name in telling])
    opposite = {"volume": "price", "price": "volume"}.get(telling[0])
    if len(telling) == 1 and opposite:
        words = f"{words}, not {_WORDS[opposite][totals[telling[0]] < 0]}"
    parts = phrases.joined([f"{name} {_signed(totals[name])}" for name in totals])
    return f"{words.capitalize()}: {parts} make {_signed(change)} credits"
