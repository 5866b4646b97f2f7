"""What starts a run: the sensor and the schedules over what has landed."""

import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.embedding import DEFAULT
from orchestration.defs.schedules import schedule
from orchestration.defs.sensors import landed_files_sensor
from orchestration.pending import newest_landing_date, pending_files, pending_landing_dates
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings

LONG_AGO = 1_700_000_000


@pytest.fixture
def settings(tiny_zone: Path, tmp_path: Path) -> Settings:
    shutil.copytree(tiny_zone, tmp_path / "zone")
    return Settings(raw=str(tmp_path / "zone"), warehouse=tmp_path / "w.duckdb", site=tmp_path / "site")


@pytest.fixture
def loaded(settings: Settings) -> Settings:
    # Times this old are trusted at once: a file written a moment ago could change without its time changing.
    for path in Path(settings.raw).rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    Pipeline(settings).load()
    return settings


def test_everything_is_pending_before_the_first_load(settings: Settings) -> None:
    pending = pending_files(settings)
    assert pending.has_work
    assert pending.landing_dates[-1] == date(2026, 11, 3)
    assert not settings.warehouse.exists()


def test_a_landed_file_is_pending_until_it_is_loaded(loaded: Settings) -> None:
    Pipeline(loaded).load()
    assert not pending_files(loaded).has_work
    assert pending_landing_dates(loaded) is None
    folder = Path(loaded.raw) / "usage" / "2026-11-09"
    folder.mkdir()
    (folder / "late.jsonl").write_text("{}\n", encoding="utf-8")
    assert pending_landing_dates(loaded) == (date(2026, 11, 9), date(2026, 11, 9))
    Pipeline(loaded).load()
    assert newest_landing_date(loaded.warehouse) == date(2026, 11, 9)


def test_files_that_lie_wrong_are_named(settings: Settings) -> None:
    (Path(settings.raw) / "usage" / "stray.csv").write_text("event_id\n", encoding="utf-8")
    assert list(pending_files(settings).outside) == ["usage/stray.csv"]


def test_the_sensor_asks_for_one_run_over_the_new_landing_dates(settings: Settings) -> None:
    sensor = landed_files_sensor(settings, DEFAULT)
    with dg.build_sensor_context() as context:
        request, again = sensor(context), sensor(context)
    assert isinstance(request, dg.RunRequest) and isinstance(again, dg.RunRequest)
    assert request.run_key == again.run_key
    first, last = pending_landing_dates(settings) or (None, None)
    assert request.tags["dagster/asset_partition_range_start"] == str(first)
    assert request.tags["dagster/asset_partition_range_end"] == str(last)


def test_the_sensor_is_quiet_when_nothing_landed(loaded: Settings) -> None:
    Pipeline(loaded).load()
    with dg.build_sensor_context() as context:
        assert isinstance(landed_files_sensor(loaded, DEFAULT)(context), dg.SkipReason)


def test_a_schedule_asks_for_its_period_by_its_own_clock(settings: Settings) -> None:
    east = Settings(settings.raw, settings.warehouse, settings.site, timezone="Pacific/Auckland")
    weekly = schedule("weekly", east, DEFAULT)
    assert (weekly.name, weekly.job_name) == ("tallybook_weekly", "tallybook_refresh")
    assert weekly.execution_timezone == "Pacific/Auckland"
    # 17:30 UTC on Sunday the 15th is 06:30 on Monday the 16th in Auckland.
    tick = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
    request = weekly(dg.build_schedule_context(scheduled_execution_time=tick))
    assert isinstance(request, dg.RunRequest)
    options = request.run_config["resources"]["tallybook_options"]["config"]
    assert (options["first"], options["last"]) == ("2026-11-09", "2026-11-15")
