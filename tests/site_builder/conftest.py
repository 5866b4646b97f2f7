"""Warehouses to publish from: the golden tables where they are present, and a small one made here."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

COUNTS = (
    "requests errors unrated_requests runs calls call_seconds input_tokens cached_input_tokens output_tokens "
    "reasoning_tokens total_tokens uncosted_requests"
).split()
MONEY = "input_credits output_credits credits cost_usd".split()
TYPES = {
    **{name: "bigint" for name in COUNTS},
    **{name: "decimal(38,6)" for name in [*MONEY, "credits_per_request"]},
    **{name: "bigint" for name in "active_users workflow_runs items_built workflows_built peak_hour local_hour".split()},
    **{name: "boolean" for name in ("is_high_usage_day", "is_runaway", "is_inferred")},
    "usage_date": "date",
}
GOLDEN_MARTS = "tenant team model user item".split()
DIRECTORY = {
    "tenants": "tenant_id tenant_name timezone currency plan",
    "teams": "tenant_id team_id team_name department",
    "users": "tenant_id user_id user_name email team_id role",
    "items": "tenant_id item_id item_type item_name created_by created_at",
    "models": "model_id model_name provider family",
}


def read_typed(con: duckdb.DuckDBPyConnection, path: Path) -> str:
    """A select over a golden CSV with the marts' types; empty cells are NULL."""
    names = [row[0] for row in con.execute(f"describe from read_csv('{path}', all_varchar=true)").fetchall()]
    columns = ", ".join(f'cast("{name}" as {TYPES.get(name, "varchar")}) as "{name}"' for name in names)
    return f"select {columns} from read_csv('{path}', all_varchar=true, nullstr=['', '?'], header=true)"


def build_golden_marts(zone: Path, warehouse: Path) -> Path:
    """Fill schema `marts` of a new warehouse from a golden zone's expected tables and raw directory."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute("create schema marts")
        for name in GOLDEN_MARTS:
            source = zone / "expected" / f"mart_{name}_daily.csv"
            con.execute(f"create table marts.mart_{name}_daily as {read_typed(con, source)}")
        for name, columns in DIRECTORY.items():
            _golden_dim(con, zone, name, columns.split())
        hourly = read_typed(con, zone / "expected" / "fct_usage_hourly.csv")
        _derived_marts(con, hourly)
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
    if name == "items":
        con.execute("alter table marts.dim_items alter created_at type timestamp using created_at::timestamptz at time zone 'UTC'")


def _derived_marts(con: duckdb.DuckDBPyConnection, hourly: str) -> None:
    sums = ", ".join(f"sum({name})::bigint as {name}" for name in COUNTS)
    money = ", ".join(f"sum({name}) as {name}" for name in MONEY)
    limit = "usage_date <= (select max(usage_date) from marts.mart_tenant_daily d where d.tenant_id = h.tenant_id)"
    con.execute(f"""
        create table marts.mart_channel_daily as
        select tenant_id, usage_date, channel, {sums}, {money} from ({hourly}) as h where {limit} group by all;
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


@pytest.fixture(scope="session")
def golden_marts(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function from the golden zone's name to a warehouse with its marts."""
    made: dict[str, Path] = {}

    def get(zone: str) -> Path:
        if zone not in made:
            made[zone] = build_golden_marts(shared_dir / "golden" / zone, tmp_path_factory.mktemp(zone) / "w.duckdb")
        return made[zone]

    return get
