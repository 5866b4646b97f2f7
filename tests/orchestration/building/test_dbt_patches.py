from __future__ import annotations

import gc
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment

from orchestration.building import dbt_patches
from orchestration.building.dbt_patches import import_dbt, with_a_checked_project, without_garbage_hunts
from orchestration.building.dbt_templates import KeptTemplates


def test_the_classes_of_dbt_still_write_and_read_themselves() -> None:
    import_dbt()
    from dbt.artifacts.resources import ColumnInfo
    from dbt.contracts.graph.manifest import Manifest

    column = ColumnInfo(name="credits", data_type="decimal(38,6)")
    assert ColumnInfo.from_dict(column.to_dict()) == column
    assert Manifest.from_msgpack(Manifest().to_msgpack()).nodes == {}


def test_dbt_is_left_as_it_was_even_by_a_run_that_fails(tmp_path: Path) -> None:
    import_dbt()
    from dbt_common.events.event_manager import EventManager

    before = (Environment.compile, EventManager.fire_event)
    with pytest.raises(ZeroDivisionError), with_a_checked_project(KeptTemplates(tmp_path)):
        assert before != (Environment.compile, EventManager.fire_event)
        raise ZeroDivisionError
    assert before == (Environment.compile, EventManager.fire_event)


def test_what_runs_leave_is_hunted_before_a_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbt_patches, "_runs", count(1))
    gc.enable()
    gc.unfreeze()  # of builds of other tests
    frozen = []
    for _ in range(2 * dbt_patches.RUNS_BETWEEN_HUNTS + 1):
        with without_garbage_hunts():
            assert not gc.isenabled()
            frozen.append(gc.get_freeze_count() > 0)
        assert gc.isenabled() and gc.get_freeze_count() > 0
    gc.unfreeze()
    assert [place for place, is_frozen in enumerate(frozen) if not is_frozen and place] == [3, 7]


def test_a_nodes_context_is_made_once_and_let_go_of_when_the_next_begins(tmp_path: Path) -> None:
    import_dbt()
    from dbt import compilation
    from dbt.context import providers
    from dbt.task import run

    made: list[dict] = []

    class Context:
        def __init__(self, model: Any, *_: Any) -> None:
            self.model, self.sql_results, self._ctx = model, {"main": 1}, {"builtins": {}}
            self._ctx["context"] = self._ctx

        ctx_model = property(lambda self: {"compiled_code": self.model.sql})
        compiled_code = sql = property(lambda self: self.model.sql)

        def to_dict(self) -> dict:
            made.append(self._ctx)
            return self._ctx

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "ModelContext", Context)
        with with_a_checked_project(KeptTemplates(tmp_path)):
            nodes = [SimpleNamespace(sql=None), SimpleNamespace(sql=None)]
            for node in nodes:
                compiling = compilation.generate_runtime_model_context(node, None, None)
                node.sql = "select 1"
                running = run.generate_runtime_model_context(node, None, None)
                assert running is compiling and running["sql"] == running["builtins"]["sql"] == "select 1"
                assert running["model"] == {"compiled_code": "select 1"}
            assert made[0] == {} and made[1] is running and len(made) == 2


def test_a_template_is_compiled_once_and_kept_until_the_project_changes(tmp_path: Path) -> None:
    def render(templates: KeptTemplates) -> tuple[str, list[str]]:
        compiled: list[str] = []

        def compile_template(environment: Environment, source: str) -> object:
            compiled.append(source)
            return Environment.compile(environment, source)

        environment = Environment()
        code = templates.compiling(compile_template)(environment, "{{ 1 + 1 }} parts")
        return environment.template_class.from_code(environment, code, {}).render(), compiled

    first = KeptTemplates(tmp_path)
    assert render(first) == ("2 parts", ["{{ 1 + 1 }} parts"])
    first.save()
    assert render(KeptTemplates(tmp_path)) == ("2 parts", [])
    KeptTemplates.forget(tmp_path)
    assert render(KeptTemplates(tmp_path)) == ("2 parts", ["{{ 1 + 1 }} parts"])


@pytest.mark.parametrize(
    "sql",
    [
        "with a as (select 1) select * from a",
        "\n\n-- a note; with a mark\nWITH\n a as (select 1)\nselect * from a",
        "-- a note\nwith a as (select 1), b as (with c as (select 2) select * from c) select * from a",
        "with a as (select 1), -- a note; within\n b as (select 2) select * from a",
        "with a as (select ';--' as x) select * from a",
        "with recursive a as (select 1) select * from a",
        "select 1",
        "(with a as (select 1) select * from a)",
    ],
)
def test_ephemeral_models_stand_where_dbt_puts_them(tmp_path: Path, sql: str) -> None:
    import_dbt()
    from dbt import compilation
    from dbt.artifacts.resources.v1.components import InjectedCTE

    def words() -> list[str]:
        ctes = [InjectedCTE(id=name, sql=f" {name} as (select 0)") for name in ("x", "y")]
        return compilation.inject_ctes_into_sql(sql, ctes).replace(",", " , ").split()

    by_dbt = words()
    with with_a_checked_project(KeptTemplates(tmp_path)):
        assert words() == by_dbt
