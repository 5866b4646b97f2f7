"""What the command says about the price list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.repricing.reprice import Taken


def outdated_list(warehouse: Path) -> list[str]:
    """One line where models are priced by another list than the installed one, else none."""
    from orchestration.loading.listed_models import other_versions
    from orchestration.pricing.price_list import installed_version

    versions = other_versions(warehouse)
    if not versions:
        return []
    return [
        f"Prices   list {', '.join(versions)} is in force, {installed_version()} is installed: "
        "tallybook reprice shows what it would change"
    ]


def waiting(warehouse: Path) -> list[str]:
    """One line for each file of the directory whose rows changed for dates that were built by those of before."""
    from orchestration.loading.directory.waiting import waiting_changes
    from orchestration.warehouse import opened

    with opened(warehouse, read_only=True) as con:
        found = waiting_changes(con)
    return [
        f"{'Rates' if change.file == 'directory/rates.csv' else 'Prices':8} {change.rows:,} "
        f"{'row' if change.rows == 1 else 'rows'} of {change.file.removeprefix('directory/')} changed for dates before "
        f"{change.before_date}: `tallybook reprice` shows what it would change"
        for change in found
    ]


def repriced(done: Taken) -> str:
    """One line on a pricing."""
    before = ", ".join(done.versions) or "none"
    return (
        f"Priced   {len(done.changed):,} of {done.models:,} models have other prices in list {done.list_version} "
        f"(before: {before})"
    )
