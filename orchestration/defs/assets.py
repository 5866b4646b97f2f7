"""The assets: raw logs by landing date, the dbt models, and the report site."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.audit.standing import lake_rows
from orchestration.building.build import AT_EXPORT, BuildFailedError
from orchestration.defs.dbt_models import (
    MartsTranslator,
    dbt_manifest,
    dbt_project,
    node_events,
    site_dependencies,
    table_rows,
    unchanged_events,
)
from orchestration.defs.faults import translated_faults
from orchestration.defs.partitions import landing_dates
from orchestration.defs.resources import PipelineParam, RunOptions
from orchestration.loading.load import LoadSummary
from orchestration.settings import Settings
from site_builder.reports.summary import SiteSummary

RAW_KEY = dg.AssetKey(["raw", "landing_zone"])
SITE_KEY = dg.AssetKey(["site", "report_site"])
MAILED_KEY = dg.AssetKey(["site", "mailed_digests"])
TOLD_KEY = dg.AssetKey(["site", "told_alerts"])
PUBLISHED_KEY = dg.AssetKey(["site", "published_site"])
LAKE_TABLES = {
    "usage_events": "Usage events that count: typed, one row per event whatever landed twice.",
    "billing_events": "Billing events that count: typed, one row per event.",
    "job_runs": "Job runs that count: typed, one row per run.",
    "litellm_requests": "Requests that LiteLLM logged: typed, without texts, one row per call.",
    "directory": "Reference data (directory/*.csv): checked, typed full snapshots.",
    "price_list": "The published price list in force, for models whose cost no log reports.",
    "journal": "Which hours of which tenants each load changed.",
}


def lake_key(table: str) -> dg.AssetKey:
    """The asset key of one table of the lake."""
    return dg.AssetKey(["lake", table])


@dg.asset(
    key=RAW_KEY,
    group_name="raw",
    kinds={"duckdb", "parquet"},
    partitions_def=landing_dates,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def landing_zone(
    context: dg.AssetExecutionContext, pipeline: PipelineParam, options: RunOptions
) -> dg.MaterializeResult:
    """Every new or changed file of the run's landing dates, of all sources in one transaction, into lake and audit."""
    keys = context.partition_key_range
    dates = date.fromisoformat(keys.start), date.fromisoformat(keys.end)
    takes_all = options.whatever_is_new or options.full_refresh
    with translated_faults():
        summary = pipeline.load(landing_dates=None if takes_all else dates, full_refresh=options.full_refresh)
    return dg.MaterializeResult(metadata=_load_metadata(summary))


@dg.multi_asset(
    specs=[
        dg.AssetSpec(lake_key(table), deps=[RAW_KEY], group_name="lake", kinds={"parquet"}, description=text)
        for table, text in LAKE_TABLES.items()
    ]
)
def lake(pipeline: PipelineParam) -> Iterator[dg.MaterializeResult]:
    """What the load left: the tables that staging reads, each with its rows."""
    rows = lake_rows(pipeline.settings.warehouse, LAKE_TABLES)
    for table in LAKE_TABLES:
        yield dg.MaterializeResult(asset_key=lake_key(table), metadata={"dagster/row_count": rows[table]})


@dbt_assets(
    manifest=dbt_manifest(),
    project=dbt_project(),
    dagster_dbt_translator=MartsTranslator(),
    exclude=f"resource_type:unit_test {AT_EXPORT}",
)
def dbt_models(
    context: dg.AssetExecutionContext, pipeline: PipelineParam, options: RunOptions
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """All dbt models and their tests. A failed test fails the step, so that nothing unreconciled is published."""
    keys, checks = context.selected_asset_keys, context.selected_asset_check_keys
    with translated_faults():
        try:
            summary = pipeline.build(to=options.last_date, full_refresh=options.full_refresh)
        except BuildFailedError as failure:
            yield from node_events(failure.nodes, keys, checks, {})
            raise
    if not summary.is_built:
        yield from unchanged_events(keys, checks)
    yield from node_events(summary.nodes, keys, checks, table_rows(pipeline.settings.warehouse))


@dg.asset(key=SITE_KEY, deps=site_dependencies(), group_name="site", kinds={"html"})
def report_site(pipeline: PipelineParam, options: RunOptions) -> dg.MaterializeResult:
    """Dated HTML reports and CSVs of every scope whose figures changed, with manifest and indexes."""
    with translated_faults():
        summary = pipeline.publish(first=options.first_date, last=options.last_date if options.first else None)
    return dg.MaterializeResult(metadata=_site_metadata(summary, pipeline.settings.site))


@dg.asset(key=PUBLISHED_KEY, deps=[SITE_KEY], group_name="site", kinds={"html"})
def published_site(pipeline: PipelineParam) -> dg.MaterializeResult:
    """The site where its readers are, as a new release; there only where TALLYBOOK_PUBLISH_TARGET says where to."""
    with translated_faults():
        done = pipeline.release()
    return dg.MaterializeResult(metadata={**vars(done), "target": str(pipeline.settings.publish_target)})


def newest_of(settings: Settings) -> dg.AssetKey:
    """The asset that stands for what readers see."""
    return PUBLISHED_KEY if settings.publish_target else SITE_KEY


def mailed_digests(after: dg.AssetKey) -> dg.AssetsDefinition:
    """The asset of what was mailed, once that is where its readers are to see it."""

    @dg.asset(key=MAILED_KEY, deps=[after], group_name="site")
    def mailed(pipeline: PipelineParam) -> dg.MaterializeResult:
        """Digests of new reports to their subscribers, each once; there only where TALLYBOOK_SMTP_HOST says how."""
        with translated_faults():
            done = pipeline.mail()
        return dg.MaterializeResult(metadata={"sent": len(done.sent), "before": done.before, "vain": list(done.vain)})

    return mailed


def told_alerts(after: dg.AssetKey) -> dg.AssetsDefinition:
    """The asset of what was told of alerts, once readers can look at what it is about."""

    @dg.asset(key=TOLD_KEY, deps=[after], group_name="site")
    def told(pipeline: PipelineParam) -> dg.MaterializeResult:
        """Alerts raised, cleared or taken back, each told once; there only where TALLYBOOK_ALERT_… says to whom."""
        with translated_faults():
            done = pipeline.alert()
        return dg.MaterializeResult(metadata={"events": len(done.events), "taken_by": list(done.taken_by)})

    return told


def _load_metadata(summary: LoadSummary) -> dict[str, Any]:
    names = ("files_loaded", "rows_read", "accepted", "duplicates", "quarantined")
    return {name: getattr(summary, name) for name in names} | {
        "seconds": round(sum(summary.seconds_by_step.values()), 3),
        "held_dates": [str(day) for day in summary.held_dates],
        "unreadable": list(summary.unreadable),
        "vanished": list(summary.files_vanished),
    }


def _site_metadata(summary: SiteSummary, site: Path) -> dict[str, Any]:
    links = {"index": "index.html"}
    if summary.reports:
        links["newest_report"] = summary.reports[-1].path
    return {
        "reports": len(summary.reports),
        "failed": [str(each) for each in summary.failed],
        "seconds": round(sum(summary.seconds_by_step.values()), 3),
        **{name: dg.MetadataValue.url((site / path).as_uri()) for name, path in links.items()},
    }
