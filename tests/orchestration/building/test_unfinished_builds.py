"""A build that was broken off or failed: nothing reads its marts, and the next one makes them whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration import reporting
from orchestration.alerting.watch import read_alerts
from orchestration.building import build as building
from orchestration.building.build import BuildFailedError, is_built, last_build
from orchestration.building.dbt_runner import NodeResult, run_dbt
from orchestration.building.state import UnbuiltError, read_state
from orchestration.checking.check import check
from orchestration.checking.doctor import examine
from orchestration.cli import main
from orchestration.closing.close import ClosingError, close_month
from orchestration.closing.journal import Signature
from orchestration.exporting import require_mart
from orchestration.loading.lake.mending import LakeError
from orchestration.mailing.subscriptions import read_subscriptions
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings
from orchestration.warehouse import opened

pytestmark = pytest.mark.usefixtures("few_cards")

SUMS = ("marts.fct_usage_daily", "marts.mart_tenant_daily", "marts.mart_user_daily", "marts.mart_credit_balance_daily")
# What a build has done at three points of its way: only the facts; some marts of them; all models and half the tests.
REACHED = ["+fct_usage_hourly", "+mart_tenant_daily", "resource_type:model"]


@pytest.fixture(scope="module")
def built(tiny_zone: Path, tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse that was built, and a zone in which more has landed since; tests bring it to this state again."""
    folder = tmp_path_factory.mktemp("unfinished")
    shutil.copytree(tiny_zone, folder / "zone")
    shutil.copytree(tiny_built, folder, dirs_exist_ok=True)
    return Settings(raw=str(folder / "zone"), warehouse=folder / "w.duckdb", site=folder / "site")


def _land(settings: Settings, name: str) -> None:
    """One more event of the first date, late."""
    first = next(iter(sorted(Path(settings.raw, "usage").iterdir())))
    with opened(settings.warehouse, read_only=True) as con:
        tenant, at = con.execute("select tenant_id, min(occurred_at) from lake.usage_events group by 1").fetchall()[0]
    event = {"event_id": name, "occurred_at": f"{at}Z", "tenant_id": tenant, "model_id": "m", "credits": "7"}
    (first / f"{name}.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    Pipeline(settings).load()


def _breaking_off(reached: str) -> Callable[..., list[NodeResult]]:
    def broken_off(command: list[str], **options: Any) -> list[NodeResult]:
        run_dbt([*command, "--select", reached], **options)
        raise KeyboardInterrupt

    return broken_off


def _tables(settings: Settings) -> dict[str, list[Any]]:
    with opened(settings.warehouse, read_only=True) as con:
        return {table: con.execute(f"from {table} order by all").fetchall() for table in SUMS}


@pytest.mark.parametrize("reached", REACHED)
def test_half_built_marts_are_read_by_nobody_and_made_whole(
    built: Settings, reached: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _land(built, f"late-{REACHED.index(reached)}")
    before = last_build(built.warehouse)
    with monkeypatch.context() as patched:
        patched.setattr(building, "run_dbt", _breaking_off(reached))
        with pytest.raises(KeyboardInterrupt):
            Pipeline(built).build()
    assert last_build(built.warehouse) == before and not is_built(built.warehouse, to=None)
    readers: list[Callable[[], object]] = [
        lambda: reporting.publish(built), lambda: read_alerts(built.warehouse),
        lambda: read_subscriptions(built.warehouse), lambda: require_mart(built.warehouse, "1.2"),
        lambda: check(built, lambda *_: None),
    ]  # fmt: skip
    for reader in readers:
        with pytest.raises(UnbuiltError, match="partly new and partly old: run tallybook build"):
            reader()
    with pytest.raises(ClosingError, match="run tallybook build"):
        close_month(built.warehouse, date(2026, 10, 1), Signature("Finance", "October"))
    places = ["--warehouse", str(built.warehouse), "--site", str(built.site)]
    assert main(["site", *places]) == 1
    assert "run tallybook build" in capsys.readouterr().err
    assert not built.site.exists(), "of a half-built day nothing is published that would be restated later"
    [bad] = [each for each in examine(built) if each.subject == "warehouse"]
    assert not bad.is_well and bad.remedy == "run tallybook build first"
    assert Pipeline(built).build().is_built
    read_alerts(built.warehouse)
    incremental = _tables(built)
    Pipeline(built).build(full_refresh=True)
    assert incremental == _tables(built)


def test_a_failed_test_leaves_marts_that_nobody_reads(built: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = NodeResult("test.t.assert_it", "assert_it", "test", "fail", 0.1, 3, "Got 3 results")
    _land(built, "failing")
    with monkeypatch.context() as patched:
        patched.setattr(building, "run_dbt", lambda *_, **__: [failed])
        with pytest.raises(BuildFailedError, match="assert_it"):
            Pipeline(built).build()
    with pytest.raises(UnbuiltError):
        read_alerts(built.warehouse)
    assert Pipeline(built).build().is_built


def test_a_build_that_wanted_something_else_is_not_gone_on_with(
    built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without that the state is as it was, and a build would have nothing to do."""
    before = _tables(built)
    with monkeypatch.context() as patched:
        patched.setattr(building, "run_dbt", _breaking_off("+mart_tenant_daily"))
        with pytest.raises(KeyboardInterrupt):
            Pipeline(built).build(to=date(2026, 10, 31))
    assert Pipeline(built).build().is_full_refresh
    assert _tables(built) == before
    assert not read_state(built.warehouse)[1].begun


def test_what_was_loaded_and_not_built_is_not_shown_beside_older_marts(built: Settings) -> None:
    _land(built, "unbuilt")
    for reader in (lambda: reporting.publish(built), lambda: require_mart(built.warehouse, "1.2")):
        with pytest.raises(UnbuiltError, match="lack what was loaded last: run tallybook build"):
            reader()
    read_alerts(built.warehouse)
    Pipeline(built).build()


def test_a_damaged_lake_is_built_from_by_nobody(built: Settings) -> None:
    hurt = next(built.beside_warehouse("lake").rglob("usage_events/*/*.parquet"))
    content = hurt.read_bytes()
    hurt.write_bytes(content[:-1])
    for reader in (lambda: Pipeline(built).build(full_refresh=True), lambda: reporting.publish(built)):
        with pytest.raises(LakeError, match="tallybook load mends it"):
            reader()
    assert check(built, lambda *_: None).faults[0].startswith(f"{hurt} has ")
    Pipeline(built).load()
    assert Pipeline(built).build().is_full_refresh
