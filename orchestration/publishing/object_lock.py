"""The right to publish to an object store: an object that only one can make, and only its maker can keep."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from typing import Any

from orchestration.publishing.release import PublishingError

# Whoever has not been heard of for so long has died.
STALE_SECONDS = 900.0
_BEAT_SECONDS = 60.0
# What a store answers to a write whose condition does not hold, or that another write overtook.
_LOST = ("PreconditionFailed", "ConditionalRequestConflict")


class ObjectLock:
    """A lock object at `path`, made where there is none, and kept alive by `beat`.

    Every write is conditional on the store's tag of what was there: of two who take over a dead one's lock one loses,
    and so does whoever was taken for dead and comes back.
    """

    def __init__(self, fs: Any, path: str) -> None:
        self.fs = fs
        self.path = path
        self.token = uuid.uuid4().hex
        self._tag = ""
        self._beaten = 0.0
        self._one_beats = threading.Lock()

    def acquire(self) -> bool:
        """Whether the lock is ours now; one that nobody has kept alive is taken over."""
        if self._write(mode="create"):
            return True
        try:
            # The tag first: if the lock changes before it is read, writing over that tag fails.
            tag = self.fs.info(self.path)["ETag"]
        except FileNotFoundError:
            return self._write(mode="create")
        held = self._read()
        if held is not None and time.time() - held["alive"] <= STALE_SECONDS:
            return False
        return self._write(IfMatch=tag)

    def beat(self) -> None:
        """Say that we are still at it. Raises PublishingError where somebody else took us for dead."""
        with self._one_beats:
            if time.time() - self._beaten <= _BEAT_SECONDS:
                return
            if not self._write(IfMatch=self._tag):
                raise PublishingError(f"somebody else took over publishing to s3://{self.path.rpartition('/')[0]}")

    def release(self) -> None:
        """Give the lock back, if it is still ours."""
        held = self._read()
        if held is not None and held["token"] == self.token:
            self.fs.rm_file(self.path)

    def holder(self) -> str:
        """Who holds it."""
        held = self._read()
        return f"process {held['process']} on {held['host']}" if held else "just gone"

    def _write(self, **condition: str) -> bool:
        try:
            self._tag = self.fs.pipe_file(self.path, self._said(), **condition)["ETag"]
        except OSError as error:
            # A lock that is to be written over may be gone; one that is to be made has no bucket to be made in.
            gone = isinstance(error, FileNotFoundError) and "IfMatch" in condition
            if gone or isinstance(error, FileExistsError) or _code(error) in _LOST:
                return False
            raise
        self._beaten = time.time()
        return True

    def _read(self) -> dict[str, Any] | None:
        try:
            held: dict[str, Any] = json.loads(self.fs.cat_file(self.path))
        except (FileNotFoundError, ValueError):
            return None
        return held

    def _said(self) -> bytes:
        content = {"token": self.token, "host": socket.gethostname(), "process": os.getpid(), "alive": time.time()}
        return json.dumps(content).encode()


def _code(error: OSError) -> str:
    """The store's own name of a fault; s3fs says no more than "invalid argument" of most."""
    response = getattr(error.__cause__, "response", None)
    return str(response["Error"]["Code"]) if isinstance(response, dict) and "Error" in response else ""
