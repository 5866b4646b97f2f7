"""A JSON object too long to be held: without the long values that nobody wants."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from orchestration.loading.readers.record_streams import Fault, Kept, Sink, Stream, kept_text

QUOTE, BACKSLASH, COMMA, COLON = b'"\\,:'
# Deeper than what people nest, and little enough to be remembered.
DEEPEST = 10_000
CLOSING = {ord("{"): ord("}"), ord("["): ord("]")}
_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,:"{}\[\]]*+')
_NO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)


class Wanted(dict[str, "Wanted"]):
    """Names whose values are wanted, each with the names within it; without names: the whole value."""

    @classmethod
    def of(cls, paths: Iterable[str]) -> Wanted:
        """The names in JSON paths such as `$.metadata.usage_object`."""
        tree = cls()
        for path in sorted(paths):
            *folders, name = path.removeprefix("$.").split(".")
            within = tree
            for folder in folders:
                if folder in within and not within[folder]:
                    break  # wanted as a whole by a shorter path
                within = within.setdefault(folder, cls())
            else:
                within.setdefault(name, cls())
        return tree


def short_json(parts: Iterable[bytes], wanted: Wanted, limit: int) -> bytes | None:
    """The JSON object in the parts without its long unwanted values; None where it is no object or remains too long.

    All parts are read, whatever is in them. Blanks between names and values are left out, too.
    """
    stream, kept = Stream(parts), Kept(limit)
    try:
        _Json(stream, kept).document(wanted)
        return kept_text(stream, kept)
    except Fault:
        return None
    finally:
        stream.skip()


class _Json:
    def __init__(self, stream: Stream, kept: Kept) -> None:
        self._stream, self._kept = stream, kept

    def document(self, wanted: Wanted) -> None:
        if self._next() != ord("{"):
            raise Fault
        self._object(wanted)
        if self._next() >= 0:
            raise Fault

    def _next(self) -> int:
        """The first byte after blanks."""
        self._stream.run(_SPACE, lambda _: None)
        return self._stream.peek()

    def _object(self, wanted: Wanted) -> None:
        self._stream.one(self._kept.add)
        following = self._next()
        while following != ord("}"):
            if following != QUOTE:
                raise Fault
            begin = len(self._kept.text)
            self._string(self._kept.add)
            name = _name(bytes(self._kept.text[begin:]))
            if self._next() != COLON:
                raise Fault
            self._stream.one(self._kept.add)
            self._member(wanted.get(name))
            following = self._next()
            if following == COMMA:
                self._stream.one(self._kept.add)
                following = self._next()
                if following == ord("}"):
                    raise Fault
            elif following != ord("}"):
                raise Fault
        self._stream.one(self._kept.add)

    def _member(self, wanted: Wanted | None) -> None:
        first = self._next()
        if wanted and first == ord("{"):
            self._object(wanted)
        elif first in CLOSING and (wanted or wanted is None):
            self._kept.add_short(self._nested, lambda _: bytes([first, CLOSING[first]]))
        elif first == QUOTE and wanted is None:
            self._kept.add_short(self._string, lambda size: b'"(%d bytes left out)"' % size)
        else:
            self._value(first, self._kept.add)

    def _value(self, first: int, sink: Sink) -> None:
        if first in CLOSING:
            self._nested(sink)
        elif first == QUOTE:
            self._string(sink)
        else:
            begin = len(self._kept.text)
            self._stream.run(_SCALAR, sink)
            if len(self._kept.text) == begin:
                raise Fault

    def _nested(self, sink: Sink) -> None:
        """An object or array with all that is in it."""
        opened = bytearray()
        while True:
            following = self._stream.peek()
            if following == QUOTE and opened:
                self._string(sink)
            elif following in CLOSING and len(opened) < DEEPEST:
                opened.append(CLOSING[following])
                self._stream.one(sink)
            elif opened and following == opened[-1]:
                opened.pop()
                self._stream.one(sink)
            else:
                raise Fault
            if not opened:
                return
            self._stream.run(_NO_BRACKET, sink)

    def _string(self, sink: Sink) -> None:
        stream = self._stream
        stream.one(sink)
        stream.run(_STRING, sink)
        while stream.peek() == BACKSLASH and stream.peek(1) >= 0:
            stream.run(_STRING, sink)
        if stream.peek() != QUOTE:
            raise Fault
        stream.one(sink)


def _name(text: bytes) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        raise Fault from None
