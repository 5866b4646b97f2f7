"""Marts of budgets, alerts and the audit for a warehouse made by hand, on top of its usage."""

from pathlib import Path

import duckdb

# As the dbt project computes them, in the simplest form that has every case a page must show.
BUDGETS = """
    create table marts.dim_budgets as
    select tenant_id, 'tenant' as scope, tenant_id as scope_id, '*' as month,
        coalesce(tenant_name, tenant_id) as scope_name,
        cast(9000 as decimal(38, 6)) as credits, true as is_known_scope
    from marts.dim_tenants
    union all
    select tenant_id, 'user', 'user-1', '*', 'user-1', cast(400 as decimal(38, 6)), true from marts.dim_tenants
    union all
    select tenant_id, 'team', 'nobody', '*', 'nobody', cast(1 as decimal(38, 6)), false from marts.dim_tenants;

    create table marts.mart_budget_daily as
    with used as (
        select d.tenant_id, b.scope, b.scope_id, d.usage_date, strftime(d.usage_date, '%Y-%m') as month,
            b.credits as budget,
            cast(case b.scope when 'tenant' then d.credits when 'user' then coalesce(u.credits, 0) else 0 end
                as decimal(38, 6)) as credits
        from marts.mart_tenant_daily as d
        inner join marts.dim_budgets as b on b.tenant_id = d.tenant_id
        left join marts.mart_user_daily as u
            on u.tenant_id = d.tenant_id and u.usage_date = d.usage_date and u.user_id = b.scope_id
    ),
    running as (
        select *, cast(sum(credits) over (
            partition by tenant_id, scope, scope_id, month order by usage_date) as decimal(38, 6)) as used
        from used
    )
    select tenant_id, scope, scope_id, usage_date, month, budget, used, cast(100 * used / budget as double) as used_pct,
        cast(used * 2 as decimal(38, 6)) as projected, if(scope = 'tenant', used, null) as projected_low,
        if(scope = 'tenant', cast(used * 3 as decimal(38, 6)), null) as projected_high, used as run_rate,
        case when used >= budget then 'over' when used * 2 > budget then 'at_risk' else 'on_track' end as status
    from running;

    create table marts.mart_budget_status as
    select d.tenant_id, d.scope, d.scope_id, d.month, any_value(d.budget) as budget,
        min(d.usage_date) filter (where d.used * 100 >= d.budget * 75) as crossed_75_on,
        min(d.usage_date) filter (where d.used * 100 >= d.budget * 90) as crossed_90_on,
        min(d.usage_date) filter (where d.used >= d.budget) as crossed_100_on,
        any_value(b.scope_name) as scope_name, any_value(b.is_known_scope) as is_known_scope
    from marts.mart_budget_daily as d
    inner join marts.dim_budgets as b on b.tenant_id = d.tenant_id and b.scope = d.scope and b.scope_id = d.scope_id
    group by all;
"""
KINDS = (Path(__file__).parents[2] / "dbt_project/models/dims/dim_alert_kinds.sql").read_text(encoding="utf-8")
ALERTS = f"""
    create table marts.dim_alert_kinds as {KINDS};
    create table marts.mart_alert_daily as
    select *, cast(null as date) as happens_on, if(kind = 'high_usage_day', 'Ann', null) as muted_by,
        if(kind = 'high_usage_day', date '2026-12-31', null) as muted_until,
        if(kind = 'high_usage_day', 'a trial', null) as mute_note
    from (
    select d.tenant_id, d.usage_date, 'budget_100' as kind, 'critical' as severity, d.scope as subject_type,
        d.scope_id as subject_id, s.scope_name as subject_name, d.used as amount, d.budget as reference,
        cast(null as decimal(38, 6)) as excess, cast(null as varchar) as currency
    from marts.mart_budget_daily as d
    inner join marts.mart_budget_status as s
        on s.tenant_id = d.tenant_id and s.scope = d.scope and s.scope_id = d.scope_id and s.month = d.month
    where d.usage_date = s.crossed_100_on
    union all
    select tenant_id, usage_date, 'budget_at_risk', 'warning', scope, scope_id, scope_id, projected, budget, null, null
    from marts.mart_budget_daily where status = 'at_risk'
    union all
    select tenant_id, usage_date, 'runaway_item', 'warning', 'item', item_id, item_id, credits, credits * 4,
        runaway_excess, null
    from marts.mart_item_daily where is_runaway
    union all
    select tenant_id, usage_date, 'high_usage_day', 'warning', 'tenant', tenant_id, tenant_id, credits, null, null, null
    from marts.mart_tenant_daily where is_high_usage_day
    union all
    select tenant_id, usage_date, 'uncosted_requests', 'notice', 'tenant', tenant_id, tenant_id,
        cast(uncosted_requests as decimal(38, 6)), cast(requests as decimal(38, 6)), null, null
    from marts.mart_tenant_daily where uncosted_requests > 0
    union all
    select tenant_id, date '2026-02-20', 'balance_short', 'warning', 'tenant', tenant_id, tenant_id, 12, 4, null, null
    from marts.dim_tenants
    );
    update marts.mart_alert_daily set happens_on = '2026-02-23' where kind = 'balance_short';
    create table marts.mart_publisher_alert_daily as from marts.mart_alert_daily where false;
    insert into marts.mart_publisher_alert_daily by name
    select tenant_id, date '2026-02-28' as usage_date, 'margin_negative' as kind, 'warning' as severity,
        'tenant' as subject_type, tenant_id as subject_id, tenant_id as subject_name, 2.5 as amount, 10 as reference,
        'USD' as currency
    from marts.dim_tenants where tenant_id = 'acme';
"""
AUDIT = """
    create table marts.mart_audit_files_daily as
    select 'usage' as source, usage_date as landing_date, 2::bigint as files, 0::bigint as unreadable_files,
        1000::bigint as bytes, 10::bigint as rows_read, 7::bigint as accepted, 2::bigint as duplicates,
        1::bigint as quarantined, usage_date = '2026-02-07' as held_back, usage_date = '2026-02-08' as released
    from (select distinct usage_date from marts.mart_tenant_daily);
    create table marts.mart_audit_files as
    select 'usage' as source, 'usage/' || usage_date || '/a.jsonl' as file, usage_date as landing_date,
        file || ' 0123456789ab' as file_version
    from (select distinct usage_date from marts.mart_tenant_daily);
    create table marts.mart_audit_event_files as
    select 'usage' as origin, tenant_id, usage_date as event_date, usage_date,
        'usage/' || usage_date || '/a.jsonl 0123456789ab' as file_version
    from marts.mart_tenant_daily;
    create table marts.mart_audit_quarantine as
    select 'usage' as source, 'bad_value' as reason, 9::bigint as quarantined, 3::bigint as files,
        date '2026-02-01' as first_landing_date, date '2026-02-07' as last_landing_date,
        'usage/2026-02-07/<b>.jsonl, line 4' as example_1, null::varchar as example_2, null::varchar as example_3;
    create table marts.mart_audit_refused_money as
    select 'usage' as source, 'bad_value' as reason, 'usage/2026-02-07/<b>.jsonl' as file, found.*,
        date '2026-02-07' as landing_date, 4::bigint as first_line, 2::bigint as refused_rows
    from (values
        ('cost', 'USD', 0.5::decimal(38, 6), -0.25::decimal(38, 6)), ('credits', '(none)', 1200, 0),
        ('billing', '<i>', 7.5, 0), ('billing', '(none)', 0, -3), ('unknown', '(none)', null, null)
    ) as found (kind, currency, amount, below_zero);
    create table marts.mart_audit_exceptions as
    select 'held_back' as kind, 'usage' as source, '2026-02-07' as subject, date '2026-02-07' as landing_date,
        6::bigint as amount, 10::bigint as reference
    union all
    select 'unreadable_file', 'usage', 'usage/2026-02-07/<script>.gz', date '2026-02-07', 1, null;
    create table marts.mart_data_findings as
    select tenant_id, 'budget_for_nobody' as kind, 'directory' as source, 'team nobody' as row_id,
        'directory/budgets.csv' as file, null::bigint as line,
        'neither directory nor usage names the team nobody' as detail
    from marts.dim_tenants;
    create table marts.mart_audit_reconciliation as
    select 1 as step, 'rows read = rows kept' as identity, 'usage' as part, 10::decimal(38, 6) as expected,
        10::decimal(38, 6) as found, 0::decimal(38, 6) as difference;
    create table marts.mart_audit_zone_rules as
    select '2026.6' as zone_rules_version, date '2026-01-31' as earlier_rules_kept_to;
    create table marts.mart_budget_backtest as
    select scope, day as day_of_month, 4::bigint as months, (30.0 - day)::double as projection_error_pct,
        1.5::double as projection_bias_pct, if(day = 1, 0, 3)::bigint as compared,
        if(day = 1, null, 31.0 - day)::double as compared_error_pct,
        if(day = 1, null, 60.0 - day)::double as run_rate_error_pct, 3::bigint as projection_closer,
        1::bigint as run_rate_closer, 4::bigint as banded, 75::double as in_band_pct
    from (values ('all'), ('tenant')) as s(scope), range(1, 31) as d(day);
    create table marts.mart_budget_backtest_summary as
    select * exclude (day_of_month), 120::bigint as forecasts
    from marts.mart_budget_backtest where day_of_month = 10;
"""


def add_watched_marts(con: duckdb.DuckDBPyConnection) -> None:
    """Add the marts to a schema that has those of usage and the dimensions."""
    con.execute(BUDGETS)
    con.execute(ALERTS)
    con.execute(AUDIT)
