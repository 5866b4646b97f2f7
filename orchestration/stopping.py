"""What SIGTERM and SIGINT do to a verb: it ends in order, and says so in a line."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """A signal asked this process to stop. Of KeyboardInterrupt, so that whoever catches that lets go, too."""


class Stopping:
    """Which signal asked to stop: whatever a library makes of it, it is what ended the verb.

    `noticed`: a pipe's end from which the numbers of signals come, for libraries have handlers of their own (None:
    none come).
    """

    def __init__(self, noticed: int | None = None) -> None:
        self._noticed = noticed

    def signal(self) -> signal.Signals | None:
        """The first that arrived, if one has."""
        if self._noticed is None:
            return None
        try:
            numbers = os.read(self._noticed, 64)
        except BlockingIOError:
            return None
        return next((signal.Signals(number) for number in numbers if number in _STOPPING), None)


def signal_message(stopped: signal.Signals) -> str:
    """That a verb was stopped, in a line."""
    return f"stopped by {stopped.name}; the next run takes up what is not done: run it again"


def exit_code_of(stopped: signal.Signals) -> int:
    """As shells have it."""
    return 128 + stopped


@contextmanager
def stopping() -> Iterator[Stopping]:
    """Within the block SIGINT and SIGTERM raise Stopped, and are remembered. Only the main thread gets signals."""
    if threading.current_thread() is not threading.main_thread():
        yield Stopping()
        return
    read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    before = {number: signal.signal(number, _stop) for number in _STOPPING}
    wakened = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    try:
        yield Stopping(read_end)
    finally:
        signal.set_wakeup_fd(wakened)
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        os.close(read_end)
        os.close(write_end)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped
