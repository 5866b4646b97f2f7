"""In a host's deployment: neither takes anything of the other's, and what found nothing new says so."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from pydantic import ValidationError

from orchestration.building.build import BuildSummary
from orchestration.definitions import definitions
from orchestration.defs.component import TallybookComponent
from orchestration.defs.embedding import DEFAULT, Embedding
from orchestration.defs.partitions import landing_range_tags
from orchestration.defs.resources import run_config
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings
from tests.orchestration.defs.test_runs import ScriptedPipeline

DAY = date(2026, 11, 3)
OTHER = Embedding("second", ("another",), ("ops@host.example",))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        raw=str(tmp_path / "raw"), warehouse=tmp_path / "w.duckdb", site=tmp_path / "site",
        publish_target=str(tmp_path / "www"), sends_mail=True, tells_alerts=True,
    )  # fmt: skip


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedPipeline:
    monkeypatch.setattr("orchestration.defs.retries.DEFAULT_SECONDS", 0.0)
    return ScriptedPipeline(tmp_path)


def host(done: list[str]) -> dg.Definitions:
    """A host with everything of the names that are the likeliest to be in the way."""

    @dg.asset(owners=["team:host"], description="The host's own.")
    def invoices() -> None:
        done.append("invoices")

    @dg.asset(key=["site", "landing_page"], deps=[invoices], description="The host's own.")
    def report_site(pipeline: dg.ResourceParam[str]) -> None:
        done.append(f"landing page of {pipeline}")

    @dg.multi_asset(name="lake", specs=[dg.AssetSpec(["lake", "fish"])])
    def lake() -> Iterator[dg.MaterializeResult]:
        yield dg.MaterializeResult(asset_key=["lake", "fish"])

    refresh = dg.define_asset_job("refresh", selection=[invoices, report_site])
    return dg.Definitions(
        assets=[invoices, report_site, lake],
        jobs=[refresh],
        schedules=[dg.ScheduleDefinition(name="daily", job=refresh, cron_schedule="0 1 * * *")],
        resources={"pipeline": "the host", "options": "none"},
        loggers={"quiet": dg.colored_console_logger},
    )


def keys(defs: dg.Definitions) -> set[dg.AssetKey]:
    return set(defs.resolve_asset_graph().get_all_asset_keys())


def events(instance: dg.DagsterInstance, kind: dg.DagsterEventType) -> set[str]:
    found = instance.get_event_records(dg.EventRecordsFilter(kind), limit=1000)
    return {record.asset_key.to_user_string() for record in found if record.asset_key}


def test_host_and_tallybook_both_work_and_take_nothing_of_each_other(pipeline: ScriptedPipeline) -> None:
    done: list[str] = []
    merged = dg.Definitions.merge(host(done), definitions(pipeline))
    own = merged.resolve_job_def("refresh")
    with dg.DagsterInstance.ephemeral() as instance:
        assert own.execute_in_process(instance=instance).success
        assert done == ["invoices", "landing page of the host"] and pipeline.calls == []
        ours = merged.resolve_job_def(DEFAULT.refresh)
        tags, config = landing_range_tags(DAY, DAY), run_config(DEFAULT)
        assert ours.execute_in_process(instance=instance, tags=tags, run_config=config).success
    assert pipeline.calls == ["load", "build", "serve", "publish"] and len(done) == 2
    hosts = {dg.AssetKey(path) for path in (["invoices"], ["site", "landing_page"], ["lake", "fish"])}
    assert hosts <= keys(merged) and not hosts & set(ours.asset_layer.selected_asset_keys)
    assert {each.name for each in merged.schedules} == {
        "daily", "tallybook_daily", "tallybook_weekly", "tallybook_monthly"}  # fmt: skip
    # What the host's deployment loads, with every implicit job.
    assert merged.get_repository_def().has_job("tallybook_refresh")


def test_two_of_them_under_two_names_fit_into_one_host(settings: Settings) -> None:
    first, second = definitions(Pipeline(settings)), definitions(Pipeline(settings), OTHER)
    merged = dg.Definitions.merge(host([]), first, second)
    assert all(key.path[0] == "another" for key in keys(second)) and not keys(first) & keys(second)
    assert merged.get_repository_def().has_job("second_refresh")
    assert len(keys(merged)) == len(keys(first)) + len(keys(second)) + 3


@pytest.mark.parametrize("embedding", [DEFAULT, OTHER], ids=["default", "another"])
def test_every_asset_says_what_it_is_and_whose(settings: Settings, embedding: Embedding) -> None:
    graph = definitions(Pipeline(settings), embedding).resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    assert len(nodes) > 130
    assert [node.key for node in nodes if not (node.description or "").strip()] == []
    assert [node.key for node in nodes if list(node.owners) != list(embedding.owners)] == []
    made = [node for node in nodes if node.is_executable]
    assert {node.freshness_policy is None for node in made} == {False}
    pools = {pool for node in made for pool in (node.pools or set())}
    assert pools == {f"{embedding.name}_warehouse"}


def test_where_nothing_is_new_all_is_observed_and_nothing_materialized(
    pipeline: ScriptedPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        _refresh(pipeline, instance)
        made = events(instance, dg.DagsterEventType.ASSET_MATERIALIZATION)
        assert {"raw/landing_zone", "lake/journal", "serving/serving_file"} <= made
        # Of what was not built again, and of a site without a new report, nothing is made either.
        assert "site/report_site" not in made and "marts/dim_users" not in made
        observed = events(instance, dg.DagsterEventType.ASSET_OBSERVATION)
        assert {"site/report_site", "marts/dim_users"} <= observed
    _nothing_new(pipeline, monkeypatch)
    with dg.DagsterInstance.ephemeral() as instance:
        _refresh(pipeline, instance)
        assert events(instance, dg.DagsterEventType.ASSET_MATERIALIZATION) == set()
        assert events(instance, dg.DagsterEventType.ASSET_OBSERVATION) == made | observed
    assert pipeline.calls == 2 * ["load", "build", "serve", "publish"], "what stands on it is looked at all the same"


def test_a_backfill_gets_the_materializations_that_it_waits_for(
    pipeline: ScriptedPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    _nothing_new(pipeline, monkeypatch)
    with dg.DagsterInstance.ephemeral() as instance:
        _refresh(pipeline, instance, {"dagster/backfill": "one"})
        assert "raw/landing_zone" in events(instance, dg.DagsterEventType.ASSET_MATERIALIZATION)


def _refresh(pipeline: ScriptedPipeline, instance: dg.DagsterInstance, tags: dict[str, str] | None = None) -> None:
    job = definitions(pipeline).resolve_job_def(DEFAULT.refresh)
    tags = landing_range_tags(DAY, DAY) | (tags or {})
    assert job.execute_in_process(instance=instance, tags=tags, run_config=run_config(DEFAULT)).success


def _nothing_new(pipeline: ScriptedPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    load, serve = pipeline.load, pipeline.serve

    def loaded_nothing(**options: object) -> object:
        pipeline.loaded = replace(load(**options), files_loaded=0, changed=False)
        return pipeline.loaded

    monkeypatch.setattr(pipeline, "load", loaded_nothing)
    monkeypatch.setattr(pipeline, "serve", lambda: replace(serve(), is_written=False))


def test_what_was_built_anew_is_materialized(pipeline: ScriptedPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "build", lambda **options: BuildSummary(1, is_built=True, is_full_refresh=False))
    with dg.DagsterInstance.ephemeral() as instance:
        _refresh(pipeline, instance)
        # No model was run in this one: no event of any, for better or worse.
        assert "marts/dim_users" not in events(instance, dg.DagsterEventType.ASSET_OBSERVATION)


# A host's project as `dg` lays it out, with an asset of its own and the component.
PROJECT = {
    "pyproject.toml": """
        [project]
        name = "host"
        version = "0.1.0"

        [tool.dg]
        directory_type = "project"

        [tool.dg.project]
        root_module = "host"
        """,
    "host/__init__.py": "",
    "host/definitions.py": """
        from pathlib import Path
        import dagster as dg

        @dg.definitions
        def defs():
            return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
        """,
    "host/defs/__init__.py": "",
    "host/defs/own.py": """
        import dagster as dg

        @dg.asset(description="The host's own.", owners=["team:host"])
        def invoices() -> None: ...
        """,
    "host/defs/usage/defs.yaml": """
        type: orchestration.defs.component.TallybookComponent

        attributes:
          raw: landing
          warehouse: kept/usage.duckdb
          site: www
          key_prefix: [tallybook]
          owners: ["finance@host.example"]
          schedules: [weekly]
          sensor: false
        """,
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TALLYBOOK_RAW", "TALLYBOOK_WAREHOUSE", "TALLYBOOK_SITE"):
        monkeypatch.delenv(name, raising=False)
    for path, text in PROJECT.items():
        file = tmp_path / "project" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return tmp_path / "project"


def test_a_host_has_it_as_a_component(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(project))
    for name in [each for each in sys.modules if each == "host" or each.startswith("host.")]:
        monkeypatch.delitem(sys.modules, name)
    defs = dg.load_from_defs_folder(path_within_project=project / "host")
    found = Counter(key.path[0] for key in keys(defs))
    assert found["invoices"] == 1 and found["tallybook"] > 120 and set(found) == {"invoices", "tallybook"}
    assert {each.name for each in defs.schedules} == {"tallybook_weekly"} and list(defs.sensors or ()) == []
    settings = defs.resources["tallybook_pipeline"].settings
    assert settings.raw == str(project / "landing") and settings.site == project / "www"
    assert settings.warehouse == project / "kept" / "usage.duckdb"
    assert defs.get_repository_def().has_job("tallybook_refresh")
    assert not (project / "kept").exists() and not (project / "www").exists(), "nothing is made when it is loaded"


def test_a_schedule_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValidationError, match="hourly"):
        TallybookComponent(raw="raw", schedules=["hourly"])  # type: ignore[list-item]


def test_dg_checks_the_hosts_project(project: Path) -> None:
    pytest.importorskip("dagster_dg_cli", reason="dagster-dg-cli is not installed")
    done = subprocess.run(
        [sys.executable, "-c", "from dagster_dg_cli.cli import main; main()", "check", "defs"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
