"""Dates in a long gap without any event: which have a page of their own, and where the pages around it lead."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from site_builder.build import build_site
from site_builder.files import links
from site_builder.files.manifest import Manifest, PublishedReport
from site_builder.planning.periods import Span
from site_builder.planning.plan import Report, Wanted, make_plan
from site_builder.planning.scopes import LONGEST_GAP, Scope, read_scopes

pytestmark = pytest.mark.usefixtures("few_cards")

DAY = timedelta(days=1)


def events_on(con: duckdb.DuckDBPyConnection, tenant: str, *dates: date) -> None:
    """Leave a tenant of the small warehouse usage on these dates alone, and neither jobs nor billing events."""
    for mart in ("mart_tenant_daily", "mart_job_daily", "mart_credit_statement"):
        con.execute(f"delete from marts.{mart} where tenant_id = ?", [tenant])
    names = [row[0] for row in con.execute("describe marts.mart_tenant_daily").fetchall()]
    given = {"tenant_id": "$tenant", "usage_date": "cast(day as date)", "peak_hour": "null",
             "is_high_usage_day": "false", "requests": "list_contains($dates, cast(day as date))::bigint"}  # fmt: skip
    values = ", ".join(f"{given.get(name, 0)} as {name}" for name in names)
    con.execute(
        f"insert into marts.mart_tenant_daily by name select {values} "
        "from generate_series($first::timestamp, $last::timestamp, interval 1 day) as days (day)",
        {"tenant": tenant, "dates": list(dates), "first": min(dates), "last": max(dates)},
    )


@pytest.fixture
def warehouse(small_marts: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "w.duckdb"
    copy.write_bytes(small_marts.read_bytes())
    return copy


def scopes_of(warehouse: Path) -> dict[str | None, Scope]:
    with duckdb.connect(str(warehouse)) as con:
        return {scope.tenant_id: scope for scope in read_scopes(con, None)}


@pytest.mark.parametrize(("empty", "has_gap"), [(LONGEST_GAP, False), (LONGEST_GAP + 1, True)])
def test_a_gap_is_more_than_so_many_dates_without_any_event(warehouse: Path, empty: int, has_gap: bool) -> None:
    first = date(2026, 1, 1)
    with duckdb.connect(str(warehouse)) as con:
        events_on(con, "acme", first, first + (empty + 1) * DAY)
    gaps = scopes_of(warehouse)["acme"].gaps
    assert gaps == ((Span(first + DAY, first + empty * DAY),) if has_gap else ())


@pytest.mark.parametrize("event", [
    "insert into marts.mart_job_daily (tenant_id, job_id, usage_date) values ('acme', 'j', '2026-02-01')",
    "insert into marts.mart_credit_statement (tenant_id, entry_no, entry_date, entry_type) "
    "values ('acme', 1, '2026-02-01', 'payment')",
])  # fmt: skip
def test_a_job_or_a_billing_event_ends_a_gap(warehouse: Path, event: str) -> None:
    with duckdb.connect(str(warehouse)) as con:
        events_on(con, "acme", date(2026, 1, 1), date(2026, 3, 1))
        assert [len(scope.gaps) for scope in read_scopes(con, None) if scope.tenant_id == "acme"] == [1]
        con.execute(event)
    assert scopes_of(warehouse)["acme"].gaps == ()


def test_an_event_of_2000_costs_months_and_no_pages_of_the_days_between(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        events_on(con, "acme", date(2000, 1, 5), date(2026, 1, 20), date(2026, 1, 22), date(2026, 3, 5))
    names: dict[str, list[str]] = {}
    for report in plan_of(scopes_of(warehouse)["acme"], Manifest()):
        names.setdefault(report.period.edition, []).append(report.period.name)
    assert names["daily"] == ["2000-01-05", "2026-01-20", "2026-01-21", "2026-01-22", "2026-03-05"]
    assert names["weekly"] == ["2000-W01", "2026-W04", "2026-W10"]
    assert len(names["monthly"]) == 26 * 12 + 3


def test_the_dates_after_the_last_event_are_a_gap_too_once_there_are_many(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        events_on(con, "acme", date(2026, 1, 20), date(2026, 3, 5))
        con.execute("update marts.mart_tenant_daily set requests = 0 where usage_date = '2026-03-05'")
    assert scopes_of(warehouse)["acme"].gaps == (Span(date(2026, 1, 21), date(2026, 3, 5)),)


def test_the_pages_around_a_gap_lead_to_each_other(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute("delete from marts.mart_tenant_daily where tenant_id <> 'acme'")
        events_on(con, "acme", date(2026, 1, 20), date(2026, 3, 5))
    site = tmp_path / "site"
    build_site(warehouse, site)
    assert links.broken_links(site) == []
    for later, earlier in (("daily/2026-03-05", "../2026-01-20"), ("weekly/2026-W10", "../2026-W04")):
        text = (site / "acme" / later / "index.html").read_text(encoding="utf-8")
        assert f'href="{earlier}/index.html">Previous' in text
    assert not (site / "acme/daily/2026-02-01").exists() and (site / "acme/monthly/2026-02/report.pdf").exists()


def test_what_was_published_of_a_gap_is_looked_at_as_before(warehouse: Path) -> None:
    first, last = date(2026, 1, 20), date(2026, 3, 5)
    before = scopes_of(warehouse)["acme"]
    with duckdb.connect(str(warehouse)) as con:
        events_on(con, "acme", first, last)
    scope = scopes_of(warehouse)["acme"]
    published = Manifest(reports={report.folder: as_published(report) for report in plan_of(before, Manifest())})
    assert {report.folder for report in plan_of(scope, published)} == set(published.reports)
    assert len(plan_of(scope, Manifest())) < len(published.reports)


def plan_of(scope: Scope, published: Manifest) -> tuple[Report, ...]:
    return make_plan([scope], published, Wanted()).reports


def as_published(report: Report) -> PublishedReport:
    period = report.period
    return PublishedReport(report.folder, report.scope.folder, period.edition, period.name, "", period.covered.first,
                           period.covered.last, period.whole.last, 1, "", "")  # fmt: skip
