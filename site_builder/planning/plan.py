"""Which reports a run looks at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from site_builder.files import urls
from site_builder.files.manifest import Manifest, PublishedReport
from site_builder.planning import periods
from site_builder.planning.neighbours import beside
from site_builder.planning.periods import Period, Span
from site_builder.planning.schedule import USUAL, Schedule
from site_builder.planning.scopes import Scope

PDF_EDITIONS = (periods.WEEKLY, periods.MONTHLY)
# To typeset these with every day that they run would cost more than all the rest: they have a PDF once they are over.
_PDF_AT_THE_END = (periods.BILLING, periods.QUARTERLY, periods.YEARLY)
_ALWAYS = {periods.DAILY: periods.day_of, periods.WEEKLY: periods.week_of, periods.MONTHLY: periods.month_of}
_LONG = {periods.QUARTERLY: periods.quarter_of, periods.YEARLY: periods.year_of}


@dataclass(frozen=True)
class Report:
    """One report to look at: whose, over which dates, compared with which; whether it has a PDF, and is closed.

    `is_provisional`: its last date may still get data.
    """

    scope: Scope
    period: Period
    before: Span
    has_pdf: bool
    is_closed: bool = False
    is_provisional: bool = False

    @property
    def folder(self) -> str:
        """Its place in the site."""
        return urls.report_folder(self.scope.folder, self.period.edition, self.period.name)


@dataclass(frozen=True)
class Closing:
    """Closed months: their last date, None without any; `stands`: whether what was published of them is left alone."""

    closed_to: date | None = None
    stands: bool = False

    def holds(self, period: Period) -> bool:
        """Whether all dates of a period are closed."""
        return self.closed_to is not None and period.whole.last <= self.closed_to


NOTHING_CLOSED = Closing()


@dataclass(frozen=True)
class Plan:
    """`reports` to look at; `kept` folders of published reports that reach beyond what the marts now show."""

    reports: tuple[Report, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """What a plan is asked for.

    Reports of the local dates first..last and of the periods that these touch, without `first` all of them. `changed`:
    the earliest changed date by tenant_id (None: anything may have changed). `pdf`: editions that have a PDF from now
    on. What was provisional and now ends on `final_through` or before is looked at (None: only what is unfinished is
    provisional), and so are `damaged` folders. `schedule`: which reports there are besides days, weeks and months.
    """

    first: date | None = None
    last: date | None = None
    changed: Mapping[str, date] | None = None
    pdf: Collection[str] = ()
    closing: Closing = NOTHING_CLOSED
    final_through: date | None = None
    damaged: Collection[str] = ()
    schedule: Schedule = USUAL


def make_plan(scopes: Iterable[Scope], published: Manifest, wanted: Wanted) -> Plan:
    """The reports to look at.

    No period but a month that lies in a gap of its scope has a report of its own; one that it once got stays. Without
    `first`, what is published and ends before the change is left out. A published report is never taken back to an
    earlier date than it covers: it is kept. Weeks and months have a PDF, longer ones once they are over, and whatever
    was ever given one. What was published as closed and still is stands, too. What stands beside a report that is new
    is looked at, since it leads there.
    """
    reports, kept = [], []
    by_scope: dict[str, list[PublishedReport]] = defaultdict(list)
    for known in published.reports.values():
        by_scope[known.scope].append(known)
    for scope in scopes:
        own = by_scope[scope.folder]
        chosen, left = _chosen(scope, published, own, wanted)
        reports += chosen
        kept += left
        if wanted.first is None:
            kept += sorted(known.folder for known in own if known.first > scope.as_of)
    return Plan(tuple(reports), tuple(kept))


def _chosen(
    scope: Scope, published: Manifest, own: Sequence[PublishedReport], wanted: Wanted
) -> tuple[list[Report], list[str]]:
    """The reports of a scope to look at, and the folders of those that reach beyond its as-of date.

    `own`: what is published of it.
    """
    reports, kept = [], []
    since = _earliest(scope, wanted.changed)
    for period in _periods(scope, own, wanted):
        report = _report(scope, published, wanted, period)
        known = published.reports.get(report.folder)
        if known and _stands(known, report, published, wanted):
            continue
        if known and known.last > scope.as_of:
            kept.append(report.folder)
        elif (
            wanted.first is None
            and known
            and known.last == period.covered.last < since
            and _is_same(known, report, published, wanted)
        ):
            continue
        else:
            reports.append(report)
    planned = {report.folder for report in reports}
    for folder in sorted(beside(planned, {known.folder for known in own}) - planned):
        known = published.reports[folder]
        if known.last > scope.as_of:
            continue
        report = _report(scope, published, wanted, _of_published(known, scope, wanted.schedule))
        if not _stands(known, report, published, wanted):
            reports.append(report)
    return reports, kept


def _report(scope: Scope, published: Manifest, wanted: Wanted, period: Period) -> Report:
    folder = urls.report_folder(scope.folder, period.edition, period.name)
    has_pdf = period.edition in (*PDF_EDITIONS, *wanted.pdf) or (
        period.edition in _PDF_AT_THE_END and not period.to_date
    )
    is_closed = wanted.closing.holds(period)
    is_provisional = _is_provisional(period, wanted.final_through) and not is_closed
    return Report(
        scope, period, periods.previous(period), has_pdf or urls.report_pdf(folder) in published.files, is_closed,
        is_provisional,
    )  # fmt: skip


def _is_whole(report: Report, published: Manifest, wanted: Wanted) -> bool:
    has_pdf = urls.report_pdf(report.folder) in published.files
    return report.has_pdf == has_pdf and report.folder not in wanted.damaged


def _stands(known: PublishedReport, report: Report, published: Manifest, wanted: Wanted) -> bool:
    return known.is_closed and report.is_closed and wanted.closing.stands and _is_whole(report, published, wanted)


def _is_same(known: PublishedReport, report: Report, published: Manifest, wanted: Wanted) -> bool:
    is_as_long = known.whole_last == report.period.whole.last
    return is_as_long and known.is_provisional == report.is_provisional and _is_whole(report, published, wanted)


def _is_provisional(period: Period, final_through: date | None) -> bool:
    return period.to_date or (final_through is not None and period.whole.last > final_through)


def _periods(scope: Scope, own: Sequence[PublishedReport], wanted: Wanted) -> list[Period]:
    first, last = wanted.first, wanted.last
    found: dict[tuple[str, str], Period] = {}
    for period in (*_standard(scope, wanted), *_scheduled(scope, wanted)):
        found.setdefault((period.edition, period.name), period)
    if first and last and first <= scope.as_of and last >= scope.first:
        asked = Span(first, last)
        if not periods.is_standard(asked) and all(period.whole != asked for period in found.values()):
            period = periods.cut(periods.CUSTOM, asked, scope.as_of)
            found[period.edition, period.name] = period
    if first is None:
        # Late data can change any published report, those of dates outside the scope's own and custom ones too.
        for known in sorted(own, key=lambda known: (known.first, known.edition, known.period)):
            if known.first <= scope.as_of and (last is None or known.first <= last):
                period = _of_published(known, scope, wanted.schedule)
                found.setdefault((period.edition, period.name), period)
    return list(found.values())


def _of_published(known: PublishedReport, scope: Scope, schedule: Schedule) -> Period:
    whole = Span(known.first, known.whole_last)
    title = schedule.title_of(scope, whole) if known.edition == periods.CUSTOM else ""
    return periods.cut(known.edition, whole, scope.as_of, title)


def _reach(scope: Scope, wanted: Wanted) -> tuple[date, date]:
    """The scope's dates that the plan is about: the first after the last where there are none."""
    return max(wanted.first or scope.first, scope.first), min(wanted.last or scope.as_of, scope.as_of)


def _standard(scope: Scope, wanted: Wanted) -> Iterable[Period]:
    low, high = _reach(scope, wanted)
    lengths = _ALWAYS | {edition: of for edition, of in _LONG.items() if edition in wanted.schedule.editions}
    for edition, whole_of in lengths.items():
        day = low
        while day <= high:
            period = periods.cut(edition, whole_of(day), scope.as_of)
            if edition == periods.MONTHLY or scope.gap_around(period.covered) is None:
                yield period
            day = period.whole.last + periods.ONE_DAY


def _scheduled(scope: Scope, wanted: Wanted) -> Iterable[Period]:
    low, high = _reach(scope, wanted)
    spans = [(periods.BILLING, "", whole) for whole in scope.billing if periods.BILLING in wanted.schedule.editions]
    for interval in wanted.schedule.intervals:
        if interval.is_for(scope):
            spans += [(periods.CUSTOM, title, whole) for title, whole in interval.between(low, high)]
    for edition, title, whole in spans:
        if whole.first <= high and whole.last >= low:
            period = periods.cut(edition, whole, scope.as_of, title)
            if scope.gap_around(period.covered) is None:
                yield period


def _earliest(scope: Scope, changed: Mapping[str, date] | None) -> date:
    if changed is None:
        return date.min
    return min((changed[tenant] for tenant in scope.tenants if tenant in changed), default=date.max)
