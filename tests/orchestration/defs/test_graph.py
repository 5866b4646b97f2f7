"""The shape of the asset graph, as a snapshot; `--snapshot-update` accepts a change."""

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from syrupy.assertion import SnapshotAssertion

from orchestration.definitions import definitions
from orchestration.defs.embedding import DEFAULT
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    folder = tmp_path_factory.mktemp("graph")
    return definitions(Pipeline(Settings(raw=str(folder), warehouse=folder / "w.duckdb", site=folder / "site")))


def test_assets_dependencies_and_groups(defs: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    graph = defs.resolve_asset_graph()
    assert {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "after": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
        }
        for key in sorted(graph.get_all_asset_keys())
    } == snapshot


def test_checks(defs: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    made = [each for each in (*defs.assets, *defs.asset_checks) if not isinstance(each, dg.AssetSpec)]
    specs = [spec for each in made for spec in each.check_specs]
    checks = {
        f"{spec.asset_key.to_user_string()}: {spec.name}": "blocks" if spec.blocking else "warns" for spec in specs
    }
    assert checks == snapshot


def test_schedules_and_sensors(defs: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    assert [
        (schedule.name, schedule.cron_schedule, schedule.execution_timezone, schedule.job_name)
        for schedule in defs.schedules
    ] + [(sensor.name, sensor.minimum_interval_seconds, sensor.job_name) for sensor in defs.sensors] == snapshot


def test_the_refresh_job_covers_everything_in_one_process(defs: dg.Definitions) -> None:
    job = defs.resolve_job_def(DEFAULT.refresh)
    assert job.executor_def.name == "in_process"
    assert job.asset_layer.selected_asset_keys == {
        key for key in defs.resolve_asset_graph().get_all_asset_keys() if key.path[0] != "source"
    }


def test_raw_assets_are_cut_by_landing_date_and_backfilled_in_one_run(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    raw = [graph.get(key) for key in graph.get_all_asset_keys() if key.path[0] == "raw"]
    assert raw
    for node in raw:
        assert isinstance(node.partitions_def, dg.DailyPartitionsDefinition)
        assert node.backfill_policy == dg.BackfillPolicy.single_run()


def test_importing_the_definitions_reads_no_data(tmp_path: Path) -> None:
    settings = Settings(raw="s3://nowhere/at-all", warehouse=tmp_path / "w.duckdb", site=tmp_path / "site")
    definitions(Pipeline(settings)).resolve_asset_graph()
    assert list(tmp_path.iterdir()) == []


def test_where_a_target_is_set_the_site_is_published_after_its_checks(tmp_path: Path) -> None:
    settings = Settings(
        raw=str(tmp_path), warehouse=tmp_path / "w.duckdb", site=tmp_path / "site", publish_target=str(tmp_path / "www")
    )
    graph = definitions(Pipeline(settings)).resolve_asset_graph()
    published = graph.get(dg.AssetKey(["site", "published_site"]))
    assert published.parent_keys == {dg.AssetKey(["site", "report_site"])}
    assert (
        dg.AssetKey(["site", "published_site"])
        not in definitions(Pipeline(Settings(raw=settings.raw, warehouse=settings.warehouse, site=settings.site)))
        .resolve_asset_graph()
        .get_all_asset_keys()
    )


@pytest.mark.parametrize(("switch", "name"), [("sends_mail", "mailed_digests"), ("tells_alerts", "told_alerts")])
def test_mail_and_alerts_go_out_once_the_site_is_where_its_readers_are(tmp_path: Path, switch: str, name: str) -> None:
    none = Settings(raw=str(tmp_path), warehouse=tmp_path / "w.duckdb", site=tmp_path / "site")
    mailed, here = dg.AssetKey(["site", name]), replace(none, **{switch: True})
    assert mailed not in definitions(Pipeline(none)).resolve_asset_graph().get_all_asset_keys()
    for settings, after in ((here, "report_site"), (replace(here, publish_target="/www"), "published_site")):
        graph = definitions(Pipeline(settings)).resolve_asset_graph()
        assert graph.get(mailed).parent_keys == {dg.AssetKey(["site", after])}
