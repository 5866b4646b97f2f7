"""A run publishes where a target is set, and what it could not publish the next run does."""

import shutil
from pathlib import Path

import pytest

from orchestration.cli import main


def test_a_run_publishes_and_the_next_one_makes_up_for_it(
    tiny_zone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "www"
    monkeypatch.setenv("TALLYBOOK_PUBLISH_TARGET", str(target))
    command = ["run", "--raw", str(tiny_zone), "--warehouse", str(tmp_path / "w.duckdb"), "--site", str(tmp_path / "s")]
    assert main(command) == 0
    assert f"Published {target} shows release 1: " in capsys.readouterr().out
    assert (target / "current/all/index.html").read_bytes() == (tmp_path / "s/all/index.html").read_bytes()
    assert main(command) == 0
    assert "Published" not in capsys.readouterr().out
    shutil.rmtree(target)
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Nothing new" in said and f"Published {target} shows release 1: " in said
