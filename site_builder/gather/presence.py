"""Rows of the cards about who is there: when people were active, what became of each cohort, who learned what.

Spans of one date have none: nobody comes, stays away or leaves within a day.
"""

from datetime import date
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Person(NamedTuple):
    """A user as a span ends, of the directory (`has_seat`) or of usage alone; None: not known, or not yet.

    first_value_on: the local date of the first success of all time, up to the span's last.
    """

    tenant_id: str
    user_id: str
    user_name: str
    has_seat: bool
    signed_up_on: date | None
    first_active_on: date | None
    last_active_on: date | None
    first_value_on: date | None


class Presence(NamedTuple):
    """A user who was active in a span."""

    tenant_id: str
    user_id: str


class Cohort(NamedTuple):
    """Users first active in `cohort_month`, and how many of them were active in `month`; both YYYY-MM."""

    cohort_month: str
    month: str
    users: int
    active_users: int


class Learner(NamedTuple):
    """A training that a user is to do; `completed_on` None: not by the end of the span."""

    tenant_id: str
    user_id: str
    user_name: str
    team_name: str | None
    training_id: str
    training_name: str
    completed_on: date | None


_SPANS = """
    spans as (
        select s.span, s.month, s.tenant_id, min(s.usage_date) as first, max(s.usage_date) as last
        from span_days as s
        inner join wanted_spans as w on w.span = s.span and w.first < w.last
        where s.is_report
        group by all
    )"""

# As it stood when the span's last date ended. Who signed up on no known date was there from the beginning; before the
# directory told of a first success, the days of use do.
_PEOPLE = f"""
    with {_SPANS},
    used as (
        select tenant_id, user_id, usage_date, min(usage_date) over of_user as first_active_on,
            min(usage_date) filter (where requests > errors or runs > 0) over of_user as first_success_on
        from marts.mart_user_daily
        where user_id <> '(none)'
        window of_user as (partition by tenant_id, user_id)
    ),
    users as (
        select s.span, s.last, u.tenant_id, u.user_id, u.user_name, not d.is_inferred as has_seat,
            coalesce(a.signed_up_on, d.signed_up_on) as signed_up_on, a.user_id is not null as is_told,
            a.first_value_on
        from spans as s
        inner join shown_dim_users as u on u.month = s.month and u.tenant_id = s.tenant_id
        inner join marts.dim_users as d on d.tenant_id = u.tenant_id and d.user_id = u.user_id
        left join shown_mart_user_activation as a
            on a.month = s.month and a.tenant_id = u.tenant_id and a.user_id = u.user_id
    ),
    people as (
        select u.*, m.first_active_on, m.usage_date as last_active_on, m.first_success_on
        from users as u
        asof left join used as m on m.tenant_id = u.tenant_id and m.user_id = u.user_id and m.usage_date <= u.last
    ),
    known as (
        select *, if(is_told, first_value_on, first_success_on) as value_on
        from people
        where last_active_on is not null or (has_seat and coalesce(signed_up_on <= last, true))
    )
    select span, tenant_id, user_id, coalesce(user_name, user_id) as user_name, has_seat, signed_up_on,
        first_active_on, last_active_on, if(value_on <= last, value_on, null) as first_value_on
    from known
    order by span, last_active_on nulls first, user_id, tenant_id
"""

_PRESENCES = """
    select distinct s.span, m.tenant_id, m.user_id
    from span_days as s
    inner join wanted_spans as w on w.span = s.span and w.first < w.last
    inner join marts.mart_user_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where m.user_id <> '(none)'
    order by s.span, m.user_id, m.tenant_id
"""

# Whole months alone, or months to date: another period has parts of months, of which no row tells.
_COHORTS = f"""
    with {_SPANS}
    select s.span, m.cohort_month, m.month, sum(m.users) as users, sum(m.active_users) as active_users
    from spans as s
    inner join marts.mart_user_retention_monthly as m on m.tenant_id = s.tenant_id and m.month <= s.month
    where day(s.first) = 1 and strftime(s.first, '%Y-%m') = s.month
    group by all
    order by s.span, m.cohort_month, m.month
"""

_LEARNERS = f"""
    with {_SPANS}
    select s.span, m.tenant_id, m.user_id, coalesce(u.user_name, m.user_id) as user_name,
        coalesce(t.team_name, p.team_id) as team_name, m.training_id,
        coalesce(m.training_name, m.training_id) as training_name,
        if(m.completed_on <= s.last, m.completed_on, null) as completed_on
    from spans as s
    inner join shown_mart_training_completion as m on m.month = s.month and m.tenant_id = s.tenant_id
    left join shown_dim_users as u on u.month = s.month and u.tenant_id = m.tenant_id and u.user_id = m.user_id
    left join marts.dim_users as p on p.tenant_id = m.tenant_id and p.user_id = m.user_id
    left join shown_dim_teams as t on t.month = s.month and t.tenant_id = p.tenant_id and t.team_id = p.team_id
    order by s.span, m.tenant_id, m.training_id, coalesce(m.completed_on <= s.last, false), m.user_id
"""

ROWS = (
    Rows("people", Person, _PEOPLE),
    Rows("presences", Presence, _PRESENCES),
    Rows("cohorts", Cohort, _COHORTS),
    Rows("learners", Learner, _LEARNERS),
)
