"""The wheel: what it holds is enough, from whatever folder, and nothing is written beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

PACKAGES = ("orchestration", "site_builder", "dbt_project")


@pytest.fixture(scope="module")
def installed(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files, and nothing else of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(command, cwd=project_dir, check=True, capture_output=True)
    with zipfile.ZipFile(next((folder / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(folder / "lib")
    return folder / "lib"


def _tallybook(installed: Path, cwd: Path, *words: str) -> str:
    # -S leaves the checkout out, which the environment's .pth files name; its other packages come by PYTHONPATH.
    env = {
        "PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{installed}:{sysconfig.get_path('purelib')}",
    }  # fmt: skip
    command = [sys.executable, "-S", "-m", "orchestration.cli", *words]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _files(folder: Path) -> list[Path]:
    return sorted(path for package in PACKAGES for path in (folder / package).rglob("*"))


def test_licenses_are_in_it(installed: Path) -> None:
    names = {path.name for path in installed.glob("*.dist-info/licenses/*")}
    assert names == {"LICENSE", "NOTICE"}


def test_it_runs_from_any_folder_and_writes_nothing_beside_itself(
    installed: Path, tiny_zone: Path, tmp_path: Path
) -> None:
    before = _files(installed)
    assert before
    (tmp_path / "raw").symlink_to(tiny_zone)
    said = _tallybook(installed, tmp_path, "run")
    assert f"in {tmp_path / 'site' / 'index.html'}" in said
    assert (tmp_path / "warehouse" / "tallybook.duckdb").is_file() and (tmp_path / ".cache" / "tallybook").is_dir()
    assert _files(installed) == before
