"""What the command says about the price list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.repricing.reprice import Repricing


def outdated_list(warehouse: Path) -> list[str]:
    """One line where models are priced by another list than the installed one, else none."""
    from orchestration.loading.listed_models import other_versions
    from orchestration.pricing.price_list import installed_version

    versions = other_versions(warehouse)
    if not versions:
        return []
    return [
        f"Prices   list {', '.join(versions)} is in force, {installed_version()} is installed: "
        "tallybook reprice takes it"
    ]


def repriced(done: Repricing) -> str:
    """One line on a pricing."""
    before = ", ".join(done.versions) or "none"
    return (
        f"Priced   {len(done.changed):,} of {done.models:,} models have other prices in list {done.list_version} "
        f"(before: {before})"
    )
