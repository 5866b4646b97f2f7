"""Who reports are for: every tenant with usage, and all of them together."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import duckdb

from site_builder.files import urls
from site_builder.planning.periods import Span

ALL_NAME = "All tenants"
ALL_ZONE = "each tenant's own local time"

# Dates with usage begin at a tenant's first row and its marts end at its as-of date.
_TENANTS = """
    select d.tenant_id, coalesce(t.tenant_name, d.tenant_id), coalesce(t.timezone, 'UTC'), d.first_date, d.as_of
    from (
        select tenant_id, min(usage_date) as first_date, max(usage_date) as as_of
        from marts.mart_tenant_daily
        group by tenant_id
    ) as d
    left join marts.dim_tenants as t on t.tenant_id = d.tenant_id
    order by d.tenant_id
"""
# So many dates in a row without an event still have pages: a holiday is news, years before a clock was set are none.
LONGEST_GAP = 35
# A gap ends with the next event, or has not ended by the as-of date. Spend is what usage and jobs give.
_GAPS = f"""
    with events as (
        select tenant_id, usage_date from marts.mart_tenant_daily where requests + runs + calls > 0
        union
        select tenant_id, usage_date from marts.mart_job_daily
        union
        select tenant_id, entry_date from marts.mart_credit_statement where entry_type not in ('spend', 'expiry')
    ),
    tenants as (
        select tenant_id, min(usage_date) as first_date, max(usage_date) as as_of
        from marts.mart_tenant_daily
        group by tenant_id
    ),
    scopes as (
        select tenant_id as scope, * from tenants
        union all
        select null, tenant_id, min(first_date) over (), min(as_of) over () from tenants
    ),
    dates as (
        select distinct s.scope, s.as_of, e.usage_date
        from scopes as s
        inner join events as e on e.tenant_id = s.tenant_id and e.usage_date between s.first_date and s.as_of
    ),
    steps as (
        select scope, usage_date,
            lead(usage_date, 1, as_of + 1) over (partition by scope order by usage_date) as next_date
        from dates
    )
    select scope, usage_date + 1, next_date - 1
    from steps
    where next_date - usage_date - 1 > {LONGEST_GAP}
    order by all
"""


# Where nothing but the calendar says what a billing period is, the month's own report is enough.
_BILLING = """
    select tenant_id, period_start, period_end - 1
    from marts.mart_billing_periods
    where tenant_id in (select tenant_id from marts.mart_billing_periods where basis <> 'calendar_month')
    order by all
"""


@dataclass(frozen=True)
class Scope:
    """One readership of reports.

    `tenant_id` is None for the scope of all tenants; `folder` its place in the site; `zone` the IANA time zone of
    its local dates (for all tenants, words); `first` its first date with usage; `as_of` the last date its reports
    may cover; `tenants` the tenant ids it adds up; `gaps` every stretch of more than LONGEST_GAP of these dates on
    which there was neither usage nor a job nor a billing event; `billing` the tenant's billing periods, where they are
    more than calendar months.
    """

    tenant_id: str | None
    name: str
    folder: str
    zone: str
    first: date
    as_of: date
    tenants: tuple[str, ...]
    gaps: tuple[Span, ...] = ()
    billing: tuple[Span, ...] = ()

    @property
    def is_all(self) -> bool:
        """True for the scope of all tenants."""
        return self.tenant_id is None

    def gap_around(self, span: Span) -> Span | None:
        """The gap in which all dates of `span` lie."""
        return next((gap for gap in self.gaps if gap.first <= span.first and span.last <= gap.last), None)


def read_scopes(con: duckdb.DuckDBPyConnection, secret: str | None) -> list[Scope]:
    """All scopes, that of all tenants first, the rest by tenant_id; empty without any usage."""
    gaps: dict[str | None, list[Span]] = defaultdict(list)
    for tenant_id, first, last in con.execute(_GAPS).fetchall():
        gaps[tenant_id].append(Span(first, last))
    billing: dict[str, list[Span]] = defaultdict(list)
    for tenant_id, first, last in con.execute(_BILLING).fetchall():
        billing[tenant_id].append(Span(first, last))
    tenants = [
        Scope(
            tenant_id, name, urls.tenant_folder(tenant_id, secret), zone, first, as_of, (tenant_id,),
            tuple(gaps[tenant_id]), tuple(billing[tenant_id]),
        )
        for tenant_id, name, zone, first, as_of in con.execute(_TENANTS).fetchall()
    ]  # fmt: skip
    if not tenants:
        return []
    everyone = Scope(
        tenant_id=None,
        name=ALL_NAME,
        folder=urls.ALL_FOLDER,
        zone=ALL_ZONE,
        first=min(scope.first for scope in tenants),
        as_of=min(scope.as_of for scope in tenants),
        tenants=tuple(scope.tenants[0] for scope in tenants),
        gaps=tuple(gaps[None]),
    )
    return [everyone, *tenants]
