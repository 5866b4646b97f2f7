"""Random directories, usage and ledgers, of many tenants at once: what is closed never changes, whatever comes between.

Repricing previewed is repricing applied, to the last digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from closed_zone import NOVEMBER, OCTOBER, changed, close, closed_rows
from comparing import build_parts, rows_of
from random_arrivals import RandomArrivals

from orchestration.closing.journal import last_of_month
from orchestration.loading.load import load
from orchestration.repricing.effects import facts_of, preview, reprice
from site_builder.files.manifest import Manifest, PublishedReport
from site_builder.gather.reading import Gathered, gather
from site_builder.planning import plan, scopes
from tests.parts import built_untested


class Shown(NamedTuple):
    """A report, and all that it is made of, as text."""

    published: PublishedReport
    text: str


Stood = tuple[dict[str, list[tuple]], Mapping[str, Shown]]
TENANTS = 1000
REPRICED = 2
"""The arrivals of which the open dates have what new rates and prices change."""
# When what lands, and which month is closed once it is built.
ARRIVALS = {
    1: ((date(2026, 11, 4), OCTOBER), (date(2026, 12, 3), NOVEMBER), (date(2026, 12, 4), None)),
    2: ((date(2026, 11, 4), None), (date(2026, 12, 3), NOVEMBER), (date(2026, 12, 4), None)),
}  # fmt: skip


@pytest.mark.parametrize("number", ARRIVALS)
def test_what_is_closed_never_changes(number: int, tmp_path: Path) -> None:
    zone, warehouse = RandomArrivals(tmp_path / "raw", number, TENANTS), tmp_path / "w.duckdb"
    stood: dict[date, Stood] = {}
    for day, month in ARRIVALS[number]:
        zone.land(day)
        _build(zone, warehouse)
        _assert_stands(warehouse, stood)
        if month:
            close(warehouse, month)
            with built_untested():  # the next arrival's build tests it all
                build_parts(warehouse, None)
            until = last_of_month(month)
            stood[until] = (closed_rows(warehouse, until), _reports(warehouse, until, {}))
    assert rows_of(warehouse, "select count(distinct kind) from marts.mart_closing_adjustments") == [(3,)]
    _reprice(warehouse, number)
    _assert_stands(warehouse, stood)


def _assert_stands(warehouse: Path, stood: Mapping[date, Stood]) -> None:
    for until, (rows, reports) in stood.items():
        assert changed(rows, closed_rows(warehouse, until)) == []
        # What is posted since may end a gap, whose weeks have reports then. One that lies in a gap now keeps its own.
        now = _reports(warehouse, until, reports)
        assert [name for name, shown in reports.items() if name not in now or now[name].text != shown.text] == []


def _build(zone: RandomArrivals, warehouse: Path) -> None:
    load(str(zone.raw), warehouse)
    assert rows_of(warehouse, "from lake.held_dates") == []
    build_parts(warehouse, None)


def _reports(warehouse: Path, until: date, before: Mapping[str, Shown]) -> Mapping[str, Shown]:
    """The reports of closed dates but daily ones, by folder; those that were shown `before` among them."""
    published = Manifest(reports={folder: shown.published for folder, shown in before.items()})
    with duckdb.connect(str(warehouse), read_only=True) as con:
        found = scopes.read_scopes(con, None)
        planned = plan.make_plan(found, published, plan.Wanted(last=until, closing=plan.Closing(until))).reports
        wanted = [report for report in planned if report.is_closed and report.period.edition != "daily"]
        gathered = gather(con, found, [(report.scope, report.period.covered, report.before) for report in wanted])
    assert wanted
    return {report.folder: Shown(_published(report), _made_of(gathered, report)) for report in wanted}


def _published(report: plan.Report) -> PublishedReport:
    period, name = report.period, report.period.name
    return PublishedReport(
        report.folder, report.scope.folder, period.edition, name, name, period.whole.first, period.covered.last,
        period.whole.last, 1, "", "", is_closed=True,
    )  # fmt: skip


def _made_of(gathered: Gathered, report: plan.Report) -> str:
    shown_as = gathered.scope_as_of(report.scope, report.period.covered)
    return repr((
        gathered.slice(report.scope, report.period.covered), gathered.slice(report.scope, report.before),
        shown_as.name, shown_as.zone,
    ))  # fmt: skip


def _reprice(warehouse: Path, number: int) -> None:
    shown, before = preview(warehouse), facts_of(warehouse)
    assert reprice(warehouse).effects == shown.effects
    build_parts(warehouse, None)
    expected = dict(before)
    for effect in shown.effects:
        key = (effect.tenant_id, effect.month, effect.model_id)
        assert expected[key] == effect.before
        expected[key] = effect.after
    assert facts_of(warehouse) == expected
    assert shown.effects or number != REPRICED
