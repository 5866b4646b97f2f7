"""Queries of the cards about new users and their trainings, over the dates that `queries` has laid out."""

from site_builder import view_onboarding

_ACTIVATIONS = """
    select s.span, m.tenant_id, m.user_id, coalesce(d.user_name, m.user_id), m.signed_up_on,
        cast(m.hours_to_first_value as decimal(38, 6)), cast(m.hours_observed as decimal(38, 6)), m.bucket
    from span_days as s
    inner join marts.mart_user_activation as m on m.tenant_id = s.tenant_id and m.signed_up_on = s.usage_date
    left join marts.dim_users as d on d.tenant_id = m.tenant_id and d.user_id = m.user_id
    order by s.span, m.hours_to_first_value is not null, m.hours_observed desc, m.user_id, m.tenant_id
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
    ("activations", view_onboarding.Activation, _ACTIVATIONS),
    ("trainings", view_onboarding.Training, _TRAININGS),
)
