"""Reading the marts for the pages of items, teams and users: one query per topic and kind, for all of them at once."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from site_builder.entities.view import (
    Budget,
    Day,
    Entity,
    EntityView,
    Error,
    Fact,
    Hour,
    Latency,
    Member,
    Part,
    Users,
)  # fmt: skip
from site_builder.files.urls import KINDS
from site_builder.gather.alerts import Alert
from site_builder.gather.cubes import read_names
from site_builder.gather.rows import Rows, rows_by_key

MOST_ALERTS = 200
_WHOLE = frozenset(name for name in Day._fields if name.endswith("_tokens") or name == "call_seconds")
_DIMENSIONS = {
    "model": "model_id", "user": "user_id", "team": "team_id", "item": "item_id", "project": "project_id",
    "task": "task_category", "channel": "channel",
}  # fmt: skip
_NOW, _BEFORE = "m.usage_date >= w.first", "m.usage_date >= w.first_before and m.usage_date < w.first"
_JOIN = """
    from wanted_entities as w
    inner join marts.{mart} as m
        on m.tenant_id = w.tenant_id and m.{column} = w.key and m.usage_date <= w.as_of
    where w.kind = '{kind}'
"""


def _sum(name: str) -> str:
    # Of nothing known the cost is unknown, and all else is nothing.
    total = f"sum(m.{name})" if name == "cost_usd" else f"coalesce(sum(m.{name}), 0)"
    return f"{total}{'::hugeint' if name in _WHOLE else ''} as {name}"


def _days(kind: str) -> str:
    sums = ", ".join(_sum(name) for name in Day._fields[1:])
    return f"""
        select w.number, m.usage_date, {sums} {_JOIN.format(mart="mart_usage_daily", column=f"{kind}_id", kind=kind)}
        group by w.number, m.usage_date order by w.number, m.usage_date
    """


def _parts(kind: str) -> str:
    columns = {name: column for name, column in _DIMENSIONS.items() if name != kind}
    which = " ".join(f"when grouping(m.{column}) = 0 then '{name}'" for name, column in columns.items())
    sets = ", ".join(f"(w.number, m.{column})" for column in columns.values())
    return f"""
        select w.number, case {which} end as dimension,
            coalesce({", ".join(f"m.{column}" for column in columns.values())}) as key,
            coalesce(sum(m.credits) filter (where {_NOW}), 0)::decimal(38, 6) as credits,
            coalesce(sum(m.credits) filter (where {_BEFORE}), 0)::decimal(38, 6) as before_credits,
            sum(m.credits) as total_credits,
            coalesce(sum(m.requests) filter (where {_NOW}), 0)::hugeint as requests,
            coalesce(sum(m.errors) filter (where {_NOW}), 0)::hugeint as errors,
            coalesce(sum(m.runs) filter (where {_NOW}), 0)::hugeint as runs,
            coalesce(sum(m.total_tokens) filter (where {_NOW}), 0)::hugeint as total_tokens
        {_JOIN.format(mart="mart_usage_daily", column=f"{kind}_id", kind=kind)}
        group by grouping sets ({sets})
        order by w.number, dimension, credits desc, before_credits desc, total_credits desc, key
    """


def _latencies(kind: str) -> str:
    figures = """count(*) as answers, sum(m.latency_ms)::hugeint as total_ms,
            quantile_cont(m.latency_ms, 0.5) as p50_ms, quantile_cont(m.latency_ms, 0.95) as p95_ms"""
    source = _JOIN.format(mart="mart_usage_events", column=f"{kind}_id", kind=kind) + " and m.latency_ms is not null"
    window = f"case when {_NOW} then 'now' when {_BEFORE} then 'before' else 'earlier' end"
    return f"""
        with spread as (select w.number, {window} as dates, m.model_id, m.latency_ms {source})
        select m.number, 'ever' as "window", null as model_id, {figures} from spread as m group by m.number
        union all
        select m.number, m.dates, null, {figures} from spread as m where m.dates <> 'earlier' group by all
        union all
        select m.number, m.dates, m.model_id, {figures} from spread as m where m.dates = 'now' group by all
        order by number, "window", answers desc, model_id nulls first
    """


def _users(kind: str) -> str:
    return f"""
        select w.number, count(distinct m.user_id) filter (where {_NOW}) as now,
            count(distinct m.user_id) filter (where {_BEFORE}) as before, count(distinct m.user_id) as ever
        {_JOIN.format(mart="mart_usage_daily", column=f"{kind}_id", kind=kind)} and m.user_id <> '(none)'
        group by w.number
    """


def _hours(kind: str) -> str:
    return f"""
        select w.number, m.local_hour, sum(m.requests) as requests, sum(m.credits) as credits
        {_JOIN.format(mart="mart_usage_events", column=f"{kind}_id", kind=kind)} and {_NOW}
        group by w.number, m.local_hour order by w.number, m.local_hour
    """


def _alerts(kind: str) -> str:
    source = _JOIN.format(mart="mart_alert_daily", column="subject_id", kind=kind)
    return f"""
        select w.number, m.tenant_id, m.kind, m.severity, m.subject_type, m.subject_id, m.subject_name,
            m.usage_date as first_date, m.usage_date as last_date, 1 as days, m.amount, m.reference, m.amount as peak,
            m.amount as total, m.reference as total_reference, m.excess, m.currency, k.sentence, m.happens_on,
            m.muted_by is not null as is_muted, m.muted_by, m.muted_until, m.mute_note
        {source.replace("where", "inner join marts.dim_alert_kinds as k on k.kind = m.kind where")}
            and m.subject_type = w.kind and not (k.is_standing and k.recurs_by = 'month' and m.usage_date < w.as_of)
        qualify row_number() over (partition by w.number order by m.usage_date desc, m.kind) <= {MOST_ALERTS}
        order by w.number, m.usage_date desc, m.excess desc nulls last, m.kind
    """


_ERRORS = f"""
    select w.number, m.error_type, m.model_id, coalesce(sum(m.errors) filter (where {_NOW}), 0)::hugeint as errors,
        coalesce(sum(m.errors) filter (where {_BEFORE}), 0)::hugeint as before_errors,
        sum(m.errors)::hugeint as total_errors
    {_JOIN.format(mart="mart_error_daily", column="item_id", kind="item")}
    group by w.number, m.error_type, m.model_id
    order by w.number, errors desc, before_errors desc, total_errors desc, m.error_type, m.model_id
"""
_BUDGETS = """
    select w.number, m.month, m.budget, m.used, m.remaining, m.used_pct, m.projected, m.status, m.crossed_75_on,
        m.crossed_90_on, m.crossed_100_on
    from wanted_entities as w
    inner join marts.mart_budget_status as m
        on m.tenant_id = w.tenant_id and m.scope = w.kind and m.scope_id = w.key
    where m.month <= strftime(w.as_of, '%Y-%m')
    order by w.number, m.month desc
"""
_FACTS = """
    select w.number, i.item_type, i.created_by, i.created_on, i.retired_on, t.department, u.team_id, u.role,
        u.signed_up_on, coalesce(i.is_inferred, t.is_inferred, u.is_inferred, true) as is_inferred
    from wanted_entities as w
    left join marts.dim_items as i on w.kind = 'item' and i.tenant_id = w.tenant_id and i.item_id = w.key
    left join marts.dim_teams as t on w.kind = 'team' and t.tenant_id = w.tenant_id and t.team_id = w.key
    left join marts.dim_users as u on w.kind = 'user' and u.tenant_id = w.tenant_id and u.user_id = w.key
    order by w.number
"""
_MEMBERS = """
    select w.number, u.user_id, coalesce(u.user_name, u.user_id) as user_name, u.role,
        max(m.usage_date) as last_active_on
    from wanted_entities as w
    inner join marts.dim_users as u on u.tenant_id = w.tenant_id and u.team_id = w.key
    left join marts.mart_user_daily as m
        on m.tenant_id = u.tenant_id and m.user_id = u.user_id and m.usage_date <= w.as_of
    where w.kind = 'team'
    group by all order by w.number, last_active_on desc nulls last, u.user_id
"""


def _topics() -> list[Rows]:
    by_kind = {
        "days": (Day, _days), "parts": (Part, _parts), "latencies": (Latency, _latencies), "hours": (Hour, _hours),
        "alerts": (Alert, _alerts),
    }  # fmt: skip
    found = [Rows(field, kind, query(entity)) for field, (kind, query) in by_kind.items() for entity in KINDS]
    found += [Rows("users", Users, _users(kind)) for kind in ("item", "team")]
    return [
        *found, Rows("errors", Error, _ERRORS), Rows("budgets", Budget, _BUDGETS), Rows("facts", Fact, _FACTS),
        Rows("members", Member, _MEMBERS),
    ]  # fmt: skip


def read_views(
    con: duckdb.DuckDBPyConnection, wanted: Sequence[Entity], tenant_names: Mapping[str, str]
) -> list[EntityView]:
    """The numbers of each entity, in their order."""
    if not wanted:
        return []
    con.register("wanted_entities", _wanted_table(wanted))
    found: dict[int, dict[str, tuple[object, ...]]] = {number: {} for number in range(len(wanted))}
    for topic in _topics():
        for number, rows in rows_by_key(con, topic.query, topic.kind).items():
            found[number][topic.field] = tuple(rows)
    con.unregister("wanted_entities")
    names = _names_by_tenant(con)
    return [
        EntityView(
            entity,
            tenant_names.get(entity.tenant_id, entity.tenant_id),
            names=names.get(entity.tenant_id, {}),
            **found[number],  # type: ignore[arg-type]
        )
        for number, entity in enumerate(wanted)
    ]


def _wanted_table(wanted: Sequence[Entity]) -> pa.Table:
    return pa.table({
        "number": pa.array(range(len(wanted)), pa.int32()),
        "kind": pa.array([entity.kind for entity in wanted], pa.string()),
        "tenant_id": pa.array([entity.tenant_id for entity in wanted], pa.string()),
        "key": pa.array([entity.key for entity in wanted], pa.string()),
        "first_before": pa.array([entity.before.first for entity in wanted], pa.date32()),
        "first": pa.array([entity.now.first for entity in wanted], pa.date32()),
        "as_of": pa.array([entity.scope.as_of for entity in wanted], pa.date32()),
    })  # fmt: skip


def _names_by_tenant(con: duckdb.DuckDBPyConnection) -> Mapping[str, Mapping[tuple[str, str], str]]:
    names = read_names(con).names
    models = {("model", key): name for key, name in names["model"].items()}
    found = {tenant: dict(models) for tenant in names["tenant"]}
    for kind in KINDS:
        for (tenant, key), name in names[kind].items():
            found.setdefault(tenant, dict(models))[kind, key] = name
    return found
