"""Events to a webhook: JSON that Slack shows and programs read, signed, and tried again where the other side is ill."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

ATTEMPTS = 4
_FIRST_WAIT_SECONDS = 1.0
_TIMEOUT_SECONDS = 20.0
_LATER = frozenset([408, 425, 429, 500, 502, 503, 504])


class NotTakenError(Exception):
    """The webhook did not take a message; the reason says why."""


def post(
    url: str, secret: str, events: Sequence[dict[str, Any]], *, now: float, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Post events as one message; `now`: seconds since the epoch, which are signed too. Raises NotTakenError.

    X-Tallybook-Signature is `sha256=` and the HMAC of timestamp, a point and the body; the same events have the same
    Idempotency-Key, however often they are posted.
    """
    body = json.dumps({"text": text_of(events), "events": list(events)}, ensure_ascii=False).encode()
    stamp = str(int(now))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    key = hashlib.sha256("\n".join(event["id"] for event in events).encode()).hexdigest()
    headers = {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "tallybook", "Idempotency-Key": key,
        "X-Tallybook-Timestamp": stamp, "X-Tallybook-Signature": f"sha256={signature}",
    }  # fmt: skip
    wait = _FIRST_WAIT_SECONDS
    for attempt in range(1, ATTEMPTS + 1):
        reason, is_final = _try(urllib.request.Request(url, body, headers))
        if reason is None:
            return
        if is_final or attempt == ATTEMPTS:
            raise NotTakenError(f"{reason}, after {attempt} attempts" if attempt > 1 else reason)
        sleep(wait)
        wait *= 2


def _try(request: urllib.request.Request) -> tuple[str | None, bool]:
    """Why a request was not taken (None: it was), and whether trying again is of no use."""
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):
            return None, True
    except urllib.error.HTTPError as error:
        with error:
            return f"{error.code} {error.reason}", error.code not in _LATER
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        return f"{request.host}: {reason}", False


def text_of(events: Sequence[dict[str, Any]]) -> str:
    """Events as lines to read."""
    return "\n".join(line_of(event) for event in events)


def line_of(event: dict[str, Any]) -> str:
    """An event in a line: `critical: Acme: Support used up its budget (2026-11-21)`."""
    again = {"raised": "", "cleared": "cleared: ", "withdrawn": "taken back, since the data were corrected: "}
    said = f"{event.get('severity', '')}: {event.get('text', '')} ({event.get('first_date', '')})"
    return again[event["action"]] + said
