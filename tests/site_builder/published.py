"""Published reports, read back."""

import csv
import json
from pathlib import Path
from typing import Any


def rows(site: Path, report: str, card: str) -> list[dict[str, str]]:
    """The rows of a card's CSV."""
    with (site / report / "data" / f"{card}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(site: Path, report: str) -> dict[str, Any]:
    """A report's report.json."""
    loaded: dict[str, Any] = json.loads((site / report / "report.json").read_text(encoding="utf-8"))
    return loaded


def card_of(site: Path, report: str, card: str) -> dict[str, Any]:
    """A card as report.json has it."""
    found: dict[str, Any] = document(site, report)["cards"][card]
    return found
