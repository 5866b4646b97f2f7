"""Rows of the jobs card."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Job(NamedTuple):
    """Sums over a span by job of the platform; type and error are the last ones of the span."""

    tenant_id: str
    job_id: str
    job_type: str
    runs: int
    errors: int
    running: int
    seconds: Decimal
    credits: Decimal
    last_error_on: date | None
    last_error: str | None
