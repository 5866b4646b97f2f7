"""Which items, teams and users get a page: the largest, those that are named, and those that have one already."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb
import pyarrow as pa

from site_builder.configuration.own_pages import EVERY, OwnPages
from site_builder.entities.view import DAYS, Entity
from site_builder.files.urls import KINDS
from site_builder.gather.rows import rows_by_key
from site_builder.planning.scopes import Scope


class Listed(NamedTuple):
    """A thing that was used: credits of the last 28 dates up to the scope's as-of date, of those before, and of all."""

    tenant_id: str
    key: str
    name: str
    credits: Decimal
    before_credits: Decimal
    total_credits: Decimal
    requests: int
    runs: int
    first_active_on: date
    last_active_on: date


Listing = Mapping[str, Sequence[Listed]]
"""Everything of a scope by kind, largest first."""

_LISTED = f"""
    select s.number, m.tenant_id, m.{{kind}}_id as key, coalesce(any_value(d.{{kind}}_name), m.{{kind}}_id) as name,
        coalesce(sum(m.credits) filter (where m.usage_date > s.as_of - {DAYS}), 0)::decimal(38, 6) as credits,
        coalesce(sum(m.credits) filter (
            where m.usage_date > s.as_of - {2 * DAYS} and m.usage_date <= s.as_of - {DAYS}
        ), 0)::decimal(38, 6) as before_credits,
        sum(m.credits) as total_credits,
        coalesce(sum(m.requests) filter (where m.usage_date > s.as_of - {DAYS}), 0)::hugeint as requests,
        coalesce(sum(m.runs) filter (where m.usage_date > s.as_of - {DAYS}), 0)::hugeint as runs,
        min(m.usage_date) as first_active_on, max(m.usage_date) as last_active_on
    from listed_scopes as s
    inner join marts.mart_{{kind}}_daily as m on m.tenant_id = s.tenant_id and m.usage_date <= s.as_of
    left join marts.dim_{{kind}}s as d on d.tenant_id = m.tenant_id and d.{{kind}}_id = m.{{kind}}_id
    where m.{{kind}}_id <> '(none)'
    group by s.number, m.tenant_id, m.{{kind}}_id
    order by s.number, credits desc, total_credits desc, requests desc, key, m.tenant_id
"""


def read_listings(con: duckdb.DuckDBPyConnection, scopes: Sequence[Scope]) -> list[Listing]:
    """What each scope's tenants used, in the order of the scopes."""
    members = [(number, tenant, scope.as_of) for number, scope in enumerate(scopes) for tenant in scope.tenants]
    con.register("listed_scopes", pa.table({
        "number": pa.array([number for number, _, _ in members], pa.int32()),
        "tenant_id": pa.array([tenant for _, tenant, _ in members], pa.string()),
        "as_of": pa.array([as_of for _, _, as_of in members], pa.date32()),
    }))  # fmt: skip
    found = {kind: rows_by_key(con, _LISTED.format(kind=kind), Listed) for kind in KINDS}
    con.unregister("listed_scopes")
    return [{kind: found[kind].get(number, []) for kind in KINDS} for number in range(len(scopes))]


def chosen(scope: Scope, listing: Listing, wanted: OwnPages, present: Collection[tuple[str, str, str]]) -> list[Entity]:
    """The pages that a scope is to have; those `present`, by (kind, tenant_id, id), stay while a number is wanted."""
    return [
        Entity(scope, kind, thing.tenant_id, thing.key, thing.name)
        for kind in KINDS
        for thing in _of_kind(scope, kind, listing[kind], wanted, present)
    ]


def _of_kind(
    scope: Scope, kind: str, listed: Sequence[Listed], wanted: OwnPages, present: Collection[tuple[str, str, str]]
) -> Iterable[Listed]:
    asked = wanted.of(kind, is_all=scope.is_all)
    if asked == EVERY:
        return listed
    if isinstance(asked, int):
        # Who has the address of a page shall find it there, even where others have become larger since.
        return [thing for place, thing in enumerate(listed)
                if place < asked or (asked and (kind, thing.tenant_id, thing.key) in present)]  # fmt: skip
    return [thing for thing in listed if ((thing.tenant_id, thing.key) if scope.is_all else thing.key) in asked]
