with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

demand as (
    select
        *,
        -- As columns: a condition on one side makes an engine compare every pair of an outer join.
        case when demand_type in ('model', 'late_model') then used_id end as used_model_id,
        case when demand_type in ('job', 'late_job') then used_id end as used_job_id,
        case when demand_type = 'job' then demand_id end as run_job_id
    from {{ ref('int_ledger_demand') }}
),

models as (
    select * from {{ ref('stg_directory__models') }}
),

runs as (
    select * from {{ ref('int_job_runs_rated') }}
),

job_names as (
    select tenant_id, job_id, usage_date, job_name
    from (
        select *, row_number() over (
            partition by tenant_id, job_id, usage_date order by started_at desc, job_run_id desc
        ) as place
        from runs
        where job_name is not null
    ) as named_runs
    where place = 1
),

origins as (
    select
        tenant_id,
        'billing' as origin_type,
        billing_id as origin_id,
        entry_date as origin_date,
        kind,
        coalesce(description, {{ kind_in_words('kind') }}) || coalesce(', ' || invoice_id, '') as description,
        cast(abs(credits) as decimal(38, 6)) as quantity,
        {{ price_per_credit('amount', 'credits') }} as unit_price,
        cast(amount as decimal(38, 6)) as amount,
        case when amount is not null then currency end as currency,
        expires_on,
        '(none)' as model_id,
        '(none)' as job_id,
        adjusted_month,
        coalesce(invoice_id, '(none)') as invoice_id,
        period_start,
        period_end,
        due_on,
        cast(tax_amount as decimal(38, 6)) as tax_amount,
        case when credits is not null then 'credits' end as quantity_unit,
        case when credits <> 0 and amount is not null then currency || ' per credit' end as unit_price_unit
    from billing
    union all
    select
        demand.tenant_id,
        demand.demand_type,
        demand.demand_id,
        demand.usage_date,
        case when demand.used_model_id is not null then 'usage' else 'jobs' end as kind,
        case
            when demand.used_job_id is not null then coalesce(job_names.job_name, demand.used_id)
            when demand.used_id = '(none)' then 'Usage without a model'
            else coalesce(models.model_name, demand.used_id)
        end || case when demand.adjusted_month <> '(none)' then ', late for ' || demand.adjusted_month else '' end as description,
        demand.units,
        {{ per_unit('demand.credits', 'demand.units') }} as unit_price,
        cast(null as decimal(38, 6)) as amount,
        cast(null as varchar) as currency,
        cast(null as date) as expires_on,
        coalesce(demand.used_model_id, '(none)') as model_id,
        coalesce(demand.used_job_id, '(none)') as job_id,
        demand.adjusted_month,
        '(none)' as invoice_id,
        cast(null as date) as period_start,
        cast(null as date) as period_end,
        cast(null as date) as due_on,
        cast(null as decimal(38, 6)) as tax_amount,
        case when demand.used_model_id is not null then 'events' else 'runs' end as quantity_unit,
        case when demand.units > 0
            then case when demand.used_model_id is not null then 'credits per event' else 'credits per run' end end
            as unit_price_unit
    from demand
    left join models
        on demand.used_model_id = models.model_id
    left join job_names
        on demand.tenant_id = job_names.tenant_id
        and demand.run_job_id = job_names.job_id
        and demand.usage_date = job_names.usage_date
)

select * from origins
