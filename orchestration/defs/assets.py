"""The assets up to the marts: raw logs by landing date, the lake, the dbt models, and the file that BI tools read."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.audit.load_status import lake_rows
from orchestration.building.build import BuildFailedError
from orchestration.defs.dbt_models import (
    dbt_manifest,
    dbt_project,
    node_events,
    served_marts,
    table_rows,
    translator,
    unchanged_events,
)
from orchestration.defs.embedding import Embedding
from orchestration.defs.observing import observing, reported
from orchestration.defs.partitions import landing_dates
from orchestration.defs.retries import as_dagster_failures
from orchestration.loading.summary import LoadSummary
from orchestration.serving.serve import Served

RAW = ("raw", "landing_zone")
SERVING = ("serving", "serving_file")
LAKE_TABLES = {
    "usage_events": "Usage events that count: typed, one row per event whatever landed twice.",
    "billing_events": "Billing events that count: typed, one row per event.",
    "job_runs": "Job runs that count: typed, one row per run.",
    "litellm_requests": "Requests that LiteLLM logged: typed, without texts, one row per call.",
    "directory": "Reference data (directory/*.csv): checked, typed full snapshots.",
    "price_list": "The published price list in force, for models whose cost no log reports.",
    "journal": "Which hours of which tenants each load changed.",
}
Results = Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]


def landing_zone(embedding: Embedding) -> dg.AssetsDefinition:
    """The asset of what has landed."""

    @dg.asset(  # type: ignore[untyped-decorator]  # its options come as a mapping
        key=embedding.key(*RAW),
        group_name="raw",
        kinds={"duckdb", "parquet"},
        partitions_def=landing_dates,
        backfill_policy=dg.BackfillPolicy.single_run(),
        **embedding.described,
        **embedding.placed,
    )
    def landed(context: dg.AssetExecutionContext) -> Results:
        """Every new or changed file of the run's landing dates, all sources in one transaction, into lake and audit."""
        summary = _load(embedding, context)
        done: dg.MaterializeResult[None] = dg.MaterializeResult(metadata=_load_metadata(summary))
        yield from reported(context, [done], is_new=bool(summary.files_loaded) or summary.changed)

    return observing(landed)


def lake(embedding: Embedding) -> dg.AssetsDefinition:
    """The assets of the tables that staging reads."""

    @dg.multi_asset(name=embedding.named("lake"), specs=_lake_specs(embedding), **embedding.placed)
    def tables(context: dg.AssetExecutionContext) -> Results:
        """What the load left: the tables that staging reads, each with its rows."""
        pipeline = embedding.pipeline(context)
        loaded = pipeline.loaded
        results: list[dg.MaterializeResult[None]] = [
            dg.MaterializeResult(asset_key=embedding.key("lake", table), metadata={"dagster/row_count": count})
            for table, count in lake_rows(pipeline.settings.warehouse, LAKE_TABLES).items()
        ]
        yield from reported(context, results, is_new=loaded is None or bool(loaded.files_loaded) or loaded.changed)

    return observing(tables)


def _lake_specs(embedding: Embedding) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            embedding.key("lake", table),
            deps=[embedding.key(*RAW)],
            group_name="lake",
            kinds={"parquet"},
            description=text,
            **embedding.described,
        )
        for table, text in LAKE_TABLES.items()
    ]


def dbt_models(embedding: Embedding) -> dg.AssetsDefinition:
    """The assets of all dbt models, with their tests as checks."""

    @dbt_assets(
        manifest=dbt_manifest(),
        project=dbt_project(),
        dagster_dbt_translator=translator(embedding),
        exclude="resource_type:unit_test",
        name=embedding.named("dbt_models"),
        **embedding.placed,
    )
    def models(context: dg.AssetExecutionContext) -> Results:
        """All dbt models and their tests. A failed test fails the step, so that nothing unreconciled is published."""
        yield from _build(embedding, context)

    return observing(models)


def serving_file(embedding: Embedding) -> dg.AssetsDefinition:
    """The asset of the file that BI tools read."""

    @dg.asset(  # type: ignore[untyped-decorator]  # its options come as a mapping
        key=embedding.key(*SERVING),
        deps=served_marts(embedding),
        group_name="serving",
        kinds={"duckdb"},
        **embedding.described,
        **embedding.placed,
    )
    def served(context: dg.AssetExecutionContext) -> Results:
        """The checked marts with keys, dates and comments, in a file of their own that no run ever locks."""
        with as_dagster_failures():
            done = embedding.pipeline(context).serve()
        is_new = done.is_written or done.is_removed
        result: dg.MaterializeResult[None] = dg.MaterializeResult(metadata=_serving_metadata(done) if is_new else {})
        yield from reported(context, [result], is_new=is_new)

    return observing(served)


def _load(embedding: Embedding, context: dg.AssetExecutionContext) -> LoadSummary:
    options, keys = embedding.options(context), context.partition_key_range
    dates = date.fromisoformat(keys.start), date.fromisoformat(keys.end)
    takes_all = options.whatever_is_new or options.full_refresh
    with as_dagster_failures():
        return embedding.pipeline(context).load(
            landing_dates=None if takes_all else dates, full_refresh=options.full_refresh
        )


def _build(embedding: Embedding, context: dg.AssetExecutionContext) -> Results:
    pipeline, options = embedding.pipeline(context), embedding.options(context)
    keys, checks = context.selected_asset_keys, context.selected_asset_check_keys
    with as_dagster_failures():
        try:
            summary = pipeline.build(to=options.last_date, full_refresh=options.full_refresh)
        except BuildFailedError as failure:
            yield from node_events(embedding, failure.nodes, keys, checks, {})
            raise
    if not summary.is_built:
        yield from reported(context, unchanged_events(embedding, keys, checks), is_new=False)
        return
    yield from node_events(embedding, summary.nodes, keys, checks, table_rows(pipeline.settings.warehouse))


def _serving_metadata(done: Served) -> dict[str, Any]:
    return {"path": str(done.file), "dagster/row_count": done.rows, "tables": done.tables, "bytes": done.bytes}


def _load_metadata(summary: LoadSummary) -> dict[str, Any]:
    names = ("files_loaded", "rows_read", "accepted", "duplicates", "quarantined")
    return {name: getattr(summary, name) for name in names} | {
        "seconds": round(sum(summary.seconds_by_step.values()), 3),
        "held_dates": [str(day) for day in summary.held_dates],
        "unreadable": list(summary.unreadable),
        "vanished": list(summary.files_vanished),
    }
