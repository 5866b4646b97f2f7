"""What assets are given besides the pipeline: the options of the run at hand."""

from datetime import date
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration.defs.embedding import Embedding
from orchestration.errors import TallybookError


class RunOptions(dg.ConfigurableResource[None]):
    """What one run is asked to do; everything empty means: whatever is new."""

    first: str = Field(default="", description="First local date whose reports are published, YYYY-MM-DD.")
    last: str = Field(default="", description="Last local date the marts and reports show, YYYY-MM-DD.")
    whatever_is_new: bool = Field(default=False, description="Load new files of all landing dates, not only the run's.")
    full_refresh: bool = Field(default=False, description="Forget lake and marts and compute them again.")

    @property
    def first_date(self) -> date | None:
        return parse_date(self.first)

    @property
    def last_date(self) -> date | None:
        return parse_date(self.last)


def parse_date(text: str) -> date | None:
    """An ISO date, or None for an empty text. Raises TallybookError for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise TallybookError(f"{text!r} is not a date like 2026-11-21") from None


def run_config(
    embedding: Embedding, *, first: date | None = None, last: date | None = None, full_refresh: bool = False
) -> dict[str, Any]:
    """Run configuration of runs that take whatever is new."""
    options = {
        "whatever_is_new": True,
        "first": first.isoformat() if first else "",
        "last": last.isoformat() if last else "",
        "full_refresh": full_refresh,
    }
    return {"resources": {embedding.named("options"): {"config": options}}}
