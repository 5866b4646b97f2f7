"""Building a site again: only what changed is touched, and the end is the same by every way."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from tiny_marts import cut_marts

from site_builder.build import SiteError, build_site
from site_builder.files.links import broken_links
from site_builder.files.urls import tenant_folder
from site_builder.render import templating

pytestmark = pytest.mark.usefixtures("few_cards")


def tree(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_a_range_publishes_its_days_weeks_months_and_itself(small_marts: Path, tmp_path: Path) -> None:
    summary = build_site(small_marts, tmp_path, first=date(2026, 2, 4), last=date(2026, 2, 6))
    own = [report.path for report in summary.reports if report.scope == "acme"]
    assert own == [f"acme/{path}/index.html" for path in (
        "daily/2026-02-04", "daily/2026-02-05", "daily/2026-02-06", "weekly/2026-W06", "monthly/2026-02",
        "quarterly/2026-Q1", "yearly/2026", "billing/2026-01-09", "custom/2026-02-04_2026-02-06",
    )]  # fmt: skip
    assert summary.dates == (date(2026, 2, 4), date(2026, 2, 5), date(2026, 2, 6))
    week = build_site(small_marts, tmp_path, first=date(2026, 2, 2), last=date(2026, 2, 8))
    assert "custom" not in {report.edition for report in week.reports}
    assert broken_links(tmp_path) == []


def test_a_report_is_given_its_next_without_a_new_revision(small_marts: Path, tmp_path: Path) -> None:
    site, marts = tmp_path / "site", cut_marts(small_marts, tmp_path / "w.duckdb")
    build_site(marts, site, first=date(2026, 2, 3), last=date(2026, 2, 3))
    page = site / "acme/daily/2026-02-03/index.html"
    assert ">Next</a>" not in page.read_text("utf-8")
    build_site(marts, site, first=date(2026, 2, 4), last=date(2026, 2, 4))
    assert '<a href="../2026-02-04/index.html">Next</a>' in page.read_text("utf-8")
    document = json.loads((page.parent / "report.json").read_text("utf-8"))
    assert document["revision"] == 1 and not (site / "acme/daily/2026-02-03_r1").exists()
    assert [document["around"][f"Its {name}"] for name in ("week", "billing period", "quarter", "year")] == [
        f"../../{folder}/index.html"
        for folder in ("weekly/2026-W06", "billing/2026-01-09", "quarterly/2026-Q1", "yearly/2026")
    ]
    year = json.loads((site / "acme/yearly/2026/report.json").read_text("utf-8"))
    assert year["around"].keys() == {"Q1", "Feb 2026"}
    assert broken_links(site) == []


def test_a_range_first_and_all_later_is_like_all_at_once(
    small_marts: Path, few_cards_site: Path, tmp_path: Path
) -> None:
    build_site(small_marts, tmp_path, first=date(2026, 2, 4), last=date(2026, 2, 4))
    build_site(small_marts, tmp_path)
    assert tree(tmp_path) == tree(few_cards_site)


def test_only_what_changed_is_made_anew(small_marts: Path, few_cards_site: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    site = Path(shutil.copytree(few_cards_site, tmp_path / "site"))
    with duckdb.connect(str(marts)) as con:
        con.execute(
            "update marts.mart_tenant_daily set requests = requests + 1 "
            "where tenant_id = 'acme' and usage_date = '2026-03-02'"
        )
    late = build_site(marts, site, changed={"acme": date(2026, 3, 2)})
    assert {report.scope for report in late.reports} == {"all", "acme"}
    assert min(late.dates) == date(2026, 3, 2)
    build_site(marts, tmp_path / "fresh")
    restated = {f"{report.scope}/{report.edition}/{report.period}" for report in late.restated}
    assert restated == {
        f"{scope}/{report}"
        for scope in ("all", "acme")
        for report in ("daily/2026-03-02", "monthly/2026-03", "weekly/2026-W10", "quarterly/2026-Q1", "yearly/2026")
    } | {"acme/billing/2026-03-02"}

    def others(site: Path) -> dict[str, bytes]:
        own = ("all/quality/", "manifest.json", *restated)
        return {path: content for path, content in tree(site).items() if not path.startswith(own)}

    assert others(site) == others(tmp_path / "fresh")
    assert build_site(marts, site, changed={}).unchanged == 0


def test_a_renamed_user_reaches_every_report_even_if_no_date_changed(
    small_marts: Path, few_cards_site: Path, tmp_path: Path
) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    site = Path(shutil.copytree(few_cards_site, tmp_path / "site"))
    with duckdb.connect(str(marts)) as con:
        con.execute("update marts.dim_users set user_name = 'Renamed' where tenant_id = 'acme' and user_id = 'user-1'")
    assert len(build_site(marts, site, changed={}).reports) > 20
    assert "Renamed" in (site / "acme/monthly/2026-02/index.html").read_text("utf-8")


def test_new_code_reaches_every_report(
    small_marts: Path, few_cards_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Path(shutil.copytree(few_cards_site, tmp_path / "site"))
    drawn = templating.html
    monkeypatch.setattr(templating, "html", lambda template, page: drawn(template, page) + b"<!-- again -->")
    monkeypatch.setattr("site_builder.build.builder_digest", lambda: "new code")
    pages = [path for path in site.rglob("index.html") if (path.parent / "report.json").exists()]
    made = build_site(small_marts, site, first=date(2026, 2, 4), last=date(2026, 2, 4)).reports
    assert 0 < len(made) < len(pages)
    # What the range left out is still to be looked at.
    assert len(build_site(small_marts, site, changed={}).reports) >= len(pages) - len(made)
    assert all(path.read_bytes().endswith(b"<!-- again -->") for path in pages)
    assert build_site(small_marts, site, changed={}).reports == ()


def test_published_days_are_never_taken_back(small_marts: Path, few_cards_site: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    site = Path(shutil.copytree(few_cards_site, tmp_path / "site"))
    with duckdb.connect(str(marts)) as con:
        con.execute("delete from marts.mart_tenant_daily where usage_date > '2026-03-03'")
    summary = build_site(marts, site)
    assert {"acme/daily/2026-03-05", "acme/weekly/2026-W10", "all/monthly/2026-03"} <= set(summary.kept)
    assert "../../daily/2026-03-05/index.html" in (site / "acme/latest/daily/index.html").read_text("utf-8")
    assert broken_links(site) == [] and tree(site).keys() == tree(few_cards_site).keys()


def test_a_damaged_report_is_made_again(small_marts: Path, few_cards_site: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(few_cards_site, tmp_path / "site"))
    (site / "acme/daily/2026-02-03/data/kpis.csv").unlink()
    (site / "all/weekly/2026-W06/index.html").write_text("", encoding="utf-8")
    assert [r.path for r in build_site(small_marts, site).reports] == [
        "all/weekly/2026-W06/index.html", "acme/daily/2026-02-03/index.html",
    ]  # fmt: skip
    assert tree(site) == tree(few_cards_site)


def test_a_new_link_secret_moves_the_folders(small_marts: Path, few_cards_site: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(few_cards_site, tmp_path / "site"))
    build_site(small_marts, site, link_secret="s3cret")
    assert not (site / "acme").exists() and (site / tenant_folder("acme", "s3cret") / "index.html").exists()
    build_site(small_marts, tmp_path / "fresh", link_secret="s3cret")
    assert tree(site) == tree(tmp_path / "fresh")


def test_workers_end_quietly_under_a_program_with_signal_handlers(small_marts: Path, tmp_path: Path) -> None:
    code = (
        "import signal, sys; from pathlib import Path; from datetime import date\n"
        "def refuse(*_): raise RuntimeError('handler of the parent')\n"
        "signal.signal(signal.SIGTERM, refuse)\n"
        "from site_builder.build import build_site\n"
        "made = build_site(Path(sys.argv[1]), Path(sys.argv[2]), first=date(2026, 2, 2), last=date(2026, 2, 4))\n"
        "print(len(made.reports))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(small_marts), str(tmp_path)],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (run.stdout.strip(), run.stderr) == ("33", "")


def test_mistakes_are_named(small_marts: Path, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no warehouse at"):
        build_site(tmp_path / "none.duckdb", tmp_path / "site")
    with pytest.raises(SiteError, match="is after the last date"):
        build_site(small_marts, tmp_path / "site", first=date(2026, 2, 2), last=date(2026, 2, 1))
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    with pytest.raises(SiteError, match="lacks marts"):
        build_site(tmp_path / "empty.duckdb", tmp_path / "site")


def test_a_warehouse_without_usage_gives_a_front_page(small_marts: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    with duckdb.connect(str(marts)) as con:
        con.execute("delete from marts.mart_tenant_daily")
    assert build_site(marts, tmp_path / "site").reports == ()
    assert "No usage has landed yet" in (tmp_path / "site/index.html").read_text("utf-8")


@pytest.mark.parametrize("known_changes", [True, False])
def test_day_by_day_ends_like_all_at_once(
    small_marts: Path, few_cards_site: Path, tmp_path: Path, known_changes: bool
) -> None:
    site = tmp_path / "site"
    for end in (date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 10), date(2026, 2, 28)):
        marts = Path(shutil.copy(small_marts, tmp_path / f"{end}.duckdb"))
        with duckdb.connect(str(marts)) as con:
            tables = con.execute(
                "select table_name from information_schema.columns join information_schema.tables "
                "using (table_schema, table_name) where table_schema = 'marts' and column_name = 'usage_date' "
                "and table_type = 'BASE TABLE'"
            ).fetchall()
            for (table,) in tables:
                con.execute(f"delete from marts.{table} where usage_date > ?", [end])
        build_site(marts, site, workers=1)
        assert broken_links(site) == []
    after = date(2026, 3, 1)
    changes = {"acme": after, "Acme": after, "zeta/../all": after} if known_changes else None
    build_site(small_marts, site, changed=changes)
    assert tree(site) == tree(few_cards_site)
