"""What the suite says of itself: which modules take long, how often a warehouse is built, what is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.building import dbt_runner
from tests import counting, spreading
from tests.sharing import once_per_run


def test_the_modules_that_have_a_turn_of_their_own_are_there(project_dir: Path) -> None:
    named = (*spreading.LONGEST, *spreading.APART)
    assert [name for name in named if not (project_dir / name).is_file()] == []
    assert len(set(named)) == len(named)


def test_every_build_of_this_process_is_counted(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    before = pytestconfig.stash[counting.BUILDS]
    for command in ("build", "compile"):
        with pytest.raises(dbt_runner.DbtError, match="no-such-option"):
            dbt_runner._invoke([command, "--no-such-option"], warehouse=tmp_path / "w", target=tmp_path, manifest=None)
    assert pytestconfig.stash[counting.BUILDS] == before + 1


@pytest.mark.parametrize(
    ("args", "builds", "verdict"), [(["tests"], 1, True), (["tests"], 0, False), (["x"], 1, False)]
)
def test_only_the_whole_suite_can_build_too_often(args: list[str], builds: int, verdict: bool) -> None:
    assert counting.is_too_many(args, counting.MOST_BUILDS + builds) is verdict


def test_what_is_shared_is_made_once_and_again_where_making_it_failed(tmp_path_factory: pytest.TempPathFactory) -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        if len(made) == 1:
            raise ZeroDivisionError

    name = f"counted-{id(made)}"
    with pytest.raises(ZeroDivisionError):
        once_per_run(tmp_path_factory, name, make)
    assert once_per_run(tmp_path_factory, name, make) == once_per_run(tmp_path_factory, name, make)
    assert len(made) == 2
