"""The right to publish to an object store: an object that only one can make."""

from __future__ import annotations

import json
import os
import socket
import time
import uuid
from typing import Any

# Whoever has not been heard of for so long has died.
STALE_SECONDS = 900.0
_BEAT_SECONDS = 60.0


class ObjectLock:
    """A lock object at `path`, made where there is none, and kept alive by `beat`."""

    def __init__(self, fs: Any, path: str) -> None:
        self.fs = fs
        self.path = path
        self.token = uuid.uuid4().hex
        self._beaten = 0.0

    def acquire(self) -> bool:
        """Whether the lock is ours now; one that nobody has kept alive is taken over."""
        if self._make():
            return True
        held = self._read()
        if held is None or time.time() - held["alive"] > STALE_SECONDS:
            self.fs.rm_file(self.path)
            return self._make()
        return False

    def beat(self) -> None:
        """Say that we are still at it."""
        if time.time() - self._beaten > _BEAT_SECONDS:
            self._beaten = time.time()
            self.fs.pipe_file(self.path, self._said())

    def release(self) -> None:
        """Give the lock back, if it is still ours."""
        held = self._read()
        if held is not None and held["token"] == self.token:
            self.fs.rm_file(self.path)

    def holder(self) -> str:
        """Who holds it."""
        held = self._read()
        return f"process {held['process']} on {held['host']}" if held else "just gone"

    def _make(self) -> bool:
        try:
            self.fs.pipe_file(self.path, self._said(), mode="create")
        except FileExistsError:
            return False
        self._beaten = time.time()
        return True

    def _read(self) -> dict[str, Any] | None:
        try:
            return json.loads(self.fs.cat_file(self.path))
        except (FileNotFoundError, ValueError):
            return None

    def _said(self) -> bytes:
        said = {"token": self.token, "host": socket.gethostname(), "process": os.getpid(), "alive": time.time()}
        return json.dumps(said).encode()
