"""What dbt cannot see: that every row read is accounted for, and that what was published is whole."""

import dagster as dg

from orchestration.assets import RAW_KEY, SITE_KEY
from orchestration.checking import audit_faults, site_faults
from orchestration.resources import PipelineParam


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


checks = [audit_adds_up, site_is_whole]
