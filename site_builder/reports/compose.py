"""From a report's numbers to its page."""

from collections.abc import Collection, Sequence

from site_builder.cards import restatement
from site_builder.configuration.schema import Configuration
from site_builder.files import urls
from site_builder.files.manifest import Restatement, revision_of
from site_builder.gather.view import View
from site_builder.pages.elements import Glossary, Link, Page
from site_builder.planning import periods
from site_builder.planning.periods import DAILY, MONTHLY, WEEKLY, Period, Span
from site_builder.planning.plan import Report
from site_builder.render import templating
from site_builder.words import formats, phrases

PROVISIONAL, FINAL, RESTATED = "provisional", "final", "restated"
_WHOLES = {DAILY: periods.day_of, WEEKLY: periods.week_of, MONTHLY: periods.month_of}


def compose(
    view: View, report: Report, known: Collection[str], css: bytes, configuration: Configuration,
    explained: Sequence[str], restatements: Sequence[Restatement] = (),
) -> Page:  # fmt: skip
    """The page of a report.

    `known` are the folders of all reports that will be there when it is, `explained` the columns in the glossary.
    """
    period, scope = view.period, view.scope
    path = urls.report_page(scope.folder, period.edition, period.name)
    cards = [build(view) for build in configuration.cards_of(period.edition, is_all=scope.is_all)]
    state, status = _status(report, restatements)
    return Page(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=formats.shown_name(scope.name),
        edition=period.edition,
        period_label=periods.label(period),
        period_text=periods.range_text(period.covered),
        compared_with=phrases.compared_with(view),
        zone=scope.zone,
        state=state,
        status=status,
        headline=_headline(view),
        cards=[*([restatement.card(view, restatements)] if restatements else []), *cards],
        pdf=urls.relative(path, urls.report_pdf(report.folder)) if report.has_pdf else "",
        explore=_explore(path, view) if urls.explore_page(scope.folder) in known else "",
        glossary=Glossary(urls.relative(path, urls.glossary_page(scope.folder)), explained),
        around=_around(path, report, known),
        earlier=_earlier(path, report, restatements),
    )


def _status(report: Report, restatements: Sequence[Restatement]) -> tuple[str, str]:
    """Which of the three a report is, and that in words."""
    period = report.period
    running = f"to date, until {periods.short_date(period.covered.last)}" if period.to_date else ""
    if restatements:
        more = [f"revision {revision_of(restatements)}", running or ("provisional" if report.is_provisional else "")]
        return RESTATED, ", ".join([RESTATED, *(text for text in more if text)])
    if report.is_provisional:
        return PROVISIONAL, f"{PROVISIONAL}, {running}" if running else PROVISIONAL
    return FINAL, "closed" if report.is_closed else FINAL


def _earlier(path: str, report: Report, restatements: Sequence[Restatement]) -> list[Link]:
    folders = [
        (restatement.revision - 1, urls.earlier_folder(report.folder, restatement.revision - 1))
        for restatement in restatements
    ]
    return [Link(f"Revision {number}", urls.relative(path, f"{folder}/index.html")) for number, folder in folders]


def _explore(path: str, view: View) -> str:
    covered = view.period.covered
    page = urls.relative(path, urls.explore_page(view.scope.folder))
    return f"{page}#from={covered.first}&to={covered.last}"


def _headline(view: View) -> str:
    period, totals = view.period, view.now.totals
    when = _when(period)
    if view.is_empty:
        return f"No usage {when}"
    credits = f"{formats.amount(totals.credits)} credits"
    change = phrases.change(totals.credits, view.past.totals.credits, view)
    if change.pct is None:
        ending = f", after none {_the_past(period)}" if view.has_past and totals.credits else ""
        return f"{credits} used {when}{ending}"
    return f"{credits} used {when}, {phrases.in_words(change.pct)} {phrases.past_name(period)}"


def _when(period: Period) -> str:
    if period.edition == DAILY:
        return f"on {periods.long_date(period.covered.first)}"
    if period.edition == periods.CUSTOM:
        return f"in {periods.range_text(period.covered)}"
    days = f" in its first {formats.plural(period.covered.days, 'day')}" if period.to_date else ""
    name = periods.label(period)
    if period.edition == WEEKLY:
        name = name.replace("Week", "week").replace(",", " of")
    return f"in {name}{days}"


def _the_past(period: Period) -> str:
    return f"on {phrases.past_name(period)}" if period.edition == DAILY else f"in {phrases.past_name(period)}"


def _around(path: str, report: Report, known: Collection[str]) -> list[Link]:
    """The report before, the ones that enclose a day, and the ones that a week or month encloses."""
    period, scope = report.period, report.scope
    if period.edition not in _WHOLES:
        return []
    whole_of = _WHOLES[period.edition]
    before = whole_of(period.whole.first - periods.ONE_DAY)
    gap = scope.gap_around(before) if period.edition != MONTHLY else None
    # What lies in a gap has no report: the one before it does.
    before = whole_of(gap.first - periods.ONE_DAY) if gap else before
    wanted: list[tuple[str, str, Span]] = [("Previous", period.edition, before)]
    if period.edition == DAILY:
        day = period.whole.first
        wanted += [("Its week", WEEKLY, periods.week_of(day)), ("Its month", MONTHLY, periods.month_of(day))]
    if period.edition == WEEKLY:
        days = [periods.day_of(day) for day in period.covered.dates()]
        wanted += [(periods.WEEKDAYS[day.first.weekday()][:3], DAILY, day) for day in days]
    if period.edition == MONTHLY:
        weeks = sorted({periods.week_of(day) for day in period.covered.dates()})
        wanted += [(f"W{week.first.isocalendar().week:02d}", WEEKLY, week) for week in weeks]
    links = []
    for text, edition, whole in wanted:
        if whole.first > period.covered.last:
            continue
        name = periods.cut(edition, whole, whole.last).name
        if urls.report_folder(scope.folder, edition, name) in known:
            links.append(Link(text, urls.relative(path, urls.report_page(scope.folder, edition, name))))
    return links
