"""The state of every alert, and what changes it. Pure: what is known and what the marts say, in; what to tell, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.alerting.watch import Alert

RAISED, CLEARED, WITHDRAWN, OLD = "raised", "cleared", "withdrawn", "old"
# What had happened longer ago than this when it was first seen is known, and told to nobody.
NEWS = timedelta(days=7)


@dataclass(frozen=True)
class AlertState:
    """What is known of an alert: its `state`, how many times it was raised (`cycle`), and when and of whom it is."""

    state: str
    cycle: int
    tenant_id: str
    first_date: date


@dataclass(frozen=True)
class Event:
    """A change to tell: `action` is raised, cleared or withdrawn; `cycle` tells two risings of one alert apart."""

    action: str
    alert: Alert | None
    key: str
    cycle: int

    @property
    def ident(self) -> str:
        """The same for the same change, whoever is told it and how often."""
        return f"{self.key}\x1f{self.cycle}\x1f{self.action}"


def _is_back(before: AlertState, alert: Alert) -> bool:
    """Whether what had ended, or was too old to tell, is there again."""
    return not alert.is_over and (
        before.state == CLEARED or (before.state == OLD and alert.first_date > before.first_date)
    )


def changes(
    alerts: Mapping[str, Alert], known: Mapping[str, AlertState], as_of: Mapping[str, date], *, everything: bool = False
) -> Iterator[tuple[str, AlertState, Event | None]]:
    """Each alert's new state (key, state), with the event where somebody is to be told.

    `everything`: nothing is too old to tell, as for a replay. One that is muted is as it was known, and tells nothing.
    """
    for key, alert in alerts.items():
        if alert.is_muted:
            continue
        before = known.get(key)
        if before is None or before.state == WITHDRAWN:
            cycle = before.cycle + 1 if before else 1
            newest = as_of.get(alert.tenant_id, alert.first_date)
            if before is None and not everything and alert.last_date < newest - NEWS:
                yield key, AlertState(OLD, cycle, alert.tenant_id, alert.first_date), None
                continue
            raised = AlertState(RAISED, cycle, alert.tenant_id, alert.first_date)
            yield key, raised, Event(RAISED, alert, key, cycle)
            before = raised
        elif _is_back(before, alert):
            before = AlertState(RAISED, before.cycle + 1, alert.tenant_id, alert.first_date)
            yield key, before, Event(RAISED, alert, key, before.cycle)
        if before.state == RAISED and alert.is_over:
            cleared = AlertState(CLEARED, before.cycle, alert.tenant_id, alert.first_date)
            yield key, cleared, Event(CLEARED, alert, key, before.cycle)
    for key, before in known.items():
        is_shown = before.first_date <= as_of.get(before.tenant_id, before.first_date)
        if key not in alerts and before.state != WITHDRAWN and is_shown:
            withdrawn = AlertState(WITHDRAWN, before.cycle, before.tenant_id, before.first_date)
            event = Event(WITHDRAWN, None, key, before.cycle) if before.state != OLD else None
            yield key, withdrawn, event
