"""What became of a published site is noticed and made again; what nothing can make again is named."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from tiny_marts import cut_marts, without_printing

from orchestration.checking.verify import file_faults, verify
from site_builder.build import SiteError, build_site
from site_builder.files import manifest, urls
from site_builder.files.damage import damaged, foreign
from site_builder.files.links import broken_links

pytestmark = pytest.mark.usefixtures("few_cards")

DAY = "acme/daily/2026-02-04"


@pytest.fixture(scope="module")
def marts(small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_marts(small_marts, tmp_path_factory.mktemp("tiny") / "w.duckdb")


@pytest.fixture(scope="module")
def whole(marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        without_printing(patch)
        site = tmp_path_factory.mktemp("whole") / "site"
        build_site(marts, site)
    return site


@pytest.fixture
def site(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    without_printing(monkeypatch)
    # Spaces and signs that mean something in an address mean nothing in a folder's name.
    yield Path(shutil.copytree(whole, tmp_path / "a ?#% 'site'"))


def tree(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def flip(path: Path) -> None:
    """Another content of the same size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_what_is_damaged_or_gone_is_made_anew(site: Path, whole: Path, marts: Path) -> None:
    assert damaged(site, manifest.load(site)) == set()
    flipped = [f"{DAY}/data/kpis.csv", "acme/explore/data/2026-02.js", "acme/data/mart_model_daily.parquet",
               "all/quality/index.html"]  # fmt: skip
    for path in flipped:
        flip(site / path)
    (site / "acme/index.html").write_bytes(b"")
    (site / "all/monthly/2026-02/report.pdf").unlink()
    shutil.rmtree(site / "acme/weekly/2026-W06")
    (site / "acme/weekly/2026-W06").mkdir()
    (site / "acme/glossary/index.html").unlink()
    (site / "acme/glossary/index.html").mkdir()
    lost = damaged(site, manifest.load(site))
    assert {*flipped, "acme/index.html", "all/monthly/2026-02/report.pdf", "acme/glossary/index.html"} < lost
    done = build_site(marts, site, changed={})
    assert done.failed == () and done.mended == len(lost)
    assert {report.path.rpartition("/")[0] for report in done.reports} == {
        DAY, "all/monthly/2026-02", "acme/weekly/2026-W06",
    }  # fmt: skip
    assert tree(site) == tree(whole)
    assert damaged(site, manifest.load(site)) == set()


def test_a_closed_month_that_is_damaged_is_made_anew(site: Path, whole: Path, marts: Path, tmp_path: Path) -> None:
    closed = Path(shutil.copy(marts, tmp_path / "closed.duckdb"))
    with duckdb.connect(str(closed)) as con:
        con.execute("insert into marts.mart_closed_months values ('2026-02', '2026-02-01', '2026-02-28', '2026-03-01')")
    build_site(closed, site)
    before = tree(site)
    assert manifest.load(site).reports[DAY].is_closed
    flip(site / DAY / "index.html")
    build_site(closed, site, changed={})
    assert tree(site) == before


def test_a_foreign_file_is_named_and_left(site: Path, marts: Path) -> None:
    (site / DAY / "data/evil.csv").write_text("a,b\n")
    (site / "robots.txt").write_text("mine")
    (site / "acme/assets/report.0123456789.css").write_text("not what its name says")
    own = urls.asset("acme", "report.css", b"of the release before")
    (site / own).write_bytes(b"of the release before")
    assert list(foreign(site, manifest.load(site))) == [
        "robots.txt", "acme/assets/report.0123456789.css", f"{DAY}/data/evil.csv",
    ]  # fmt: skip
    faults = verify(site).faults
    assert "robots.txt is not listed in manifest.json: it is no part of what was published" in faults
    build_site(marts, site, changed={})
    assert (site / "robots.txt").read_text() == "mine"


def test_a_draft_that_broke_off_is_named_and_swept(site: Path, marts: Path) -> None:
    (site / ".draft.x1").mkdir()
    (site / ".draft.x1/index.html").write_text('<a href="nowhere.html">')
    (site / "acme/.index.html.12.tmp").write_text("half")
    assert any(".draft.x1 is left of a build that broke off" in fault for fault in verify(site).faults)
    assert broken_links(site) == []
    build_site(marts, site, changed={})
    assert not (site / ".draft.x1").exists() and not (site / "acme/.index.html.12.tmp").exists()
    assert verify(site).faults == ()


def test_of_a_damaged_earlier_revision_what_is_left_stays(site: Path, marts: Path, tmp_path: Path) -> None:
    later = Path(shutil.copy(marts, tmp_path / "later.duckdb"))
    with duckdb.connect(str(later)) as con:
        con.execute("update marts.mart_tenant_daily set requests = requests + 1 where usage_date = '2026-02-04'")
    flip(site / DAY / "index.html")
    build_site(later, site)
    # The page was damaged before it was restated: another stands in its place, and nothing leads nowhere.
    assert "The page of this revision was damaged" in (site / f"{DAY}_r1/index.html").read_text("utf-8")
    assert (site / f"{DAY}_r1/report.json").exists()
    assert list(file_faults(site, manifest.load(site))) == broken_links(site) == []
    week = "acme/weekly/2026-W06_r1"
    (site / week / "data/kpis.csv").unlink()
    done = build_site(later, site, changed={})
    assert [each.place for each in done.failed] == [week] and "nothing can make it again" in done.failed[0].reason
    assert "superseded" in (site / week / "index.html").read_text("utf-8")
    assert list(file_faults(site, manifest.load(site))) == broken_links(site) == []
    assert build_site(later, site, changed={}).failed == ()


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"version": 1}', '{"version": 2}', "\udcff", "folder"])
def test_a_broken_manifest_is_a_sentence_and_no_history_is_lost(site: Path, marts: Path, broken: str) -> None:
    path = site / manifest.FILE_NAME
    listed = path.read_bytes()
    if broken == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(broken.encode("utf-8", "surrogateescape"))
    before = tree(site)
    with pytest.raises(SiteError, match="manifest.json .*put it back from a backup or from a published release"):
        build_site(marts, site)
    assert tree(site) == before
    if broken == "folder":
        path.rmdir()
    path.write_bytes(listed)
    assert build_site(marts, site, changed={}).failed == ()


def test_a_lost_manifest_is_no_new_beginning_where_there_were_revisions(site: Path, marts: Path) -> None:
    (site / manifest.FILE_NAME).unlink()
    (site / f"{DAY}_r1").mkdir()
    (site / f"{DAY}_r1/report.json").write_text("{}")
    with pytest.raises(SiteError, match="manifest.json is missing, which knows what earlier revisions such as .*_r1"):
        build_site(marts, site)


def test_a_site_that_is_a_file_is_a_sentence(marts: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for site in (tmp_path / "file", tmp_path / "file/site"):
        with pytest.raises(SiteError, match="file is not a folder"):
            build_site(marts, site)
