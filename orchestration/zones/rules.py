"""What the pinned package tzdata says of time zones: which there are, and what their clocks show when."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.metadata import version

from orchestration.zones.spans import Span
from orchestration.zones.tzif import read_spans

PACKAGE = "tzdata"
# Stands for a machine whose zone nobody has set.
_NO_ZONE = "Factory"


def installed_version() -> str:
    """The version of the installed rules."""
    return version(PACKAGE)


@cache
def zone_names() -> frozenset[str]:
    """Every zone there is, old names and new ones; upper and lower case count."""
    listed = resources.files(PACKAGE).joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - {_NO_ZONE}


def spelt_otherwise(name: str) -> str:
    """How the zone is spelt that a name of none may mean, in words to go on with; empty where there is none."""
    meant = [zone_name for zone_name in sorted(zone_names()) if zone_name.lower() == name.strip().lower()]
    return f" ({meant[0]} is: letters count as they are)" if meant else ""


@cache
def installed_spans(name: str) -> tuple[Span, ...]:
    """What the installed rules say of a zone, for all time. `name`: one of `zone_names`."""
    return read_spans(resources.files(PACKAGE).joinpath("zoneinfo", *name.split("/")).read_bytes())
