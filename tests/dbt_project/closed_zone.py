"""A zone of which months are closed: to change it, and to compare what stands with what stood."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
from changing_zone import ChangingZone
from comparing import build_parts

from orchestration.closing.close import close_month, kept_models, reopen_month
from orchestration.closing.journal import Signature
from orchestration.closing.review import KINDS
from orchestration.loading.load import load
from tests.parts import built_untested

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
SIGNATURE = Signature("Finance", "closed by a test")
END_OF_OCTOBER, END_OF_NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)
MEASURES = (
    "requests",
    "errors",
    "unrated_requests",
    "runs",
    "calls",
    "call_seconds",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
    "input_credits",
    "output_credits",
    "credits",
    "cost_usd",
    "uncosted_requests",
    "cache_write_input_tokens",
    "cache_write_1h_input_tokens",
)

_SUMS = ", ".join(f"sum({measure})" for measure in MEASURES)
ADJUSTED_USAGE = (
    f"select tenant_id, month, model_id, {_SUMS} from marts.mart_closing_adjustments "
    "where kind = 'usage' group by all order by all"
)


def closed_zone(folder: Path) -> tuple[ChangingZone, Path]:
    """45 days from 20 September on, built, and October closed with what is before it."""
    zone, warehouse = ChangingZone(folder / "raw", seed=7), folder / "w.duckdb"
    zone.land(45)
    take_in(zone, warehouse)
    assert close(warehouse, OCTOBER) == (SEPTEMBER, OCTOBER)
    build_parts(warehouse, None)
    return zone, warehouse


def close(warehouse: Path, month: date) -> tuple[date, ...]:
    """Close a month whatever is wrong with it; the first dates of the months that this closed."""
    return close_month(warehouse, month, SIGNATURE, accept=KINDS).months


def reopen(warehouse: Path, month: date) -> tuple[date, ...]:
    """Reopen a month; the first dates of the months that this opened."""
    return reopen_month(warehouse, month, SIGNATURE)


def take_in(zone: ChangingZone, warehouse: Path) -> bool:
    """Load and build; whether it was an incremental build."""
    load(str(zone.raw), warehouse)
    return build_parts(warehouse, None)


def copied(closed: tuple[ChangingZone, Path], folder: Path) -> tuple[ChangingZone, Path]:
    """The zone and its warehouse in a folder of their own."""
    zone, warehouse = closed
    copy, raw = folder / warehouse.name, folder / "raw"
    shutil.copy(warehouse, copy)
    shutil.copytree(warehouse.with_suffix(".lake"), copy.with_suffix(".lake"))
    shutil.copytree(zone.raw, raw)
    return zone.continued_in(raw), copy


def closed_rows(warehouse: Path, until: date) -> dict[str, list[tuple]]:
    """The rows of months closed until then, by the table that keeps them."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return {
            table: con.execute(f"from {table} where {closed} order by all").fetchall()
            for table, closed in ((f"{model.schema}.{model.name}", model.closed(until)) for model in kept_models())
        }


def changed(before: dict[str, list[tuple]], after: dict[str, list[tuple]]) -> list[str]:
    """The tables whose rows of closed months are others."""
    return [table for table, rows in before.items() if rows != after[table]]


def usage_differences(warehouse: Path, open_one: Path, until: date) -> list[tuple]:
    """What the open warehouse has more of usage in these months, by tenant, month and model."""
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse}' as closed (read_only); attach '{open_one}' as open (read_only)")
        return con.execute(difference("marts.fct_usage_daily", "model_id", MEASURES, until)).fetchall()


def never_closed(zone: ChangingZone, warehouse: Path, *, by_present_rates: bool = False) -> Path:
    """A warehouse of the zone beside this one, that never closed anything, and has the rates and prices of this one."""
    open_one = warehouse.with_name(f"never_closed_{by_present_rates}.duckdb")
    load(str(zone.raw), open_one, full_refresh=True)
    if not by_present_rates:
        with duckdb.connect(str(open_one)) as con:
            con.execute(f"attach '{warehouse}' as closed (read_only)")
            for table in ("lake.rates_in_force", "lake.prices_in_force"):
                con.execute(f"delete from {table}; insert into {table} by name from closed.{table}")
    with built_untested():
        build_parts(open_one, None)
    return open_one


def difference(table: str, key: str, measures: tuple[str, ...], until: date) -> str:
    """SQL for the sums by which `open` differs from `closed`, where they do."""
    closed = f"{table} where usage_date <= date '{until}'"
    negated = ", ".join(f"-{measure} as {measure}" for measure in measures)
    signed = (
        f"select tenant_id, usage_date, {key}, {', '.join(measures)} from open.{closed} union all "
        f"select tenant_id, usage_date, {key}, {negated} from closed.{closed}"
    )
    sums = ", ".join(f"sum({measure})" for measure in measures)
    return (
        f"select tenant_id, substr(usage_date::varchar, 1, 7) as month, {key}, {sums} from ({signed}) group by all "
        f"having {' or '.join(f'sum({measure}) <> 0' for measure in measures)} order by all"
    )
