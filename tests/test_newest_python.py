"""A part of the suite on the newest Python that is here: the golden site, the sample and what reads files.

The golden site was written by one Python, and so was the sample: whoever makes other bytes of the same is found out.
`make test-newest` runs all of it there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PART = (
    "tests/test_golden_site.py",
    "tests/orchestration/generating/test_sample.py::test_the_generator_makes_exactly_the_files_in_raw",
    "tests/orchestration/loading/readers/test_blocks.py",
    "tests/orchestration/loading/readers/test_csv_records.py",
)


@pytest.fixture(scope="module")
def newest(project_dir: Path) -> Path:
    """An environment of the newest Python that `make newest-python` found."""
    python = project_dir / ".venv/newest/bin/python"
    if not python.exists():
        pytest.skip("no Python from 3.12 to 3.14 was there beside the one that runs the tests")
    asked = "import sys; print(sys.version_info[:2])"
    answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    if answer == str(sys.version_info[:2]):
        pytest.skip("the newest Python here is the one that runs the tests")
    return python


def test_the_newest_python_makes_the_same_bytes_and_reads_the_same(newest: Path, project_dir: Path) -> None:
    # Whatever pytest-xdist told this process is not for the other.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [str(newest), "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *PART]
    done = subprocess.run(command, cwd=project_dir, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr
