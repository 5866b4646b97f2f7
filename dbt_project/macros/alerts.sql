{#- The alerts of a model of intermediate/alerts/; columns that it does not say it `has` are NULL. -#}
{% macro alerts_of(model, has=[]) -%}
  {%- set types = {
    'severity': 'varchar', 'excess': 'decimal(38, 6)', 'currency': 'varchar', 'happens_on': 'date'
  } -%}
  select
    tenant_id, usage_date, kind, subject_type, subject_id, subject_name, amount, reference
    {%- for column, type in types.items() %},
    {{ column if column in has else 'cast(null as ' ~ type ~ ')' }} as {{ column }}
    {%- endfor %}
  from {{ model }}
{%- endmacro %}

{#-
  Alerts (a CTE with the columns of alerts_of) as a mart has them, as CTEs; the last is `told`. Of several mutes the narrower
  counts, of these the one from the latest date.
-#}
{% macro told_alerts(alerts) -%}
  kinds as (
    select * from {{ ref('dim_alert_kinds') }}
),

tenants as (
    select * from {{ ref('dim_tenants') }}
),

mutes as (
    select * from {{ ref('stg_directory__alert_mutes') }}
),

muted as (
    select
        alerts.tenant_id, alerts.usage_date, alerts.kind, alerts.subject_type, alerts.subject_id,
        mutes.muted_by, mutes.muted_until, mutes.note,
        row_number() over (
            partition by alerts.tenant_id, alerts.usage_date, alerts.kind, alerts.subject_type, alerts.subject_id
            order by mutes.subject_id is null, mutes.kind = '*', mutes.muted_from desc
        ) as place
    from {{ alerts }} as alerts
    inner join mutes
        on alerts.tenant_id = mutes.tenant_id
        and (mutes.kind = '*' or alerts.kind = mutes.kind)
        and (mutes.subject_id is null or alerts.subject_type = mutes.subject_type and alerts.subject_id = mutes.subject_id)
        and alerts.usage_date >= mutes.muted_from
        and (mutes.muted_until is null or alerts.usage_date <= mutes.muted_until)
),

told as (
    select
        alerts.tenant_id,
        alerts.usage_date,
        alerts.kind,
        coalesce(alerts.severity, kinds.severity) as severity,
        alerts.subject_type,
        alerts.subject_id,
        coalesce(alerts.subject_name, tenants.tenant_name) as subject_name,
        cast(alerts.amount as decimal(38, 6)) as amount,
        cast(alerts.reference as decimal(38, 6)) as reference,
        alerts.excess,
        alerts.currency,
        alerts.happens_on,
        muted.muted_by,
        muted.muted_until,
        muted.note as mute_note
    from {{ alerts }} as alerts
    inner join kinds on alerts.kind = kinds.kind
    inner join tenants on alerts.tenant_id = tenants.tenant_id
    left join muted
        on alerts.tenant_id = muted.tenant_id and alerts.usage_date = muted.usage_date and alerts.kind = muted.kind
        and alerts.subject_type = muted.subject_type and alerts.subject_id = muted.subject_id and muted.place = 1
)
{%- endmacro %}
