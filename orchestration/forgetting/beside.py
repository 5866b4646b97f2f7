"""Names out of the files beside a warehouse: what was mailed and told, the run history, and what dbt noted."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from orchestration.errors import TallybookError
from site_builder.files.manifest import Manifest
from site_builder.forgetting.traces import Traces

_SQLITE = b"SQLite format 3\x00"
_BETWEEN = "\x1f"


def clear_mail(journal: Path, traces: Traces, published: Manifest, *, is_trial: bool) -> int:
    """Strike what went to the person's addresses, but for other tenants' reports; how many entries that was."""
    theirs = {folder for folder, scope in published.scopes.items() if scope.tenant_id not in (None, traces.tenant_id)}
    addresses = {text.lower() for text in traces.texts}
    with _database(journal) as con:
        gone = []
        for (what,) in con.execute("select what from mail").fetchall() if _has(con, "mail") else ():
            address, folder, _ = what.rsplit(" ", 2)
            if address.lower() in addresses and folder.split("/")[0] not in theirs:
                gone.append((what,))
        if not is_trial and gone:
            con.executemany("delete from mail where what = ?", gone)
            _settle(con)
    return len(gone)


def clear_alerts(outbox: Path, traces: Traces, *, is_trial: bool) -> int:
    """Tell alerts of the person as of the pseudonym, under the keys that the marts now give; how many entries."""
    changed = 0
    with _database(outbox) as con:
        if not _has(con, "alert"):
            return 0
        for table, columns in (("alert", ("key",)), ("event", ("ident", "body")), ("told", ("channel", "ident"))):
            for number, *cells in con.execute(f"select rowid, {', '.join(columns)} from {table}").fetchall():
                new = [_cell(column, cell, traces) for column, cell in zip(columns, cells, strict=True)]
                if new != cells:
                    changed += 1
                    _update(con, table, columns, new, number, is_trial=is_trial)
        channels = [f"mail to {text}" for text in traces.texts]
        for (name,) in con.execute("select name from channel").fetchall():
            if name in channels and not is_trial:
                con.execute("delete from channel where name = ?", [name])
                con.execute("delete from told where channel = ?", [name])
        if changed and not is_trial:
            _settle(con)
    return changed


def clear_folder(folder: Path, traces: Traces, *, is_trial: bool) -> tuple[int, list[str]]:
    """Replace the person's name in databases and texts below a folder: how many files had it, and which still do."""
    changed, left = 0, []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        content = path.read_bytes()
        if content.startswith(_SQLITE):
            changed += _clear_database(path, traces, is_trial=is_trial)
            continue
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            if traces.escaped(content.decode("latin-1")) != content.decode("latin-1"):
                left.append(str(path))
            continue
        if (new := traces.escaped(text)) != text:
            changed += 1
            if not is_trial:
                _write(path, new)
    return changed, left


def _clear_database(path: Path, traces: Traces, *, is_trial: bool) -> int:
    found = False
    with _database(path) as con:
        tables = [name for (name,) in con.execute("select name from sqlite_master where type = 'table'").fetchall()]
        for table in tables:
            columns = tuple(row[1] for row in con.execute(f'pragma table_info("{table}")').fetchall())
            names = ", ".join(f'"{name}"' for name in columns)
            for number, *cells in con.execute(f'select rowid, {names} from "{table}"').fetchall():
                new = [traces.escaped(cell) if isinstance(cell, str) else cell for cell in cells]
                if new != cells:
                    found = True
                    _update(con, table, columns, new, number, is_trial=is_trial)
        if found and not is_trial:
            _settle(con)
    return int(found)


def _cell(column: str, cell: str, traces: Traces) -> str:
    if column == "body":
        body = json.loads(cell)
        return cell if (new := _body(body, traces)) == body else json.dumps(new)
    tenant, _, rest = cell.partition(_BETWEEN)
    own = f"{_BETWEEN}user{_BETWEEN}{traces.user_id}{_BETWEEN}"
    if tenant != traces.tenant_id:
        return cell
    return tenant + _BETWEEN + traces.text(rest.replace(own, own.replace(traces.user_id, traces.pseudonym)))


def _body(body: dict[str, Any], traces: Traces) -> dict[str, Any]:
    if body.get("tenant_id") != traces.tenant_id:
        return body
    new = {name: traces.text(value) if isinstance(value, str) else value for name, value in body.items()}
    if body.get("subject_type") == "user" and body.get("subject_id") == traces.user_id:
        new |= {"subject_id": traces.pseudonym, "subject_name": traces.pseudonym}
        if name := body.get("subject_name"):
            new["text"] = str(body.get("text", "")).replace(name, traces.pseudonym)
    if "id" in body:
        new["id"] = _cell("ident", body["id"], traces)
    if "key" in body:
        new["key"] = _cell("key", body["key"], traces)
    return new


class _Nothing:
    """A database that is not there."""

    def execute(self, *_: object) -> _Nothing:
        return self

    def fetchall(self) -> list[Any]:
        return []

    def close(self) -> None:
        """Nothing is open."""


def _database(path: Path) -> Any:
    if not path.is_file():
        return closing(_Nothing())
    return _Connected(path)


class _Connected:
    """A database that is changed in one go; a fault of it in words."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._con = sqlite3.connect(self._path, timeout=30)
            self._con.execute("pragma secure_delete = on")
        except sqlite3.Error as error:
            raise TallybookError(f"{self._path} cannot be read and written ({error})") from error
        return self._con

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        self._con.close()
        if isinstance(error, sqlite3.Error):
            raise TallybookError(f"{self._path} cannot be read and written ({error})") from error


def _has(con: Any, table: str) -> bool:
    return bool(con.execute("select name from sqlite_master where name = ?", [table]).fetchall())


def _update(
    con: sqlite3.Connection, table: str, columns: tuple[str, ...], values: list[Any], number: int, *, is_trial: bool
) -> None:  # fmt: skip
    if not is_trial:
        given = ", ".join(f'"{name}" = ?' for name in columns)
        con.execute(f'update or replace "{table}" set {given} where rowid = ?', [*values, number])


def _settle(con: sqlite3.Connection) -> None:
    """Commit, and leave nothing of what was there before in the file or in its log."""
    con.commit()
    con.execute("vacuum")
    con.execute("pragma wal_checkpoint(truncate)")


def _write(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, encoding="utf-8", newline="")
    os.chmod(new, path.stat().st_mode & 0o777)  # noqa: PTH101
    new.replace(path)


def folders_beside(dagster_home: Path, dbt_target: Path) -> Iterator[Path]:
    """The folders of the run history and of what dbt noted, where they are."""
    yield from (folder for folder in (dagster_home, dbt_target) if folder.is_dir())
