"""What dbt cannot see: that every row read is accounted for, and that what was published is whole."""

from datetime import datetime

import dagster as dg

from orchestration.checking.check import audit_faults, site_faults
from orchestration.checking.freshness import lags
from orchestration.defs.assets import RAW
from orchestration.defs.embedding import Embedding
from orchestration.defs.site_assets import SITE


def checks(embedding: Embedding) -> list[dg.AssetChecksDefinition]:
    """The checks of what has landed, and of the site."""
    return [_audit_adds_up(embedding), _sources_are_fresh(embedding), _site_is_whole(embedding)]


def _audit_adds_up(embedding: Embedding) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=embedding.key(*RAW),
        blocking=True,
        description="rows read = accepted + duplicates + quarantined, for every file; blocks all that follows.",
        **embedding.placed,
    )
    def audit_adds_up(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        faults = audit_faults(embedding.pipeline(context).settings.warehouse)
        return dg.AssetCheckResult(passed=not faults, metadata={"faults": dg.MetadataValue.json(faults)})

    return audit_adds_up


def _site_is_whole(embedding: Embedding) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=embedding.key(*SITE),
        blocking=True,
        description="Every file is as the manifest says, and every link leads somewhere; blocks what publishes it.",
        **embedding.placed,
    )
    def site_is_whole(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        faults = site_faults(embedding.pipeline(context).settings.site)
        return dg.AssetCheckResult(passed=not faults, metadata={"faults": dg.MetadataValue.json(faults)})

    return site_is_whole


def _sources_are_fresh(embedding: Embedding) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=embedding.key(*RAW),
        description="Every source has landed as lately as TALLYBOOK_FRESHNESS wants; warns: old figures are right.",
        **embedding.placed,
    )
    def sources_are_fresh(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        settings = embedding.pipeline(context).settings
        found = lags(settings.warehouse, settings.freshness, datetime.now(settings.zone).date())
        late = [str(lag) for lag in found if not lag.is_fresh]
        return dg.AssetCheckResult(
            passed=not late, severity=dg.AssetCheckSeverity.WARN, metadata={"late": dg.MetadataValue.json(late)}
        )

    return sources_are_fresh
