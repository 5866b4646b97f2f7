"""Rows of the card catalogue: models with the rate in force as a period ends."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Offer(NamedTuple):
    """A model as a span ends: what a message costs, since when, and when it was first used (None: never).

    Without a rate, `tier` is `unrated` and `since` None. What will hold later is left out: it is not yet of the period.
    """

    model_id: str
    model_name: str
    provider: str | None
    family: str | None
    tier: str
    credits_per_request: Decimal | None
    credits_per_1k_input: Decimal | None
    credits_per_1k_output: Decimal | None
    since: date | None
    first_used_on: date | None


# A tenant is shown the models that it has used up to then: that others exist may tell of other tenants. Over all
# tenants rates are those of UTC, in which they are given; months that were closed without these have a zone's.
_CATALOGUE = """
    with spans as (
        select s.span, s.month, w.is_all, s.tenant_id, t.timezone, max(s.usage_date) as last
        from span_days as s
        inner join wanted_spans as w on w.span = s.span
        inner join shown_dim_tenants as t on t.month = s.month and t.tenant_id = s.tenant_id
        where s.is_report
        group by all
    ),
    used as (
        select tenant_id, model_id, min(usage_date) as first_used_on
        from marts.mart_model_daily
        where model_id <> '(none)' and requests + runs + calls > 0
        group by tenant_id, model_id
    ),
    offered as (
        select s.span, s.month, s.is_all, s.last, s.timezone, u.model_id, u.first_used_on
        from spans as s
        inner join used as u on u.tenant_id = s.tenant_id and u.first_used_on <= s.last
        union all
        select distinct s.span, s.month, s.is_all, s.last, s.timezone, m.model_id, cast(null as date)
        from spans as s
        inner join shown_dim_models as m on m.month = s.month
        where s.is_all and not m.is_inferred
    ),
    offers as (
        select span, month, is_all, model_id, timezone, last, min(first_used_on) as first_used_on
        from offered
        group by span, month, is_all, model_id, timezone, last
    ),
    rated as (
        select o.*, r.tier, r.credits_per_request, r.credits_per_1k_input, r.credits_per_1k_output, r.first_date,
            min(o.first_used_on) over (partition by o.span, o.model_id) as used_on,
            row_number() over (
                partition by o.span, o.model_id
                order by o.is_all and r.timezone = 'UTC' desc nulls last, r.first_date desc nulls last, o.timezone
            ) as place
        from offers as o
        left join shown_dim_model_rates as r
            on r.month = o.month and r.model_id = o.model_id and r.first_date <= o.last
            and (r.timezone = o.timezone or o.is_all and r.timezone = 'UTC')
            and coalesce(r.last_date, o.last) >= o.last
    )
    select r.span, r.model_id, coalesce(m.model_name, r.model_id) as model_name, m.provider, m.family,
        coalesce(r.tier, 'unrated') as tier, r.credits_per_request, r.credits_per_1k_input, r.credits_per_1k_output,
        r.first_date as since, r.used_on as first_used_on
    from rated as r
    left join shown_dim_models as m on m.month = r.month and m.model_id = r.model_id
    where r.place = 1
    order by r.span, r.credits_per_request desc nulls last, r.credits_per_1k_output desc nulls last, r.model_id
"""

ROWS = (Rows("offers", Offer, _CATALOGUE),)
