"""What a failed step tells Dagster: try again where the fault may pass, stop at once where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

from orchestration.errors import TallybookError
from orchestration.redaction import without_secrets
from orchestration.writer_lock import WarehouseBusyError

DEFAULT_SECONDS = 5.0
_TRANSIENT = (duckdb.HTTPException, duckdb.IOException, ConnectionError, TimeoutError, WarehouseBusyError)


@contextmanager
def as_dagster_failures(*, max_retries: int = 3, seconds: float | None = None) -> Iterator[None]:
    """Raise RetryRequested for faults of network, storage or a busy warehouse, Failure for what a person must mend."""
    try:
        yield
    except _TRANSIENT as fault:
        raise dg.RetryRequested(
            max_retries=max_retries, seconds_to_wait=DEFAULT_SECONDS if seconds is None else seconds
        ) from without_secrets(fault)
    except TallybookError as fault:
        raise dg.Failure(description=str(fault), allow_retries=False) from without_secrets(fault)
    except Exception as fault:
        safe = without_secrets(fault)
        if safe is fault:
            raise
        raise safe from None
