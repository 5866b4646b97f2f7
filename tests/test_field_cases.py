"""Landing zones as people's systems really write them, after public bug reports, with figures worked out by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

CASES = PROJECT.parent / "shared" / "field" / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir()) if CASES.is_dir() else []
# No case asks for a page of these.
SHORT = "[editions]\nbilling = false\nquarterly = false\nyearly = false\n"


@pytest.mark.skipif(not NAMES, reason="no field cases: shared/ is not beside the checkout")
@pytest.mark.parametrize("name", NAMES)
def test_a_field_case_gives_the_right_figures(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tallybook.toml").write_text(SHORT, encoding="utf-8")
    monkeypatch.setenv("TALLYBOOK_CONFIG", str(tmp_path / "tallybook.toml"))
    tallybook = Path(sys.executable).with_name("tallybook")
    command = [sys.executable, CASES.parent / "check.py", "--tallybook", tallybook, name]
    checked = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.startswith("PASS"), "the runner has not run the case"
