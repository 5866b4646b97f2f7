"""All reading of the warehouse: one query per mart for every scope and period at once, schema `marts` only.

The periods wanted are laid out as (span, tenant_id, usage_date) rows, so that each mart is joined on equality and
its cost grows with the dates wanted, not with reports times rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from site_builder.gather import (
    queries_advice,
    queries_alerts,
    queries_catalogue,
    queries_closing,
    queries_invoices,
    queries_jobs,
    queries_ledger,
    queries_margin,
    queries_onboarding,
    queries_shares,
    queries_work,
    view,
)
from site_builder.planning.periods import Span
from site_builder.planning.scopes import Scope

RANKED_ROWS = 20
# Whole numbers that may have more digits than 64 bits hold are decimals in the marts.
_WHOLE = {name: "::hugeint" for name in view.Totals._fields if name.endswith("_tokens") or name == "call_seconds"}

_SETUP = """
    create temp table span_days as
    select s.span, s.is_report, t.tenant_id, cast(d.usage_date as date) as usage_date
    from wanted_spans as s
    inner join scope_tenants as t on t.scope = s.scope
    cross join lateral (select unnest(generate_series(s.first, s.last, interval 1 day)) as usage_date) as d
"""

_DAYS = """
    select t.scope, m.usage_date, sum(m.requests), sum(m.credits), sum(m.active_users),
        count(*) filter (where m.is_high_usage_day)
    from scope_tenants as t
    inner join marts.mart_tenant_daily as m on m.tenant_id = t.tenant_id
    group by all order by all
"""

_TOTALS = f"""
    select s.span, {", ".join(f"sum(m.{name}){_WHOLE.get(name, '')}" for name in view.Totals._fields)}
    from span_days as s
    inner join marts.mart_tenant_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span
"""

_HOURS = """
    select s.span, isodow(m.usage_date) as weekday, m.local_hour, sum(m.requests), sum(m.credits)
    from span_days as s
    inner join marts.mart_tenant_hourly as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by all order by s.span, weekday, m.local_hour
"""

_CHANNELS = """
    select s.span, m.channel, sum(m.requests), sum(m.runs), sum(m.calls), sum(m.total_tokens)::hugeint, sum(m.credits)
    from span_days as s
    inner join marts.mart_channel_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.channel
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.channel
"""

# A tier can change within a period: the report names the one in effect when the model was last used.
_MODELS = """
    select s.span, m.model_id, coalesce(any_value(d.model_name), m.model_id), any_value(d.provider),
        any_value(d.family), max_by(m.tier, (m.usage_date, m.tenant_id)), sum(m.requests), sum(m.errors),
        sum(m.total_tokens)::hugeint, sum(m.credits), sum(m.cost_usd), sum(m.uncosted_requests)
    from span_days as s
    inner join marts.mart_model_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join marts.dim_models as d on d.model_id = m.model_id
    group by s.span, m.model_id
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.model_id
"""

_TEAMS = """
    select s.span, m.tenant_id, m.team_id, coalesce(any_value(d.team_name), m.team_id), any_value(d.department),
        sum(m.requests), sum(m.runs), sum(m.total_tokens)::hugeint, sum(m.credits)
    from span_days as s
    inner join marts.mart_team_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join marts.dim_teams as d on d.tenant_id = m.tenant_id and d.team_id = m.team_id
    group by s.span, m.tenant_id, m.team_id
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.team_id, m.tenant_id
"""

_ACTIVE = """
    select s.span, count(distinct (m.tenant_id, m.user_id))
    from span_days as s
    inner join marts.mart_user_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where m.user_id <> '(none)'
    group by s.span
"""

_USERS = f"""
    with used as (
        select s.span, m.tenant_id, m.user_id, sum(m.requests) as requests, sum(m.runs) as runs,
            sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits
        from span_days as s
        inner join marts.mart_user_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where s.is_report and m.user_id <> '(none)'
        group by s.span, m.tenant_id, m.user_id
    ),
    ranked as (
        select *, row_number() over (
            partition by span order by credits desc, requests desc, user_id, tenant_id
        ) as place
        from used
    )
    select r.span, r.tenant_id, r.user_id, coalesce(d.user_name, r.user_id), r.requests, r.runs, r.total_tokens,
        r.credits
    from ranked as r
    left join marts.dim_users as d on d.tenant_id = r.tenant_id and d.user_id = r.user_id
    where r.place <= {RANKED_ROWS}
    order by r.span, r.place
"""

_BUILDERS = f"""
    with built as (
        select tenant_id, created_by as user_id, item_type, created_on as built_on
        from marts.dim_items
        where created_on is not null and created_by is not null
    ),
    ranked as (
        select s.span, b.tenant_id, b.user_id, count(*) as items,
            count(*) filter (where b.item_type = 'workflow') as workflows,
            row_number() over (partition by s.span order by count(*) desc, b.user_id, b.tenant_id) as place
        from span_days as s
        inner join built as b on b.tenant_id = s.tenant_id and b.built_on = s.usage_date
        where s.is_report
        group by s.span, b.tenant_id, b.user_id
    )
    select r.span, r.tenant_id, r.user_id, coalesce(d.user_name, r.user_id), r.items, r.workflows
    from ranked as r
    left join marts.dim_users as d on d.tenant_id = r.tenant_id and d.user_id = r.user_id
    where r.place <= {RANKED_ROWS}
    order by r.span, r.place
"""

_ITEMS = f"""
    with used as (
        select s.span, m.tenant_id, m.item_id, m.item_type, sum(m.runs) as runs, sum(m.requests) as requests,
            sum(m.credits) as credits
        from span_days as s
        inner join marts.mart_item_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where s.is_report and m.item_type in ('app', 'workflow', 'agent')
        group by s.span, m.tenant_id, m.item_id, m.item_type
    ),
    ranked as (
        select *, row_number() over (
            partition by span, item_type order by runs desc, credits desc, item_id, tenant_id
        ) as place
        from used
    )
    select r.span, r.tenant_id, r.item_id, coalesce(d.item_name, r.item_id), r.item_type, r.place, r.runs, r.requests,
        r.credits
    from ranked as r
    left join marts.dim_items as d on d.tenant_id = r.tenant_id and d.item_id = r.item_id
    where r.place <= {RANKED_ROWS}
    order by r.span, r.item_type, r.place
"""

_FLOWS = """
    select s.span, m.direction, m.kind, sum(m.credits)
    from span_days as s
    inner join marts.mart_credit_flow_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.direction, m.kind
    order by s.span, m.direction, sum(m.credits) desc, m.kind
"""


@dataclass
class Gathered:
    """Every number that the wanted reports need, by scope and span."""

    slices: dict[tuple[str, Span], view.Slice] = field(default_factory=dict)
    days: dict[str, dict[date, view.Day]] = field(default_factory=dict)

    def slice(self, scope: Scope, span: Span) -> view.Slice:
        """The scope's numbers of a span that was asked for."""
        return self.slices[scope.folder, span]


def gather(
    con: duckdb.DuckDBPyConnection, scopes: Sequence[Scope], reports: Iterable[tuple[Scope, Span, Span]]
) -> Gathered:
    """Read the numbers of `reports`, given as (scope, covered span, span compared with)."""
    spans: dict[tuple[str, Span], bool] = {}
    for scope, now, past in reports:
        spans[scope.folder, now] = True
        spans.setdefault((scope.folder, past), False)
    _lay_out(con, scopes, spans)
    gathered = Gathered(days={scope.folder: {} for scope in scopes})
    for number, *row in con.execute(_DAYS).fetchall():
        gathered.days[scopes[number].folder][row[0]] = view.Day(*row)
    totals = {row[0]: view.Totals(*row[1:]) for row in con.execute(_TOTALS).fetchall()}
    active = dict(con.execute(_ACTIVE).fetchall())
    lists: tuple[tuple[str, type, str], ...] = (
        ("hours", view.Hour, _HOURS), ("channels", view.Channel, _CHANNELS), ("models", view.Model, _MODELS),
        ("teams", view.Team, _TEAMS), ("users", view.User, _USERS), ("builders", view.Builder, _BUILDERS),
        ("items", view.Item, _ITEMS), ("flows", view.Flow, _FLOWS), *queries_shares.LISTS,
        *queries_invoices.LISTS, *queries_alerts.LISTS, *queries_onboarding.LISTS,
        *queries_advice.LISTS, *queries_jobs.LISTS, *queries_closing.LISTS, *queries_margin.LISTS,
        *queries_ledger.LISTS, *queries_work.LISTS, *queries_catalogue.LISTS,
    )  # fmt: skip
    found = {name: _by_span(con, query, kind) for name, kind, query in lists}
    for number, key in enumerate(spans):
        rows = {name: tuple(found[name].get(number, ())) for name, _, _ in lists}
        gathered.slices[key] = view.Slice(totals.get(number, view.NO_TOTALS), active.get(number, 0), **rows)
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
    }))  # fmt: skip
    con.execute(_SETUP)


def _by_span(con: duckdb.DuckDBPyConnection, query: str, kind: type) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = defaultdict(list)
    for number, *values in con.execute(query).fetchall():
        rows[number].append(kind(*values))
    return rows
