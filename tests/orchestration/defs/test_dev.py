"""The graph in a browser: what starts it, and what is said where the extra for it is missing."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from orchestration.defs import dev


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        dev.main()
    assert (
        stopped.value.code == "the graph in a browser needs the package dagster-webserver: pip install 'tallybook[ui]'"
    )


def test_it_becomes_dagsters_own_server_over_the_run_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert importlib.util.find_spec("dagster_webserver")
    (tmp_path / "raw").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("DAGSTER_HOME", "PYTHONTZPATH"):
        monkeypatch.setenv(name, "")
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda path, words: started.append(words))
    dev.main()
    assert started[0][1:] == ["dev", "-m", "orchestration.definitions"]
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / "warehouse/tallybook.dagster")
