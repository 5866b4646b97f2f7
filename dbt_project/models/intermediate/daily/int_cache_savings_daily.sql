with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

cached as (
    select
        *,
        cached_input_tokens + cache_write_input_tokens + cache_write_1h_input_tokens as cache_tokens,
        cast({{ cache_saving() | indent(8) }} as decimal(38, 6)) as saving_usd
    from events
    where cached_input_tokens + cache_write_input_tokens + cache_write_1h_input_tokens > 0
        and not ({{ is_closed('usage_date') }})
),

daily as (
    select
        tenant_id,
        usage_date,
        model_id,
        cast(sum(cached_input_tokens) as hugeint) as cached_input_tokens,
        cast(sum(cache_tokens) as hugeint) as cache_tokens,
        -- Tokens of a meter have prices of their own, and are not in the saving.
        cast(sum(case when saving_usd is null then cache_tokens else cached_metered_tokens end) as hugeint) as unpriced_cache_tokens,
        cast(sum(saving_usd) filter (where cache_tokens > cached_metered_tokens) as decimal(38, 6)) as saved_by_cache_usd
    from cached
    group by tenant_id, usage_date, model_id
)

select * from daily
