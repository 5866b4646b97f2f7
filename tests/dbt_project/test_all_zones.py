"""Every zone and every hour of 2015 to 2035: what the models' SQL shows against zoneinfo's reading of tzdata.

A UTC date on which a zone has one offset, at its beginning, its end and by the models, is compared as a whole; on every
other one each hour is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest

from orchestration.building.dbt_runner import run_dbt
from orchestration.zones import rules

FIRST, LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2035, 12, 31, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 2)]
HOURS = [timedelta(hours=number) for number in range(24)]
INPUTS = """
    create schema lake; create schema staging; create schema intermediate;
    create table lake.zone_offsets (timezone varchar, utc_from timestamp, utc_to timestamp, offset_seconds integer,
        since_load_id bigint, until_load_id bigint);
    create table lake.changes (event_hour timestamp);
    create table lake.loads (last_landing_date date);
    create table staging.stg_directory__tenants (tenant_id varchar, timezone varchar);
    create table staging.stg_directory__rates (valid_from timestamp);
    create table staging.stg_directory__users (tenant_id varchar, signed_up_at timestamp);
    create table staging.stg_directory__items (tenant_id varchar, created_at timestamp, retired_at timestamp);
    create table staging.stg_directory__trainings (tenant_id varchar, completed_at timestamp);
    create table staging.stg_native__billing_events (tenant_id varchar, occurred_at timestamp);
    create table staging.stg_native__job_runs (tenant_id varchar, started_at timestamp);
    create table staging.stg_native__usage_events_superseded (occurred_at timestamp);
    create table staging.stg_litellm__spend_logs_superseded (occurred_at timestamp);
    create table intermediate.int_usage_events_unioned (event_date date, landing_date date);
"""
# The condition of macros/times.sql, for hours in the place of events.
LOCAL = """
    select hours.timezone, epoch_us(hours.hour), epoch_us(hours.hour + days.utc_offset)
    from hours
    inner join int_zone_days as days
        on days.timezone = hours.timezone and days.utc_date = cast(hours.hour as date)
        and days.starts_at <= hours.hour and days.ends_at > hours.hour
"""


@cache
def midnights(content: bytes) -> list[int]:
    """The offset at the beginning of each date. By the file's content: every third zone is another's old name."""
    zone = ZoneInfo.from_file(BytesIO(content))
    return [seconds(zone, day) for day in DAYS]


def seconds(zone: ZoneInfo, moment: datetime) -> int:
    return int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with int_zone_days of every zone and date, by the model's own SQL."""
    folder = tmp_path_factory.mktemp("zones")
    run_dbt(["compile", "--select", "int_zone_days"], warehouse=folder / "empty.duckdb", target=folder, variables={})
    (compiled,) = (folder / "compiled").rglob("int_zone_days.sql")
    names = sorted(rules.zone_names())
    near = [
        (name, *span) for name in names for span in rules.installed_spans(name)
        if span.utc_from.year <= LAST.year + 1 and span.utc_to.year >= FIRST.year
    ]  # fmt: skip
    with duckdb.connect() as con:
        con.execute(INPUTS)
        columns = dict(zip(("timezone", "utc_from", "utc_to", "offset_seconds"), zip(*near, strict=True), strict=True))
        con.register("near", pa.table({name: pa.array(values) for name, values in columns.items()}))
        con.execute("insert into lake.zone_offsets by name select *, 1 as since_load_id from near")
        con.register("names", pa.table({"timezone": names}))
        con.execute("insert into staging.stg_directory__tenants select timezone, timezone from names")
        con.execute(
            "insert into intermediate.int_usage_events_unioned "
            f"select unnest(range(date '{FIRST:%F}', date '{LAST:%F}' + 1, interval 1 day)), null"
        )
        con.execute(f"create table int_zone_days as {compiled.read_text(encoding='utf-8')}")
        yield con


def test_every_zone_shows_every_hour_of_two_decades_as_tzdata_says(shown: duckdb.DuckDBPyConnection) -> None:
    wrong, by_hour = [], []
    stamps = [int(day.timestamp()) for day in DAYS]
    whole = shown.execute(
        "select timezone, list(epoch(utc_date)::bigint), list(epoch(utc_offset)::bigint) from int_zone_days "
        "where starts_at = utc_date and ends_at = utc_date + 1 group by timezone"
    ).fetchall()
    assert {name for name, *_ in whole} == rules.zone_names()
    for name, days, found in whole:
        offsets = dict(zip(days, found, strict=True))
        content = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
        for place, (before, after) in enumerate(pairwise(midnights(content))):
            said = offsets.get(stamps[place])
            if said is None or before != after:
                by_hour += [(name, DAYS[place] + hour) for hour in HOURS]
            elif said != before:
                wrong.append((name, DAYS[place], said, before))
    assert len(by_hour) > 24 * 2 * 20 * 100, "some hundred zones change their clocks twice a year"
    hours = {"timezone": [name for name, _ in by_hour], "hour": [hour.replace(tzinfo=None) for _, hour in by_hour]}
    shown.register("hours", pa.table(hours))
    local = {(name, hour): at for name, hour, at in shown.execute(LOCAL).fetchall()}
    for name, hour in by_hour:
        utc = int(hour.timestamp()) * 1_000_000
        if local.get((name, utc)) != utc + seconds(ZoneInfo(name), hour) * 1_000_000:
            wrong.append((name, hour, local.get((name, utc)), utc))
    assert wrong == []
