"""All reading of the warehouse: one query per mart for every scope and period at once, schema `marts` only.

The periods wanted are laid out as (span, tenant_id, usage_date) rows, so that each mart is joined on equality and
its cost grows with the dates wanted, not with reports times rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import pyarrow as pa

from site_builder.gather import (
    advice,
    alerts,
    billing,
    catalogue,
    causes,
    closing,
    errors,
    flows,
    invoices,
    items,
    jobs,
    latency,
    ledger,
    margin,
    models,
    onboarding,
    people,
    presence,
    receivables,
    shares,
    snapshots,
    spend,
    tags,
    tenants,
    usage,
    work,
)
from site_builder.gather.rows import Rows, rows_by_key
from site_builder.gather.view import Slice
from site_builder.planning.periods import Span
from site_builder.planning.scopes import Scope

_TOPICS = (
    usage, models, people, items, flows, shares, invoices, alerts, onboarding, advice, jobs, closing, margin, ledger,
    work, latency, errors, presence, tags, catalogue, receivables, billing, causes,
    spend, tenants,
)  # fmt: skip
ROWS: tuple[Rows, ...] = tuple(rows for topic in _TOPICS for rows in topic.ROWS)

_SETUP = """
    create temp table span_days as
    select s.span, s.is_report, s.month, t.tenant_id, cast(d.usage_date as date) as usage_date
    from wanted_spans as s
    inner join scope_tenants as t on t.scope = s.scope
    cross join lateral (select unnest(generate_series(s.first, s.last, interval 1 day)) as usage_date) as d
"""


@dataclass
class Gathered:
    """Every number that the wanted reports need, by scope and span; `tenants` their names and time zones, by month."""

    slices: dict[tuple[str, Span], Slice] = field(default_factory=dict)
    days: dict[str, dict[date, usage.Day]] = field(default_factory=dict)
    tenants: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def slice(self, scope: Scope, span: Span) -> Slice:
        """The scope's numbers of a span that was asked for."""
        return self.slices[scope.folder, span]

    def scope_as_of(self, scope: Scope, span: Span) -> Scope:
        """The scope under the name and the time zone that a report of this span shows."""
        if scope.tenant_id is None:
            return scope
        name, zone = self.tenants.get((month_of(span), scope.tenant_id), (scope.name, scope.zone))
        return replace(scope, name=name, zone=zone)

    def tenant_names(self, scope: Scope, span: Span, present: Mapping[str, str]) -> Mapping[str, str]:
        """The names of the scope's tenants by id, as a report of this span shows them; else those of the present."""
        month = month_of(span)
        return {tenant: self.tenants.get((month, tenant), (present[tenant],))[0] for tenant in scope.tenants}


def month_of(span: Span) -> str:
    """The month (YYYY-MM) in which a span ends."""
    return span.last.isoformat()[:7]


def gather(
    con: duckdb.DuckDBPyConnection, scopes: Sequence[Scope], reports: Iterable[tuple[Scope, Span, Span]]
) -> Gathered:
    """Read the numbers of `reports`, given as (scope, covered span, span compared with)."""
    spans: dict[tuple[str, Span], bool] = {}
    for scope, now, past in reports:
        spans[scope.folder, now] = True
        spans.setdefault((scope.folder, past), False)
    _lay_out(con, scopes, spans)
    gathered = Gathered(days={scope.folder: {} for scope in scopes}, tenants=snapshots.tenants_by_month(con))
    for number, days in rows_by_key(con, usage.DAYS, usage.Day).items():
        gathered.days[scopes[number].folder] = {day.usage_date: day for day in days}
    totals = rows_by_key(con, usage.TOTALS, usage.Totals)
    active = dict(con.execute(usage.ACTIVE_USERS).fetchall())
    found = {rows.field: rows_by_key(con, rows.query, rows.kind) for rows in ROWS}
    for number, key in enumerate(spans):
        rows = {name: tuple(of_span.get(number, ())) for name, of_span in found.items()}
        [sums] = totals.get(number) or [usage.NO_TOTALS]
        gathered.slices[key] = Slice(sums, active.get(number, 0), **rows)
    return gathered


def _lay_out(con: duckdb.DuckDBPyConnection, scopes: Sequence[Scope], spans: dict[tuple[str, Span], bool]) -> None:
    numbers = {scope.folder: number for number, scope in enumerate(scopes)}
    members = [(number, tenant) for number, scope in enumerate(scopes) for tenant in scope.tenants]
    con.register("scope_tenants", pa.table({
        "scope": pa.array([number for number, _ in members], pa.int32()),
        "tenant_id": pa.array([tenant for _, tenant in members], pa.string()),
    }))  # fmt: skip
    con.register("wanted_spans", pa.table({
        "span": pa.array(range(len(spans)), pa.int32()),
        "scope": pa.array([numbers[folder] for folder, _ in spans], pa.int32()),
        "first": pa.array([span.first for _, span in spans], pa.date32()),
        "last": pa.array([span.last for _, span in spans], pa.date32()),
        "is_report": pa.array(list(spans.values()), pa.bool_()),
        "is_all": pa.array([scopes[numbers[folder]].is_all for folder, _ in spans], pa.bool_()),
        "month": pa.array([month_of(span) for _, span in spans], pa.string()),
    }))  # fmt: skip
    con.execute(_SETUP)
    snapshots.lay_out(con)
