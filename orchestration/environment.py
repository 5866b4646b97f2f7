"""Values of environment variables: each as what it is to be, or a fault that names the variable."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.zones.rules import zone_names


def percentage(env: Mapping[str, str], name: str, default: float, faults: list[str]) -> float:
    """A number from 0 to 100."""
    text = env.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        faults.append(f"{name}={text!r} is not a percentage between 0 and 100")
    return value


def count(env: Mapping[str, str], name: str, default: int, faults: list[str]) -> int:
    """A whole number above 0."""
    text = env.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        faults.append(f"{name}={text!r} is not a whole number above 0")
        return default
    return int(text)


def freshness(env: Mapping[str, str], faults: list[str]) -> dict[str, int]:
    """Days by source, of TALLYBOOK_FRESHNESS."""
    found = {}
    for part in filter(None, (text.strip() for text in env.get("TALLYBOOK_FRESHNESS", "").split(","))):
        source, _, days = part.partition("=")
        if source.isidentifier() and days.isascii() and days.isdigit() and int(days) > 0:
            found[source] = int(days)
        else:
            faults.append(f"TALLYBOOK_FRESHNESS: {part!r} is not source=days, as in usage=2,billing=35")
    return found


def switch(env: Mapping[str, str], name: str, faults: list[str], *, default: str = "0") -> bool:
    """Whether it is 1; 0 or 1 are allowed."""
    text = env.get(name) or default
    if text not in ("0", "1"):
        faults.append(f"{name}={text!r} is neither 1 nor 0")
    return text == "1"


def time_zone(env: Mapping[str, str], name: str, default: str, faults: list[str]) -> str:
    """The name of an IANA time zone."""
    zone = env.get(name) or default
    if zone not in zone_names():
        faults.append(f"{name}={zone!r} is not an IANA time zone")
        return default
    return zone
