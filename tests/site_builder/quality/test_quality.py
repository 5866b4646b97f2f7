"""The quality page: what the audit says, with its CSVs, of all tenants together and nowhere else."""

import shutil
from pathlib import Path

import duckdb
import html5lib
import pytest
from tiny_marts import cut_marts

from site_builder.build import SiteError, build_site
from site_builder.files.links import broken_links
from tests.site_builder.published import rows

FOLDER = "all/quality"
CARDS = {
    "findings", "reconciliation", "files", "quarantine", "unknown_prices", "backtest", "odd_rows", "freshness",
    "restatements", "refused_money", "closings", "closing_blockers",
}  # fmt: skip


def text(site: Path) -> str:
    return (site / FOLDER / "index.html").read_text("utf-8")


def publish(marts: Path, site: Path, change: str) -> None:
    with duckdb.connect(str(marts)) as con:
        con.execute(change)
    build_site(marts, site, changed={})


def test_every_card_has_its_csv_with_the_marts_rows(small_marts: Path, small_site: Path) -> None:
    assert {path.stem for path in (small_site / FOLDER / "data").iterdir()} == CARDS
    assert all(f'id="{name}"' in text(small_site) for name in CARDS)
    with duckdb.connect(str(small_marts), read_only=True) as con:
        for card, mart in (
            ("files", "audit_files_daily"),
            ("findings", "audit_exceptions"),
            ("reconciliation", "audit_reconciliation"),
            ("quarantine", "audit_quarantine"),
            ("refused_money", "audit_refused_money"),
            ("odd_rows", "data_findings"),
            ("closings", "audit_closings"),
            ("closing_blockers", "audit_closing_blockers"),
        ):
            expected = con.execute(f"select * from marts.mart_{mart}").fetchall()
            assert len(rows(small_site, FOLDER, card)) == len(expected), card
    assert [row["day_of_month"] for row in rows(small_site, FOLDER, "backtest")] == ["", *map(str, range(1, 31))] * 2


def test_it_says_what_a_person_should_look_at(small_site: Path) -> None:
    page = text(small_site)
    assert "Every row read is accounted for, and all sums agree; 2 to look at" in page
    assert "Landing date \u20682026-02-07\u2069 of usage is held back" in page and "6 of 10 rows quarantined" in page
    assert "3 rows to look at, though no rule is broken" in page
    assert "Projections of 4 budgeted months were 21.0% off, a plain run rate 50.0%" in page
    assert "75% ended in the band" in page


def test_it_names_the_zone_rules_that_dates_go_by(small_site: Path) -> None:
    assert "Time zones by tzdata 2026.6, closed months until Saturday, 31" in text(small_site)


def test_it_says_what_refused_rows_carried_and_what_is_unknown_of_it(small_site: Path) -> None:
    page = text(small_site)
    assert "Rows in quarantine carried " in page and "&lt;i&gt;" in page
    for words in (
        "0.50 USD of cost",
        "200.00 credits",
        "−0.25 USD of cost below 0",
        "−3.00 of billing in the tenant&#39;s currency below 0",
        "unknown money in 2 rows",
        "2 rows, first",
    ):
        assert words in page, words
    kinds = {
        (row["kind"], row["currency"]): (row["amount"], row["below_zero"])
        for row in rows(small_site, FOLDER, "refused_money")
    }
    assert kinds["cost", "USD"] == ("0.500000", "-0.250000")
    assert kinds["unknown", "(none)"] == ("", "")


def test_it_is_valid_and_harmless_whatever_the_files_are_called(small_site: Path) -> None:
    html5lib.HTMLParser(strict=True).parse(text(small_site))
    assert "&lt;script&gt;.gz" in text(small_site) and "<script" not in text(small_site)


def test_only_the_scope_of_all_leads_there(small_site: Path) -> None:
    assert 'href="quality/index.html"' in (small_site / "all/index.html").read_text("utf-8")
    others = [path for path in small_site.rglob("*.html") if path.relative_to(small_site).parts[0] != "all"]
    assert others and not any("quality/" in path.read_text("utf-8") for path in others)


def test_it_follows_the_audit_even_if_no_report_changed(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    site = Path(shutil.copytree(small_site, tmp_path / "site"))
    publish(marts, site, "update marts.mart_audit_reconciliation set found = 9, difference = 1")
    assert "The sums do not agree" in text(site) and "rows read = rows kept does not hold" in text(site)
    assert broken_links(site) == []
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    build_site(marts, site, changed={})
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()} == before
    (site / FOLDER / "data/files.csv").unlink()
    build_site(marts, site, changed={})
    assert (site / FOLDER / "data/files.csv").exists()


def test_a_clean_audit_says_so(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    site = Path(shutil.copytree(small_site, tmp_path / "site"))
    publish(
        marts,
        site,
        "delete from marts.mart_audit_exceptions; delete from marts.mart_data_findings; "
        "delete from marts.mart_audit_quarantine; delete from marts.mart_audit_refused_money; "
        "delete from marts.mart_budget_backtest; "
        "delete from marts.mart_budget_backtest_summary; "
        "update marts.mart_tenant_daily set uncosted_requests = 0",
    )
    page = text(site)
    for words in (
        "Nothing is held back or unreadable",
        "No row is odd",
        "No row is in quarantine",
        "No row in quarantine carried money",
        "No budgeted month is over yet",
        "Every message has a rate and a known cost",
    ):
        assert words in page
    html5lib.HTMLParser(strict=True).parse(page)


def test_it_says_who_closed_and_reopened_which_month(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    assert "No month is closed" in text(small_site)
    marts, site = cut_marts(small_marts, tmp_path / "w.duckdb"), tmp_path / "site"
    publish(
        marts,
        site,
        """insert into marts.mart_audit_closings values
            (1, 'close', '2026-01', '2026-02-01', null, null, null),
            (2, 'close', '2026-02', '2026-03-02', 'Ann <b>', 'books', 'unknown-costs: tenant acme, model m: 1'),
            (3, 'reopen', '2026-02', '2026-03-05', 'Ann <b>', 'a grant is wrong', null)""",
    )
    page = text(site)
    for words in ("1 month closed, up to 2026-01", "3 entries", "Ann &lt;b&gt;", "a grant is wrong", "unknown-costs"):
        assert words in page, words
    found = rows(site, FOLDER, "closings")
    assert [(row["entry_no"], row["by_name"]) for row in found] == [("3", "Ann <b>"), ("2", "Ann <b>"), ("1", "")]


def test_it_says_what_keeps_the_next_month_from_being_closed(small_marts: Path, tmp_path: Path) -> None:
    marts, site = Path(shutil.copy(small_marts, tmp_path / "w.duckdb")), tmp_path / "site"
    publish(marts, site, "delete from marts.mart_audit_closing_blockers")
    assert "Nothing keeps a month from being closed" in text(site)
    publish(
        marts,
        site,
        """insert into marts.mart_audit_closing_blockers values
            ('2026-02', 'unknown-costs', 'acme', 'm', null, null, null, null, 3, 0, 1),
            ('2026-01', 'missing-rates', 'acme', 'm', null, 'EUR', 5, null, null, null, null),
            ('2026-01', 'differing-invoices', 'acme', 'i<1>', 'over_billed', 'EUR', 3.5, 7, null, null, null),
            ('2026-01', 'differing-invoices', 'acme', 'i2', 'under_billed', 'EUR', -10, null, null, null, null)""",
    )
    page = text(site)
    for words in ("3 things to mend or accept before 2026-01 is closed", "--accept differing-invoices",
                  "2 invoices that differ: 2 in 2026-01", "1 model of unknown cost: 1 in 2026-02",
                  "1 model without an exchange rate: 1 in 2026-01", "i&lt;1&gt;"):  # fmt: skip
        assert words in page, words
    found = rows(site, FOLDER, "closing_blockers")
    shown = ("subject_id", "currency", "amount", "credits", "unpriced", "calls")
    assert [tuple(row[name] for name in shown) for row in found] == [
        ("i2", "EUR", "-10.000000", "", "", ""), ("i<1>", "EUR", "3.500000", "7.000000", "", ""),
        ("m", "EUR", "5.000000", "", "", ""), ("m", "", "", "", "4", "1"),
    ]  # fmt: skip


def test_a_warehouse_without_the_audit_marts_is_named(small_marts: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    with duckdb.connect(str(marts)) as con:
        con.execute("drop table marts.mart_audit_exceptions")
    with pytest.raises(SiteError, match="mart_audit_exceptions"):
        build_site(marts, tmp_path / "site")


def test_it_says_how_far_each_source_is_behind(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    assert "No source is watched for its age" in text(small_site)
    marts = cut_marts(small_marts, tmp_path / "w.duckdb")
    with duckdb.connect(str(marts)) as con:
        con.execute(
            "insert into marts.mart_audit_files_daily by name "
            "select * replace ('billing' as source) from marts.mart_audit_files_daily "
            "where landing_date = '2026-02-07'"
        )
    build_site(marts, tmp_path / "site", freshness={"usage": 2, "billing": 20, "litellm": 1})
    found = {row["source"]: tuple(row.values())[1:] for row in rows(tmp_path / "site", FOLDER, "freshness")}
    assert found == {
        "usage": ("2026-03-05", "0", "2", "true"),
        "billing": ("2026-02-07", "26", "20", "false"),
        "litellm": ("", "", "1", "false"),
    }
    assert "billing and litellm landed too long ago" in text(tmp_path / "site")
