"""The lock files: whole, by hash, of one mind, and the same for every Python that the project says it runs on."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

RUN_TIME, DEVELOPMENT, BUILD = "requirements.lock", "requirements-dev.lock", "orchestration/deploy/build.lock"
LOCKS = (RUN_TIME, DEVELOPMENT, BUILD)
# What a server that runs Tallybook has no use for.
FOR_DEVELOPERS = {"pytest", "mypy", "ruff", "moto", "hypothesis", "playwright", "hatchling", "uv"}
RUN_TIME_EXTRAS = {"s3", "gcs", "azure", "ui"}
# A pin with its marker, a hash, or who asks for it: an address, an option of pip or a path fits none of them.
LINE = re.compile(
    r"[\w.-]+(\[[\w,.-]+\])?==[\w.!+]+( ; [\w .<>=!'()]+)? \\"
    r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
    r"|    # via [\w .,()\[\]-]+"
    r"|"
)


@pytest.fixture(scope="module")
def project(project_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((project_dir / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def pins(lock: Path) -> dict[str, tuple[Requirement, frozenset[str]]]:
    """Requirement and SHA-256 hashes by the name of each package."""
    text = re.sub(r"^ *#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for line in text.replace("\\\n", " ").splitlines():
        required, *hashes = line.split("--hash=sha256:")
        requirement = Requirement(required)
        found[canonicalize_name(requirement.name)] = (requirement, frozenset(each.strip() for each in hashes))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_versions_and_hashes_and_no_place(project_dir: Path, name: str) -> None:
    lines = (project_dir / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    locked = pins(project_dir / name)
    assert locked
    for requirement, hashes in locked.values():
        assert [each.operator for each in requirement.specifier] == ["=="], requirement
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes), requirement


@pytest.mark.parametrize("name", [RUN_TIME, BUILD])
def test_the_development_lock_holds_what_the_others_hold(project_dir: Path, name: str) -> None:
    development = pins(project_dir / DEVELOPMENT)
    for package, (requirement, hashes) in pins(project_dir / name).items():
        whole, their_hashes = development[package]
        assert (whole.specifier, their_hashes) == (requirement.specifier, hashes), package


def test_the_run_time_lock_is_without_what_developers_need(project_dir: Path) -> None:
    locked = set(pins(project_dir / RUN_TIME))
    assert not locked & FOR_DEVELOPERS
    assert set(pins(project_dir / DEVELOPMENT)) >= FOR_DEVELOPERS


def test_the_locks_have_what_the_project_asks_for(project_dir: Path, project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    assert set(extras) == RUN_TIME_EXTRAS | {"dev"}
    run_time = [*project["dependencies"], *(each for name in RUN_TIME_EXTRAS for each in extras[name])]
    for name, wanted in ((RUN_TIME, run_time), (DEVELOPMENT, [*run_time, *extras["dev"]])):
        locked = pins(project_dir / name)
        for requirement in map(Requirement, wanted):
            if requirement.name != "tallybook":
                pinned, _ = locked[canonicalize_name(requirement.name)]
                version = next(iter(pinned.specifier)).version
                assert requirement.specifier.contains(version, prereleases=True), requirement


def test_every_python_that_is_promised_is_named(project: dict[str, Any]) -> None:
    promised = SpecifierSet(project["requires-python"])
    named = {each.rpartition(" ")[2] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)}
    assert named == {f"3.{minor}" for minor in range(30) if promised.contains(f"3.{minor}")}
    assert {"3.11", "3.14"} <= named


def test_extras_that_packages_ask_each_other_for_are_locked(project_dir: Path) -> None:
    # pip takes `name[extra]` for another requirement than `name`, and finds that one not pinned.
    locked = pins(project_dir / DEVELOPMENT)
    asked = 0
    for name, (requirement, _) in locked.items():
        for needed in map(Requirement, _requires(name)):
            if needed.extras and any(
                needed.marker is None or needed.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
            ):
                asked += 1
                assert needed.extras <= locked[canonicalize_name(needed.name)][0].extras, (name, str(needed))
    assert asked > 5


def _requires(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []  # of another platform
