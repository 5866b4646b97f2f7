"""Who needs whom: no circle of files, and no two rooms that need each other where one must come first."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGES = ("orchestration", "site_builder")


def _modules(project: Path) -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in (project / package).rglob("*.py"):
            name = ".".join(path.relative_to(project).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def _imported(statements: list[ast.stmt], modules: dict[str, Path]) -> Iterator[str]:
    """What is imported when a file is, or for its types alone; not what a function imports when it is called."""
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            names = [f"{statement.module}.{each.name}" for each in statement.names]
            yield from (name if name in modules else statement.module for name in names)
        elif isinstance(statement, ast.Import):
            yield from (each.name for each in statement.names)
        elif isinstance(statement, ast.If):
            yield from _imported([*statement.body, *statement.orelse], modules)


def _needs(project: Path) -> dict[str, set[str]]:
    modules = _modules(project)
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in modules.items()}
    return {name: {each for each in _imported(tree.body, modules) if each in modules and each != name}
            for name, tree in trees.items()}  # fmt: skip


def test_no_files_need_each_other_in_a_circle(project_dir: Path) -> None:
    needs = _needs(project_dir)
    assert len(needs) > 250
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        raise AssertionError(" → ".join(error.args[1])) from None


def test_the_load_knows_of_prices_and_prices_know_of_nothing(project_dir: Path) -> None:
    needs = _needs(project_dir)
    rooms = {name: {".".join(each.split(".")[:2]) for each in needed} for name, needed in needs.items()}
    of_pricing = set().union(*(needed for name, needed in rooms.items() if name.startswith("orchestration.pricing.")))
    assert of_pricing <= {"orchestration.pricing", "orchestration.errors"}
    assert "orchestration.pricing" in rooms["orchestration.loading.listed_models"]


def test_the_site_knows_of_marts_alone(project_dir: Path) -> None:
    for name, needed in _needs(project_dir).items():
        if name.startswith("site_builder"):
            assert {each for each in needed if each.startswith("orchestration")} <= {"orchestration.errors"}, name


# What a schema of the warehouse holds is named in SQL alone, and only by the step after the one that writes it.
_FORBIDDEN = {
    # Between staging and marts is dbt's own; what a build hands over of it is in the schema `handover`.
    "orchestration": r"(intermediate|staging)\.\w",
    "orchestration.loading": r"(intermediate|staging|handover|marts)\.\w",
    "site_builder": r"(lake|audit|staging|intermediate|handover|building|closing)\.\w",
}
_SQL = r"(?i)\b(from|join|into|update|table|view|schema)\s+"


def _read_past(path: Path, forbidden: str) -> list[str]:
    """What the SQL in a file's texts reads or writes of schemas that are not its own."""
    texts = (
        node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )  # fmt: skip
    return [found[0] for text in texts for found in re.finditer(_SQL + forbidden, text)]


def test_no_step_looks_past_the_one_before_it(project_dir: Path) -> None:
    faults = {
        name: read for name, path in _modules(project_dir).items() for package, forbidden in _FORBIDDEN.items()
        if f"{name}.".startswith(f"{package}.") and (read := _read_past(path, forbidden))
    }  # fmt: skip
    assert not faults


def test_what_reads_past_a_step_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text('"""Of staging.py."""\nQUERY = f"select {x} from intermediate.int_clock join {y}.z"\n')
    assert _read_past(file, _FORBIDDEN["orchestration"]) == ["from intermediate.i"]
