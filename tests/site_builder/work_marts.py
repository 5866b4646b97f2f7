"""The marts of the cards about work itself: of the small warehouse made here, of the golden ones from their facts."""

import duckdb
from declared_marts import declare

WORK_MARTS = ("mart_usage_daily", "mart_usage_events", "mart_call_daily")
# From the events' own figures, so that a test can work them out again.
_SMALL = """
    insert into marts.mart_usage_daily by name
    select tenant_id, usage_date, team_id, user_id, item_id, project_id, channel, model_id,
        if(requests = 0, '(none)', 'task-' || input_tokens % 3) as task_category, sum(requests) as requests,
        sum(errors) as errors, sum(runs) as runs, 0 as calls, sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens, sum(input_tokens + output_tokens) as total_tokens, sum(credits) as credits,
        coalesce(sum(cost_usd), 0) as cost_usd, sum(if(cost_usd is null, requests, 0)) as uncosted_requests,
        sum(if(output_tokens % 10 = 0, 1 + output_tokens % 5, 0)) as rating_sum,
        count(*) filter (where output_tokens % 10 = 0) as rating_count
    from events
    group by all;
    insert into marts.mart_usage_events by name
    select tenant_id, usage_date, local_hour,
        if(isodow(usage_date) > 5, 'weekend', if(local_hour between 9 and 16, 'peak', 'off_peak')) as part_of_week,
        team_id, user_id, item_id, channel, model_id, requests, errors,
        input_tokens + output_tokens as total_tokens, credits, cost_usd,
        if(cost_usd is null, requests, 0) as uncosted_requests,
        if(requests = 1 and errors = 0, 100 + 3 * input_tokens, null) as latency_ms
    from events;
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


def add_small_work_marts(con: duckdb.DuckDBPyConnection) -> None:
    """Make them of temp table `events`, and calls of acme."""
    declare(con, *WORK_MARTS)
    con.execute(_SMALL + _ACTIVE_USERS)


def add_golden_work_marts(con: duckdb.DuckDBPyConnection, facts: str, hours: str) -> None:
    """Make them of the rows of the facts by day and hour; of single latencies and directions these know nothing."""
    declare(con, *WORK_MARTS)
    shown = "columns(name -> name <> 'estimated_cost_usd')"
    con.execute(_ACTIVE_USERS)
    con.execute(f"insert into marts.mart_usage_daily by name select {shown} from ({facts})")
    con.execute(f"""
        insert into marts.mart_usage_events by name
        select tenant_id, usage_date, local_hour, team_id, '(none)' as user_id, '(none)' as item_id, channel, model_id,
            requests, errors, total_tokens, credits, cost_usd, uncosted_requests
        from ({hours})
    """)


def add_model_rates(con: duckdb.DuckDBPyConnection) -> None:
    """Rates of all models in all zones: one credit a message at first, two and more for tokens from 15 February on."""
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
