"""Warehouses to publish from: the golden tables where they are present, and a small one made here."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from declared_marts import (
    ACTIVATIONS,
    ADVICE,
    BILLING_PERIODS,
    INVOICES,
    JOBS,
    LEDGER,
    MARGINS,
    RECEIVABLES,
    SPENDS,
    TRAININGS,
    conform,
    declare,
)
from watched_marts import add_watched_marts
from work_marts import add_golden_work_marts, add_model_rates, add_small_work_marts

from site_builder.build import build_site
from tests.sharing import once_per_run

COUNTS = (
    "requests", "errors", "unrated_requests", "runs", "calls", "call_seconds", "input_tokens",
    "cached_input_tokens", "output_tokens", "reasoning_tokens", "total_tokens", "uncosted_requests",
)  # fmt: skip
MONEY = ["input_credits", "output_credits", "credits", "cost_usd"]
TYPES = {
    **dict.fromkeys(COUNTS, "bigint"),
    **dict.fromkeys([*MONEY, "credits_per_request"], "decimal(38,6)"),
    **dict.fromkeys(("active_users", "workflow_runs", "items_built", "workflows_built"), "bigint"),
    **dict.fromkeys(("peak_hour", "local_hour"), "bigint"),
    **dict.fromkeys(("is_high_usage_day", "is_runaway", "is_inferred"), "boolean"),
    "usage_date": "date",
}
GOLDEN_MARTS = ["tenant", "team", "model", "user", "item"]
HAND_FILLED = [
    "mart_invoice_reconciliation", "mart_user_activation", "mart_training_completion", "mart_job_daily",
    "mart_job_runs",
    "mart_meter_daily",
    "mart_margin_monthly", "mart_credit_balance_daily", "mart_credit_statement", "mart_recommendations",
    "mart_recommendation_outcomes", "mart_receivables_monthly", "mart_billing_periods", "mart_spend_daily",
    "mart_statement_spend",
]  # fmt: skip
DIRECTORY = {
    "tenants": "tenant_id tenant_name timezone currency plan burn_order next_billing_date seats item_slots",
    "teams": "tenant_id team_id team_name department",
    "users": "tenant_id user_id user_name email team_id role signed_up_at",
    "items": "tenant_id item_id item_type item_name created_by created_at retired_at",
    "models": "model_id model_name provider family",
}


# Nothing is closed in them.
CLOSING_MARTS = """
    create table marts.mart_closed_months (month varchar, first_date date, last_date date, last_landing_date date);
    create table marts.mart_closing_adjustments (
        tenant_id varchar, month varchar, posted_on date, kind varchar, model_id varchar, job_id varchar,
        billing_id varchar, entry bigint, credits decimal(38, 6));
"""


def read_typed(con: duckdb.DuckDBPyConnection, path: Path) -> str:
    """A select over a golden CSV with the marts' types; empty cells are NULL."""
    names = [row[0] for row in con.execute(f"describe from read_csv('{path}', all_varchar=true)").fetchall()]
    columns = ", ".join(f'cast("{name}" as {TYPES.get(name, "varchar")}) as "{name}"' for name in names)
    return f"select {columns} from read_csv('{path}', all_varchar=true, nullstr=['', '?'], header=true)"


def build_golden_marts(zone: Path, warehouse: Path) -> Path:
    """Fill schema `marts` of a new warehouse from a golden zone's expected tables and raw directory."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute(f"create schema marts; {CLOSING_MARTS}")
        for name in GOLDEN_MARTS:
            source = zone / "expected" / f"mart_{name}_daily.csv"
            con.execute(f"create table marts.mart_{name}_daily as {read_typed(con, source)}")
        con.execute("alter table marts.mart_item_daily add column runaway_excess decimal(38, 6)")
        con.execute("update marts.mart_item_daily set runaway_excess = credits where is_runaway")
        for name, columns in DIRECTORY.items():
            _golden_dim(con, zone, name, columns.split())
        hourly = read_typed(con, zone / "expected" / "fct_usage_hourly.csv")
        daily = read_typed(con, zone / "expected" / "fct_usage_daily.csv")
        _derived_marts(con, hourly, daily)
        add_golden_work_marts(con, daily, hourly)
        declare(con, *HAND_FILLED)
        con.execute("update marts.dim_tenants set burn_order = 'expiry'")
        add_watched_marts(con)
        add_model_rates(con)
        conform(con)
    return warehouse


def _golden_dim(con: duckdb.DuckDBPyConnection, zone: Path, name: str, columns: list[str]) -> None:
    keys = [column for column in columns[:2] if column.endswith("_id") and column != "user_name"]
    keys = keys[:1] if name in ("tenants", "models") else keys[:2]
    raw = zone / "raw" / "directory" / f"{name}.csv"
    present = {row[0] for row in con.execute(f"describe from read_csv('{raw}', all_varchar=true)").fetchall()}
    wanted = ", ".join(f'r."{c}"' if c in present else f'null::varchar as "{c}"' for c in columns if c not in keys)
    expected = read_typed(con, zone / "expected" / f"dim_{name}.csv")
    con.execute(f"""
        create table marts.dim_{name} as
        select e.*, {wanted}
        from ({expected}) as e
        left join read_csv('{raw}', all_varchar=true, nullstr=['', '?'], header=true) as r using ({", ".join(keys)})
    """)
    for column in {"items": ("created_at", "retired_at"), "users": ("signed_up_at",)}.get(name, ()):
        con.execute(
            f"alter table marts.dim_{name} alter {column} type timestamp using {column}::timestamptz at time zone 'UTC'"
        )
        local_date = column.replace("_at", "_on")
        con.execute(f"alter table marts.dim_{name} add column {local_date} date")
        con.execute(
            f"update marts.dim_{name} as d set {local_date} = timezone(t.timezone, timezone('UTC', d.{column}))"
            "::date from marts.dim_tenants as t where t.tenant_id = d.tenant_id"
        )
    for column in ("seats", "item_slots") if name == "tenants" else ():
        con.execute(f"alter table marts.dim_tenants alter {column} type bigint using {column}::bigint")


def _derived_marts(con: duckdb.DuckDBPyConnection, hourly: str, daily: str) -> None:
    sums = ", ".join(f"sum({name})::bigint as {name}" for name in COUNTS)
    money = ", ".join(f"sum({name}) as {name}" for name in MONEY)
    limit = "usage_date <= (select max(usage_date) from marts.mart_tenant_daily d where d.tenant_id = h.tenant_id)"
    con.execute(f"""
        create table marts.mart_channel_daily as
        select tenant_id, usage_date, channel, {sums}, {money} from ({hourly}) as h where {limit} group by all;
        create table marts.mart_project_daily as
        select tenant_id, usage_date, project_id, {sums}, {money} from ({daily}) as h where {limit} group by all;
        create table marts.mart_tenant_hourly as
        select tenant_id, usage_date, local_hour, sum(requests)::bigint as requests, sum(credits) as credits
        from ({hourly}) as h where {limit} group by all;
        create table marts.mart_credit_flow_daily as
        select tenant_id, usage_date, 'out' as direction, 'usage' as kind, sum(credits) as credits
        from marts.mart_tenant_daily group by all having sum(credits) > 0
        union all
        select tenant_id, usage_date, 'in', 'plan_grant', 20000::decimal(38,6)
        from marts.mart_tenant_daily where day(usage_date) = 1
        union all
        select tenant_id, usage_date, 'in', 'topup', 2500::decimal(38,6)
        from marts.mart_tenant_daily where day(usage_date) = 17;
    """)


# Unmistakable words per tenant, hostile where a page could be hurt by them.
PLANTED = {
    "acme": "Quokka",
    "Acme": "<script>alert('Wombat')</script>\u202e",
    "zeta/../all": "=Numbat+1",
}
EVENTS = """
    create temp table events as
    select
        t.tenant_id, cast(t.began + to_days(cast(n % t.days as integer)) as date) as usage_date,
        cast(8 + (hash(n, t.tenant_id) % 11) as bigint) as local_hour,
        if(n % 17 = 0, '(none)', 'user-' || (hash(n, 1) % 7)) as user_id,
        if(n % 13 = 0, '(none)', 'team-' || (hash(n, 2) % 3)) as team_id,
        if(n % 7 = 0, '(none)', 'project-' || (hash(n, 8) % 3)) as project_id,
        if(n % 3 = 0, 'item-' || (hash(n, 3) % 5), '(none)') as item_id,
        ['chat', 'api', 'agent'][1 + n % 3] as channel,
        if(n % 11 = 0, '(none)', 'model-' || (hash(n, 4) % 3)) as model_id,
        if(n % 11 = 0, 0, 1)::bigint as requests, if(n % 19 = 0, 1, 0)::bigint as errors,
        if(n % 11 = 0, 1, 0)::bigint as runs, (hash(n, 5) % 1000)::bigint as input_tokens,
        (hash(n, 6) % 500)::bigint as output_tokens,
        cast((hash(n, 7) % 100000000) / 1000000 as decimal(38, 6)) as credits,
        cast(if(n % 23 = 0, 0, hash(n, 7) % 100000000 // 3) / 1000000 as decimal(38, 6)) as input_credits,
        if(n % 5 = 0, null, 0.001::decimal(38, 6)) as cost_usd
    from (values
        ('acme', date '2026-01-20', 45), ('Acme', date '2026-02-02', 31), ('zeta/../all', date '2026-01-26', 39)
    ) as t(tenant_id, began, days)
    cross join range(600) as r(n)
    where not (t.tenant_id = 'acme' and n % t.days = 30)
"""
SUMS = """
    sum(requests)::bigint as requests, sum(errors)::bigint as errors, 0::bigint as unrated_requests,
    sum(runs)::bigint as runs, 0::bigint as calls, 0::bigint as call_seconds,
    sum(input_tokens)::bigint as input_tokens, 0::bigint as cached_input_tokens,
    sum(output_tokens)::bigint as output_tokens, 0::bigint as reasoning_tokens,
    sum(input_tokens + output_tokens)::bigint as total_tokens, sum(input_credits) as input_credits,
    sum(credits - input_credits) as output_credits, sum(credits) as credits, sum(cost_usd) as cost_usd,
    sum(if(cost_usd is null, requests, 0))::bigint as uncosted_requests
"""


def build_small_marts(warehouse: Path) -> Path:
    """A warehouse of three tenants made here: a day without usage, hostile names, a tenant whose id needs escaping."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute(f"create schema marts; {CLOSING_MARTS}")
        con.execute(EVENTS)
        for name, keys in {
            "team": "team_id", "model": "model_id", "user": "user_id", "item": "item_id", "channel": "channel",
            "project": "project_id",
        }.items():  # fmt: skip
            con.execute(
                f"create table marts.mart_{name}_daily as "
                f"select tenant_id, {keys}, usage_date, {SUMS} from events group by all"
            )
        con.execute("alter table marts.mart_model_daily add column tier varchar default 'standard'")
        con.execute("alter table marts.mart_item_daily add column item_type varchar")
        con.execute("alter table marts.mart_item_daily add column is_runaway boolean default false")
        con.execute("alter table marts.mart_item_daily add column runaway_excess decimal(38, 6)")
        con.execute(
            "update marts.mart_item_daily set is_runaway = true, runaway_excess = 0.5 where item_id = 'item-2' "
            "and day(usage_date) < 15"
        )
        con.execute(
            "update marts.mart_item_daily set is_runaway = true, runaway_excess = 90 where item_id = 'item-4' "
            "and day(usage_date) = 16"
        )
        con.execute(
            "update marts.mart_item_daily set "
            "item_type = case item_id when 'item-0' then 'workflow' when 'item-1' then 'agent' "
            "when 'item-3' then 'assistant' when 'item-4' then 'assistant' else 'app' end"
        )
        con.execute(
            "create table marts.mart_tenant_hourly as select tenant_id, usage_date, local_hour, "
            "sum(requests)::bigint as requests, sum(credits) as credits from events group by all"
        )
        con.execute(f"""
            create table marts.mart_tenant_daily as
            with dates as (
                select tenant_id,
                    unnest(generate_series(min(usage_date), max(usage_date), interval 1 day))::date as usage_date
                from events group by tenant_id
            ),
            sums as (select tenant_id, usage_date, {SUMS},
                count(distinct nullif(user_id, '(none)')) as active_users from events group by all)
            select d.tenant_id, d.usage_date,
                coalesce(columns(s.* exclude (tenant_id, usage_date, cost_usd)), 0), s.cost_usd,
                0::bigint as workflow_runs, 0::bigint as items_built, 0::bigint as workflows_built,
                null::bigint as peak_hour, day(d.usage_date) = 9 as is_high_usage_day
            from dates as d left join sums as s using (tenant_id, usage_date)
        """)
        con.execute(
            "create table marts.mart_credit_flow_daily as select tenant_id, usage_date, 'out' as direction, "
            "'usage' as kind, sum(credits) as credits from events group by all"
        )
        _small_dims(con)
        add_small_work_marts(con)
        declare(con, *HAND_FILLED)
        con.execute(INVOICES + ACTIVATIONS + TRAININGS + JOBS + LEDGER + BILLING_PERIODS)
        con.execute(MARGINS)
        con.execute(RECEIVABLES)
        con.execute(SPENDS)
        con.execute(ADVICE)
        add_watched_marts(con)
        conform(con)
    return warehouse


def _small_dims(con: duckdb.DuckDBPyConnection) -> None:
    planted = " union all ".join("select ? as tenant_id, ? as word" for _ in PLANTED)
    words = [text for pair in PLANTED.items() for text in pair]
    con.execute(f"create temp table planted as {planted}", words)
    con.execute(
        "create table marts.dim_tenants as select tenant_id, word || ' Ltd' as tenant_name, "
        "'Asia/Kolkata' as timezone, 'pool' as burn_order, date '2026-03-09' as next_billing_date, "
        "if(tenant_id = 'acme', 50, null)::bigint as seats, 10::bigint as item_slots, "
        "false as is_inferred from planted"
    )
    for name, extra in {
        "team": "'R&D' as department",
        "user": "'member' as role, false as is_inferred, "
        "if(e.user_id = 'user-3', timestamp '2026-02-28 20:00:00', null) as signed_up_at, "
        "if(e.user_id = 'user-3', date '2026-03-01', null) as signed_up_on",
        "item": "'app' as item_type, 'user-1' as created_by, timestamp '2026-02-10 20:00:00' as created_at, "
        "date '2026-02-11' as created_on, null::timestamp as retired_at, null::date as retired_on, "
        "false as is_inferred",
    }.items():
        con.execute(f"""
            create table marts.dim_{name}s as
            select distinct e.tenant_id, e.{name}_id, p.word || ' ' || e.{name}_id as {name}_name, {extra}
            from events as e inner join planted as p using (tenant_id) where e.{name}_id <> '(none)'
        """)
    con.execute(
        "create table marts.dim_models as select distinct model_id, upper(model_id) as model_name, "
        "'maker' as provider, 'fam' as family, false as is_inferred from events where model_id <> '(none)'"
    )
    con.execute("insert into marts.dim_models values ('unused', 'Never asked', 'maker', 'fam', false)")
    add_model_rates(con)


@pytest.fixture(scope="session")
def small_marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return (
        once_per_run(tmp_path_factory, "small-marts", lambda folder: build_small_marts(folder / "w.duckdb"))
        / "w.duckdb"
    )


@pytest.fixture(scope="session")
def small_site(small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site of the small warehouse; tests must not change it."""
    return (
        once_per_run(tmp_path_factory, "small-site", lambda folder: build_site(small_marts, folder / "site")) / "site"
    )


@pytest.fixture(scope="session")
def golden_marts(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function from the golden zone's name to a warehouse with its marts."""
    made: dict[str, Path] = {}

    def get(zone: str) -> Path:
        if zone not in made:
            made[zone] = build_golden_marts(shared_dir / "golden" / zone, tmp_path_factory.mktemp(zone) / "w.duckdb")
        return made[zone]

    return get
