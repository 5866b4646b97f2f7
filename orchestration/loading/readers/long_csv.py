"""A CSV record too long to be held: without the long cells that nobody wants."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from orchestration.loading.readers.record_streams import Fault, Kept, Sink, Stream, kept_text

QUOTE, COMMA, NEWLINE, RETURN = b'",\n\r'
_QUOTED = re.compile(rb'[^"]*+')
_UNQUOTED = re.compile(rb'[^",\n]*+')


@dataclass(frozen=True)
class ShortRecord:
    """A CSV record without its long unwanted cells; `text` is None where it is none or remains too long.

    newlines: how many line ends it took; rest: what was read of what follows
    """

    text: bytes | None
    newlines: int
    rest: bytes


def short_csv(parts: Iterable[bytes], wanted: Collection[int], limit: int) -> ShortRecord:
    """The record that begins with the parts, which are read to its end. wanted: columns, from 1.

    Where its grammar is broken it ends with the line in which that shows.
    """
    stream, kept = Stream(parts), Kept(limit)
    text: bytes | None = None
    try:
        _record(stream, kept, wanted)
        text = kept_text(stream, kept)
    except Fault:
        while stream.peek() >= 0 and (end := stream.data.find(b"\n", stream.at)) < 0:
            stream.at = len(stream.data)
        if stream.peek() >= 0:
            stream.at, stream.newlines = end + 1, stream.newlines + 1
    return ShortRecord(text, stream.newlines, stream.data[stream.at :])


def _record(stream: Stream, kept: Kept, wanted: Collection[int]) -> None:
    column = 1
    while True:
        if column in wanted:
            _cell(stream, kept.add)
        else:
            kept.add_short(lambda sink: _cell(stream, sink), lambda size: b"(%d bytes left out)" % size)
        following = stream.peek()
        if following == RETURN:
            stream.one(kept.add)
            following = stream.peek()
        if following < 0:
            return
        stream.one(kept.add)
        if following == NEWLINE:
            return
        column += 1


def _cell(stream: Stream, sink: Sink) -> None:
    if stream.peek() != QUOTE:
        stream.run(_UNQUOTED, sink)
        if stream.peek() == QUOTE:
            raise Fault
        return
    while stream.peek() == QUOTE:
        stream.one(sink)
        stream.run(_QUOTED, sink)
        if stream.peek() != QUOTE:
            raise Fault
        stream.one(sink)
    after = stream.peek()
    if after not in (COMMA, NEWLINE, -1) and not (after == RETURN and stream.peek(1) == NEWLINE):
        raise Fault
