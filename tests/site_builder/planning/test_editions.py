"""Which reports there are: billing periods, quarters, years, intervals on a schedule, and what stands beside them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from site_builder.explore.page import months_of, months_to_make
from site_builder.files.manifest import FileRecord, Manifest, PublishedReport
from site_builder.planning import periods
from site_builder.planning.neighbours import before_and_after
from site_builder.planning.periods import Span
from site_builder.planning.plan import Closing, Report, Wanted, make_plan
from site_builder.planning.schedule import Interval, Schedule
from site_builder.planning.scopes import Scope, read_scopes

AS_OF = date(2026, 11, 20)
BILLING = (Span(date(2026, 9, 15), date(2026, 10, 14)), Span(date(2026, 10, 15), date(2026, 11, 14)),
           Span(date(2026, 11, 15), date(2026, 12, 14)))  # fmt: skip
SCOPE = Scope("acme", "Acme", "acme", "UTC", date(2026, 9, 20), AS_OF, ("acme",), (), BILLING)
ALL = Scope(None, "All tenants", "all", "each", date(2026, 9, 20), AS_OF, ("acme",))


def planned(scope: Scope = SCOPE, published: Manifest | None = None, **wanted: object) -> tuple[Report, ...]:
    return make_plan([scope], published or Manifest(), Wanted(**wanted)).reports  # type: ignore[arg-type]


def names(reports: tuple[Report, ...], edition: str) -> list[str]:
    return [report.period.name for report in reports if report.period.edition == edition]


def as_published(*reports: Report, is_closed: bool = False) -> Manifest:
    found, files = {}, {}
    for report in reports:
        period = report.period
        found[report.folder] = PublishedReport(
            report.folder, "acme", period.edition, period.name, "", period.covered.first, period.covered.last,
            period.whole.last, 1, "", "", is_closed, report.is_provisional,
        )  # fmt: skip
        if report.has_pdf:
            files[f"{report.folder}/report.pdf"] = FileRecord(f"{report.folder}/report.pdf", 1, "")
    return Manifest(reports=found, files=files)


def test_quarters_and_years_are_of_everybody_billing_periods_of_tenants() -> None:
    of_tenant, of_all = planned(), planned(ALL)
    for reports in (of_tenant, of_all):
        assert names(reports, "quarterly") == ["2026-Q3", "2026-Q4"]
        assert names(reports, "yearly") == ["2026"]
    assert names(of_tenant, "billing") == ["2026-09-15", "2026-10-15", "2026-11-15"]
    assert names(of_all, "billing") == []


def test_a_billing_period_and_the_day_that_it_begins_with_have_both_a_report() -> None:
    folders = {report.folder for report in planned()}
    assert {"acme/daily/2026-10-15", "acme/billing/2026-10-15"} <= folders


def test_editions_can_be_switched_off() -> None:
    off = planned(schedule=Schedule(editions=("quarterly",)))
    assert {report.period.edition for report in off} == {"daily", "weekly", "monthly", "quarterly"}


def test_each_is_named_and_headed_as_people_say_it() -> None:
    labels = {(report.period.edition, report.period.name): periods.label(report.period) for report in planned()}
    assert labels["billing", "2026-10-15"] == "Billing period 15 Oct – 14 Nov 2026"
    assert labels["quarterly", "2026-Q4"] == "Q4 2026"
    assert labels["yearly", "2026"] == "Year 2026"


def test_they_are_compared_with_dates_whole_weeks_before_and_cut_at_the_as_of_date() -> None:
    [running] = [report for report in planned() if report.folder == "acme/billing/2026-11-15"]
    assert running.period.to_date and running.is_provisional and running.period.covered.last == AS_OF
    assert running.before == Span(date(2026, 11, 8), date(2026, 11, 13))
    [quarter] = [report for report in planned() if report.folder == "acme/quarterly/2026-Q3"]
    assert quarter.before == quarter.period.whole.shifted(-98)


def test_long_ones_have_a_pdf_once_they_are_over() -> None:
    has_pdf = {report.folder: report.has_pdf for report in planned()}
    assert has_pdf["acme/billing/2026-10-15"] and has_pdf["acme/quarterly/2026-Q3"] and has_pdf["acme/monthly/2026-11"]
    assert not (has_pdf["acme/billing/2026-11-15"] or has_pdf["acme/quarterly/2026-Q4"] or has_pdf["acme/yearly/2026"])


def test_a_period_is_closed_when_all_its_dates_are() -> None:
    closing = Closing(date(2026, 10, 31), stands=True)
    closed = {report.folder for report in planned(closing=closing) if report.is_closed}
    assert {"acme/billing/2026-09-15", "acme/quarterly/2026-Q3"} <= closed
    assert not closed & {"acme/billing/2026-10-15", "acme/quarterly/2026-Q4", "acme/yearly/2026"}


def test_a_period_whose_end_moved_is_looked_at_again() -> None:
    published = as_published(*planned())
    assert planned(published=published, changed={}) == ()
    moved = replace(SCOPE, billing=(*BILLING[:2], Span(date(2026, 11, 15), date(2026, 12, 1))))
    assert [report.folder for report in planned(moved, published, changed={})] == ["acme/billing/2026-11-15"]


def test_a_shorter_period_takes_the_place_of_a_longer_one() -> None:
    moved = replace(SCOPE, billing=(*BILLING[:1], Span(date(2026, 10, 15), date(2026, 10, 31))))
    plan = make_plan([moved], as_published(*planned()), Wanted())
    assert "acme/billing/2026-10-15" in {report.folder for report in plan.reports} and plan.kept == ()


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (Interval("Launch", date(2026, 11, 3), date(2026, 11, 19)), ["2026-11-03_2026-11-19"]),
        (Interval("Later", date(2026, 11, 21), date(2026, 11, 22)), []),
        (Interval("Before", date(2026, 9, 1), date(2026, 9, 19)), []),
        (
            Interval("Sprint", date(2026, 8, 31), weeks=4),
            ["2026-08-31_2026-09-27", "2026-09-28_2026-10-25", "2026-10-26_2026-11-22"],
        ),
        (
            Interval("Sprint", date(2026, 8, 31), date(2026, 9, 28), 4),
            ["2026-08-31_2026-09-27", "2026-09-28_2026-10-25"],
        ),
        (Interval("Theirs", date(2026, 11, 3), date(2026, 11, 4), tenants=("zeta",)), []),
    ],
)
def test_intervals_are_published_by_themselves(interval: Interval, expected: list[str]) -> None:
    assert names(planned(schedule=Schedule(intervals=(interval,))), "custom") == expected


def test_a_repeated_interval_is_numbered_from_its_first() -> None:
    reports = planned(schedule=Schedule(intervals=(Interval("Sprint", date(2026, 8, 3), weeks=2),)))
    labels = [periods.label(report.period) for report in reports if report.period.edition == "custom"]
    assert labels[0] == "Sprint 4: 14 – 27 Sep 2026" and labels[-1] == "Sprint 8: 9 – 22 Nov 2026"


def test_what_stands_beside_a_new_interval_keeps_its_name() -> None:
    schedule = Schedule(intervals=(Interval("Sprint", date(2026, 11, 2), weeks=1),))
    before = replace(SCOPE, as_of=date(2026, 11, 15))
    published = as_published(*planned(before, schedule=schedule))
    later = replace(SCOPE, as_of=date(2026, 11, 16))
    found = planned(later, published, changed={}, schedule=schedule)
    titles = {report.period.name: report.period.title for report in found if report.period.edition == "custom"}
    assert titles == {"2026-11-09_2026-11-15": "Sprint 2", "2026-11-16_2026-11-22": "Sprint 3"}


def test_a_range_asked_for_that_is_a_quarter_or_a_billing_period_is_no_custom_report() -> None:
    for first, last in ((date(2026, 10, 1), date(2026, 12, 31)), (date(2026, 10, 15), date(2026, 11, 14))):
        assert names(planned(first=first, last=last), "custom") == []
    none = planned(first=date(2026, 10, 1), last=date(2026, 12, 31), schedule=Schedule(editions=()))
    assert names(none, "custom") == ["2026-10-01_2026-12-31"]


def test_what_stands_beside_a_new_report_is_looked_at() -> None:
    before = replace(SCOPE, as_of=date(2026, 11, 19))
    published = as_published(*planned(before))
    found = {report.folder for report in planned(published=published, changed={})}
    assert {"acme/daily/2026-11-20", "acme/daily/2026-11-19", "acme/weekly/2026-W47"} <= found
    assert "acme/daily/2026-11-18" not in found
    closed = as_published(*planned(before), is_closed=True)
    stands = Closing(date(2026, 11, 19), stands=True)
    assert "acme/daily/2026-11-19" not in {report.folder for report in planned(published=closed, closing=stands)}


def test_reports_lead_to_the_nearest_of_their_edition_custom_ones_first_to_those_that_adjoin() -> None:
    known = frozenset([
        "acme/daily/2026-11-01", "acme/daily/2026-11-03", "zeta/daily/2026-11-02", "acme/weekly/2026-W45",
        "acme/custom/2026-11-02_2026-11-08", "acme/custom/2026-11-05_2026-11-06", "acme/custom/2026-11-09_2026-11-15",
    ])  # fmt: skip
    assert before_and_after("acme/daily/2026-11-01", known) == (None, "acme/daily/2026-11-03")
    assert before_and_after("acme/daily/2026-11-02", known) == ("acme/daily/2026-11-01", "acme/daily/2026-11-03")
    adjoining = before_and_after("acme/custom/2026-11-09_2026-11-15", known)
    assert adjoining == ("acme/custom/2026-11-02_2026-11-08", None)


def test_a_running_year_makes_no_month_of_the_explorer_again() -> None:
    paths = [f"acme/explore/data/{month.month}{part}.js" for month in months_of(SCOPE) for part in ("", "-more")]
    there = Manifest(files={path: FileRecord(path, 1, "") for path in paths})
    reports = planned(first=AS_OF, last=AS_OF)
    assert {report.period.edition for report in reports} >= {"yearly", "quarterly", "billing"}
    assert [month.month for month in months_to_make(there, [SCOPE], reports)] == ["2026-11"]


def test_tenants_whose_periods_are_calendar_months_have_no_billing_reports(small_marts: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        found = {scope.tenant_id: scope.billing for scope in read_scopes(con, None)}
    assert [span.first.isoformat() for span in found["acme"]] == ["2026-01-09", "2026-02-09", "2026-03-02"]
    assert found["acme"][0].last == date(2026, 2, 8)
    assert found["Acme"] == found[None] == ()
