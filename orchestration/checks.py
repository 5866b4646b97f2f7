"""What dbt cannot see: that every row read is accounted for, and that what was published is whole."""

import dagster as dg

from orchestration.assets import RAW_SOURCES, SITE_KEY, raw_key
from orchestration.checking import audit_faults, site_faults
from orchestration.resources import PipelineParam


def _audit_check(source: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=raw_key(source), name=f"{source}_audit_adds_up", blocking=True,
                    description="rows read = accepted + duplicates + quarantined, for every file; blocks all that follows.")
    def audit_adds_up(pipeline: PipelineParam) -> dg.AssetCheckResult:
        faults = audit_faults(pipeline.settings.warehouse, source)
        return dg.AssetCheckResult(passed=not faults, metadata={"files": dg.MetadataValue.json(faults)})

    return audit_adds_up


@dg.asset_check(asset=SITE_KEY, name="site_is_whole",
                description="Every file is as the manifest says, and every link leads somewhere.")
def site_is_whole(pipeline: PipelineParam) -> dg.AssetCheckResult:
    faults = site_faults(pipeline.settings.site)
    return dg.AssetCheckResult(passed=not faults, metadata={"faults": dg.MetadataValue.json(faults)})


checks = [*map(_audit_check, RAW_SOURCES), site_is_whole]
