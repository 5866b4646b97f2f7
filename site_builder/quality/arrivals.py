"""Cards of the quality page about what came when: how late each source is, and which reports late data restated."""

from collections.abc import Mapping
from datetime import date

from site_builder.files.manifest import Manifest
from site_builder.gather.audit import Audit
from site_builder.pages.elements import Card, Column, Table
from site_builder.planning import periods
from site_builder.reports import headlines
from site_builder.words import formats, phrases

_FRESHNESS = (
    Column("source", "Source"), Column("newest_landing_date", "Newest landed"),
    Column("days_behind", "Days behind the newest of all", "int"), Column("allowed_days", "Days allowed", "int"),
    Column("is_fresh", "As wanted", "yes"),
)  # fmt: skip
_RESTATED = (
    Column("scope", "Scope", "name"), Column("edition", "Report"), Column("period", "Period"),
    Column("revision", "Revision", "int"), Column("figure", "Figure", "figure"), Column("before", "Before", "exact"),
    Column("after", "Now", "exact"), Column("files", "Because of", "name"),
)  # fmt: skip


def freshness(audit: Audit, policy: Mapping[str, int]) -> Card:
    """How far each source is behind the one that landed last, and how far it may be."""
    newest: dict[str, date] = {}
    for arrival in audit.landed:
        newest[arrival.source] = max(newest.get(arrival.source, arrival.landing_date), arrival.landing_date)
    latest = max(newest.values(), default=None)
    rows = []
    for source in sorted({*newest, *policy}):
        landed, allowed = newest.get(source), policy.get(source)
        behind = (latest - landed).days if latest and landed else None
        is_fresh = None if allowed is None else behind is not None and behind <= allowed
        rows.append((source, landed, behind, allowed, is_fresh))
    stale = [source for source, *_, is_fresh in rows if is_fresh is False]
    watched = "Every source that is watched has landed as wanted" if policy else "No source is watched for its age"
    return Card(
        name="freshness",
        subject="Freshness",
        title=f"{phrases.joined(stale)} landed too long ago" if stale else watched,
        about=f"Up to the landing date {periods.short_date(latest)}" if latest else "Nothing has landed yet",
        table=Table(_FRESHNESS, rows),
        definition="The newest landing date of each source, held-back ones too, against the newest of all: a page does "
        "not know when it is read. Days allowed are the setting TALLYBOOK_FRESHNESS; a run warns by the clock.",
        shows_table=True,
    )


def restatements(manifest: Manifest) -> Card:
    """Every figure of a published report that late data changed, newest period first."""
    found = [report for report in manifest.reports.values() if report.restatements]
    found.sort(key=lambda report: (report.last, report.scope, report.edition, report.period), reverse=True)
    rows = [
        (manifest.scopes[report.scope].name, report.edition, report.period, restatement.revision, change.figure,
         change.before, change.after, ", ".join(restatement.files))
        for report in found
        for restatement in reversed(report.restatements)
        for change in restatement.changes
    ]  # fmt: skip
    return Card(
        name="restatements",
        subject="Restatements",
        title=f"{formats.plural(len(found), 'report')} restated" if found else "No published report was restated",
        about=f"{formats.plural(len(headlines.LABELS), 'figure')} of every report are watched",
        table=Table(_RESTATED, rows),
        definition="A published report whose headline figures late data changes gets a new revision; "
        "the one before stays reachable from it. The same rows stand in audit.restatements.",
        is_wide=True,
        shows_table=True,
    )
