"""The checked-in landing zone: the generator makes it, the loader takes it whole, and its stories are in it."""

import gzip
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb
import pyarrow.parquet as pq
import zstandard

from orchestration.generating.generate import FOLDERS
from orchestration.generating.sample import DAYS, END, make_sample
from orchestration.loading.summary import LoadSummary


def plain(path: Path) -> object:
    """A file's content without its compression, whose bytes depend on the version of the compressor."""
    if path.suffix == ".parquet":
        return pq.read_table(path)
    body = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(body)
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().decompress(body)
    return body


def files(zone: Path) -> dict[str, Path]:
    found = [path for name in FOLDERS for path in (zone / name).rglob("*") if path.is_file()]
    return {str(path.relative_to(zone)): path for path in found}


def rows(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return database.execute(query).fetchall()


def test_the_generator_makes_exactly_the_files_in_raw(raw: Path, tmp_path: Path) -> None:
    make_sample(tmp_path)
    here, made = files(raw), files(tmp_path)
    assert sorted(here) == sorted(made)
    different = [name for name in here if plain(here[name]) != plain(made[name])]
    assert not different


def test_it_is_small_and_has_every_format(raw: Path) -> None:
    found = files(raw).values()
    assert sum(path.stat().st_size for path in found) < 3_000_000
    endings = {path.name.split(".", 1)[1] for path in found}
    assert endings == {"jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "parquet"}
    assert sum(1 for path in (raw / "usage").iterdir()) == DAYS
    assert max(path.name for path in (raw / "usage").iterdir()) == END.isoformat()


def test_everything_loads_and_nothing_is_held_back(loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary]) -> None:
    database, summary = loaded
    assert (summary.held_dates, summary.unreadable, summary.files_outside) == ([], [], {})
    worst = rows(database, "select max(q / n) from (select sum(quarantined) q, sum(rows_read) n "
                           "from audit.load_audit group by landing_date)")  # fmt: skip
    assert 0 < worst[0][0] < 0.02


def test_each_kind_of_bad_line_is_there(loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary]) -> None:
    reasons = {row[0] for row in rows(loaded[0], "select distinct reason from audit.quarantine")}
    assert reasons == {"malformed", "missing_field", "bad_type", "bad_timestamp", "bad_value", "future_timestamp"}
    assert {row[0] for row in rows(loaded[0], "select source from audit.quarantine")} == {"usage", "billing", "jobs"}
    assert rows(loaded[0], "select distinct field from audit.schema_drift") == [("region",)]


def test_late_repeated_and_revised_rows(loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary]) -> None:
    late = "select datediff('day', event_date, landing_date), count(*) from lake.usage_events group by 1"
    delays = dict(rows(loaded[0], late))
    assert set(delays) == {0, 1, 3, 4}
    assert delays[4] > 20
    assert rows(loaded[0], "select count(*) from lake.usage_events where revision = 1") == [(12,)]
    assert rows(loaded[0], "select sum(duplicates) > 100 from audit.load_audit where source = 'usage'") == [(True,)]
    assert rows(loaded[0], "select sum(duplicates) from audit.load_audit where source = 'jobs'") == [(1,)]


def daily(database: duckdb.DuckDBPyConnection, where: str) -> dict[date, float]:
    found = rows(database, f"select wall::date, sum(charge)::double from live where {where} group by 1")
    return dict(found)


def stands_out(by_day: dict[date, float], day: date) -> bool:
    """The published rule: above the median of the 28 days before by three scaled median deviations."""
    before = [by_day.get(day - timedelta(days=back), 0.0) for back in range(1, 29)]
    middle = median(before)
    spread = 1.4826 * median(abs(value - middle) for value in before)
    return by_day[day] > middle + 3 * spread and middle > 0


def test_launch_and_runaway_agent(loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary]) -> None:
    harbor = daily(loaded[0], "tenant_id = 'harbor-lane'")
    assert stands_out(harbor, date(2026, 10, 6))
    assert stands_out(harbor, date(2026, 9, 30))
    night = date(2026, 11, 11)
    weiss = daily(loaded[0], "tenant_id = 'weiss-optik'")
    agent = daily(loaded[0], "tenant_id = 'weiss-optik' and item_id = 'agent-05'")
    assert stands_out(weiss, night)
    dates = [night - timedelta(days=back) for back in range(1, 29)]
    assert agent[night] > 2 * max(agent.get(day, 0.0) for day in dates)
    assert agent[night] - median(agent.get(day, 0.0) for day in dates) >= median(weiss.get(day, 0.0) for day in dates)
    assert [day for day in weiss if day > date(2026, 9, 14) and stands_out(weiss, day)] == [night]


def test_one_tenant_overruns_its_budget(loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary]) -> None:
    over = """select tenant_id, strftime(wall, '%Y-%m') as used_in
        from live join lake.directory_budgets b using (tenant_id)
        where b.scope = 'tenant' and b.month = '*' and wall::date <= '2026-11-21'
        group by tenant_id, used_in, b.credits having sum(charge) > b.credits"""
    himal = {month for tenant, month in rows(loaded[0], over) if tenant == "himal-care"}
    assert himal == {"2026-10", "2026-11"}


def test_invoices_charge_what_the_logs_meter_but_for_one(
    loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary],
) -> None:
    differing = """select b.tenant_id, b.invoice_id
        from lake.billing_events b join live on live.tenant_id = b.tenant_id
            and wall::date >= b.period_start and wall::date < b.period_end
        where b.kind = 'invoice' and b.description like 'Usage%' group by b.tenant_id, b.invoice_id, b.credits
        having sum(charge::decimal(18, 6)) <> b.credits"""
    assert {row[1] for row in rows(loaded[0], differing)} == {"INV-202609-0002"}


def test_clocks_change_within_the_period(loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary]) -> None:
    offsets = rows(loaded[0], "select tenant_id, count(distinct wall - occurred_at) from live group by 1 order by 1")
    assert offsets == [("harbor-lane", 2), ("himal-care", 1), ("tuatara-studio", 2), ("weiss-optik", 2)]
    office = "avg((extract('hour' from wall) between 9 and 17)::int)"
    assert all(share > 0.5 for _, share in rows(loaded[0], f"select tenant_id, {office} from live group by 1"))


def test_people(loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary]) -> None:
    never = """select count(*) from lake.directory_users u where not exists
        (select 1 from live e where e.tenant_id = u.tenant_id and e.user_id = u.user_id)"""
    assert rows(loaded[0], never)[0][0] >= 5
    strangers = """select distinct user_id from live where user_id is not null and (tenant_id, user_id) not in
        (select (tenant_id, user_id) from lake.directory_users)"""
    assert rows(loaded[0], strangers) == [("contractor-7",)]
    kinds = {row[0] for row in rows(loaded[0], "select distinct kind from lake.billing_events")}
    assert kinds == {
        "plan_grant",
        "topup",
        "auto_recharge",
        "promo_grant",
        "refund",
        "adjustment",
        "invoice",
        "payment",
    }


def test_a_cheaper_model_is_tried_and_rated_often_enough_for_advice(
    loaded: tuple[duckdb.DuckDBPyConnection, LoadSummary],
) -> None:
    tried = rows(
        loaded[0],
        """
        select model_id, count(*) >= 100, count(user_rating) >= 20 from lake.usage_events
        where tenant_id = 'harbor-lane' and task_category = 'support reply' and event_type = 'request'
            and event_date between '2026-10-17' and '2026-11-15'
        group by model_id having count(user_rating) > 5 order by model_id
    """,
    )
    assert tried == [("claude-haiku-4-5", True, True), ("claude-sonnet-4-5", True, True)]
