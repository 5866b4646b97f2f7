{%- set dimensions = 'tenant_id, usage_date, used_kind, model_id, team_id, user_id, project_id, item_id, channel, own_tags' -%}
{%- set rates = 'credits_per_request, credits_per_1k_input, credits_per_1k_output' -%}

with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

tags as (
    select * from {{ ref('int_metered_tags') }}
),

-- Rates above a million would make prices that outgrow the decimals.
rated as (
    select
        events.*,
        case events.event_type when 'request' then 'model' else events.event_type end as used_kind,
        tags.own_tags,
        coalesce(greatest(
            events.credits_per_request, events.credits_per_1k_input, events.credits_per_1k_output
        ) < 1000000, false) as is_metered
    from events
    left join tags
        on events.tenant_id = tags.tenant_id
        and events.usage_date = tags.usage_date
        and events.tags = tags.tags
),

by_input as (
    select
        *,
        case when is_metered then least({{ credits_of_tokens('credits_per_1k_input', 'input_tokens') }}, credits) else 0 end
            as of_input
    from rated
),

by_output as (
    select
        *,
        case
            when is_metered
                then least({{ credits_of_tokens('credits_per_1k_output', 'output_tokens') }}, credits - of_input)
            else 0
        end as of_output
    from by_input
),

-- What an event was rounded by stands on the last of its meters.
by_rate as (
    select
        {{ dimensions }},
        {% for rate in rates.split(', ') %}case when is_metered then {{ rate }} end as {{ rate }}, {% endfor %}
        is_metered,
        cast(count(*) as hugeint) as events,
        cast(sum(input_tokens) as hugeint) as input_tokens,
        cast(sum(output_tokens) as hugeint) as output_tokens,
        sum(of_input) as of_input,
        sum(of_output) as of_output,
        sum(case when output_tokens > 0 and credits_per_1k_output > 0 then credits - of_input - of_output else 0 end)
            as rest_of_output,
        sum(credits) as credits
    from by_output
    group by {{ dimensions }}, {% for rate in rates.split(', ') %}case when is_metered then {{ rate }} end, {% endfor %}is_metered
),

meters as (
    select
        {{ dimensions }}, 'requests' as meter, credits_per_request as credits_per_unit, events as units,
        credits - of_input - of_output as credits
    from by_rate
    where credits_per_request > 0
    union all
    select
        {{ dimensions }}, 'input' as meter, coalesce(credits_per_1k_input, 0), input_tokens,
        case
            when coalesce(credits_per_request, 1) > 0 then of_input else credits - of_output - rest_of_output
        end
    from by_rate
    where input_tokens > 0
    union all
    select
        {{ dimensions }}, 'output' as meter, coalesce(credits_per_1k_output, 0), output_tokens,
        of_output + case when coalesce(credits_per_request, 1) > 0 then 0 else rest_of_output end
    from by_rate
    where output_tokens > 0
    union all
    select {{ dimensions }}, 'credits' as meter, 1, 0, credits
    from by_rate
    where not is_metered and credits > 0
    -- What cost nothing and counted no tokens was used all the same.
    union all
    select {{ dimensions }}, case used_kind when 'model' then 'requests' else used_kind || 's' end as meter, 0, events, 0
    from by_rate
    where coalesce(credits_per_request, 0) = 0 and input_tokens + output_tokens = 0 and (is_metered or credits = 0)
),

daily as (
    select
        {{ dimensions }},
        meter,
        cast(credits_per_unit as decimal(18, 6)) as credits_per_unit,
        cast(sum(units) as hugeint) as units,
        cast(sum(credits) as decimal(38, 6)) as credits
    from meters
    group by {{ dimensions }}, meter, credits_per_unit
)

select * from daily
