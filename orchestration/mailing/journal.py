"""What has gone to whom: a small file beside the warehouse, which no refresh touches."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import TallybookError

SENDING, SENT = "sending", "sent"


class Journal:
    """One row per message; a row is there before the message goes out, so that a crash in between is seen."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self._con = con

    def state(self, what: str) -> str | None:
        """`sending` or `sent`; None of a message that was never begun. `what`: the key of what is sent once."""
        row = self._con.execute("select state from mail where what = ?", [what]).fetchone()
        return row[0] if row else None

    def sent_to(self, email: str) -> dict[str, int]:
        """The highest revision of each report that went to an address, by the report's folder."""
        whose = f"{email} "
        rows = self._con.execute(
            "select substr(what, ? + 1) from mail where state = ? and substr(what, 1, ?) = ?",
            [len(whose), SENT, len(whose), whose],
        )
        found: dict[str, int] = {}
        for (rest,) in rows:
            folder, _, revision = rest.rpartition(" ")
            found[folder] = max(found.get(folder, 0), int(revision))
        return found

    def set(self, what: str, state: str, at: str) -> None:
        """Record a message's state, on the disk when this returns."""
        with self._con:
            self._con.execute("insert or replace into mail values (?, ?, ?)", [what, state, at])

    def forget(self, what: str) -> None:
        """Strike a message that certainly did not go out."""
        with self._con:
            self._con.execute("delete from mail where what = ?", [what])


@contextmanager
def journal_at(path: Path) -> Iterator[Journal]:
    """The journal in a file, made where there is none. Raises TallybookError where it cannot be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    con = None
    try:
        con = sqlite3.connect(path)
        con.execute("pragma synchronous = full")
        con.execute("create table if not exists mail (what text primary key, state text not null, at text not null)")
    except sqlite3.Error as error:
        raise TallybookError(
            f"{path}, which knows what mail went to whom, cannot be read and written ({error}): put a copy of it back; "
            "without it everybody gets their newest reports once more"
        ) from error
    else:
        yield Journal(con)
    finally:
        if con is not None:
            con.close()
