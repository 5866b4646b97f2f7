{{ config(materialized='tallybook_table', meta={'closed_by': 'posted_on'}) }}
{#- Of these the present ones are taken. An event of which anything else was revised is taken back and entered as it is. -#}
{%- set settings = ['description', 'occurred_at', 'credit_price', 'burn_order', 'corrects_invoice_id', 'due_on'] %}
{%- set amounts = ['credits', 'amount', 'tax_amount'] %}
{%- set terms = billing_columns().split(', ') | reject('in', settings + amounts + ['billing_id', 'currency']) | join(', ') %}

with dated as (
    select * from {{ ref('int_billing_dated') }}
),

booked as (
    select * from {{ ref('int_billing_booked') }}
),

origins as (
    select tenant_id, billing_id, min(month) as month, max(currency) as currency
    from booked
    group by tenant_id, billing_id
),

both_sides as (
    -- A booked event stays in its month even if its date moves, and in its currency unless it names another: only what
    -- changes in it is posted.
    select
        dated.tenant_id,
        coalesce(origins.month, {{ month_name('dated.entry_date') }}) as month,
        coalesce(dated.given_currency, origins.currency, dated.currency) as currency,
        dated.billing_id,
        {{ terms }},
        {{ (settings + amounts) | join(', ') }},
        true as is_present
    from dated
    left join origins
        on dated.tenant_id = origins.tenant_id
        and dated.billing_id = origins.billing_id
    where origins.month is not null or {{ is_closed('dated.entry_date') }}
    union all
    select
        tenant_id,
        month,
        currency,
        billing_id,
        {{ terms }},
        {{ settings | join(', ') }},
        - credits as credits,
        - amount as amount,
        - tax_amount as tax_amount,
        false as is_present
    from booked
),

differences as (
    select
        tenant_id,
        month,
        currency,
        billing_id,
        {{ terms }},
        {%- for column in settings %}
        coalesce(max({{ column }}) filter (where is_present), max({{ column }})) as {{ column }},
        {%- endfor %}
        sum(credits) as credits,
        sum(amount) as amount,
        sum(tax_amount) as tax_amount,
        count(*) filter (where not is_present) = 0 as is_new
    from both_sides
    group by tenant_id, month, currency, billing_id, {{ terms }}
),

-- Fewer credits for more money, or more for less, are neither a purchase nor a refund: two entries then.
entries as (
    select
        tenant_id, month, currency, billing_id, {{ terms }}, {{ settings | join(', ') }}, credits,
        case when sign(credits) * sign(amount) < 0 then 0 else amount end as amount,
        case when sign(credits) * sign(amount) < 0 then 0 else tax_amount end as tax_amount
    from differences
    -- An invoice of nothing is one all the same: credit notes and purchases may name it.
    where credits <> 0 or amount <> 0 or tax_amount <> 0 or (is_new and kind = 'invoice')
    union all
    select
        tenant_id, month, currency, billing_id, {{ terms }}, {{ settings | join(', ') }}, 0 as credits, amount,
        tax_amount
    from differences
    where sign(credits) * sign(amount) < 0
),

adjustments as (
    select
        *,
        {{ first_open_date() }} as posted_on,
        row_number() over (partition by tenant_id, billing_id order by credits, amount, currency, {{ terms }}) as place
    from entries
)

select * from adjustments
