"""Marts → site: works out what changed since this site was last published and has it rendered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path

from orchestration.audit.restatement_log import note_restatements
from orchestration.building.build import is_built, pseudonyms_of_builds
from orchestration.building.lake_state import require_whole_lake
from orchestration.building.state import require_marts
from orchestration.errors import TallybookError
from orchestration.published import read_manifest
from orchestration.settings import Settings
from orchestration.warehouse import opened
from orchestration.writer_lock import writer_lock
from site_builder.build import SiteError, build_site
from site_builder.files.damage import damaged
from site_builder.files.write import drafts
from site_builder.reports.fingerprints import builder_digest
from site_builder.reports.summary import SiteSummary


class PublishError(TallybookError):
    """The site could not be built."""


def publish(
    settings: Settings,
    *,
    first: date | None = None,
    last: date | None = None,
    pdf: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
    renamed: bool = False,
) -> SiteSummary:
    """Render the reports of the local dates first..last, or of what changed since this site was last built.

    Reports of the editions `pdf` get a PDF, too, as weekly and monthly ones have. `renamed`: look at
    everything, closed months too, since people have other names now. Raises UnbuiltError where the marts
    are not what a finished build made of all that is loaded: a figure of half-built marts would stand as published, and
    the right one as its restatement.
    """
    with writer_lock(settings.warehouse):
        require_marts(settings.warehouse, of_all_loaded=True)
        require_whole_lake(settings.warehouse)
        build_id, shown_id, changed = _changes(settings.warehouse, settings.site)
        _refuse_other_names(settings, build_id, shown_id)
        try:
            summary = build_site(
                settings.warehouse,
                settings.site,
                first=first,
                last=last,
                changed=None if renamed else changed,
                pdf=pdf,
                link_secret=settings.link_secret,
                configuration=settings.configuration,
                freshness=settings.freshness,
                progress=progress,
                renamed=renamed,
            )
        except SiteError as error:
            raise PublishError(str(error)) from error
        note_restatements(settings.warehouse, summary.restated)
        # What could not be made is tried again by the next run.
        if first is None and not summary.failed:
            _record(settings.warehouse, settings.site, build_id)
    return summary


def _refuse_other_names(settings: Settings, build_id: int, shown_id: int) -> None:
    """Earlier revisions and old releases would go on naming those who are to have pseudonyms."""
    marks = pseudonyms_of_builds(settings.warehouse)
    if shown_id and marks[build_id] and marks[build_id] != marks[shown_id]:
        raise PublishError(
            f"{settings.site} shows people under other names than the marts have now: remove it, or publish elsewhere"
        )


def is_current(settings: Settings, *, to: date | None) -> bool:
    """Whether a run with nothing new to load would change neither marts nor site."""
    if not settings.warehouse.exists():
        return False
    if not is_built(settings.warehouse, to=to, pseudonyms=settings.pseudonyms):
        return False
    build_id, shown_id, changed = _changes(settings.warehouse, settings.site)
    # A build that changed no date may yet have changed what the audit says.
    is_shown = 0 < build_id == shown_id and changed == {}
    shown = read_manifest(settings.site)
    wanted = (builder_digest(), str(settings.configuration), settings.freshness)
    is_whole = shown.names and not drafts(settings.site) and not damaged(settings.site, shown)
    return is_shown and bool(is_whole) and (shown.builder, shown.configuration, shown.freshness) == wanted


def _changes(warehouse: Path, site: Path) -> tuple[int, int, Mapping[str, date] | None]:
    """The newest build, the one that the site shows (0: none), and each tenant's earliest date changed between them.

    None instead of dates: everything may have changed.
    """
    with opened(warehouse, read_only=True) as con:
        newest = (con.execute("select coalesce(max(build_id), 0) from building.build_state").fetchone() or (0,))[0]
        shown = con.execute("select build_id from building.site_state where site = ?", [str(site)]).fetchone()
        if not shown or not (site / "manifest.json").exists():
            return newest, 0, None
        if con.execute(
            "select bool_or(is_full_refresh) from building.build_state where build_id > ?", [shown[0]]
        ).fetchone() == (True,):
            return newest, shown[0], None
        rows = con.execute(
            "select tenant_id, min(first_date) from building.build_changes where build_id > ? group by tenant_id",
            [shown[0]],
        ).fetchall()
    return newest, shown[0], dict(rows)


def _record(warehouse: Path, site: Path, build_id: int) -> None:
    with opened(warehouse) as con:
        con.execute("insert or replace into building.site_state values (?, ?)", [str(site), build_id])
