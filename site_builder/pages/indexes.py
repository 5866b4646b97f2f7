"""The pages that lead to reports, made from what is published: the site's front page, a scope's list, the newest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from site_builder.failures import Failed, costing_only
from site_builder.files import urls
from site_builder.files.manifest import Manifest, PublishedReport, PublishedScope
from site_builder.gather.meanings import TableMeaning
from site_builder.glossary.page import glossary
from site_builder.pages.elements import ENTITY_LISTS, Link
from site_builder.planning import periods
from site_builder.planning.periods import BILLING, CUSTOM, DAILY, MONTHLY, QUARTERLY, WEEKLY, YEARLY
from site_builder.render import templating
from site_builder.words import formats

_SHELVES = {"Billing periods": (BILLING,), "Quarters and years": (QUARTERLY, YEARLY), "Custom periods": (CUSTOM,)}


@dataclass(frozen=True)
class Pick:
    """A newest report: its `edition`, the `label` of its period, its `headline` and link."""

    edition: str
    label: str
    headline: str
    href: str


@dataclass(frozen=True)
class Week:
    """A row of a calendar: the week's `label` and link ("" = no report), and seven days as (text, link)."""

    label: str
    href: str
    days: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Month:
    """A calendar month: heading, link of its report ("" = none), and its weeks, first week first."""

    label: str
    href: str
    weeks: Sequence[Week]


@dataclass(frozen=True)
class Shelf:
    """Reports that no calendar shows: what they are, and links to them, newest first."""

    title: str
    links: Sequence[Link]


@dataclass(frozen=True)
class ScopeIndex:
    """Context of templates/scope.html; `explore`, `jobs`, `data`, `quality` lead to explorer, jobs, marts, audit ("":
    none); `lists` to items, teams and users.
    """

    path: str
    stylesheet: str
    scope_name: str
    zone: str
    picks: Sequence[Pick]
    months: Sequence[Month]
    longer: Sequence[Shelf]
    explore: str
    jobs: str
    glossary: str
    data: str
    quality: str
    lists: Sequence[Link]


@dataclass(frozen=True)
class Entry:
    """A scope on the front page; `critical` and `warnings`: how many alerts its newest reports have at most."""

    name: str
    zone: str
    href: str
    picks: Sequence[Pick]
    critical: int
    warnings: int


@dataclass(frozen=True)
class FrontPage:
    """Context of templates/front.html."""

    path: str
    stylesheet: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Latest:
    """Context of templates/latest.html: a page that leads on to the newest report of an edition."""

    path: str
    stylesheet: str
    scope_name: str
    edition: str
    label: str
    href: str


def index_files(manifest: Manifest, meanings: Sequence[TableMeaning], failed: list[Failed]) -> dict[str, bytes]:
    """Every index of the site and the stylesheets, by path.

    A scope whose indexes cannot be made goes to `failed` and has none among them; it stands on the front page where it
    had an index before.
    """
    css = templating.stylesheet()
    files = {path: content for folder in ["", *manifest.scopes] for path, content in templating.assets(folder).items()}
    entries = []
    for scope in sorted(manifest.scopes.values(), key=lambda s: (s.tenant_id is not None, s.name, s.folder)):
        reports = manifest.of_scope(scope.folder)
        newest = {report.edition: report for report in reports}
        path = urls.scope_index(scope.folder)
        with costing_only(path, failed):
            files |= _of_scope(manifest, meanings, scope, reports, newest, css)
        if path in files or path in manifest.files:
            urgency = max(
                ((report.critical_alerts, report.warning_alerts) for report in newest.values()), default=(0, 0)
            )
            entries.append(Entry(scope.name, scope.zone, path, _picks(newest, "index.html"), *urgency))
    # All tenants together, then whoever needs attention most.
    entries.sort(key=lambda entry: (entry.href != urls.scope_index(urls.ALL_FOLDER), -entry.critical, -entry.warnings))
    front = FrontPage("index.html", urls.asset("", templating.STYLESHEET, css), entries)
    files["index.html"] = templating.html("front.html", front)
    return files


def _of_scope(
    manifest: Manifest,
    meanings: Sequence[TableMeaning],
    scope: PublishedScope,
    reports: Sequence[PublishedReport],
    newest: dict[str, PublishedReport],
    css: bytes,
) -> dict[str, bytes]:
    files = {urls.glossary_page(scope.folder): glossary(meanings, scope, css)}
    files[urls.scope_index(scope.folder)] = _scope_index(manifest, scope, reports, newest, css)
    for edition in (DAILY, WEEKLY, MONTHLY):
        if edition in newest:
            files[urls.latest_page(scope.folder, edition)] = _latest(scope, newest[edition], css)
    return files


def _scope_index(
    manifest: Manifest,
    scope: PublishedScope,
    reports: Sequence[PublishedReport],
    newest: dict[str, PublishedReport],
    css: bytes,
) -> bytes:
    path = urls.scope_index(scope.folder)

    lists = [(title, urls.entity_index(scope.folder, kind)) for kind, title in ENTITY_LISTS.items()]

    def link(target: str) -> str:
        return urls.relative(path, target) if target in manifest.files else ""

    page = ScopeIndex(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        scope_name=scope.name,
        zone=scope.zone,
        picks=_picks(newest, path),
        months=_months(path, reports),
        longer=_shelves(path, reports),
        explore=link(urls.explore_page(scope.folder)),
        jobs=link(urls.jobs_page(scope.folder)),
        glossary=urls.relative(path, urls.glossary_page(scope.folder)),
        data=link(urls.data_file(scope.folder, "index.html")),
        quality=link(urls.quality_page()) if scope.tenant_id is None else "",
        lists=[Link(title, link(target)) for title, target in lists if link(target)],
    )
    return templating.html("scope.html", page)


def _shelves(path: str, reports: Sequence[PublishedReport]) -> list[Shelf]:
    shelves = []
    for title, editions in _SHELVES.items():
        found = [report for report in reports[::-1] if report.edition in editions]
        links = [Link(report.label, urls.relative(path, _page(report))) for report in found]
        shelves += [Shelf(title, links)] if links else []
    return shelves


def _picks(newest: dict[str, PublishedReport], path: str) -> list[Pick]:
    return [
        Pick(edition, newest[edition].label, newest[edition].headline, urls.relative(path, _page(newest[edition])))
        for edition in (DAILY, WEEKLY, MONTHLY)
        if edition in newest
    ]


def _months(path: str, reports: Sequence[PublishedReport]) -> list[Month]:
    hrefs = {(report.edition, report.first): urls.relative(path, _page(report)) for report in reports}
    starts = {report.first.replace(day=1) for report in reports if report.edition in (DAILY, MONTHLY)}
    return [_month(first, hrefs) for first in sorted(starts, reverse=True)]


def _month(first: date, hrefs: dict[tuple[str, date], str]) -> Month:
    whole = periods.month_of(first)
    weeks = []
    week = periods.week_of(first)
    while week.first <= whole.last:
        days = [
            (str(day.day), hrefs.get((DAILY, day), "")) if day.month == first.month else ("", "")
            for day in week.dates()
        ]
        weeks.append(Week(f"W{week.first.isocalendar().week:02d}", hrefs.get((WEEKLY, week.first), ""), days))
        week = week.shifted(7)
    return Month(periods.month_text(first), hrefs.get((MONTHLY, first), ""), weeks)


def _latest(scope: PublishedScope, report: PublishedReport, css: bytes) -> bytes:
    path = urls.latest_page(scope.folder, report.edition)
    page = Latest(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        scope_name=formats.shown_name(scope.name),
        edition=report.edition,
        label=report.label,
        href=urls.relative(path, _page(report)),
    )
    return templating.html("latest.html", page)


def _page(report: PublishedReport) -> str:
    return urls.report_page(report.scope, report.edition, report.period)
