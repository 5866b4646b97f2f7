"""Records too long to be held in memory, read as a stream: what of it is taken, and what is kept.

What is wanted stays as it came, and so does every name, so that the short record is judged as the long one would be.
Of what is left out only this is looked at: where it ends, and that it is UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable

# A value as short as this is worth keeping: whoever looks at a refused line sees what it was.
SHORT_BYTES = 1000
Sink = Callable[[bytes], None]


class Fault(Exception):
    """The record breaks the grammar of its format."""


class Stream:
    """The bytes to come; `data` holds some of them, from `at` on.

    newlines: of what was taken; is_utf8: whether all of that was
    """

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self.data = b""
        self.at = 0
        self.newlines = 0
        self.is_utf8 = True

    def peek(self, ahead: int = 0) -> int:
        """The byte so far ahead, -1 past the end."""
        while self.at + ahead >= len(self.data):
            part = next(self._parts, None)
            if part is None:
                return -1
            self.data, self.at = self.data[self.at :] + part, 0
        return self.data[self.at + ahead]

    def take(self, end: int) -> bytes:
        """The bytes up to place `end` of `data`."""
        taken = self.data[self.at : end]
        self.at = end
        self.newlines += taken.count(b"\n")
        if self.is_utf8:
            try:
                self._utf8.decode(taken)
            except UnicodeDecodeError:
                self.is_utf8 = False
        return taken

    def run(self, pattern: re.Pattern[bytes], sink: Sink) -> None:
        """Hand over what matches the pattern, however many parts it reaches over."""
        while self.peek() >= 0:
            end = pattern.match(self.data, self.at).end()  # type: ignore[union-attr]
            sink(self.take(end))
            if end < len(self.data):
                return

    def one(self, sink: Sink) -> None:
        """Hand over the next byte."""
        sink(self.take(self.at + 1))

    def ends_well(self) -> bool:
        """Whether all that was taken is UTF-8, the last character of it whole."""
        return self.is_utf8 and not self._utf8.getstate()[0]

    def skip(self) -> None:
        """Pass over everything to come."""
        while self.peek() >= 0:
            self.at = len(self.data)


class Kept:
    """What is kept of a record: at most `limit` bytes, else it is too long by what is wanted of it."""

    def __init__(self, limit: int) -> None:
        self.text = bytearray()
        self.is_too_long = False
        self._limit = limit

    def add(self, data: bytes) -> None:
        self.is_too_long = self.is_too_long or len(self.text) + len(data) > self._limit
        if not self.is_too_long:
            self.text += data

    def add_short(self, value: Callable[[Sink], None], instead: Callable[[int], bytes]) -> None:
        """Add what `value` hands over if it is short, else what `instead` makes of its size."""
        held, size = bytearray(), 0

        def sink(data: bytes) -> None:
            nonlocal size
            size += len(data)
            if size <= SHORT_BYTES:
                held.extend(data)

        value(sink)
        self.add(bytes(held) if size <= SHORT_BYTES else instead(size))


def kept_text(stream: Stream, kept: Kept) -> bytes | None:
    """What is kept of a record that the stream has come to the end of; None where that is not the whole of it."""
    return bytes(kept.text) if stream.ends_well() and not kept.is_too_long else None
