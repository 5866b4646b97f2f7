"""What dbt cannot see: that every row read is accounted for, and that what was published is whole."""

from datetime import datetime

import dagster as dg

from orchestration.checking.check import audit_faults, site_faults
from orchestration.checking.freshness import lags
from orchestration.defs.assets import RAW_KEY, SITE_KEY
from orchestration.defs.resources import PipelineParam


@dg.asset_check(
    asset=RAW_KEY,
    blocking=True,
    description="rows read = accepted + duplicates + quarantined, for every file; blocks all that follows.",
)
def audit_adds_up(pipeline: PipelineParam) -> dg.AssetCheckResult:
    faults = audit_faults(pipeline.settings.warehouse)
    return dg.AssetCheckResult(passed=not faults, metadata={"faults": dg.MetadataValue.json(faults)})


@dg.asset_check(
    asset=SITE_KEY,
    name="site_is_whole",
    blocking=True,
    description="Every file is as the manifest says, and every link leads somewhere; blocks what publishes it.",
)
def site_is_whole(pipeline: PipelineParam) -> dg.AssetCheckResult:
    faults = site_faults(pipeline.settings.site)
    return dg.AssetCheckResult(passed=not faults, metadata={"faults": dg.MetadataValue.json(faults)})


@dg.asset_check(
    asset=RAW_KEY,
    description="Every source has landed as lately as TALLYBOOK_FRESHNESS wants; warns: old figures are right ones.",
)
def sources_are_fresh(pipeline: PipelineParam) -> dg.AssetCheckResult:
    settings = pipeline.settings
    found = lags(settings.warehouse, settings.freshness, datetime.now(settings.zone).date())
    late = [str(lag) for lag in found if not lag.is_fresh]
    return dg.AssetCheckResult(
        passed=not late, severity=dg.AssetCheckSeverity.WARN, metadata={"late": dg.MetadataValue.json(late)}
    )


checks = [audit_adds_up, sources_are_fresh, site_is_whole]
