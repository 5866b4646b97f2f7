"""Who reports are for: every tenant with usage, and all of them together."""

from dataclasses import dataclass
from datetime import date

import duckdb

from site_builder import urls

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


@dataclass(frozen=True)
class Scope:
    """One readership of reports.

    `tenant_id` is None for the scope of all tenants; `folder` its place in the site; `zone` the IANA time zone of
    its local dates (for all tenants, words); `first` its first date with usage; `as_of` the last date its reports
    may cover; `tenants` the tenant ids it adds up.
    """

    tenant_id: str | None
    name: str
    folder: str
    zone: str
    first: date
    as_of: date
    tenants: tuple[str, ...]

    @property
    def is_all(self) -> bool:
        """True for the scope of all tenants."""
        return self.tenant_id is None


def read_scopes(con: duckdb.DuckDBPyConnection, secret: str | None) -> list[Scope]:
    """All scopes, that of all tenants first, the rest by tenant_id; empty without any usage."""
    tenants = [
        Scope(tenant_id, name, urls.tenant_folder(tenant_id, secret), zone, first, as_of, (tenant_id,))
        for tenant_id, name, zone, first, as_of in con.execute(_TENANTS).fetchall()
    ]
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
    )
    return [everyone, *tenants]
