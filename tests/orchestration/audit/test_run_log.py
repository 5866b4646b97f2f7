"""`audit.run_log`: seconds, rows and memory of every step, kept whatever is refreshed."""

from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import Pipeline
from orchestration.settings import Settings

pytestmark = pytest.mark.usefixtures("few_cards")


def log(warehouse: Path) -> list[tuple[str, str, float, int | None, int]]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        query = "select run_id, step, seconds, rows, peak_memory_bytes from audit.run_log order by started_at, step"
        return con.execute(query).fetchall()


def test_every_step_stands_in_the_log_and_no_refresh_drops_it(tiny_zone: Path, tmp_path: Path) -> None:
    settings = Settings(raw=str(tiny_zone), warehouse=tmp_path / "w.duckdb", site=tmp_path / "site")
    first = Pipeline(settings)
    loaded = first.load()
    first.build()
    published = first.publish()
    rows = {step: (seconds, count) for _, step, seconds, count, _ in log(settings.warehouse)}
    assert rows["load.read"][1] == loaded.rows_read and rows["site.render"][1] == len(published.reports)
    assert {"load.scan", "build", "build.fct_usage_daily", "build.mart_tenant_daily", "site.place"} <= rows.keys()
    assert all(seconds >= 0 for seconds, _ in rows.values()) and rows["build"][0] > 0
    assert {memory > 50_000_000 for *_, memory in log(settings.warehouse)} == {True}
    # What did nothing has no seconds to note.
    before = log(settings.warehouse)
    first.build()
    assert log(settings.warehouse) == before
    again = Pipeline(settings)
    again.load(full_refresh=True)
    after = log(settings.warehouse)
    assert after[: len(before)] == before and {run for run, *_ in after[len(before) :]} == {again.run_id}
