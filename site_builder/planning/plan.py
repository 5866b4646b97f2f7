"""Which reports a run looks at."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from site_builder.files import urls
from site_builder.files.manifest import Manifest
from site_builder.planning import periods
from site_builder.planning.periods import Period, Span
from site_builder.planning.scopes import Scope

PDF_EDITIONS = (periods.WEEKLY, periods.MONTHLY)
_STANDARD = (
    (periods.DAILY, periods.day_of), (periods.WEEKLY, periods.week_of), (periods.MONTHLY, periods.month_of),
)  # fmt: skip


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


def make_plan(
    scopes: Iterable[Scope],
    published: Manifest,
    first: date | None,
    last: date | None,
    changed: Mapping[str, date] | None,
    pdf: Collection[str] = (),
    closing: Closing = NOTHING_CLOSED,
    final_through: date | None = None,
    damaged: Collection[str] = (),
) -> Plan:
    """Reports of the local dates first..last and the weeks and months that these touch, without `first` all of them.

    No day and no week that lies in a gap of its scope has a report of its own; one that it once got stays.
    Without `first`, `changed` (earliest changed date by tenant_id; None: anything may have changed) leaves out what
    is published and ends before the change. A published report is never taken back to fewer dates: it is kept.
    Weeks and months have a PDF; so have reports of the editions `pdf`, and those that were ever given one. What was
    published as closed and still is stands, too. What was provisional, and now ends on `final_through` or before, is
    looked at (None: only what is unfinished is provisional), and so are `damaged` folders.
    """
    reports, kept = [], []
    for scope in scopes:
        since = _earliest(scope, changed)
        for period in _periods(scope, published, first, last):
            folder = urls.report_folder(scope.folder, period.edition, period.name)
            is_set = urls.report_pdf(folder) in published.files
            has_pdf = is_set or period.edition in (*PDF_EDITIONS, *pdf)
            is_closed = closing.holds(period)
            is_provisional = _is_provisional(period, final_through) and not is_closed
            report = Report(scope, period, periods.previous(period), has_pdf, is_closed, is_provisional)
            known = published.reports.get(folder)
            is_whole = has_pdf == is_set and folder not in damaged
            is_same = known is not None and known.is_provisional == is_provisional and is_whole
            if known and known.is_closed and report.is_closed and closing.stands and is_whole:
                continue
            if known and known.last > period.covered.last:
                kept.append(folder)
            elif first is None and known and known.last == period.covered.last < since and is_same:
                continue
            else:
                reports.append(report)
        beyond = [known.folder for known in published.of_scope(scope.folder) if known.first > scope.as_of]
        kept += beyond if first is None else []
    return Plan(tuple(reports), tuple(kept))


def _is_provisional(period: Period, final_through: date | None) -> bool:
    return period.to_date or (final_through is not None and period.whole.last > final_through)


def _periods(scope: Scope, published: Manifest, first: date | None, last: date | None) -> list[Period]:
    found = {period.name: period for period in _standard(scope, first, last)}
    if first and last and first <= scope.as_of and last >= scope.first:
        asked = Span(first, last)
        if not periods.is_standard(asked):
            period = periods.cut(periods.CUSTOM, asked, scope.as_of)
            found[period.name] = period
    if first is None:
        # Late data can change any published report, those of dates outside the scope's own and custom ones too.
        for known in published.of_scope(scope.folder):
            if known.first <= scope.as_of and (last is None or known.first <= last):
                period = periods.cut(known.edition, Span(known.first, known.whole_last), scope.as_of)
                found.setdefault(period.name, period)
    return list(found.values())


def _standard(scope: Scope, first: date | None, last: date | None) -> Iterable[Period]:
    low = max(first or scope.first, scope.first)
    high = min(last or scope.as_of, scope.as_of)
    for edition, whole_of in _STANDARD:
        day = low
        while day <= high:
            period = periods.cut(edition, whole_of(day), scope.as_of)
            if edition == periods.MONTHLY or scope.gap_around(period.covered) is None:
                yield period
            day = period.whole.last + timedelta(days=1)


def _earliest(scope: Scope, changed: Mapping[str, date] | None) -> date:
    if changed is None:
        return date.min
    return min((changed[tenant] for tenant in scope.tenants if tenant in changed), default=date.max)
