"""What keeps a month from being closed: each thing is named, and stays in the journal where it was accepted."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.building.build import build
from orchestration.cli import main
from orchestration.closing.close import BlockedError, close_month
from orchestration.closing.journal import Signature, closed_months, enter
from orchestration.closing.review import KINDS
from orchestration.keeping import keep
from tests.orchestration.loading.zones import ZoneFolder, billing, usage

FEBRUARY = date(2026, 2, 1)
SIGNATURE = Signature("Ann Lee", "books of February")
NAMED = [
    ("differing-invoices", "tenant t1, invoice I-1 is over_billed, by 3.000000 credits"),
    ("unknown-costs", "tenant t1, model nobody-lists-this: requests of unknown cost: 1, runs of unknown cost: 1"),
    ("missing-rates", "tenant t1, model m: an exchange rate of SEK is missing for revenue of 0.500000"),
]


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> ZoneFolder:
    """A February with one thing of each kind that is in the way, and what is in nobody's way."""
    zone = ZoneFolder(tmp_path_factory.mktemp("review"))
    zone.directory("tenants", "tenant_id,tenant_name,currency\nt1,One,SEK\nt2,Two,USD\n")
    known = {"model_id": "m", "credits": 5, "cost_usd": 0.25, "occurred_at": "2026-02-10T10:00:00Z"}
    zone.lines(
        "usage/2026-03-02/a.jsonl",
        usage("paid", **known),
        usage("known", **{**known, "tenant_id": "t2"}),
        usage("unlisted", model_id="nobody-lists-this", credits=2, occurred_at="2026-02-11T10:00:00Z"),
        usage("ran", model_id="nobody-lists-this", event_type="run", occurred_at="2026-02-11T10:00:00Z"),
        usage("of_march", model_id="nobody-lists-this", credits=2, occurred_at="2026-03-01T10:00:00Z"),
    )
    of_february = {"kind": "invoice", "period_start": "2026-02-01", "period_end": "2026-03-01"}
    zone.lines(
        "billing/2026-03-02/b.jsonl",
        billing("bought", occurred_at="2026-02-01T10:00:00Z", kind="topup", credits=5, amount=0.5, currency="SEK"),
        billing("too_much", **of_february, invoice_id="I-1", credits=10, occurred_at="2026-03-01T10:00:00Z"),
        billing("right", **of_february, invoice_id="I-2", credits=5, occurred_at="2026-03-01T10:00:00Z",
                tenant_id="t2"),
        billing("of_march", kind="invoice", invoice_id="I-3", credits=9, period_start="2026-03-01",
                period_end="2026-04-01", occurred_at="2026-03-01T10:00:00Z"),
    )  # fmt: skip
    zone.load()
    build(zone.warehouse, zone.warehouse.with_suffix(".dbt"))
    return zone


def _command(zone: ZoneFolder, *words: str) -> list[str]:
    return ["close", "2026-02", "--by", "Ann Lee", "--note", "books", "--warehouse", str(zone.warehouse), *words]


def test_what_is_in_the_way_is_named_and_nothing_is_closed(
    zone: ZoneFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_command(zone)) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [f"Blocked  2026-02 {kind}: {text}" for kind, text in NAMED]
    assert said.err == (
        "tallybook close: 2026-02 cannot be closed: 3 things are in the way; mend them, or accept them with "
        "--accept differing-invoices --accept unknown-costs --accept missing-rates\n"
    )
    assert main(_command(zone, "--accept", KINDS[0], "--accept", KINDS[2], "--json")) == 1
    *lines, summary = capsys.readouterr().out.splitlines()
    assert lines == [f"Blocked  2026-02 {NAMED[1][0]}: {NAMED[1][1]}"]
    assert json.loads(summary)["blockers"] == [{"kind": "unknown-costs", "month": "2026-02", "what": NAMED[1][1]}]
    with pytest.raises(BlockedError, match="I-1 is over_billed, by 3.000000 credits; tenant t1, model nobody"):
        close_month(zone.warehouse, FEBRUARY, SIGNATURE)
    assert zone.query("select count(*) from audit.month_closings") == [(0,)]


def test_what_was_accepted_stands_in_the_journal_and_on_the_quality_page(
    zone: ZoneFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_command(zone, *(word for kind in KINDS for word in ("--accept", kind)))) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "Closed   2026-02: what comes late is posted from 2026-03-01 on",
        "         Month    Tenants    Credits  Cost USD  Of unknown cost  Invoices",
        "         2026-02        2  12.000000  0.500000                1  1 matched, 1 over_billed",
    ]
    assert lines[3:6] == [f"Accepted 2026-02 {kind}: {text}" for kind, text in NAMED]
    accepted = "; ".join(f"{kind}: {text}" for kind, text in NAMED)
    journal = "select action, month, by_name, note, accepted from audit.month_closings"
    assert zone.query(journal) == [("close", "2026-02", "Ann Lee", "books", accepted)]
    site = tmp_path / "site"
    assert main(["site", "--warehouse", str(zone.warehouse), "--site", str(site)]) == 0
    page = (site / "all/quality/index.html").read_text(encoding="utf-8")
    assert "1 month closed, up to 2026-02" in page and "Ann Lee" in page
    assert NAMED[0][1] in (site / "all/quality/data/closings.csv").read_text(encoding="utf-8")


def test_entries_from_before_names_were_asked_for_stay(tmp_path: Path) -> None:
    zone = ZoneFolder(tmp_path)
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    with duckdb.connect(str(zone.warehouse)) as con:
        con.execute("""
            create or replace table audit.month_closings (
                entry_no integer primary key, action varchar, month varchar, build_id integer, load_id bigint,
                last_landing_date date, recorded_at timestamp);
            insert into audit.month_closings values (1, 'close', '2026-01', 1, 1, '2026-02-02', '2026-02-02 08:00')""")
        con.begin()
        enter(con, "close", [FEBRUARY], SIGNATURE, build_id=1, load_id=1, clock="2026-03-01")
        con.commit()
        assert closed_months(con) == (date(2026, 1, 1), FEBRUARY)
    before = zone.query("select by_name, note, accepted from audit.month_closings order by entry_no")
    assert before == [(None, None, None), ("Ann Lee", "books of February", None)]
    keep(zone.warehouse)
    zone.warehouse.unlink()
    zone.load()
    assert zone.query("select by_name, note, accepted from audit.month_closings order by entry_no") == before
