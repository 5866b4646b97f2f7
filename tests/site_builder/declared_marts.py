"""Marts as the dbt project declares them, for tests that fill them by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb

from orchestration.building.dbt_runner import ensure_manifest

# What a column that must have a value has where a test gives none.
_NOTHING = {"boolean": "false", "date": "date '1970-01-01'", "varchar": "''"}

# As February ends, and as the data of March do: two currencies, one overdue and partly unknown.
RECEIVABLES = """
    insert into marts.mart_receivables_monthly by name
    select found.*, open_amount - not_due_amount as overdue_amount, 12 as tax_amount, 0 as overdue_61_90_amount
    from (values
        ('acme', '2026-02', date '2026-02-28', 'EUR', 2, 100, 30, 82, 32, 40, 0, 10, 1, 0),
        ('acme', '2026-02', date '2026-02-28', 'CHF', 1, 5, 0, 17, 17, 0, 0, 0, 0, 7.5),
        ('Acme', '2026-02', date '2026-02-28', 'EUR', 1, 50, 0, 62, 0, 0, 62, 0, 0, 0),
        ('acme', '2026-03', date '2026-03-10', 'EUR', 3, 200, 212, 0, 0, 0, 0, 0, 0, 0)
    ) as found (tenant_id, month, as_at, currency, invoices, invoiced_amount, paid_amount, open_amount, not_due_amount,
        overdue_1_30_amount, overdue_31_60_amount, overdue_over_90_amount, unknown_invoices, unallocated_amount)
"""
# Acme's begin on the 9th, but for the last one, which a grant began; the others' are calendar months.
BILLING_PERIODS = """
    insert into marts.mart_billing_periods by name
    select * from (values
        ('acme', date '2026-01-09', date '2026-02-09', 'next_billing_date'),
        ('acme', date '2026-02-09', date '2026-03-02', 'next_billing_date'),
        ('acme', date '2026-03-02', date '2026-04-02', 'plan_grant'),
        ('Acme', date '2026-02-01', date '2026-03-01', 'calendar_month'),
        ('Acme', date '2026-03-01', date '2026-04-01', 'calendar_month')
    ) as found (tenant_id, period_start, period_end, basis);
"""
# Each a tenant's, an invoice that matches and is paid, one that is 3 credits too high, of which requests without a rate
# could explain 2, and one without a price.
INVOICES = """
    insert into marts.mart_invoice_reconciliation by name
    select 'acme' as tenant_id, found.*, period_end - 1 as shown_on, date '2026-03-01' as issued_on,
        date '2026-02-01' as period_start,
        invoiced_credits * 0.5 as invoiced_amount, if(invoice_id = 'I-3', null, 'USD') as currency,
        invoiced_credits - metered_credits as difference_credits, difference_credits * 0.5 as difference_amount,
        0 as late_usage_credits, 0 as restated_usage_credits, 0 as unrated_usage_credits,
        0 as rounding_credits, difference_credits as unexplained_credits, 0 as late_usage_amount,
        0 as restated_usage_amount, 0 as unrated_usage_amount, 0 as price_difference_amount, 0 as rounding_amount,
        difference_amount as unexplained_amount, 4 as unrated_requests, 0 as overlapping_invoices,
        0 as purchased_credits, if(invoice_id = 'I-2', 2, 0) as unrated_bound_credits,
        unrated_bound_credits * 0.5 as unrated_bound_amount, if(invoice_id = 'I-3', null, 5) as tax_amount,
        date '2026-03-15' as due_on, if(invoice_id = 'I-1', 55, 0) as paid_amount,
        invoiced_amount + tax_amount - paid_amount as open_amount,
        if(invoice_id = 'I-1', 60, 0) as charged_twice_credits, charged_twice_credits * 0.5 as charged_twice_amount,
        if(invoice_id = 'I-3', 7, 60) as charged_twice_bound_credits
    from (values
        ('I-1', date '2026-03-01', 100, 100, 'matched'), ('I-2', date '2026-03-01', 103, 100, 'over_billed'),
        ('I-3', date '2026-02-20', null, 7, null)
    ) as found (invoice_id, period_end, invoiced_credits, metered_credits, status);
"""
# Two of acme's got there within February, two never did; one signed up the month before.
ACTIVATIONS = """
    insert into marts.mart_user_activation by name
    select 'acme' as tenant_id, found.* exclude (waited),
        coalesce(hours_to_first_value, waited) as hours_observed,
        signed_up_on + interval '12' hour as signed_up_at,
        signed_up_at + interval '330' minute as signed_up_local_at,
        signed_up_at + to_hours(1) * hours_to_first_value as first_value_at,
        cast(first_value_at + interval '330' minute as date) as first_value_on
    from (values
        ('user-0', date '2026-02-02', 0.5, null, '<1h'), ('user-1', date '2026-02-03', 10, null, '6-24h'),
        ('user-2', date '2026-02-03', null, 700, 'Never'), ('stranger', date '2026-02-28', null, 100, 'Never'),
        ('user-3', date '2026-01-25', 2, null, '1-6h')
    ) as found (user_id, signed_up_on, hours_to_first_value, waited, bucket);
"""
TRAININGS = """
    insert into marts.mart_training_completion by name
    select found.*, 'basics' as training_id, 'The basics' as training_name
    from (values
        ('acme', 'user-0', date '2026-01-25'), ('acme', 'user-1', date '2026-02-28'), ('acme', 'user-2', null),
        ('acme', 'user-3', date '2026-03-01'), ('Acme', 'user-0', null)
    ) as found (tenant_id, user_id, completed_on);
"""
JOBS = """
    insert into marts.mart_job_daily by name
    select 'acme' as tenant_id, found.*, 1.5 as seconds, 0.25 as credits, 0 as running
    from (values
        ('sync', date '2026-02-02', 'asset', 5, 2, '=timeout'), ('sync', date '2026-02-03', 'scheduler', 5, 1, null),
        ('sync', date '2026-03-02', 'scheduler', 5, 5, 'later'), ('mail', date '2026-02-03', 'webhook', 9, 0, null)
    ) as found (job_id, usage_date, job_type, runs, errors, last_error);
    insert into marts.mart_job_runs by name
    select 'acme' as tenant_id, found.*, cast(started_local_at as date) as usage_date,
        started_local_at - interval '330' minute as started_at, 0.25 as credits
    from (values
        ('r-1', 'sync', '=Nightly <b>sync', 'asset', 'error', timestamp '2026-02-02 01:00:00', 2, '=timeout'),
        ('r-2', 'sync', '=Nightly <b>sync', 'scheduler', 'error', timestamp '2026-02-03 01:00:00', 1, null),
        ('r-3', 'sync', '=Nightly <b>sync', 'scheduler', 'running', timestamp '2026-02-03 09:30:00', null, null),
        ('r-4', 'mail', null, 'webhook', 'success', timestamp '2026-02-03 23:59:59', 3, null),
        ('r-5', 'sync', 'Renamed', 'scheduler', 'error', timestamp '2026-03-02 01:00:00', 3, 'later')
    ) as found (job_run_id, job_id, job_name, job_type, status, started_local_at, seconds, error_message);
"""

# As February ends: a cheaper model for two tasks, and one of each other kind; what was advised the week before; and
# what became of it in March.
ADVICE = """
    insert into marts.mart_recommendations by name
    select 'acme' as tenant_id, found.*, as_of - 29 as first_date
    from (
        select found.*, '(none)' as item_id from (values
            (date '2026-02-28', 1, 'cheaper_model', 'drafting', '(none)', 'model-0', 'model-1', 80, 100, 20),
            (date '2026-02-28', 2, 'cheaper_model', '=coding', '(none)', 'model-0', 'model-2', 29.5, 50, 20.5),
            (date '2026-02-28', 3, 'idle_seats', '(none)', '(none)', '(none)', '(none)', null, null, null),
            (date '2026-02-28', 4, 'off_peak', '(none)', 'workflow', 'model-0', '(none)', null, null, null),
            (date '2026-02-28', 5, 'runaway_item', '(none)', '(none)', '(none)', '(none)', null, 200, null),
            (date '2026-02-28', 6, 'unused_assistants', '(none)', '(none)', '(none)', '(none)', null, null, null),
            (date '2026-02-22', 1, 'idle_seats', '(none)', '(none)', '(none)', '(none)', null, null, null)
        ) as found (as_of, rank, kind, task_category, channel, from_model_id, to_model_id,
            monthly_savings_credits, from_credits, to_credits)
    ) as found;
    update marts.mart_recommendations set from_requests = 200, to_requests = 300, from_success_rate = 1,
        to_success_rate = 0.99, success_difference_low = -0.035, from_ratings = 20, to_ratings = 25,
        from_avg_rating = 4, to_avg_rating = 4.125, rating_difference_low = -0.25 where kind = 'cheaper_model';
    update marts.mart_recommendations set item_id = 'item-2', excess_credits = 150.5 where kind = 'runaway_item';
    update marts.mart_recommendations set from_latency_ms = 2000, to_latency_ms = 1500 where kind = 'off_peak';
    update marts.mart_recommendations set monthly_savings_amount = monthly_savings_credits / 4, currency = 'EUR'
    where kind = 'cheaper_model';
    update marts.mart_recommendations set quantity = 3, quantity_of = 20 where kind <> 'cheaper_model';
    insert into marts.mart_recommendation_outcomes by name
    select 'acme' as tenant_id, '2026-03' as month, found.*, 'model-0' as from_model_id,
        date '2026-02-28' as recommended_on, date '2026-03-05' as last_date, 300 as from_requests_before,
        100 as to_requests_before, 30 as from_requests, 170 as to_requests, false as is_whole_month,
        expected_credits / 2 as expected_to_date_credits, expected_credits / 8 as expected_to_date_amount,
        saved_credits / 4 as saved_amount, 'EUR' as currency
    from (values
        ('drafting', 'model-1', 80, 120, 22.8), ('=coding', 'model-2', 29.5, 3, null)
    ) as found (task_category, to_model_id, expected_credits, moved_requests, saved_credits);
"""

# A month of two tenants: a gain, a loss, a model of which some requests have no price, a currency without a rate; and
# the month after it.
MARGINS = """
    insert into marts.mart_margin_monthly by name
    select *, if(uncosted_requests + uncosted_runs = 0, revenue_usd - cost_usd, null) as margin_usd,
        0 as unpriced_credits, revenue_usd - cost_usd as margin_usd_at_most, 0 as uncosted_calls,
        if(currency = 'EUR', 1.5, null) as min_usd_per_unit, min_usd_per_unit as max_usd_per_unit,
        if(currency = 'EUR', date '2026-01-30', null) as min_rate_date,
        if(model_id = 'model-1', date '2026-02-02', min_rate_date) as max_rate_date, 'purchase' as exchange_rate_of
    from (values
        ('acme', 'model-0', '2026-02', 10, 0, 3, 'EUR', 4.5, 1.25, 0, 0),
        ('acme', 'model-1', '2026-02', 5, 2, 1, 'EUR', 1.5, 2, 0, 0),
        ('acme', 'model-2', '2026-02', 2, 0, 6, 'EUR', 9, 0.5, 3, 2),
        ('Acme', 'model-0', '2026-02', 1, 0, 9, 'XAU', null, 1, 0, 0),
        ('acme', 'model-0', '2026-03', 10, 0, 3, 'EUR', 4.5, 1.25, 0, 0)
    ) as found (tenant_id, model_id, month, credits, unpaid_credits, revenue, currency, revenue_usd, cost_usd,
        uncosted_requests, uncosted_runs)
"""

# What use cost: one tenant's euros, of which one model's are not paid, and the dollars of two others.
SPENDS = """
    insert into marts.mart_spend_daily by name
    select tenant_id, usage_date, model_id, team_id, user_id, item_id, task_category,
        if(tenant_id = 'acme', 'EUR', 'USD') as currency,
        if(tenant_id = 'acme' and model_id = 'model-2', 0, round(credits / 4, 6)) as spend_amount,
        if(tenant_id = 'acme', spend_amount * 1.5, spend_amount) as spend_usd,
        if(tenant_id = 'acme' and model_id = 'model-2', credits, 0) as unknown_credits,
        if(tenant_id = 'acme', 1.5, 1) as min_usd_per_unit, min_usd_per_unit as max_usd_per_unit,
        if(tenant_id = 'acme', date '2026-01-30', null) as min_rate_date, min_rate_date as max_rate_date
    from (
        select tenant_id, usage_date, model_id, team_id, user_id, item_id, task_category, sum(credits) as credits
        from marts.mart_usage_daily
        group by all
    ) as used
    where credits > 0
"""

# In February acme buys 100 credits, and each date spends 6 of them on ten models; what is beyond is overdraft.
LEDGER = """
    create temp table ledger_dates as
    select cast(day as date) as day, 100 - 60.000001 * (row_number() over (order by day) - 1) as start,
        cast(start - 60.000001 as decimal(38, 6)) as finish, if(day = date '2026-02-01', 100, 0) as bought
    from generate_series(date '2026-02-01', date '2026-02-28', interval 1 day) as days (day);
    insert into marts.mart_credit_balance_daily
    select 'acme', day, 'topup', if(bought > 0, 0, greatest(start, 0)), bought, least(60.000001, greatest(start, 0)),
        0, 0, greatest(finish, 0)
    from ledger_dates union all
    select 'acme', day, 'overdraft', least(start, 0), 0, 60.000001 - least(60.000001, greatest(start, 0)), 0, 0,
        least(finish, 0)
    from ledger_dates;
    insert into marts.mart_credit_statement by name
    select 'acme' as tenant_id, row_number() over (order by day, place) as entry_no, day as entry_date,
        if(place = 0, 'grant', 'spend') as entry_type, if(place = 0, 'topup', 'usage') as kind,
        if(start > 0, 'topup', 'overdraft') as pool, if(place = 0, '(none)', 'model-' || place) as model_id,
        '(none)' as job_id, if(place = 0, 'b-1', '(none)') as billing_id,
        if(place = 0, '=Top-up <b>', 'Model ' || place) as description, if(place = 0, 100, 3) as quantity,
        if(place = 0, 0.199, 2) as unit_price,
        if(place = 0, 100, if(place = 10, -6.000001, -6)) as credits, if(place = 0, 19.9, null) as amount,
        if(place = 0, 'EUR', null) as currency, if(place = 0, 'credits', 'events') as quantity_unit,
        if(place = 0, 'EUR per credit', 'credits per event') as unit_price_unit,
        if(place = 0, 'I-9', '(none)') as invoice_id, if(place = 0, date '2026-02-01', null) as period_start,
        if(place = 0, date '2026-03-01', null) as period_end, if(place = 0, date '2026-03-14', null) as due_on,
        '(none)' as adjusted_month,
        if(place = 0, 3.781, null) as tax_amount, start - 6 * place - if(place = 10, 0.000001, 0) as balance_after
    from ledger_dates, range(11) as places (place)
    where place > 0 or bought > 0;
    insert into marts.mart_statement_spend by name
    select tenant_id, entry_date as usage_date, model_id, pool, adjusted_month, 'EUR' as currency, -credits as credits,
        if(pool = 'topup', round(credits * -0.199, 6), null) as spend_amount, spend_amount * 1.5 as spend_usd,
        if(pool = 'topup', 0, -credits) as unknown_credits
    from marts.mart_credit_statement
    where kind = 'usage';
"""


@cache
def declared() -> Mapping[str, Mapping[str, Any]]:
    """The models of the schema marts, by name, as dbt's manifest has them."""
    nodes = json.loads(ensure_manifest().read_text(encoding="utf-8"))["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts"}


def declare(con: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Create each of the marts, empty, with the columns, types and comments of its contract."""
    for name in names:
        node = declared()[name]
        columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in node["columns"].values())
        con.execute(f"create table marts.{name} ({columns})")
        key = node["config"].get("meta", {}).get("primary_key", ())
        ends = f" Primary key: {', '.join(key)}." if key else ""
        con.execute(f"comment on table marts.{name} is {_quoted(node['description'].strip() + ends)}")
        for column in node["columns"].values():
            text = _quoted(column["description"])
            con.execute(f'comment on column marts.{name}."{column["name"]}" is {text}')


def conform(con: duckdb.DuckDBPyConnection) -> None:
    """Give every mart that is there the columns and types of its contract, and create those that are not.

    A column that a test gave no values has none, or nothing. Raises AssertionError where it gave one that none has.
    """
    rows = con.execute("select table_name, column_name from duckdb_columns() where schema_name = 'marts'").fetchall()
    views = {name for (name,) in con.execute("select view_name from duckdb_views() where not internal").fetchall()}
    con.execute("begin")
    for name, node in declared().items():
        given = {column for table, column in rows if table == name}
        assert given <= node["columns"].keys(), f"{name} has no {', '.join(given - node['columns'].keys())}"
        if given:
            kind = "view" if name in views else "table"
            con.execute(f"create or replace temp table given as from marts.{name}; drop {kind} marts.{name}")
        declare(con, name)
        if given:
            values = ", ".join(_value(column, given) for column in node["columns"].values())
            con.execute(f"insert into marts.{name} select {values} from given")
    con.execute("commit")


def _value(column: Mapping[str, Any], given: set[str]) -> str:
    if column["name"] in given:
        return f'"{column["name"]}"'
    is_needed = any(constraint["type"] == "not_null" for constraint in column["constraints"])
    return _NOTHING.get(column["data_type"], "0") if is_needed else "null"


def _quoted(text: str) -> str:
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
