"""Rows of the models card, and of what events count beside text tokens."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class Model(NamedTuple):
    """Sums over a span by model; `tier` and `multiplier` as of the last date on which the model was used.

    multiplier: the credits of a message, before those of its tokens; None without a rate, or with one by tokens alone.
    cache_tokens: read from and written to caches of input.
    """

    model_id: str
    model_name: str
    provider: str | None
    family: str | None
    tier: str
    requests: int
    errors: int
    total_tokens: int
    credits: Decimal
    cost_usd: Decimal | None
    uncosted_requests: int
    multiplier: Decimal | None = None
    cache_tokens: int = 0


# A rate can change within a period: the report names the one in effect when the model was last used.
_MODELS = """
    select s.span, m.model_id, coalesce(any_value(d.model_name), m.model_id) as model_name,
        any_value(d.provider) as provider, any_value(d.family) as family,
        max_by(m.tier, (m.usage_date, m.tenant_id)) as tier, sum(m.requests) as requests, sum(m.errors) as errors,
        sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits, sum(m.cost_usd) as cost_usd,
        sum(m.uncosted_requests) as uncosted_requests,
        max_by({'rate': r.credits_per_request}, (m.usage_date, m.tenant_id)).rate as multiplier,
        sum(m.cached_input_tokens + coalesce(m.cache_write_input_tokens, 0)
            + coalesce(m.cache_write_1h_input_tokens, 0))::hugeint as cache_tokens
    from span_days as s
    inner join marts.mart_model_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join shown_dim_models as d on d.month = s.month and d.model_id = m.model_id
    left join shown_dim_tenants as t on t.month = s.month and t.tenant_id = s.tenant_id
    left join shown_dim_model_rates as r
        on r.month = s.month and r.timezone = t.timezone and r.model_id = m.model_id
        and r.first_date <= m.usage_date and coalesce(r.last_date, m.usage_date) >= m.usage_date
    group by s.span, m.model_id
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.model_id
"""


class Meter(NamedTuple):
    """Sums over a span of what a meter counts: sound, pictures, films in tokens, or what another name says."""

    meter: str
    quantity: int


_METERS = """
    select s.span, m.meter, sum(m.quantity)::hugeint as quantity
    from span_days as s
    inner join marts.mart_meter_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.meter
    order by s.span, m.meter
"""


class CacheSaving(NamedTuple):
    """Sums over a span by model of what caches of input saved at providers, below 0 where they cost more.

    saved_usd: of what is known, None of nothing known; unpriced_tokens: those of the cache_tokens of which it is not.
    """

    model_id: str
    cache_tokens: int
    unpriced_tokens: int
    saved_usd: Decimal | None


_CACHE_SAVINGS = """
    select s.span, m.model_id, sum(m.cache_tokens)::hugeint as cache_tokens,
        sum(m.unpriced_cache_tokens)::hugeint as unpriced_tokens, sum(m.saved_by_cache_usd) as saved_usd
    from span_days as s
    inner join marts.mart_cache_savings_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.model_id
    order by s.span, m.model_id
"""

ROWS = (
    Rows("models", Model, _MODELS),
    Rows("meters", Meter, _METERS),
    Rows("cache_savings", CacheSaving, _CACHE_SAVINGS),
)
