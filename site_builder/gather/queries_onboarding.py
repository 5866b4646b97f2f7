"""Queries of the cards about new users and their trainings, over the dates that `queries` has laid out."""

from site_builder.gather import onboarding

# As it stood when the span's last date ended: what came later must not change a report of before.
_ACTIVATIONS = """
    with spans as (
        select span, tenant_id, max(usage_date) as last
        from span_days
        group by span, tenant_id
    ),
    seen as (
        select s.span, m.*,
            coalesce(m.first_value_on <= e.last, false) as has_value,
            epoch_us(cast(e.last + 1 as timestamp)) - epoch_us(m.signed_up_local_at) as shown_us
        from span_days as s
        inner join spans as e on e.span = s.span and e.tenant_id = s.tenant_id
        inner join marts.mart_user_activation as m on m.tenant_id = s.tenant_id and m.signed_up_on = s.usage_date
    ),
    told as (
        select span, tenant_id, user_id, signed_up_on,
            case when has_value then cast(hours_to_first_value as decimal(38, 6)) end as hours,
            cast(case when has_value then hours_to_first_value else shown_us / 3.6e9 end as decimal(38, 6)) as observed,
            case when has_value then bucket else 'Never' end as bucket
        from seen
    )
    select s.span, s.tenant_id, s.user_id, coalesce(d.user_name, s.user_id), s.signed_up_on, s.hours, s.observed,
        s.bucket
    from told as s
    left join marts.dim_users as d on d.tenant_id = s.tenant_id and d.user_id = s.user_id
    order by s.span, s.hours is not null, s.observed desc, s.user_id, s.tenant_id
"""

# Who is to do which training is only known as of now; when it was done is known of every date.
_TRAININGS = """
    with spans as (
        select span, tenant_id, min(usage_date) as first, max(usage_date) as last
        from span_days
        where is_report
        group by span, tenant_id
    )
    select s.span, m.tenant_id, m.training_id, coalesce(min(m.training_name), m.training_id), count(*),
        count(*) filter (where m.completed_on <= s.last),
        count(*) filter (where m.completed_on between s.first and s.last)
    from spans as s
    inner join marts.mart_training_completion as m on m.tenant_id = s.tenant_id
    group by s.span, m.tenant_id, m.training_id
    order by s.span, m.tenant_id, m.training_id
"""

LISTS: tuple[tuple[str, type, str], ...] = (
    ("activations", onboarding.Activation, _ACTIVATIONS),
    ("trainings", onboarding.Training, _TRAININGS),
)
