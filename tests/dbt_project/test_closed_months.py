"""What is closed stands to the byte; what comes late is posted in the open month, exactly; reopening undoes it all."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from changing_zone import ChangingZone
from closed_zone import (
    ADJUSTED_USAGE,
    END_OF_NOVEMBER,
    END_OF_OCTOBER,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    changed,
    close,
    closed_rows,
    closed_zone,
    copied,
    difference,
    never_closed,
    reopen,
    take_in,
    usage_differences,
)
from comparing import build_parts, differences_from_full_refresh, different_tables, rows_of

from orchestration.closing.close import forget_reopened, kept_models
from orchestration.defs.dbt_models import dbt_manifest
from orchestration.keeping import keep
from orchestration.loading.load import load
from orchestration.repricing.effects import reprice
from tests.parts import built_untested

MIDDLE_OF_OCTOBER = date(2026, 10, 15)
# Marts of no month: what is closed, the audit, how things stand now; FOCUS 1.4 is a view of 1.2; errors, tags and
# retention stand on the models of their days, which are kept.
NOT_KEPT = {
    "mart_billing_periods",
    "mart_closed_months",
    "mart_user_activation",
    "mart_training_completion",
    "mart_data_findings",
    "mart_idle_assistants",
    "mart_receivables",
    "mart_focus_cost_usage_1_4",
    "mart_error_daily",
    "mart_meter_daily",
    "mart_cache_savings_daily",
    "mart_tag_daily",
    "mart_user_retention_monthly",
    "mart_audit_closings",
    "mart_audit_closing_blockers",
    "mart_audit_exceptions",
    "mart_audit_files_daily",
    "mart_audit_quarantine",
    "mart_audit_refused_money",
    "mart_audit_files",
    "mart_audit_event_files",
    "mart_audit_zone_rules",
    "mart_audit_reconciliation",
    "mart_budget_backtest",
    "mart_budget_backtest_summary",
}

_ADJUSTED_JOBS = (
    "select tenant_id, month, job_id, sum(job_runs), sum(credits) from marts.mart_closing_adjustments "
    "where kind = 'job' group by all order by all"
)
_ADJUSTED_BILLING = (
    "select tenant_id, sum(credits) from marts.mart_closing_adjustments where kind = 'billing' "
    "group by all having sum(credits) <> 0 order by all"
)
_LAST_BALANCES = (
    "select tenant_id, sum(closing) from marts.mart_credit_balance_daily group by tenant_id, usage_date "
    "qualify row_number() over (partition by tenant_id order by usage_date desc) = 1 order by all"
)

_LAST_DATES = (
    "select max(usage_date), (select max(usage_date) from marts.mart_model_daily), "
    "(select count(*) from marts.mart_closing_adjustments) from marts.mart_credit_balance_daily"
)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[ChangingZone, Path]:
    return closed_zone(tmp_path_factory.mktemp("closed"))


def test_late_arrivals_are_adjustments_and_change_nothing_closed(
    closed: tuple[ChangingZone, Path], tmp_path: Path
) -> None:
    zone, warehouse = copied(closed, tmp_path)
    before = closed_rows(warehouse, END_OF_OCTOBER)
    assert all(before[table] for table in ("marts.fct_usage_daily", "marts.mart_credit_balance_daily"))
    zone.land_history(days_ago=20, events=40)
    zone.land_history(days_ago=80, events=5)
    revised_on = zone.day
    zone.land_revisions(60)
    zone.land_late_accounts(days_ago=15)
    assert take_in(zone, warehouse), "the build was no incremental one"
    assert changed(before, closed_rows(warehouse, END_OF_OCTOBER)) == []
    _assert_adjustments_are_exact(zone, warehouse, END_OF_OCTOBER)
    assert rows_of(warehouse, "select distinct posted_on from marts.mart_closing_adjustments") == [(NOVEMBER,)]
    months = rows_of(warehouse, "select distinct month from marts.mart_closing_adjustments order by all")
    assert [month for (month,) in months] == ["2026-08", "2026-09", "2026-10"]
    assert differences_from_full_refresh(warehouse, None) == {}
    assert build_parts(warehouse, MIDDLE_OF_OCTOBER)
    assert rows_of(warehouse, _LAST_DATES) == [(MIDDLE_OF_OCTOBER, MIDDLE_OF_OCTOBER, 0)]
    (zone.raw / "usage" / str(revised_on) / "revised.jsonl").unlink()
    load(str(zone.raw), warehouse, full_refresh=True)
    build_parts(warehouse, None)
    assert changed(before, closed_rows(warehouse, END_OF_OCTOBER)) == []
    _assert_adjustments_are_exact(zone, warehouse, END_OF_OCTOBER)


def test_a_lost_warehouse_comes_back_with_its_closed_months(closed: tuple[ChangingZone, Path], tmp_path: Path) -> None:
    zone, warehouse = copied(closed, tmp_path)
    zone.land_history(days_ago=20, events=40)
    take_in(zone, warehouse)
    before, posted = closed_rows(warehouse, END_OF_OCTOBER), rows_of(warehouse, ADJUSTED_USAGE)
    journal = rows_of(warehouse, "from audit.month_closings order by all")
    assert posted
    keep(warehouse)
    warehouse.unlink()
    assert not take_in(zone, warehouse), "of a new warehouse everything is computed"
    assert changed(before, closed_rows(warehouse, END_OF_OCTOBER)) == []
    assert rows_of(warehouse, ADJUSTED_USAGE) == posted
    assert rows_of(warehouse, "from audit.month_closings order by all") == journal


def test_billing_periods_of_closed_months_stand_and_open_dates_have_new_ones(
    closed: tuple[ChangingZone, Path], tmp_path: Path
) -> None:
    zone, warehouse = copied(closed, tmp_path)
    path = zone.raw / "directory" / "tenants.csv"
    header, *tenants = path.read_text("utf-8").splitlines()
    billed = [f"{header},next_billing_date", *(f"{tenant},2026-12-15" for tenant in tenants)]
    path.write_text("\n".join(billed) + "\n", encoding="utf-8")
    take_in(zone, warehouse)
    listed = "select tenant_id from marts.dim_tenants where not is_inferred"
    named = f"marts.mart_billing_periods where tenant_id in ({listed})"
    periods = rows_of(warehouse, f"select distinct period_start, period_end, basis from {named} order by all")
    assert periods == [
        (SEPTEMBER, OCTOBER, "calendar_month"),
        (OCTOBER, NOVEMBER, "calendar_month"),
        (NOVEMBER, date(2026, 11, 15), "next_billing_date"),
    ]
    reopen(warehouse, OCTOBER)
    build_parts(warehouse, None)
    starts = rows_of(warehouse, f"select distinct period_start from {named} order by all")
    assert starts == [(SEPTEMBER,), (OCTOBER,), (date(2026, 10, 15),)]
    reopen(warehouse, SEPTEMBER)
    build_parts(warehouse, None)
    starts = rows_of(warehouse, f"select distinct period_start from {named} order by all")
    assert {(date(2026, month, 15),) for month in (9, 10)} <= set(starts) and {day.day for (day,) in starts} == {15}


def test_order_of_late_files_does_not_matter(closed: tuple[ChangingZone, Path], tmp_path: Path) -> None:
    zone, warehouse = copied(closed, tmp_path)
    first = zone.day
    zone.land_history(days_ago=20, events=30)
    zone.land_late_accounts(days_ago=15)
    backwards = tmp_path / "backwards.duckdb"
    shutil.copy(warehouse, backwards)
    shutil.copytree(warehouse.with_suffix(".lake"), backwards.with_suffix(".lake"))
    take_in(zone, warehouse)
    for day in reversed((first, first.replace(day=first.day + 1))):
        load(str(zone.raw), backwards, landing_dates=(day, day))
        with built_untested():
            build_parts(backwards, None)
    assert different_tables(warehouse, backwards) == {}


def test_two_months_in_a_row_and_reopened(closed: tuple[ChangingZone, Path], tmp_path: Path) -> None:
    zone, warehouse = copied(closed, tmp_path)
    zone.land_history(days_ago=20, events=30)
    zone.land_late_accounts(days_ago=15)
    zone.land(33, events_a_day=10)
    take_in(zone, warehouse)
    assert close(warehouse, NOVEMBER) == (NOVEMBER,)
    assert close(warehouse, OCTOBER) == ()
    build_parts(warehouse, None)
    before = closed_rows(warehouse, END_OF_NOVEMBER)
    assert before["marts.mart_closing_adjustments"], "nothing was posted in the month that is closed now"
    zone.land_history(days_ago=25, events=30)
    zone.land_history(days_ago=50, events=30)
    zone.land_revisions(80)
    zone.land_late_accounts(days_ago=20)
    zone.withdraw_first_days("howe", days=20)
    zone.change_directory()
    assert take_in(zone, warehouse), "the build was no incremental one"
    assert changed(before, closed_rows(warehouse, END_OF_NOVEMBER)) == []
    _assert_adjustments_are_exact(zone, warehouse, END_OF_NOVEMBER)
    assert differences_from_full_refresh(warehouse, None) == {}
    assert reopen(warehouse, OCTOBER) == (OCTOBER, NOVEMBER)
    build_parts(warehouse, None)
    assert reopen(warehouse, SEPTEMBER) == (SEPTEMBER,)
    assert reopen(warehouse, SEPTEMBER) == ()
    build_parts(warehouse, None)
    forget_reopened(warehouse)
    # What was open all the time keeps the rates that it was built by.
    assert {effect.cause for effect in reprice(warehouse).effects} == {"rates", "contract prices"}
    build_parts(warehouse, None)
    # All but the journal, whose six entries are asserted below.
    differing = different_tables(warehouse, never_closed(zone, warehouse, by_present_rates=True))
    assert differing == {"marts.mart_audit_closings": 6}
    actions = rows_of(warehouse, "select action, month from audit.month_closings order by entry_no")
    assert [f"{action} {month}" for action, month in actions] == [
        "close 2026-09",
        "close 2026-10",
        "close 2026-11",
        "reopen 2026-10",
        "reopen 2026-11",
        "reopen 2026-09",
    ]


def test_every_mart_says_by_what_it_is_closed() -> None:
    columns = {
        node["name"]: set(node["columns"])
        for node in dbt_manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }
    kept = {model.name: model.column for model in kept_models()}
    assert set(columns) - set(kept) == NOT_KEPT
    assert {name: kept[name] for name in columns if name in kept and kept[name] not in columns[name]} == {}


def _assert_adjustments_are_exact(zone: ChangingZone, warehouse: Path, until: date) -> None:
    """What was posted is the difference to a warehouse that never closed anything."""
    open_one = never_closed(zone, warehouse)
    assert rows_of(warehouse, ADJUSTED_USAGE) == usage_differences(warehouse, open_one, until)
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse}' as closed (read_only); attach '{open_one}' as open (read_only)")
        jobs = con.execute(difference("marts.mart_job_daily", "job_id", ("runs", "credits"), until))
        assert rows_of(warehouse, _ADJUSTED_JOBS) == jobs.fetchall()
    assert rows_of(warehouse, _ADJUSTED_BILLING)
    assert rows_of(warehouse, _LAST_BALANCES) == rows_of(open_one, _LAST_BALANCES)
