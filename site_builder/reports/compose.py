"""From a report's numbers to its page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from site_builder.cards import job_runs, jobs, restatement
from site_builder.configuration.schema import Configuration
from site_builder.files import urls
from site_builder.files.manifest import Restatement, revision_of
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Glossary, Link, Page, Table
from site_builder.planning import periods
from site_builder.planning.periods import BILLING, MONTHLY
from site_builder.planning.plan import Report
from site_builder.render import templating
from site_builder.reports import first_screen, layout
from site_builder.reports.around import around
from site_builder.words import formats, phrases

PROVISIONAL, FINAL, RESTATED = "provisional", "final", "restated"
# Of what editions finance takes a workbook.
WORKBOOKS = (MONTHLY, BILLING)
NO_FOLDERS: Mapping[str, str] = {}


def compose(
    view: View, report: Report, known: Collection[str], css: bytes, configuration: Configuration,
    explained: Sequence[str], restatements: Sequence[Restatement] = (), folders: Mapping[str, str] = NO_FOLDERS,
) -> Page:  # fmt: skip
    """The page of a report.

    `known` are the folders of all reports that will be there when it is, and the pages of explorers and jobs;
    `explained` the columns in the glossary, `folders` those of the scope's tenants.
    """
    period, scope = view.period, view.scope
    path = urls.report_page(scope.folder, period.edition, period.name)
    links = _tenant_links(path, view, known, folders) if scope.is_all else {}
    more = _of_jobs(path, urls.jobs_page(scope.folder), known)
    cards = [
        _linked(_led_on(build(view), more), links)
        for build in configuration.cards_of(period.edition, is_all=scope.is_all)
    ]
    if restatements:
        cards.insert(0, restatement.card(view, restatements))
    lines = first_screen.lines(view, cards)
    is_chosen = configuration.chooses_cards(period.edition, is_all=scope.is_all)
    shown = cards if is_chosen else layout.with_something_to_say(view, cards, lines)
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
        headline=first_screen.headline(view),
        lines=lines,
        cards=cards,
        sections=layout.sections(shown),
        left_out=[card for card in cards if card.name not in {there.name for there in shown}],
        pdf=urls.relative(path, urls.report_pdf(report.folder)) if report.has_pdf else "",
        workbook=urls.relative(path, urls.report_workbook(report.folder)) if period.edition in WORKBOOKS else "",
        explore=_explore(path, view) if urls.explore_page(scope.folder) in known else "",
        glossary=Glossary(urls.relative(path, urls.glossary_page(scope.folder)), explained),
        around=around(path, report, known),
        outside=[Link(text, href) for text, href in configuration.links.items()],
        earlier=_earlier(path, report, restatements),
    )


def _tenant_links(path: str, view: View, known: Collection[str], folders: Mapping[str, str]) -> Mapping[str, Link]:
    """Each tenant's name, and the link to its report of the same period, else to its list of reports."""
    links = {}
    for tenant_id, name in view.tenant_names.items():
        if tenant_id not in folders:
            continue
        folder, period = folders[tenant_id], view.period
        target = urls.scope_index(folder)
        if urls.report_folder(folder, period.edition, period.name) in known:
            target = urls.report_page(folder, period.edition, period.name)
        links[tenant_id] = Link(name, urls.relative(path, target))
    return links


def _of_jobs(path: str, page: str, known: Collection[str]) -> Mapping[str, Link]:
    """By card: where all jobs, runs and error messages of the scope are, if they are there."""
    link = Link("All jobs, runs and errors", urls.relative(path, page))
    return dict.fromkeys((jobs.NAME, job_runs.NAME), link) if page in known else {}


def _led_on(card: Card, more: Mapping[str, Link]) -> Card:
    return replace(card, more=more[card.name]) if card.name in more else card


def _linked(card: Card, links: Mapping[str, Link]) -> Card:
    """A card whose tables lead from each tenant to its report."""
    if not links:
        return card
    page_table = card.page_table and _with_links(card.page_table, links)
    return replace(card, table=_with_links(card.table, links), page_table=page_table)


def _with_links(table: Table, links: Mapping[str, Link]) -> Table:
    columns = [replace(column, links=links) if column.name == "tenant_id" else column for column in table.columns]
    return Table(columns, table.rows)


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
