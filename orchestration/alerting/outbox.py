"""What is known of alerts, and what of it each channel has still to be told: a small file beside the warehouse."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.alerting.states import AlertState, Event
from orchestration.errors import TallybookError

_TABLES = """
    create table if not exists alert (
        key text primary key, state text not null, cycle integer not null, tenant_id text not null,
        first_date text not null);
    create table if not exists event (number integer primary key, ident text not null unique, body text not null);
    create table if not exists told (channel text not null, ident text not null, primary key (channel, ident));
    create table if not exists channel (name text primary key);
"""


class Outbox:
    """States and events change in one transaction; a channel is told an event until it has taken it."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self._con = con

    def known(self) -> dict[str, AlertState]:
        """Every alert that was ever seen, by its key."""
        rows = self._con.execute("select key, state, cycle, tenant_id, first_date from alert").fetchall()
        return {row[0]: AlertState(row[1], row[2], row[3], date.fromisoformat(row[4])) for row in rows}

    def record(self, changed: Iterable[tuple[str, AlertState, Event | None]]) -> list[dict[str, Any]]:
        """Take in new standings and the events of them; the events, as they will be told."""
        bodies: list[dict[str, Any]] = []
        with self._con:
            for key, now, event in changed:
                row = (key, now.state, now.cycle, now.tenant_id, str(now.first_date))
                self._con.execute("insert or replace into alert values (?, ?, ?, ?, ?)", row)
                if event is not None:
                    body = self._body(event)
                    bodies.append(body)
                    event_row = (event.ident, json.dumps(body))
                    self._con.execute("insert or ignore into event (ident, body) values (?, ?)", event_row)
        return bodies

    def _body(self, event: Event) -> dict[str, Any]:
        if event.alert is not None:
            return {"id": event.ident, "action": event.action, **event.alert.as_json()}
        # Of one that was taken back nothing stands in the marts any more: it is what it was raised as.
        raised = f"{event.key}\x1f{event.cycle}\x1fraised"
        row = self._con.execute("select body from event where ident = ?", [raised]).fetchone()
        return {**(json.loads(row[0]) if row else {}), "id": event.ident, "action": event.action}

    def open_channel(self, name: str) -> None:
        """A channel that was not there before is told what comes from now on."""
        with self._con:
            if self._con.execute("insert or ignore into channel values (?)", [name]).rowcount:
                self._con.execute("insert or ignore into told select ?, ident from event", [name])

    def untold(self, channel: str) -> list[dict[str, Any]]:
        """Events that a channel has not taken, oldest first."""
        query = "select body from event where ident not in (select ident from told where channel = ?) order by number"
        return [json.loads(body) for (body,) in self._con.execute(query, [channel])]

    def mark_sent(self, channel: str, idents: Iterable[str]) -> None:
        """A channel has taken these."""
        with self._con:
            self._con.executemany("insert or ignore into told values (?, ?)", [(channel, ident) for ident in idents])


@contextmanager
def outbox_at(path: Path) -> Iterator[Outbox]:
    """The outbox in a file, made where there is none. Raises TallybookError where it cannot be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    con = None
    try:
        con = sqlite3.connect(path)
        con.execute("pragma synchronous = full")
        con.executescript(_TABLES)
    except sqlite3.Error as error:
        raise TallybookError(
            f"{path}, which records the alerts that were sent, cannot be read and written ({error}): "
            "put a copy of it back; without it alerts older than a week are not sent, and newer ones are sent again"
        ) from error
    else:
        yield Outbox(con)
    finally:
        if con is not None:
            con.close()
