"""Runs of the refresh job over scripted steps: what is tried again, what blocks, what is recorded."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.building.build import BuildFailedError, BuildSummary
from orchestration.building.dbt_runner import NodeResult
from orchestration.definitions import definitions
from orchestration.defs.embedding import DEFAULT
from orchestration.defs.instance import prepare_home
from orchestration.defs.partitions import landing_range_tags
from orchestration.defs.running import RunFailedError, RunRequest, run_in_dagster
from orchestration.loading.summary import LoadSummary
from orchestration.pipeline import Pipeline
from orchestration.serving.serve import Served
from orchestration.settings import Settings
from orchestration.warehouse import serving_file
from site_builder.files.manifest import FileRecord, Manifest, to_bytes
from site_builder.reports.summary import SiteSummary

pytestmark = pytest.mark.usefixtures("few_cards")

DAY = date(2026, 11, 3)
REQUEST = RunRequest(landing_dates=(DAY, DAY))


class ScriptedPipeline(Pipeline):
    """A pipeline whose steps do what a test says and note that they were called."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Settings(raw=str(folder), warehouse=folder / "w.duckdb", site=folder / "site"))
        self.calls: list[str] = []
        self.load_dates: tuple[date, date] | None = None
        self.load_faults: list[Exception] = []
        self.build_fault: Exception | None = None
        self.audit_row = (10, 7, 2, 1)
        self.settings.site.mkdir()
        page = b"<!doctype html><title>Reports</title>"
        (self.settings.site / "index.html").write_bytes(page)
        record = FileRecord("index.html", len(page), hashlib.sha256(page).hexdigest())
        (self.settings.site / "manifest.json").write_bytes(to_bytes(Manifest(files={record.path: record})))

    def load(self, **options: Any) -> LoadSummary:
        self.calls.append("load")
        self.load_dates = options["landing_dates"]
        if self.load_faults:
            raise self.load_faults.pop(0)
        with duckdb.connect(str(self.settings.warehouse)) as con:
            con.execute("create schema if not exists audit; create schema if not exists lake")
            counts = ", ".join(f"{n} as {name}" for n, name in zip(self.audit_row, _COUNTS, strict=True))
            con.execute(
                "create or replace table audit.load_audit as select 'usage' as source, 'usage/a.jsonl' as file, "
                f"false as held_back, {counts}"
            )
            con.execute("create or replace table audit.quarantine as select 'usage/a.jsonl' as file")
            con.execute("create or replace table lake.usage_events as select * from range(7)")
            empty = ("billing_events", "job_runs", "litellm_requests", "changes", "directory_tenants", "list_prices")
            for table in empty:
                con.execute(f"create or replace table lake.{table} as select 1 as one limit 0")
        rows_read, accepted, duplicates, quarantined = self.audit_row
        return LoadSummary(
            load_id=1, files_seen=1, files_loaded=1, files_vanished=[], files_outside={}, files_unknown={},
            unreadable=[], held_dates=[], rows_read=rows_read, accepted=accepted, duplicates=duplicates,
            quarantined=quarantined, refused=(), needs_full_refresh=False, changed=True, seconds_by_step={"read": 0.1},
        )  # fmt: skip

    def build(self, **options: Any) -> BuildSummary:
        self.calls.append("build")
        if self.build_fault:
            raise self.build_fault
        return BuildSummary(build_id=1, is_built=False, is_full_refresh=False)

    def serve(self) -> Served:
        self.calls.append("serve")
        return Served(serving_file(self.settings.warehouse), is_written=True)

    def publish(self, **options: Any) -> SiteSummary:
        self.calls.append("publish")
        return SiteSummary()


_COUNTS = ("rows_read", "accepted", "duplicates", "quarantined")


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedPipeline]:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr("orchestration.defs.retries.DEFAULT_SECONDS", 0.0)
    yield ScriptedPipeline(tmp_path)


def _history(pipeline: Pipeline) -> list[dg.DagsterRun]:
    with dg.DagsterInstance.from_config(str(pipeline.settings.dagster_home)) as instance:
        return list(instance.get_runs())


def test_a_run_stands_in_the_history_with_its_landing_dates(pipeline: ScriptedPipeline) -> None:
    run_id = run_in_dagster(pipeline, RunRequest(landing_dates=(DAY, date(2026, 11, 5))))
    assert pipeline.calls == ["load", "build", "serve", "publish"]
    assert pipeline.load_dates is None, "a run from the command line takes whatever is new"
    [run] = _history(pipeline)
    assert (run.run_id, run.status) == (run_id, dg.DagsterRunStatus.SUCCESS)
    with dg.DagsterInstance.from_config(str(pipeline.settings.dagster_home)) as instance:
        done = instance.get_materialized_partitions(dg.AssetKey(["raw", "landing_zone"]))
    assert done == {"2026-11-03", "2026-11-04", "2026-11-05"}


def test_a_fault_that_passes_is_tried_again(pipeline: ScriptedPipeline) -> None:
    pipeline.load_faults = [ConnectionError("reset by peer"), TimeoutError("slow")]
    run_in_dagster(pipeline, REQUEST)
    assert pipeline.calls == ["load", "load", "load", "build", "serve", "publish"]


def test_a_failed_reconciliation_blocks_publishing(pipeline: ScriptedPipeline) -> None:
    failed = NodeResult("test.tallybook.assert_credits", "assert_credits", "test", "fail", 0.1, 3, "Got 3 results")
    pipeline.build_fault = BuildFailedError([failed])
    with pytest.raises(RunFailedError, match="dbt test assert_credits: Got 3 results"):
        run_in_dagster(pipeline, REQUEST)
    assert "publish" not in pipeline.calls
    assert _history(pipeline)[0].status == dg.DagsterRunStatus.FAILURE


def test_an_audit_that_does_not_add_up_blocks_everything_after_it(pipeline: ScriptedPipeline) -> None:
    pipeline.audit_row = (10, 7, 1, 1)
    with pytest.raises(RunFailedError):
        run_in_dagster(pipeline, REQUEST)
    assert pipeline.calls == ["load"]


def test_rows_that_the_audit_knows_but_the_lake_does_not_hold_block_too(pipeline: ScriptedPipeline) -> None:
    pipeline.audit_row = (11, 8, 2, 1)
    with pytest.raises(RunFailedError):
        run_in_dagster(pipeline, REQUEST)
    assert pipeline.calls == ["load"]


def test_a_backfill_loads_its_range_in_one_run(pipeline: ScriptedPipeline) -> None:
    with dg.DagsterInstance.from_config(str(prepare_home(pipeline.settings))) as instance:
        job = definitions(pipeline).resolve_job_def(DEFAULT.refresh)
        tags = landing_range_tags(DAY, date(2026, 11, 9))
        assert job.execute_in_process(instance=instance, tags=tags).success
    assert pipeline.calls == ["load", "build", "serve", "publish"]
    assert pipeline.load_dates == (DAY, date(2026, 11, 9))


def test_landing_dates_after_today_do_not_stop_a_run(pipeline: ScriptedPipeline) -> None:
    run_in_dagster(pipeline, RunRequest(landing_dates=(date(2999, 1, 1), date(2999, 1, 2))))
    assert pipeline.calls == ["load", "build", "serve", "publish"]
