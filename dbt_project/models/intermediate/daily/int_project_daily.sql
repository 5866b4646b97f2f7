with facts as (
    {{ rows_of_run(ref('int_usage_daily')) }}
),

daily as (
    select
        tenant_id,
        usage_date,
        project_id,
        {{ sum_measures() | indent(8) }}
    from facts
    group by tenant_id, usage_date, project_id
)

select * from daily
