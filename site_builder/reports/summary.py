"""What a build of the site did."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from site_builder.failures import Failed
from site_builder.files import urls
from site_builder.files.manifest import FileRecord, Manifest, PublishedReport, Restatement
from site_builder.planning import plan
from site_builder.planning.periods import DAILY
from site_builder.planning.scopes import Scope
from site_builder.reports.make import Made


@dataclass(frozen=True)
class ReportMade:
    """A report made or made again: `scope` is `all` or the tenant_id, `path` its page below the site."""

    scope: str
    edition: str
    period: str
    path: str


@dataclass(frozen=True)
class Restated:
    """A report that was restated; `scope` is `all` or the tenant_id."""

    scope: str
    edition: str
    period: str
    restatements: tuple[Restatement, ...]


@dataclass(frozen=True)
class SiteSummary:
    """What a build did.

    `reports` were made or made again, `unchanged` looked at and found as published; `kept` are the folders of
    published reports that reach beyond the marts' as-of dates and were left alone; `dates` of the daily reports
    made; `files` and `bytes` of the reports made; `scopes` the number of scopes; `restated` all reports that ever were,
    `restated_now` the pages of those that this build restated; `failed` what could not be made and stays as it was;
    `mended` how many damaged files were made again; seconds by step.
    """

    reports: tuple[ReportMade, ...] = ()
    unchanged: int = 0
    kept: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    files: int = 0
    bytes: int = 0
    scopes: int = 0
    restated: tuple[Restated, ...] = ()
    restated_now: tuple[str, ...] = ()
    failed: tuple[Failed, ...] = ()
    mended: int = 0
    seconds_by_step: dict[str, float] = field(default_factory=dict)


def summarised(
    planned: plan.Plan, made: Sequence[Made], restated: Collection[str], found: Sequence[Scope], after: Manifest,
    seconds: dict[str, float],
) -> SiteSummary:  # fmt: skip
    """The summary of a build: `restated` are the folders of reports that it restated, `found` its scopes, `after` what
    is now published.
    """
    ids = {scope.folder: "all" if scope.tenant_id is None else scope.tenant_id for scope in found}
    new = [result for result in made if result.files is not None]
    files: list[FileRecord] = [file for result in new for file in result.files or ()]
    reports: list[PublishedReport] = [result.report for result in new]
    return SiteSummary(
        reports=tuple(
            ReportMade(
                ids[report.scope],
                report.edition,
                report.period,
                urls.report_page(report.scope, report.edition, report.period),
            )
            for report in reports
        ),
        unchanged=len(made) - len(new),
        kept=planned.kept,
        dates=tuple(sorted({report.first for report in reports if report.edition == DAILY})),
        files=len(files),
        bytes=sum(file.bytes for file in files),
        scopes=len(found),
        restated=tuple(
            Restated("all" if scope is None else scope, report.edition, report.period, report.restatements)
            for report in after.reports.values()
            if report.restatements
            for scope in [after.scopes[report.scope].tenant_id]
        ),
        restated_now=tuple(
            urls.report_page(report.scope, report.edition, report.period)
            for report in reports
            if report.folder in restated
        ),
        seconds_by_step=seconds,
    )
