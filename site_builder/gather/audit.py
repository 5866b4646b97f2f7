"""What the quality page is made from: the audit and the back-test, as the marts have them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb


class Landed(NamedTuple):
    """Files of one source and landing date, and what became of their rows."""

    landing_date: date
    source: str
    files: int
    unreadable_files: int
    bytes: int
    rows_read: int
    accepted: int
    duplicates: int
    quarantined: int
    held_back: bool
    released: bool


class AuditFile(NamedTuple):
    """A file that the marts were computed from; `landing_date` None: of the directory."""

    source: str
    landing_date: date | None
    file_version: str


class Quarantined(NamedTuple):
    """Rows of one source that break the same rule, with up to three places (file and line) to look at."""

    source: str
    reason: str
    quarantined: int
    files: int
    first_landing_date: date
    last_landing_date: date
    example_1: str
    example_2: str | None
    example_3: str | None


class RefusedMoney(NamedTuple):
    """What refused rows of one file and reason carried; `kind` as in mart_audit_refused_money; None: unknown."""

    source: str
    reason: str
    file: str
    kind: str
    currency: str
    landing_date: date
    first_line: int
    refused_rows: int
    amount: Decimal | None
    below_zero: Decimal | None


class Finding(NamedTuple):
    """Something that a person should look at; `kind` as in mart_audit_exceptions."""

    kind: str
    source: str
    subject: str
    landing_date: date | None
    amount: int
    reference: int | None


class Odd(NamedTuple):
    """A row that breaks no rule but is odd; `kind` as in mart_data_findings."""

    kind: str
    tenant_id: str
    file: str
    line: int | None
    detail: str


class ZoneRules(NamedTuple):
    """The rules of time zones in force, by the version of the package tzdata; until a date those of before stand."""

    zone_rules_version: str
    earlier_rules_kept_to: date | None


class Closing(NamedTuple):
    """A closing or reopening of a month (YYYY-MM); who, why and what was accepted are None where nobody was asked."""

    month: str
    action: str
    by_name: str | None
    note: str | None
    accepted: str | None
    last_landing_date: date | None
    entry_no: int


class ClosingBlocker(NamedTuple):
    """Something that keeps an open month (YYYY-MM) from being closed; `kind` and figures as in the mart."""

    month: str
    kind: str
    tenant_id: str
    subject_id: str
    status: str | None
    currency: str | None
    amount: Decimal | None
    credits: Decimal | None
    requests: int | None
    runs: int | None
    calls: int | None


class Sums(NamedTuple):
    """Two sums that must be equal."""

    step: int
    identity: str
    part: str
    expected: Decimal
    found: Decimal
    difference: Decimal


class Unknown(NamedTuple):
    """A tenant's messages, and how many of them have no rate and no known cost."""

    tenant_id: str
    tenant_name: str
    requests: int
    unrated_requests: int
    uncosted_requests: int


class Backtest(NamedTuple):
    """How far projections of budgets were off, in percent; `day_of_month` None: all days together, each month once.

    months: budgets × months judged, by `forecasts`; beside `compared` of these a run rate could be made, None: none.
    """

    scope: str
    day_of_month: int | None
    months: int
    forecasts: int
    projection_error_pct: float
    projection_bias_pct: float
    compared: int
    compared_error_pct: float | None
    run_rate_error_pct: float | None
    projection_closer: int
    run_rate_closer: int
    banded: int
    in_band_pct: float | None


@dataclass(frozen=True)
class Audit:
    """Everything the quality page shows; `files` it only tells apart."""

    files: tuple[AuditFile, ...]
    landed: tuple[Landed, ...]
    quarantined: tuple[Quarantined, ...]
    refused: tuple[RefusedMoney, ...]
    findings: tuple[Finding, ...]
    odd: tuple[Odd, ...]
    sums: tuple[Sums, ...]
    unknown: tuple[Unknown, ...]
    backtest: tuple[Backtest, ...]
    zone_rules: tuple[ZoneRules, ...]
    closings: tuple[Closing, ...]
    blockers: tuple[ClosingBlocker, ...]


_LANDED = f"select {', '.join(Landed._fields)} from marts.mart_audit_files_daily order by landing_date desc, source"
_FILES = f"select {', '.join(AuditFile._fields)} from marts.mart_audit_files order by file_version"
_QUARANTINED = f"""
    select {", ".join(Quarantined._fields)} from marts.mart_audit_quarantine order by quarantined desc, source, reason
"""
_REFUSED = f"""
    select {", ".join(RefusedMoney._fields)} from marts.mart_audit_refused_money
    order by kind = 'unknown', amount desc nulls last, below_zero, source, reason, file, kind, currency
"""
_FINDINGS = f"""
    select {", ".join(Finding._fields)} from marts.mart_audit_exceptions
    order by case kind when 'held_back' then 1 when 'unreadable_file' then 2 when 'no_good_row' then 3
        when 'waiting_change' then 4 else 5 end,
        landing_date desc nulls last, source, subject
"""
_ODD = f"select {', '.join(Odd._fields)} from marts.mart_data_findings order by kind, file, line, tenant_id, row_id"
_SUMS = f"select {', '.join(Sums._fields)} from marts.mart_audit_reconciliation order by step, identity, part"
_ZONE_RULES = f"select {', '.join(ZoneRules._fields)} from marts.mart_audit_zone_rules"
_CLOSINGS = f"select {', '.join(Closing._fields)} from marts.mart_audit_closings order by entry_no desc"
_BLOCKERS = f"""
    select {", ".join(ClosingBlocker._fields)} from marts.mart_audit_closing_blockers
    order by month, kind, abs(amount) desc nulls last, tenant_id, subject_id
"""
_UNKNOWN = """
    select m.tenant_id, coalesce(any_value(t.tenant_name), m.tenant_id), sum(m.requests), sum(m.unrated_requests),
        sum(m.uncosted_requests)
    from marts.mart_tenant_daily as m
    left join marts.dim_tenants as t on t.tenant_id = m.tenant_id
    group by m.tenant_id
    order by sum(m.unrated_requests + m.uncosted_requests) desc, m.tenant_id
"""
_BACKTEST = f"""
    select {", ".join(Backtest._fields)}
    from (
        select *, null as day_of_month from marts.mart_budget_backtest_summary
        union all by name
        select *, months as forecasts from marts.mart_budget_backtest
    )
    order by scope <> 'all', scope, day_of_month nulls first
"""


def gather_audit(con: duckdb.DuckDBPyConnection) -> Audit:
    """Read all of it; raises duckdb.CatalogException where a mart is missing."""
    return Audit(
        files=tuple(AuditFile(*row) for row in con.execute(_FILES).fetchall()),
        landed=tuple(Landed(*row) for row in con.execute(_LANDED).fetchall()),
        quarantined=tuple(Quarantined(*row) for row in con.execute(_QUARANTINED).fetchall()),
        refused=tuple(RefusedMoney(*row) for row in con.execute(_REFUSED).fetchall()),
        findings=tuple(Finding(*row) for row in con.execute(_FINDINGS).fetchall()),
        odd=tuple(Odd(*row) for row in con.execute(_ODD).fetchall()),
        sums=tuple(Sums(*row) for row in con.execute(_SUMS).fetchall()),
        unknown=tuple(Unknown(*row) for row in con.execute(_UNKNOWN).fetchall()),
        backtest=tuple(Backtest(*row) for row in con.execute(_BACKTEST).fetchall()),
        zone_rules=tuple(ZoneRules(*row) for row in con.execute(_ZONE_RULES).fetchall()),
        closings=tuple(Closing(*row) for row in con.execute(_CLOSINGS).fetchall()),
        blockers=tuple(ClosingBlocker(*row) for row in con.execute(_BLOCKERS).fetchall()),
    )
