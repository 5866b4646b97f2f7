"""Rows of the cards about new users and their trainings."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Activation(NamedTuple):
    """A user who signed up within a span; `hours` to the first value are None while there is none.

    `observed` are the hours to the first value, or those waited for it so far.
    """

    tenant_id: str
    user_id: str
    user_name: str
    signed_up_on: date
    hours: Decimal | None
    observed: Decimal
    bucket: str


class Training(NamedTuple):
    """A training of a tenant: assigned, completed by the end of a span, and completed within it."""

    tenant_id: str
    training_id: str
    training_name: str
    assigned: int
    completed: int
    completed_in_period: int


# As it stood when the span's last date ended: what came later must not change a report of before.
_ACTIVATIONS = """
    with spans as (
        select span, month, tenant_id, max(usage_date) as last
        from span_days
        group by span, month, tenant_id
    ),
    seen as (
        select s.span, m.*,
            coalesce(m.first_value_on <= e.last, false) as has_value,
            epoch_us(cast(e.last + 1 as timestamp)) - epoch_us(m.signed_up_local_at) as shown_us
        from span_days as s
        inner join spans as e on e.span = s.span and e.tenant_id = s.tenant_id
        inner join shown_mart_user_activation as m
            on m.month = s.month and m.tenant_id = s.tenant_id and m.signed_up_on = s.usage_date
    ),
    activated as (
        select span, month, tenant_id, user_id, signed_up_on,
            case when has_value then cast(hours_to_first_value as decimal(38, 6)) end as hours,
            cast(case when has_value then hours_to_first_value else shown_us / 3.6e9 end as decimal(38, 6)) as observed,
            case when has_value then bucket else 'Never' end as bucket
        from seen
    )
    select s.span, s.tenant_id, s.user_id, coalesce(d.user_name, s.user_id) as user_name, s.signed_up_on, s.hours,
        s.observed, s.bucket
    from activated as s
    left join shown_dim_users as d on d.month = s.month and d.tenant_id = s.tenant_id and d.user_id = s.user_id
    order by s.span, s.hours is not null, s.observed desc, s.user_id, s.tenant_id
"""

# Who is to do which training is only known as of now; when it was done is known of every date.
_TRAININGS = """
    with spans as (
        select span, month, tenant_id, min(usage_date) as first, max(usage_date) as last
        from span_days
        where is_report
        group by span, month, tenant_id
    )
    select s.span, m.tenant_id, m.training_id, coalesce(min(m.training_name), m.training_id) as training_name,
        count(*) as assigned, count(*) filter (where m.completed_on <= s.last) as completed,
        count(*) filter (where m.completed_on between s.first and s.last) as completed_in_period
    from spans as s
    inner join shown_mart_training_completion as m on m.month = s.month and m.tenant_id = s.tenant_id
    group by s.span, m.tenant_id, m.training_id
    order by s.span, m.tenant_id, m.training_id
"""

ROWS = (
    Rows("activations", Activation, _ACTIVATIONS),
    Rows("trainings", Training, _TRAININGS),
)
