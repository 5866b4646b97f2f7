"""The assets of what people read: the report site, where it is published to, what is mailed and what is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.defs.dbt_models import site_dependencies
from orchestration.defs.embedding import Embedding
from orchestration.defs.observing import observing, reported
from orchestration.defs.retries import as_dagster_failures
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings
from site_builder.reports.summary import SiteSummary

SITE = ("site", "report_site")
_PUBLISHED = ("site", "published_site")
_MAILED = ("site", "mailed_digests")
_TOLD = ("site", "told_alerts")


@dataclass(frozen=True)
class _Done:
    """What a step did: its metadata, and whether there was anything to do."""

    metadata: dict[str, Any]
    is_new: bool


def site_assets(settings: Settings, embedding: Embedding) -> list[dg.AssetsDefinition]:
    """The report site, and those of the others that the settings set up, each after what it tells of."""
    assets = [_report_site(embedding)]
    newest = SITE
    if settings.publish_target:
        assets.append(_after(embedding, _PUBLISHED, SITE, _release, "html"))
        newest = _PUBLISHED
    if settings.sends_mail:
        assets.append(_after(embedding, _MAILED, newest, _mail))
    if settings.tells_alerts:
        assets.append(_after(embedding, _TOLD, newest, _alert))
    return assets


def _report_site(embedding: Embedding) -> dg.AssetsDefinition:
    @dg.asset(  # type: ignore[untyped-decorator]  # its options come as a mapping
        key=embedding.key(*SITE),
        deps=site_dependencies(embedding),
        group_name="site",
        kinds={"html"},
        **embedding.described,
        **embedding.placed,
    )
    def report_site(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        """Dated HTML reports and CSVs of every scope whose figures changed, with manifest and indexes."""
        pipeline, options = embedding.pipeline(context), embedding.options(context)
        with as_dagster_failures():
            summary = pipeline.publish(first=options.first_date, last=options.last_date if options.first else None)
        done: dg.MaterializeResult[None] = dg.MaterializeResult(
            metadata=_site_metadata(summary, pipeline.settings.site)
        )
        yield from reported(context, [done], is_new=bool(summary.reports or summary.failed or summary.mended))

    return observing(report_site)


def _after(
    embedding: Embedding, path: tuple[str, str], after: tuple[str, str], act: Callable[[Pipeline], _Done], *kinds: str
) -> dg.AssetsDefinition:
    """An asset of one act of the pipeline, once another asset is there."""

    @dg.asset(  # type: ignore[untyped-decorator]  # its options come as a mapping
        key=embedding.key(*path),
        deps=[embedding.key(*after)],
        group_name="site",
        kinds=set(kinds),
        description=act.__doc__,
        **embedding.described,
        **embedding.placed,
    )
    def acted(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        with as_dagster_failures():
            done = act(embedding.pipeline(context))
        yield from reported(context, [dg.MaterializeResult(metadata=done.metadata)], is_new=done.is_new)

    return observing(acted)


def _release(pipeline: Pipeline) -> _Done:
    """The site where its readers are, as a new release; there only where TALLYBOOK_PUBLISH_TARGET says where to."""
    done = pipeline.release()
    return _Done({**vars(done), "target": str(pipeline.settings.publish_target)}, bool(done.sent))


def _mail(pipeline: Pipeline) -> _Done:
    """Digests of new reports to their subscribers, each once; there only where TALLYBOOK_SMTP_HOST says how."""
    done = pipeline.mail()
    return _Done({"sent": len(done.sent), "before": done.before, "missing": list(done.missing)}, bool(done.sent))


def _alert(pipeline: Pipeline) -> _Done:
    """Alerts raised, cleared or taken back, each told once; there only where TALLYBOOK_ALERT_… says to whom."""
    done = pipeline.alert()
    return _Done({"events": len(done.events), "taken_by": list(done.taken_by)}, bool(done.events))


def _site_metadata(summary: SiteSummary, site: Path) -> dict[str, Any]:
    links = {"index": "index.html"}
    if summary.reports:
        links["newest_report"] = summary.reports[-1].path
    return {
        "reports": len(summary.reports),
        "failed": [str(failure) for failure in summary.failed],
        "seconds": round(sum(summary.seconds_by_step.values()), 3),
        **{name: dg.MetadataValue.url((site / path).as_uri()) for name, path in links.items()},
    }
