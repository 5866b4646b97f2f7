"""dbt's parsed project, where nothing can be written: as in an image with a read-only root."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.building import dbt_runner
from orchestration.building.dbt_runner import DbtError, ensure_manifest, project_fingerprint


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a parsed project that nobody can write to. Root can write everywhere: it is told that it cannot."""
    folder = tmp_path / "kept"
    folder.mkdir()
    names = {
        "KEPT_DIR": "",
        "MANIFEST_JSON": "manifest.json",
        "_PARSED": "manifest.pickle",
        "_FINGERPRINT": "fingerprint",
    }
    for name, file in names.items():
        monkeypatch.setattr(dbt_runner, name, folder / file)
    for name in ("manifest.json", "manifest.pickle"):
        (folder / name).write_bytes(b"x")
    (folder / "fingerprint").write_text(project_fingerprint())
    monkeypatch.setattr(dbt_runner.os, "access", lambda path, mode: False)
    return folder


def test_what_was_parsed_before_is_taken_and_nothing_is_written(kept: Path) -> None:
    before = sorted(kept.iterdir())
    assert ensure_manifest() == kept / "manifest.json"
    assert sorted(kept.iterdir()) == before


def test_what_was_parsed_of_another_project_is_refused(kept: Path) -> None:
    (kept / "fingerprint").write_text("another")
    (kept / "lock").mkdir()
    with pytest.raises(DbtError, match="cannot be written to .*TALLYBOOK_DBT_CACHE"):
        ensure_manifest()
