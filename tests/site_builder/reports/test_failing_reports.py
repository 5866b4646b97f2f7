"""What fails in one report costs that report: it stays as it was and is named, and all others are published."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tiny_marts import cut_marts, without_printing

from orchestration.checking.verify import file_faults
from site_builder.build import SiteError, build_site
from site_builder.files import manifest
from site_builder.files.links import broken_links
from site_builder.reports import make

pytestmark = pytest.mark.usefixtures("few_cards")

DAY, WEEK = "acme/daily/2026-02-04", "acme/weekly/2026-W06"


@pytest.fixture(scope="module")
def marts(small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_marts(small_marts, tmp_path_factory.mktemp("tiny") / "w.duckdb")


@pytest.fixture(scope="module")
def later_marts(marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same marts, after which a message came late."""
    later = Path(shutil.copy(marts, tmp_path_factory.mktemp("later") / "w.duckdb"))
    with duckdb.connect(str(later)) as con:
        con.execute("update marts.mart_tenant_daily set requests = requests + 1 where usage_date = '2026-02-04'")
    return later


@pytest.fixture(autouse=True)
def in_a_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    without_printing(monkeypatch)
    yield


@pytest.fixture(scope="module")
def first(marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        without_printing(patch)
        site = tmp_path_factory.mktemp("first") / "site"
        build_site(marts, site)
    return site


@pytest.fixture(scope="module")
def second(first: Path, later_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first site with what came late, undisturbed."""
    with pytest.MonkeyPatch.context() as patch:
        without_printing(patch)
        site = Path(shutil.copytree(first, tmp_path_factory.mktemp("second") / "site"))
        build_site(later_marts, site)
    return site


def tree(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def is_true(site: Path) -> None:
    """The manifest lists what is there, every byte of it, and every link leads somewhere."""
    assert list(file_faults(site, manifest.load(site))) == []
    assert broken_links(site) == []


def failing(patch: pytest.MonkeyPatch, step: str, folders: tuple[str, ...], error: Exception) -> None:
    """Have a step of making a report (a function of the module `make`) fail for these reports."""
    real: Callable[..., Any] = getattr(make, step)

    def fails(first: Any, *more: Any) -> Any:
        path = getattr(first, "path", None) or f"{first.scope.folder}/{first.period.edition}/{first.period.name}/x"
        if path.rpartition("/")[0] in folders:
            raise error
        return real(first, *more)

    patch.setattr(make, step, fails)


@pytest.mark.parametrize(
    ("step", "error", "said"),
    [
        ("compose", ZeroDivisionError("one bad name"), "ZeroDivisionError in test_failing_reports.py"),
        ("_pdf", RuntimeError("missing codepoints"), "missing codepoints"),
        ("_pdf", PermissionError(13, "Permission denied", "x"), "Permission denied: x"),
    ],
)
def test_a_report_that_fails_stays_as_it_was_and_the_next_build_makes_it(
    first: Path, second: Path, later_marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    step: str, error: Exception, said: str,
) -> None:  # fmt: skip
    site = Path(shutil.copytree(first, tmp_path / "site"))
    with monkeypatch.context() as patch:
        failing(patch, step, (WEEK,), error)
        done = build_site(later_marts, site)
    assert [each.place for each in done.failed] == [WEEK] and said in done.failed[0].reason
    is_true(site)
    before, after = tree(first), tree(site)
    own = [path for path in before if path.startswith(f"{WEEK}/")]
    assert own and all(after[path] == before[path] for path in own) and not (site / f"{WEEK}_r1").exists()
    known, now = manifest.load(first), manifest.load(site)
    assert now.reports[WEEK] == known.reports[WEEK]
    whole = tree(second)
    of_week = (WEEK, "all/quality/", "manifest.json", "acme/latest/", "acme/index.html", "index.html")
    assert all(after[path] == content for path, content in whole.items() if not path.startswith(of_week))
    again = build_site(later_marts, site, changed={})
    assert again.failed == () and {f"{WEEK}/index.html"} == {report.path for report in again.reports}
    assert tree(site) == whole


def test_a_report_that_never_was_and_fails_is_not_led_to(
    marts: Path, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, "compose", (WEEK, DAY), ValueError("no"))
        done = build_site(marts, tmp_path / "site")
    assert {each.place for each in done.failed} == {WEEK, DAY} and len(done.reports) == 13
    is_true(tmp_path / "site")
    assert not (tmp_path / "site" / WEEK).exists()
    assert "2026-W06" not in (tmp_path / "site/acme/daily/2026-02-05/index.html").read_text("utf-8")
    build_site(marts, tmp_path / "site", changed={})
    assert tree(tmp_path / "site") == tree(first)


def test_explorer_data_and_indexes_of_a_scope_fail_alone(
    first: Path, second: Path, later_marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Path(shutil.copytree(first, tmp_path / "site"))

    def of(folder: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def fails(*args: Any, **named: Any) -> Any:
            of_scopes = [getattr(arg, "month", arg) for arg in args if not isinstance(arg, dict)]
            if any(folder in (getattr(arg, "folder", None), getattr(getattr(arg, "scope", None), "folder", None), arg)
                   for arg in of_scopes):  # fmt: skip
                raise KeyError("no")
            return real(*args, **named)

        return fails

    with monkeypatch.context() as patch:
        from site_builder.data import page as data_page
        from site_builder.explore import page as explore_page
        from site_builder.pages import indexes

        patch.setattr(explore_page, "scripts", of("acme", explore_page.scripts))
        patch.setattr(data_page, "_put_table", of("acme", data_page._put_table))
        patch.setattr(indexes, "_of_scope", of("acme", indexes._of_scope))
        patch.setattr("site_builder.pages.assembling.put_quality", of("no", lambda *_: 1 / 0))
        done = build_site(later_marts, site)
    assert [each.place for each in done.failed] == [
        "acme/explore/data/2026-02.js", "acme/data/index.html", "all/quality/index.html", "acme/index.html",
    ]  # fmt: skip
    is_true(site)
    for path, content in tree(first).items():
        if path.startswith(("acme/explore/", "acme/data/", "acme/index", "acme/latest", "all/quality")):
            assert (site / path).read_bytes() == content, path
    build_site(later_marts, site, changed={})
    assert tree(site) == tree(second)


def test_a_scope_whose_first_index_fails_is_not_there_yet(
    marts: Path, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from site_builder.pages import indexes

    real = indexes._of_scope
    with monkeypatch.context() as patch:
        patch.setattr(indexes, "_of_scope", lambda m, s, *rest: 1 / 0 if s.folder == "acme" else real(m, s, *rest))
        build_site(marts, tmp_path / "site")
    is_true(tmp_path / "site")
    assert not (tmp_path / "site/acme").exists()
    build_site(marts, tmp_path / "site", changed={})
    assert tree(tmp_path / "site") == tree(first)


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_is_nobodys_fault_stops_the_build_and_the_site_stays_as_it_was(
    first: Path, later_marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    site = Path(shutil.copytree(first, tmp_path / "site"))
    with monkeypatch.context() as patch:
        failing(patch, "_pdf", (WEEK,), error)  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else SiteError) as raised:
            build_site(later_marts, site)
    assert isinstance(error, KeyboardInterrupt) or any(
        text in str(raised.value) for text in ("out of memory", "No space left on device")
    )
    assert tree(site) == tree(first)


def test_a_worker_that_is_killed_costs_its_report(
    first: Path, second: Path, later_marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Path(shutil.copytree(first, tmp_path / "site"))
    drawn = make._pdf

    def killed(page: Any, *more: Any) -> bytes:
        if page.path.startswith(WEEK):
            os.kill(os.getpid(), signal.SIGKILL)
        return drawn(page, *more)

    with monkeypatch.context() as patch:
        patch.setattr("site_builder.pdf.forking.may_fork", lambda: True)
        patch.setattr(make, "_pdf", killed)
        done = build_site(later_marts, site)
    assert [(each.place, "SIGKILL" in each.reason) for each in done.failed] == [(WEEK, True)]
    is_true(site)
    build_site(later_marts, site, changed={})
    assert tree(site) == tree(second)


def test_a_place_that_is_taken_costs_its_report(first: Path, later_marts: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(first, tmp_path / "site"))
    (site / DAY / "report.json").unlink()
    (site / DAY / "report.json").mkdir()
    (site / DAY / "report.json/mine.txt").write_text("mine")
    done = build_site(later_marts, site)
    assert [each.place for each in done.failed] == [DAY]
    assert "report.json is a folder, and a file belongs there: remove it" in done.failed[0].reason
    shutil.rmtree(site / DAY / "report.json")
    assert build_site(later_marts, site, changed={}).failed == ()
    is_true(site)
