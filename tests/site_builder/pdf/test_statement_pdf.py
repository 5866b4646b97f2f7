"""The one-page statement of a tenant's month: what it says, and that it stays on one page."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from site_builder.cards import receivables, statement
from site_builder.gather.ledger import Entry, PoolMove
from site_builder.gather.receivables import Receivable
from site_builder.gather.view import Slice, View
from site_builder.pdf.account import MOST_ROWS, content
from site_builder.planning import periods
from site_builder.planning.scopes import Scope

MONTH = "acme/monthly/2026-02"
ZERO = Decimal(0)
FEBRUARY = periods.month_of(date(2026, 2, 1))


def entry(number: int, entry_type: str, invoice_id: str | None, amount: str, **fields: object) -> Entry:
    row = Entry(
        "t", number, date(2026, 2, number), entry_type, entry_type, f"Words {number}", "(none)", "(none)", "(none)",
        "b", None, None, ZERO, Decimal(amount), "EUR", Decimal(9), invoice_id,
    )  # fmt: skip
    return row._replace(**fields)


def view(entries: tuple[Entry, ...]) -> View:
    pools = (
        PoolMove("t", "plan", Decimal(1), Decimal(20), Decimal("4.000001"), ZERO, ZERO, Decimal("16.999999")),
        PoolMove("t", "overdraft", Decimal(-3), Decimal(3), ZERO, ZERO, ZERO, ZERO),
    )
    owed = Receivable(
        "t", date(2026, 2, 28), "EUR", 2, Decimal(130), Decimal("24.7"), Decimal(100), Decimal("54.7"), Decimal(5),
        Decimal("49.7"), Decimal(5), ZERO, ZERO, ZERO, ZERO, 0,
    )  # fmt: skip
    scope = Scope("t", "Tenant", "t", "UTC", ("t",), date(2026, 1, 1), date(2026, 3, 1))
    period = periods.cut(periods.MONTHLY, FEBRUARY, FEBRUARY.last)
    now = Slice(pools=pools, entries=entries, receivables=(owed,))
    return View(scope, period, periods.previous(period), now, Slice(), {}, {"t": "Tenant"})


def page(of: View) -> SimpleNamespace:
    return SimpleNamespace(
        cards=[statement.build(of), receivables.build(of)], scope_name="Tenant", period_label="February 2026",
        period_text="1 – 28 Feb 2026", zone="UTC", state="final", status="final", path="t/monthly/2026-02/index.html",
    )  # fmt: skip


def test_it_has_pools_invoices_payments_and_what_is_open() -> None:
    of = view((
        entry(1, "invoice", "I-1", "130", tax_amount=Decimal("24.7"), period_start=date(2026, 1, 1),
              period_end=date(2026, 2, 1), due_on=date(2026, 2, 15)),
        entry(2, "invoice", None, "-5"),
        entry(3, "payment", "I-1", "100"),
    ))  # fmt: skip
    data = content(of, page(of)).data
    pools, invoices, payments, opened = data["tables"]
    assert pools["rows"][0] == ["plan", "1.00", "20.00", "4.000001", "0.00", "0.00", "16.999999"]
    assert pools["rows"][-1] == ["All", "\u22122.00", "23.00", "4.000001", "0.00", "0.00", "16.999999"]
    assert invoices["rows"] == [
        ["1 Feb 2026", "I-1", "1 – 31 Jan 2026", "15 Feb 2026", "130.00", "24.70", "EUR"],
        ["2 Feb 2026", "Words 2", "–", "–", "\u22125.00", "–", "EUR"],
    ]
    assert payments["rows"] == [["3 Feb 2026", "I-1", "100.00", "EUR"]]
    assert opened["rows"] == [["EUR", "130.00", "24.70", "100.00", "54.70", "5.00"]]
    assert data["headlines"][1] == "54.70 EUR open, 5.00 EUR overdue"


def test_however_much_there_is_it_stays_on_one_page(tmp_path: Path) -> None:
    # Nothing is typeset in the process of the tests: it forks workers.
    code = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path("tests/site_builder/pdf").absolute()))
from test_statement_pdf import entry, page, view
from site_builder.pdf.typesetting import typeset_statement
hostile = '#panic("x") *b* $x$ ' + "N" * 5000
of = view(tuple(entry(day, kind, hostile, "9" * 20) for kind in ("invoice", "payment") for day in range(1, 28)))
Path(sys.argv[1]).write_bytes(typeset_statement(of, page(of), b"a,b"))
"""
    out = tmp_path / "statement.pdf"
    done = subprocess.run(
        [sys.executable, "-c", code, str(out)], cwd=Path(__file__).parents[3], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    reader = PdfReader(out)
    assert len(reader.pages) == 1 and dict(reader.attachments.items()) == {"statement.csv": [b"a,b"]}
    assert f"and {27 - MOST_ROWS} more" in reader.pages[0].extract_text()


def test_each_tenants_month_with_an_account_has_one_that_card_and_manifest_name(small_site: Path) -> None:
    found = {path.parent.relative_to(small_site).as_posix() for path in small_site.glob("*/*/*/statement.pdf")}
    assert MONTH in found and not any(
        report.startswith("all/") or report.split("/")[1] not in ("monthly", "billing") for report in found
    )
    listed = {entry["path"] for entry in json.loads((small_site / "manifest.json").read_text("utf-8"))["files"]}
    for path in small_site.glob("*/*/*/index.html"):
        report = path.parent.relative_to(small_site).as_posix()
        card = path.read_text("utf-8").partition('id="statement"')[2].partition("</section>")[0]
        assert ('href="statement.pdf"' in card) == (report in found)
        assert (f"{report}/statement.pdf" in listed) == (report in found)


def test_it_is_archival_and_carries_the_statements_csv(small_site: Path) -> None:
    reader = PdfReader(small_site / MONTH / "statement.pdf")
    assert len(reader.pages) == 1 and reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None and reader.metadata.title == "February 2026 · Quokka Ltd · account statement"
    csv = (small_site / MONTH / "data" / "statement.csv").read_bytes()
    assert dict(reader.attachments.items()) == {"statement.csv": [csv]}


@pytest.mark.parametrize("edition", [periods.DAILY, periods.WEEKLY])
def test_other_reports_have_none(edition: str) -> None:
    of = view(())
    assert statement.build(of).pdf == "statement.pdf"
    assert statement.build(replace(of, period=replace(of.period, edition=edition))).pdf == ""
