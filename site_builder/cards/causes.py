"""Who changed the credits: the change on the previous period by item, team and user."""

from site_builder.cards import drivers
from site_builder.gather.causes import ITEM, TEAM, USER
from site_builder.gather.driver_effects import Driver, drivers_of
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import phrases

NAME = "causes"
_DIMENSIONS = {ITEM: "By item", TEAM: "By team", USER: "By user"}
_NAMES = (
    Column("dimension", "By"), Column("tenant_id", "Tenant", "name"), Column("id", "Id", "name", data_only=True),
    Column("name", "Name", "name"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    found = {
        dimension: drivers_of(view.past, view.now, dimension) if view.has_past else [] for dimension in _DIMENSIONS
    }
    rows = [
        (dimension, driver.tenant_id, driver.key, driver.name, *drivers.cells(driver))
        for dimension, of_dimension in found.items()
        for driver in of_dimension
    ]
    return Card(
        name=NAME,
        subject="Who changed it",
        title=_title(view, found[ITEM]),
        about=phrases.about(view),
        table=Table((*_NAMES, *drivers.COLUMNS), rows),
        definition=f"{drivers.DEFINITION} By item, by team and by user, each adds up to the whole change; what names "
        "none of them is a row, too.",
        panels=[
            Panel(label, [drivers.chart_of(found[dimension], _keys(view, found[dimension]), dimension)])
            for dimension, label in _DIMENSIONS.items()
            if found[dimension]
        ],
        is_empty=not rows,
    )


def _keys(view: View, found: list[Driver]) -> list[tuple[str, str]]:
    """Ids that keep tenants apart, and names that say whose they are where several stand together."""
    named = [(driver.tenant_id, driver.key, driver.name) for driver in found]
    notes = phrases.row_notes(view, named)
    return [
        (f"{tenant}/{key}" if key != phrases.NONE_KEY else key, " · ".join(filter(None, [name, note])))
        for (tenant, key, name), note in zip(named, notes, strict=True)
    ]


def _title(view: View, items: list[Driver]) -> str:
    if not view.has_past:
        return "There is no earlier period to compare with"
    named = [driver for driver in items if driver.key != phrases.NONE_KEY and driver.change]
    if not named:
        return "No item took more or less than before" if items else "No usage in this period or the one before"
    first = named[0]
    whose = phrases.in_text(first.name)
    tenant = phrases.tenant_note(view, first.tenant_id)
    whose = f"{whose} ({tenant})" if tenant else whose
    return f"{whose} changed most: {drivers.signed(first.change)} credits"
