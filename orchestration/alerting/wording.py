"""Alerts as lines to read, whatever the names in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from site_builder.words import formats

# Of a line: whatever names it has, it says at least what happened to whom.
MOST_CHARACTERS = 300
# Where a chat would see a mention, an address, a domain or Markdown's link: an invisible blank there leaves only text.
_LINKING = re.compile(r"(?<=@)|(?<=://)|(?<=\w\.)(?=[^\W\d])|(?<=\])(?=[(\[:])")
_NOTHING = "\u200b"


def text_of(events: Sequence[dict[str, Any]]) -> str:
    """Events as lines to read, each with the link to its report where there is one."""
    return "\n".join(" ".join(filter(None, line_and_link(event))) for event in events)


def line_and_link(event: dict[str, Any]) -> tuple[str, str]:
    """An event in a line, and the link to its report ("": none): no more characters than a line may have together."""
    link = event.get("url") or ""
    return line_of(event, MOST_CHARACTERS - len(link)), link


def line_of(event: dict[str, Any], most: int = MOST_CHARACTERS) -> str:
    """An event in a line: `critical: Acme: Support used up the budget: 12.50 of 10.00 credits (2026-11-21)`.

    No name breaks the line.
    """
    again = {"raised": "", "cleared": "cleared: ", "withdrawn": "taken back, since the data were corrected: "}
    text = f"{event.get('severity', '')}: {event.get('text', '')}{_measured(event)} ({event.get('first_date', '')})"
    return again[event["action"]] + formats.shown_name(text, most)


def _measured(event: Mapping[str, Any]) -> str:
    """How much it is about; "" where its text says so, or nothing does."""
    kind, amount = event.get("kind", ""), event.get("amount")
    if amount is None or event.get("excess") is not None or kind.startswith("load_"):
        return ""
    of = f" of {_number(event['reference'])}" if event.get("reference") and kind != "balance_short" else ""
    unit = "models" if kind == "margin_unknown" else "messages" if kind.endswith("_requests") else "credits"
    return f": {_number(amount)}{of} {event.get('currency') or unit}{' left' if kind == 'balance_short' else ''}"


def _number(text: str) -> str:
    """An amount to read in plain text."""
    return formats.plain(formats.amount(Decimal(text)))


def shown_in_chat(text: str) -> str:
    """The text as Slack and Teams show it: no markup, nobody mentioned, nothing linked."""
    return escape(_LINKING.sub(_NOTHING, text))
