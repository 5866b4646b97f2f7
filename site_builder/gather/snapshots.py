"""What has no dates of its own, such as names, as the reports of each month show it.

A report shows it as of the month in which its dates end: of a closed month as it was when that was closed, else as
it is now. The explorer, the indexes and the whole tables are of the present.
"""

from collections.abc import Mapping

import duckdb

SNAPSHOTS = (
    "dim_tenants", "dim_teams", "dim_users", "dim_items", "dim_models", "dim_model_rates", "mart_user_activation",
    "mart_training_completion", "mart_idle_assistants",
)  # fmt: skip
"""Tables of which `lay_out` makes one `shown_…` each, with `month` and the columns that are kept of it."""

_MONTHS = """
    create temp table shown_months as
    select w.month, coalesce(w.month <= c.last_month, false) as is_closed
    from (select distinct month from wanted_spans) as w
    cross join (select max(month) as last_month from marts.mart_closed_months) as c
"""
# A tenant that was no reader of reports yet has no part in those of all tenants, whatever it had.
_LATER_TENANTS = """
    delete from span_days
    where month in (select month from shown_months where is_closed) and not exists (
        select 1 from shown_dim_tenants as d where d.month = span_days.month and d.tenant_id = span_days.tenant_id
    )
"""
_TENANTS = """
    select month, tenant_id, coalesce(tenant_name, tenant_id) as tenant_name, coalesce(timezone, 'UTC') as timezone
    from shown_dim_tenants order by all
"""


def lay_out(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables, of the months of `wanted_spans`; `span_days` loses who came after a month was closed."""
    con.execute(_MONTHS)
    for name in SNAPSHOTS:
        columns = [row[0] for row in con.execute(f"describe marts.{name}_monthly").fetchall() if row[0] != "month"]
        present = ", ".join(f"d.{column}" for column in columns)
        con.execute(f"""
            create temp table shown_{name} as
            select d.month, {present}
            from marts.{name}_monthly as d
            where d.month in (select month from shown_months where is_closed)
            union all
            select m.month, {present}
            from shown_months as m
            cross join marts.{name} as d
            where not m.is_closed
        """)
    con.execute(_LATER_TENANTS)


def tenants_by_month(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Name and time zone of each tenant, by month and tenant_id."""
    return {(month, tenant): (name, zone) for month, tenant, name, zone in con.execute(_TENANTS).fetchall()}
