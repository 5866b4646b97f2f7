"""Rows of the cards about teams, users and those who build."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows

RANKED_ROWS = 20


class Team(NamedTuple):
    """Sums over a span by team."""

    tenant_id: str
    team_id: str
    team_name: str
    department: str | None
    requests: int
    runs: int
    total_tokens: int
    credits: Decimal


class User(NamedTuple):
    """Sums over a span by user."""

    tenant_id: str
    user_id: str
    user_name: str
    requests: int
    runs: int
    total_tokens: int
    credits: Decimal


class Builder(NamedTuple):
    """Items created within a span, by their creator."""

    tenant_id: str
    user_id: str
    user_name: str
    items_built: int
    workflows_built: int


_TEAMS = """
    select s.span, m.tenant_id, m.team_id, coalesce(any_value(d.team_name), m.team_id) as team_name,
        any_value(d.department) as department, sum(m.requests) as requests, sum(m.runs) as runs,
        sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_team_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join shown_dim_teams as d on d.month = s.month and d.tenant_id = m.tenant_id and d.team_id = m.team_id
    group by s.span, m.tenant_id, m.team_id
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.team_id, m.tenant_id
"""

_USERS = f"""
    with used as (
        select s.span, s.month, m.tenant_id, m.user_id, sum(m.requests) as requests, sum(m.runs) as runs,
            sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits
        from span_days as s
        inner join marts.mart_user_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        where s.is_report and m.user_id <> '(none)'
        group by s.span, s.month, m.tenant_id, m.user_id
    ),
    ranked as (
        select *, row_number() over (
            partition by span order by credits desc, requests desc, user_id, tenant_id
        ) as place
        from used
    )
    select r.span, r.tenant_id, r.user_id, coalesce(d.user_name, r.user_id) as user_name, r.requests, r.runs,
        r.total_tokens, r.credits
    from ranked as r
    left join shown_dim_users as d on d.month = r.month and d.tenant_id = r.tenant_id and d.user_id = r.user_id
    where r.place <= {RANKED_ROWS}
    order by r.span, r.place
"""

_BUILDERS = f"""
    with built as (
        select month, tenant_id, created_by as user_id, item_type, created_on as built_on
        from shown_dim_items
        where created_on is not null and created_by is not null
    ),
    ranked as (
        select s.span, s.month, b.tenant_id, b.user_id, count(*) as items,
            count(*) filter (where b.item_type = 'workflow') as workflows,
            row_number() over (partition by s.span order by count(*) desc, b.user_id, b.tenant_id) as place
        from span_days as s
        inner join built as b
            on b.month = s.month and b.tenant_id = s.tenant_id and b.built_on = s.usage_date
        where s.is_report
        group by s.span, s.month, b.tenant_id, b.user_id
    )
    select r.span, r.tenant_id, r.user_id, coalesce(d.user_name, r.user_id) as user_name, r.items as items_built,
        r.workflows as workflows_built
    from ranked as r
    left join shown_dim_users as d on d.month = r.month and d.tenant_id = r.tenant_id and d.user_id = r.user_id
    where r.place <= {RANKED_ROWS}
    order by r.span, r.place
"""

ROWS = (
    Rows("teams", Team, _TEAMS),
    Rows("users", User, _USERS),
    Rows("builders", Builder, _BUILDERS),
)
