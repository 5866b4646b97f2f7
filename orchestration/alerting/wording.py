"""Alerts as lines to read, whatever the names in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from site_builder.words import formats

# Of a line: whatever names it has, it says at least what happened to whom.
MOST_CHARACTERS = 300
# Where a chat would see a mention, an address, a domain or Markdown's link: an invisible blank there leaves only text.
_LINKING = re.compile(r"(?<=@)|(?<=://)|(?<=\w\.)(?=[^\W\d])|(?<=\])(?=[(\[:])")
_NOTHING = "\u200b"


def text_of(events: Sequence[dict[str, Any]]) -> str:
    """Events as lines to read."""
    return "\n".join(line_of(event) for event in events)


def line_of(event: dict[str, Any]) -> str:
    """An event in a line: `critical: Acme: Support used up its budget (2026-11-21)`. No name breaks the line."""
    again = {"raised": "", "cleared": "cleared: ", "withdrawn": "taken back, since the data were corrected: "}
    text = f"{event.get('severity', '')}: {event.get('text', '')} ({event.get('first_date', '')})"
    return again[event["action"]] + formats.shown_name(text, MOST_CHARACTERS)


def shown_in_chat(text: str) -> str:
    """The text as Slack and Teams show it: no markup, nobody mentioned, nothing linked."""
    return escape(_LINKING.sub(_NOTHING, text))
