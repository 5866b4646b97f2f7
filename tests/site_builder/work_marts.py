"""The marts of the cards about work itself: of the small warehouse made here, of the golden ones from their facts."""

import duckdb
from declared_marts import declare

WORK_MARTS = ("mart_usage_daily", "mart_usage_events", "mart_call_daily", "mart_error_daily", "mart_tag_daily")
# From the events' own figures, so that a test can work them out again.
_SMALL = """
    insert into marts.mart_usage_daily by name
    select tenant_id, usage_date, team_id, user_id, item_id, project_id, channel, model_id,
        if(requests = 0, '(none)', 'task-' || input_tokens % 3) as task_category, sum(requests) as requests,
        sum(errors) as errors, sum(runs) as runs, 0 as calls, sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens, sum(input_tokens + output_tokens) as total_tokens,
        sum(input_credits) as input_credits, sum(credits - input_credits) as output_credits, sum(credits) as credits,
        coalesce(sum(cost_usd), 0) as cost_usd, sum(if(cost_usd is null, requests, 0)) as uncosted_requests,
        sum(if(output_tokens % 10 = 0, 1 + output_tokens % 5, 0)) as rating_sum,
        count(*) filter (where output_tokens % 10 = 0) as rating_count
    from events
    group by all;
    insert into marts.mart_usage_events by name
    select tenant_id, usage_date, local_hour,
        if(isodow(usage_date) > 5, 'weekend', if(local_hour between 9 and 16, 'peak', 'off_peak')) as part_of_week,
        team_id, user_id, item_id, project_id, channel, model_id,
        if(requests = 0, '(none)', 'task-' || input_tokens % 3) as task_category, requests, errors, runs, 0 as calls,
        input_tokens, output_tokens, input_tokens + output_tokens as total_tokens, input_credits,
        credits - input_credits as output_credits, credits, cost_usd,
        if(cost_usd is null, requests, 0) as uncosted_requests,
        if(requests = 1 and errors = 0, 100 + 3 * input_tokens, null) as latency_ms,
        if(output_tokens % 10 = 0, 1 + output_tokens % 5, null) as user_rating
    from events;
    insert into marts.mart_error_daily by name
    with failed as (
        select tenant_id, usage_date, model_id, item_id, errors, sum(requests) over same as requests,
            ['(none)', '=timeout', '<b>rate_limit'][1 + output_tokens % 3] as error_type
        from events
        window same as (partition by tenant_id, usage_date, model_id, item_id)
    )
    select tenant_id, usage_date, error_type, model_id, item_id, sum(errors) as errors, max(requests) as requests
    from failed
    where errors > 0
    group by all;
    insert into marts.mart_tag_daily by name
    select tenant_id, usage_date, key as tag_key, value as tag_value, sum(requests) as requests, sum(errors) as errors,
        sum(runs) as runs, 0 as calls, sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
        sum(input_tokens + output_tokens) as total_tokens, sum(input_credits) as input_credits,
        sum(credits - input_credits) as output_credits, sum(credits) as credits, coalesce(sum(cost_usd), 0) as cost_usd,
        sum(if(cost_usd is null, requests, 0)) as uncosted_requests
    from (
        select events.*, unnest(['cost_center', 'env']) as key, unnest([
            if(input_tokens % 4 = 0, '(none)', 'center-' || input_tokens % 4), if(output_tokens % 2 = 0, '=<b>', 'dev')
        ]) as value
        from events where tenant_id <> 'Acme'
    )
    group by all;
    insert into marts.mart_call_daily
    values ('acme', '2026-02-03', 'inbound', 3, 1, 180, 4.5), ('acme', '2026-02-04', 'inbound', 1, 0, 60, 1),
        ('acme', '2026-02-03', 'outbound', 2, 0, 45, 0.25), ('acme', '2026-02-27', '(none)', 1, 0, 0, 0),
        ('acme', '2026-01-25', 'inbound', 2, 0, 60, 1);
    update marts.mart_tenant_daily as days set call_seconds = calls.call_seconds
    from (
        select tenant_id, usage_date, sum(call_seconds) as call_seconds from marts.mart_call_daily group by all
    ) as calls
    where days.tenant_id = calls.tenant_id and days.usage_date = calls.usage_date;
"""
# As the model says it, worked out date by date.
_ACTIVE_USERS = """
    create view marts.mart_active_users_daily as
    select d.tenant_id, d.usage_date,
        count(distinct u.user_id) filter (where u.usage_date = d.usage_date) as daily_users,
        count(distinct u.user_id) filter (where u.usage_date > d.usage_date - 7) as weekly_users,
        count(distinct u.user_id) as monthly_users, count(u.user_id) as user_days,
        user_days / 28 / nullif(monthly_users, 0) as stickiness
    from marts.mart_tenant_daily as d
    left join (from marts.mart_user_daily where user_id <> '(none)') as u
        on u.tenant_id = d.tenant_id and u.usage_date between d.usage_date - 27 and d.usage_date
    group by d.tenant_id, d.usage_date;
"""
# So is this.
_RETENTION = """
    create view marts.mart_user_retention_monthly as
    with active as (
        select distinct tenant_id, user_id, strftime(usage_date, '%Y-%m') as month
        from marts.mart_user_daily
        where user_id <> '(none)'
    ),
    firsts as (select tenant_id, user_id, min(month) as cohort_month from active group by all)
    select f.tenant_id, f.cohort_month, m.month, count(distinct f.user_id) as users, count(a.user_id) as active_users,
        count(a.user_id) / count(distinct f.user_id) as retention
    from firsts as f
    inner join (select distinct tenant_id, strftime(usage_date, '%Y-%m') as month from marts.mart_tenant_daily) as m
        on m.tenant_id = f.tenant_id and m.month >= f.cohort_month
    left join active as a on a.tenant_id = f.tenant_id and a.user_id = f.user_id and a.month = m.month
    group by all;
"""
# So are these.
_INVENTORY = """
    create view marts.mart_inventory_daily as
    select d.tenant_id, d.usage_date, t.seats, t.item_slots,
        (select count(*) from marts.dim_users as u
            where u.tenant_id = d.tenant_id and not u.is_inferred and coalesce(u.signed_up_on <= d.usage_date, true)
        ) as users,
        count(i.item_id) as items, count(*) filter (where i.item_type = 'workflow') as workflows,
        count(*) filter (where i.item_type = 'assistant') as assistants
    from marts.mart_tenant_daily as d
    inner join marts.dim_tenants as t on t.tenant_id = d.tenant_id
    left join (from marts.dim_items where not is_inferred) as i
        on i.tenant_id = d.tenant_id and coalesce(i.created_on <= d.usage_date, true)
        and coalesce(i.retired_on > d.usage_date, true)
    group by d.tenant_id, d.usage_date, t.seats, t.item_slots;
"""
_IDLE_ASSISTANTS = """
    create view marts.mart_idle_assistants as
    with dates as (
        select d.tenant_id, i.item_id, d.usage_date, max(u.usage_date) as last_used_on,
            coalesce(last_used_on, greatest(any_value(d.first_date), any_value(i.created_on))) as unused_since,
            any_value(d.last_date) as last_date
        from (
            select tenant_id, usage_date, min(usage_date) over (partition by tenant_id) as first_date,
                max(usage_date) over (partition by tenant_id) as last_date
            from marts.mart_tenant_daily
        ) as d
        inner join (from marts.dim_items where item_type = 'assistant') as i
            on i.tenant_id = d.tenant_id and coalesce(i.retired_on > d.usage_date, true)
        left join marts.mart_item_daily as u
            on u.tenant_id = i.tenant_id and u.item_id = i.item_id and u.usage_date <= d.usage_date
        group by all
        having last_used_on is not null or any_value(i.created_on) is not null
    )
    select tenant_id, item_id, last_used_on, unused_since, unused_since + 28 as idle_from,
        nullif(max(usage_date), any_value(last_date)) as idle_through
    from dates
    where usage_date >= unused_since + 28
    group by all;
"""


def add_small_work_marts(con: duckdb.DuckDBPyConnection) -> None:
    """Make them of temp table `events`, and calls of acme."""
    declare(con, *WORK_MARTS)
    con.execute(_SMALL + _ACTIVE_USERS + _RETENTION + _INVENTORY + _IDLE_ASSISTANTS)


def add_golden_work_marts(con: duckdb.DuckDBPyConnection, facts: str, hours: str) -> None:
    """Make them of the rows of the facts by day and hour; of single latencies and directions these know nothing."""
    declare(con, *WORK_MARTS)
    shown = "columns(name -> name <> 'estimated_cost_usd')"
    con.execute(_ACTIVE_USERS + _RETENTION + _INVENTORY + _IDLE_ASSISTANTS)
    con.execute(f"insert into marts.mart_usage_daily by name select {shown} from ({facts})")
    con.execute(f"""
        insert into marts.mart_usage_events by name
        select tenant_id, usage_date, local_hour, team_id, '(none)' as user_id, '(none)' as item_id, channel, model_id,
            requests, errors, total_tokens, credits, cost_usd, uncosted_requests
        from ({hours})
    """)


def add_model_rates(con: duckdb.DuckDBPyConnection) -> None:
    """Rates of all models in all zones: one credit a message at first, two and more for tokens from 15 February on.

    In UTC the later ones begin a date earlier.
    """
    con.execute("""
        create table marts.dim_model_rates as
        select distinct t.timezone, m.model_id, r.*
        from marts.dim_tenants as t
        cross join marts.dim_models as m
        cross join (values
            (date '2026-01-01', date '2026-02-14', 'standard', 1::decimal(38, 6), 0::decimal(38, 6), 0::decimal(38, 6)),
            (date '2026-02-15', null, 'premium', 2, 0.25, 1.5)
        ) as r (first_date, last_date, tier, credits_per_request, credits_per_1k_input, credits_per_1k_output)
        where m.model_id <> 'unused'
    """)
    con.execute("""
        insert into marts.dim_model_rates by name
        select distinct on (model_id, first_date) * replace (
            'UTC' as timezone,
            first_date - (tier = 'premium')::integer as first_date, last_date - 1 as last_date
        )
        from marts.dim_model_rates
        where not exists (from marts.dim_model_rates where timezone = 'UTC')
    """)
