{{ config(materialized='ephemeral') }}
{%- set dimensions = 'used_kind, team_id, user_id, project_id, item_id, channel, own_tags' -%}
{%- set is_token_meter = "metered.meter in ('input', 'output')" -%}
{%- set ends = ['least(lines.line_to, draws.draw_to)', 'greatest(lines.line_from, draws.draw_from)'] -%}

with metered as (
    select * from {{ ref('int_metered_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

-- Late usage of a closed month, and what is entered again of it, is known by model alone.
draws as (
    select
        *,
        sum(credits) over in_order - credits as draw_from,
        sum(credits) over in_order as draw_to
    from {{ ref('int_focus_draws') }}
    where draw_type = 'spend' and used_kind = 'model' and corrected_month is null
    window in_order as (
        partition by tenant_id, usage_date, used_id
        order by paid_on nulls last, lot_id
        rows between unbounded preceding and current row
    )
),

lines as (
    select
        metered.*,
        cast(
            cast(metered.units as decimal(35, 0)) * cast(case when {{ is_token_meter }} then 0.001 else 1 end as decimal(4, 3))
        as decimal(38, 6)) as quantity,
        sum(metered.credits) over in_order - metered.credits as line_from,
        sum(metered.credits) over in_order as line_to
    from metered
    inner join as_of
        on metered.tenant_id = as_of.tenant_id
        and metered.usage_date <= as_of.as_of_date
    window in_order as (
        partition by metered.tenant_id, metered.usage_date, metered.model_id
        order by {{ dimensions }}, metered.meter, metered.credits_per_unit
        rows between unbounded preceding and current row
    )
),

-- What was metered and what the lots gave are the same length of credits, cut at different places.
pieces as (
    select
        lines.tenant_id, lines.usage_date, lines.model_id,
        {% for dimension in dimensions.split(', ') %}lines.{{ dimension }}, {% endfor %}
        lines.meter, lines.credits_per_unit,
        draws.lot_id, draws.pool, draws.funding, draws.invoice_id, draws.currency, draws.money_per_credit, draws.list_money_per_credit,
        cast({{ ends[0] }} - {{ ends[1] }} as decimal(38, 6)) as credits,
        {%- for name, amount, cut, digits, from, to, whole in [
            ('quantity', 'lines.quantity', cut_share, 6, 'lines.line_from', 'lines.line_to', 'lines.credits'),
            ('cost', 'draws.cost', cut_cost, 12, 'draws.draw_from', 'draws.draw_to', 'draws.credits'),
        ] %}
        {%- set cuts = [] %}
        {%- for end in ends %}
            {%- do cuts.append('cast(' ~ cut(amount, '(' ~ end ~ ' - ' ~ from ~ ')', whole) ~ ' as decimal(38, ' ~ digits ~ '))') %}
        {%- endfor %}
        case
            when {{ ends[1] }} = {{ from }} and {{ ends[0] }} = {{ to }} then {{ amount }}
            else coalesce({{ or_unknown(cuts | join(' - '), whole) }}, 0)
        end as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from lines
    inner join draws
        on lines.tenant_id = draws.tenant_id
        and lines.usage_date = draws.usage_date
        and lines.model_id = draws.used_id
        and lines.line_from < draws.draw_to
        and draws.draw_from < lines.line_to
    where lines.credits > 0
    union all
    select
        tenant_id, usage_date, model_id, {{ dimensions }}, meter, credits_per_unit,
        null, null, null, null, null, null, null, 0, quantity, 0
    from lines
    where credits = 0
)

select * from pieces
