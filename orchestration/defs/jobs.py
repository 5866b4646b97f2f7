"""The jobs: one that does the whole way, in one process, since a warehouse has one writer."""

from __future__ import annotations

import dagster as dg

REFRESH = "refresh"

refresh_job = dg.define_asset_job(
    REFRESH,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Raw logs of any range of landing dates → lake → marts → site. Publishing waits for every check.",
)
