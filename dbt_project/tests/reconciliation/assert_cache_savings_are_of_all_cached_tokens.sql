-- Models and dates of which not all tokens read from and written to caches are told of in what was saved, or more are of unknown
-- saving than there are. Closed months stand as they were.

with days as (
    select
        tenant_id, usage_date, model_id, cached_input_tokens,
        cached_input_tokens + cache_write_input_tokens + cache_write_1h_input_tokens as cache_tokens
    from {{ ref('mart_model_daily') }}
    where not ({{ is_closed('usage_date') }})
),

used as (
    select * from days where cache_tokens > 0
),

savings as (
    select * from {{ ref('mart_cache_savings_daily') }} where not ({{ is_closed('usage_date') }})
)

select
    coalesce(used.tenant_id, savings.tenant_id) as tenant_id,
    coalesce(used.model_id, savings.model_id) || ' on '
    || cast(coalesce(used.usage_date, savings.usage_date) as {{ dbt.type_string() }}) as found_in,
    'cache_tokens' as measure,
    used.cache_tokens as expected,
    savings.cache_tokens as found
from used
full join savings
    on used.tenant_id = savings.tenant_id
    and used.usage_date = savings.usage_date
    and used.model_id = savings.model_id
where used.cache_tokens is distinct from savings.cache_tokens
    or used.cached_input_tokens <> savings.cached_input_tokens
    or savings.unpriced_cache_tokens > savings.cache_tokens
