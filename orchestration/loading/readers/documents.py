"""Files of one JSON object each, over as many lines as its writer took; JSON lines are read as such here, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

import numpy as np

from orchestration.loading.readers import blocks
from orchestration.loading.readers.blocks import Records, Shorten, UnreadableFile, beginning, lines


def documents(content: Iterator[bytes], shorten: Shorten) -> Iterator[Records]:
    """The object of a file as line 1, or the lines of one whose first line is an object by itself.

    Raises UnreadableFile for an array: how many calls are in it nobody has counted.
    """
    begun: list[bytes] = []
    size = 0
    for data in content:
        data = data if begun else data.lstrip()
        if not data:
            continue
        begun.append(data)
        size += len(data)
        if b"\n" in data or size > blocks.LONGEST_LINE_BYTES:
            break
    text = b"".join(begun)
    if text.startswith(b"["):
        raise UnreadableFile("json: begins with '[', where one object is expected, or one to a line")
    line, end, _ = text.partition(b"\n")
    if not end or _is_object(line):
        yield from lines(chain([text] if text else [], content), shorten)
        return
    yield _document(text, content, shorten)


def _document(text: bytes, content: Iterator[bytes], shorten: Shorten) -> Records:
    begun = [text]
    size = len(text)
    while size <= blocks.LONGEST_LINE_BYTES and (data := next(content, None)) is not None:
        begun.append(data)
        size += len(data)
    whole: bytes | None = b"".join(begun)
    if size > blocks.LONGEST_LINE_BYTES:
        whole = shorten(chain(begun, content))
    kept = beginning(text) if whole is None else whole
    return Records(kept, np.array([0, len(kept)]), np.array([1]), np.array([True]))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
