"""Reading the marts for the pages of jobs: one query per topic, for all scopes at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from site_builder.gather.rows import rows_by_key
from site_builder.planning.scopes import Scope

RECENT_DAYS = 28


class JobNow(NamedTuple):
    """A job as it stands: its last run, and all of its runs; of RECENT_DAYS dates where it is not said to be in all.

    `usual_seconds`: the middle one of its successful runs of these dates, None without any; times are local.
    """

    tenant_id: str
    job_id: str
    job_name: str
    job_type: str
    last_status: str
    last_run_at: str
    last_seconds: Decimal | None
    usual_seconds: Decimal | None
    runs: int
    errors: int
    running: int
    total_runs: int
    total_errors: int
    first_run_at: str
    last_failed_at: str | None
    last_error: str | None


class Run(NamedTuple):
    """A run as it was last heard of; `started_at` is local, `seconds` are None while it is not known to have ended."""

    tenant_id: str
    job_run_id: str
    job_id: str
    job_name: str
    job_type: str
    status: str
    usage_date: date
    started_at: str
    seconds: Decimal | None
    credits: Decimal
    error_message: str | None


class Message(NamedTuple):
    """What failed runs of a job said (None: nothing), how many of RECENT_DAYS dates and in all, from when to when."""

    tenant_id: str
    job_id: str
    job_name: str
    error_message: str | None
    errors: int
    total_errors: int
    first_seen_at: str
    last_seen_at: str


class Counted(NamedTuple):
    """How many runs the days know, those of months that were closed before single runs were kept among them."""

    runs: int


@dataclass(frozen=True)
class Jobs:
    """What there is to say of the jobs of a scope; `unlisted`: runs of which nothing single is known."""

    scope: Scope
    jobs: Sequence[JobNow]
    runs: Sequence[Run]
    messages: Sequence[Message]
    unlisted: int


_FROM = """
    from wanted_jobs as w
    inner join marts.mart_job_runs as m on m.tenant_id = w.tenant_id and m.usage_date <= w.as_of
"""
_AT = "strftime({}, '%Y-%m-%d %H:%M:%S')"
_STARTED = _AT.format("m.started_local_at")
_WHEN = "(m.started_at, m.usage_date, m.job_run_id)"
_RECENT, _FAILED = "m.usage_date >= w.recent", "m.status = 'error'"

_JOBS = f"""
    with found as (
        select w.number, m.tenant_id, m.job_id,
            max_by({{'name': coalesce(m.job_name, m.job_id), 'type': m.job_type, 'status': m.status, 'at': {_STARTED},
                'seconds': m.seconds}}, {_WHEN}) as run,
            quantile_disc(m.seconds, 0.5) filter (where m.status = 'success' and {_RECENT}) as usual_seconds,
            count(*) filter (where {_RECENT}) as runs, count(*) filter (where {_FAILED} and {_RECENT}) as errors,
            count(*) filter (where m.status = 'running') as running, count(*) as total_runs,
            count(*) filter (where {_FAILED}) as total_errors,
            {_AT.format("min(m.started_local_at)")} as first_run_at,
            max_by({{'at': {_STARTED}, 'message': m.error_message}}, {_WHEN}) filter (where {_FAILED}) as failure
        {_FROM}
        group by w.number, m.tenant_id, m.job_id
    )
    select number, tenant_id, job_id, run.name as job_name, run.type as job_type, run.status as last_status,
        run.at as last_run_at, run.seconds as last_seconds, usual_seconds, runs, errors, running, total_runs,
        total_errors, first_run_at, failure.at as last_failed_at, failure.message as last_error
    from found
    order by number, running = 0, last_status <> 'error', last_run_at desc, job_id, tenant_id
"""
_RUNS = f"""
    select w.number, m.tenant_id, m.job_run_id, m.job_id, coalesce(m.job_name, m.job_id) as job_name, m.job_type,
        m.status, m.usage_date, {_STARTED} as started_at, m.seconds, m.credits, m.error_message
    {_FROM}
    order by w.number, m.started_at desc, m.usage_date desc, m.job_run_id, m.tenant_id
"""
_MESSAGES = f"""
    select w.number, m.tenant_id, m.job_id, max_by(coalesce(m.job_name, m.job_id), {_WHEN}) as job_name,
        m.error_message, count(*) filter (where {_RECENT}) as errors, count(*) as total_errors,
        {_AT.format("min(m.started_local_at)")} as first_seen_at,
        {_AT.format("max(m.started_local_at)")} as last_seen_at
    {_FROM}
    where {_FAILED}
    group by w.number, m.tenant_id, m.job_id, m.error_message
    order by w.number, errors desc, total_errors desc, last_seen_at desc, m.error_message, m.job_id, m.tenant_id
"""
_COUNTED = """
    select w.number, sum(m.runs)::bigint as runs
    from wanted_jobs as w
    inner join marts.mart_job_daily as m on m.tenant_id = w.tenant_id and m.usage_date <= w.as_of
    group by w.number
"""


def read_jobs(con: duckdb.DuckDBPyConnection, scopes: Sequence[Scope]) -> list[Jobs]:
    """The jobs of each of the scopes, in their order."""
    if not scopes:
        return []
    con.register("wanted_jobs", _wanted_table(scopes))
    topics: tuple[tuple[str, type], ...] = (_JOBS, JobNow), (_RUNS, Run), (_MESSAGES, Message), (_COUNTED, Counted)
    jobs, runs, messages, counted = (rows_by_key(con, query, kind) for query, kind in topics)
    con.unregister("wanted_jobs")
    return [
        Jobs(
            scope,
            jobs.get(number, []),
            runs.get(number, []),
            messages.get(number, []),
            max(sum(of.runs for of in counted.get(number, [])) - len(runs.get(number, [])), 0),
        )
        for number, scope in enumerate(scopes)
    ]


def _wanted_table(scopes: Sequence[Scope]) -> pa.Table:
    rows: list[dict[str, Any]] = [
        {"number": number, "tenant_id": tenant, "as_of": scope.as_of, "recent": recent_of(scope)}
        for number, scope in enumerate(scopes)
        for tenant in scope.tenants
    ]
    types = {"number": pa.int32(), "tenant_id": pa.string(), "as_of": pa.date32(), "recent": pa.date32()}
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in types.items()})


def recent_of(scope: Scope) -> date:
    """The first of the RECENT_DAYS dates that end with the scope's last one."""
    return date.fromordinal(scope.as_of.toordinal() - RECENT_DAYS + 1)
