"""Events to a webhook: JSON that Slack shows and programs read, signed, and tried again where the other side is ill."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from orchestration.alerting.address import Address, AddressError, address_of, connection_to, left
from orchestration.alerting.wording import MOST_CHARACTERS, line_and_link, shown_in_chat

ATTEMPTS = 4
_FIRST_WAIT_SECONDS = 1.0
# Of an attempt as a whole, whatever the other side does meanwhile.
_ATTEMPT_SECONDS = 20.0
_LATER = frozenset([408, 425, 429, 500, 502, 503, 504])
_MOST_HEAD_BYTES = 65_536
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?\r?\n")
_HEAD = re.compile(rb"HTTP/1\.[01] 1\d\d(?: [^\r\n]*)?\r?\n(?:[^\r\n]+\r?\n)*\r?\n")


# Of a message: Slack cuts a text, and refuses a message, that has more.
_MOST_TEXT, _MOST_BODY = 3_000, 40_000
# Characters of each text in an event. No tenant's id is longer.
_MOST_VALUE = 200


class NotTakenError(Exception):
    """The webhook did not take a message; the reason says why, and shows no URL."""


def messages(events: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Events, in their order, as many to a message as it may hold. What is long in them is cut, an id hashed."""
    message: list[dict[str, Any]] = []
    for event in map(_shortened, events):
        text, body = _said([*message, event])
        if message and (len(text) > _MOST_TEXT or len(body) > _MOST_BODY):
            yield message
            message = []
        message.append(event)
    if message:
        yield message


def _shortened(event: Mapping[str, Any]) -> dict[str, Any]:
    short = {
        name: f"{value[: _MOST_VALUE - 1]}…" if isinstance(value, str) and len(value) > _MOST_VALUE else value
        for name, value in event.items()
    }
    if short["id"] != event["id"]:
        short["id"] = hashlib.sha256(event["id"].encode("utf-8", "replace")).hexdigest()
    return {**short, "text": event.get("text", "")[:MOST_CHARACTERS]}


def _said(events: Sequence[dict[str, Any]]) -> tuple[str, bytes]:
    """The text of a message, and all of it as JSON."""
    # The link is the publisher's own; whatever else looks like one is a name.
    lines = map(line_and_link, events)
    text = "\n".join(" ".join(filter(None, [shown_in_chat(line), link])) for line, link in lines)
    return text, json.dumps({"text": text, "events": list(events)}, ensure_ascii=False).encode("utf-8", "replace")


def post(
    url: str, secret: str, events: Sequence[dict[str, Any]], *, now: float, sleep: Callable[[float], None] = time.sleep,
    may_be_local: bool = False, seconds: float = _ATTEMPT_SECONDS,
) -> None:  # fmt: skip
    """Post the events of one message; `now`: seconds since the epoch, which are signed too. Raises NotTakenError.

    X-Tallybook-Signature is `sha256=` and the HMAC of timestamp, a point and the body; the same events have the same
    Idempotency-Key, however often they are posted. Redirects are not followed. `seconds`: the most an attempt takes.
    """
    _, body = _said(events)
    stamp = str(int(now))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    key = hashlib.sha256("\n".join(event["id"] for event in events).encode("utf-8", "replace")).hexdigest()
    headers = {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "tallybook", "Idempotency-Key": key,
        "X-Tallybook-Timestamp": stamp, "X-Tallybook-Signature": f"sha256={signature}",
    }  # fmt: skip
    try:
        address = address_of(url)
    except AddressError as error:
        raise NotTakenError(f"its URL {error}") from None
    wait = _FIRST_WAIT_SECONDS
    for attempt in range(1, ATTEMPTS + 1):
        reason, is_final = _try(address, headers, body, time.monotonic() + seconds, may_be_local)
        if reason is None:
            return
        if is_final or attempt == ATTEMPTS:
            raise NotTakenError(f"{reason}, after {attempt} attempts" if attempt > 1 else reason)
        sleep(wait)
        wait *= 2


def _try(
    address: Address, headers: Mapping[str, str], body: bytes, deadline: float, may_be_local: bool
) -> tuple[str | None, bool]:
    """Why a request was not taken (None: it was), and whether trying again is of no use."""
    try:
        with connection_to(address, deadline, may_be_local=may_be_local) as connection:
            code = _status(connection, _request(address, headers, body), deadline)
    except AddressError as error:
        return f"{address.place}: {error}", True
    except OSError as error:
        return f"{address.place}: {error}", False
    if code is None:
        return f"{address.place}: the answer is not HTTP", False
    if 200 <= code < 300:
        return None, True
    if 300 <= code < 400:
        return f"{code}: a redirect, which is not followed", True
    return f"{code} {_PHRASES.get(code, '')}".strip(), code not in _LATER


# The other side's own words are not shown: they may be anything, what was sent to it included.
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def _request(address: Address, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {address.target} HTTP/1.1", f"Host: {address.host_header}", f"Content-Length: {len(body)}"]
    lines += ["Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _status(connection: socket.socket, request: bytes, deadline: float) -> int | None:
    """The status of the answer, its body aside; None where it is no HTTP. Raises OSError."""
    connection.settimeout(left(deadline))
    connection.sendall(request)
    got = b""
    while len(got) < _MOST_HEAD_BYTES:
        found = _STATUS.match(got)
        if found and not found.group(1).startswith(b"1"):
            return int(found.group(1))
        interim = _HEAD.match(got)
        if interim:
            got = got[interim.end() :]
            continue
        connection.settimeout(left(deadline))
        part = connection.recv(4096)
        if not part:
            return None
        got += part
    return None
