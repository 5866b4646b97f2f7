"""The jobs: one that does the whole way, in one process, since a warehouse has one writer."""

from collections.abc import Iterable
from typing import Any

import dagster as dg

from orchestration.defs.embedding import Embedding


def refresh_job(embedding: Embedding, assets: Iterable[dg.AssetsDefinition]) -> Any:
    """The job over these assets alone, with all checks of them: whoever else has assets there has jobs of their own."""
    return dg.define_asset_job(
        embedding.refresh,
        selection=dg.AssetSelection.assets(*(key for asset in assets for key in asset.keys)),
        executor_def=dg.in_process_executor,
        description="Raw logs of any range of landing dates → lake → marts → site. Publishing waits for every check.",
    )
