"""Where a report leads: to the ones before and after, to those that enclose it and to those that it encloses."""

from collections.abc import Collection, Iterator
from datetime import date

from site_builder.files import urls
from site_builder.pages.elements import Link
from site_builder.planning import periods
from site_builder.planning.neighbours import before_and_after
from site_builder.planning.periods import BILLING, CUSTOM, DAILY, MONTHLY, QUARTERLY, WEEKLY, YEARLY
from site_builder.planning.plan import Report
from site_builder.planning.scopes import Scope

_WHOLES = {
    DAILY: periods.day_of, WEEKLY: periods.week_of, MONTHLY: periods.month_of, QUARTERLY: periods.quarter_of,
    YEARLY: periods.year_of,
}  # fmt: skip
# Which editions a report's page leads up to, by its edition, and which ones down to.
_UP = {
    DAILY: (WEEKLY, MONTHLY, BILLING, QUARTERLY, YEARLY), WEEKLY: (MONTHLY, BILLING, QUARTERLY, YEARLY),
    MONTHLY: (BILLING, QUARTERLY, YEARLY), BILLING: (MONTHLY, QUARTERLY, YEARLY), QUARTERLY: (YEARLY,), YEARLY: (),
    CUSTOM: (QUARTERLY, YEARLY),
}  # fmt: skip
_DOWN = {
    WEEKLY: (DAILY,), MONTHLY: (WEEKLY,), BILLING: (WEEKLY,), QUARTERLY: (MONTHLY,), YEARLY: (QUARTERLY, MONTHLY),
    CUSTOM: (MONTHLY,),
}  # fmt: skip
_NOUNS = {WEEKLY: "week", MONTHLY: "month", BILLING: "billing period", QUARTERLY: "quarter", YEARLY: "year"}


def around(path: str, report: Report, known: Collection[str]) -> list[Link]:
    """Links from a report's page, at `path`, to those around it, as far as they are among the folders `known`."""
    folders = frozenset(known)
    before, after = before_and_after(report.folder, folders)
    wanted = [("Previous", before), ("Next", after), *_above(report), *_below(report)]
    return [
        Link(text, urls.relative(path, f"{folder}/index.html"))
        for text, folder in wanted
        if folder is not None and folder in folders
    ]


def _above(report: Report) -> Iterator[tuple[str, str]]:
    scope, last = report.scope, report.period.covered.last
    for edition in _UP[report.period.edition]:
        if edition == BILLING:
            wholes = [whole for whole in scope.billing if whole.first <= last <= whole.last]
        else:
            wholes = [_WHOLES[edition](last)]
        for whole in wholes:
            yield f"Its {_NOUNS[edition]}", _folder_of(scope, edition, whole.first)


def _below(report: Report) -> Iterator[tuple[str, str]]:
    covered = report.period.covered
    for edition in _DOWN.get(report.period.edition, ()):
        whole = _WHOLES[edition](covered.first)
        while whole.first <= covered.last:
            yield periods.short_name(edition, whole.first), _folder_of(report.scope, edition, whole.first)
            whole = _WHOLES[edition](whole.last + periods.ONE_DAY)


def _folder_of(scope: Scope, edition: str, first: date) -> str:
    return urls.report_folder(scope.folder, edition, periods.name_of(edition, first))
