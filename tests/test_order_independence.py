"""The same logs give the same marts and the same site, however they arrive and in whatever steps they are taken in."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import Pipeline
from orchestration.settings import Settings
from tests.parts import built_untested

LAST = date(2026, 11, 3)
DAYS = [LAST - timedelta(days=back) for back in range(6, -3, -1)]


def _pipeline(zone: Path, folder: Path) -> Pipeline:
    return Pipeline(Settings(raw=str(zone), warehouse=folder / "w.duckdb", site=folder / "site"))


def _contents(folder: Path) -> dict[str, str]:
    """Every mart and every site file, by name, as a hash."""
    found = {}
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as con:
        names = con.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by all"
        ).fetchall()
        for (name,) in names:
            rows = con.execute(f"select * from marts.{name} order by all").fetchall()
            found[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    for path in sorted((folder / "site").rglob("*")):
        if path.is_file():
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _all_at_once(zone: Path, folder: Path) -> None:
    pipeline = _pipeline(zone, folder)
    pipeline.load()
    pipeline.build()
    pipeline.publish()


def _again(zone: Path, folder: Path) -> None:
    _all_at_once(zone, folder)
    for path in zone.rglob("*"):
        path.touch()
    _all_at_once(zone, folder)


def _newest_landing_date_first(zone: Path, folder: Path) -> None:
    pipeline = _pipeline(zone, folder)
    for day in reversed(DAYS):
        pipeline.load(landing_dates=(day, day))
    pipeline.build()
    pipeline.publish()


def _one_landing_date_at_a_time(zone: Path, folder: Path) -> None:
    for day in DAYS:
        pipeline = _pipeline(zone, folder)
        pipeline.load(landing_dates=(day, day))
        with built_untested() if day != DAYS[-1] else nullcontext():
            pipeline.build()
    # Once: a report that is published in between and then changes is restated, which a first one is not.
    pipeline.publish()


@pytest.fixture(scope="module")
def reference(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reference")
    _all_at_once(tiny_zone, folder)
    return _contents(folder)


@pytest.mark.parametrize("arrive", [_again, _newest_landing_date_first, _one_landing_date_at_a_time])
def test_order_of_loading_does_not_matter(
    arrive: Callable[[Path, Path], None], tiny_zone: Path, reference: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(tiny_zone, tmp_path / "zone")
    arrive(tmp_path / "zone", tmp_path)
    assert _contents(tmp_path) == reference


def test_splitting_and_shuffling_files_does_not_matter(
    tiny_zone: Path, reference: dict[str, str], tmp_path: Path
) -> None:
    """Lines of one landing date move between files; versions of one event keep their order by being distinct."""
    shutil.copytree(tiny_zone, tmp_path / "zone")
    shuffled = 0
    for path in sorted((tmp_path / "zone" / "usage").rglob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(7).shuffle(lines)
        middle = len(lines) // 2
        path.with_name("z-first-half.jsonl").write_text("".join(lines[:middle]), encoding="utf-8")
        (path.parent / "sub").mkdir()
        (path.parent / "sub" / "a-second-half.jsonl").write_text("".join(lines[middle:]), encoding="utf-8")
        path.unlink()
        shuffled += len(lines)
    assert shuffled > 100
    _all_at_once(tmp_path / "zone", tmp_path)
    assert _without_files(_contents(tmp_path)) == _without_files(reference)


def _without_files(contents: dict[str, str]) -> dict[str, str]:
    """All but what says how many files there are: the audit, its page and tables, and what has their hashes."""
    about_files = (
        "mart_audit_", "site/all/quality/", "site/all/data/mart_audit_", "site/all/data/index.html",
        "site/all/data/marts.xlsx", "site/manifest.json",
    )  # fmt: skip
    return {name: digest for name, digest in contents.items() if not name.startswith(about_files)}
