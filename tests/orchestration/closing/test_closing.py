"""Closing a month as finance meets it: what the command says, what closed reports keep, where late usage appears."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main
from orchestration.closing.review import KINDS
from site_builder.cards import in_out, registry
from site_builder.files import manifest

pytestmark = pytest.mark.usefixtures("few_cards")

SIGNED = ["--by", "Ann Lee", "--note", " books of October "]
ACCEPTED = [word for kind in KINDS for word in ("--accept", kind)]
# The journal says that it was closed once, and the folder of data how many rows that is.
JOURNAL = ("/all/data/mart_audit_closings", "/all/data/marts.xlsx", "/all/data/index.html")


def test_a_month_is_closed_gets_late_usage_and_is_reopened(
    tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "CARDS", (*registry.CARDS, in_out.build))
    zone = shutil.copytree(tiny_zone, tmp_path / "zone")
    warehouse, site = tmp_path / "w.duckdb", tmp_path / "site"
    assert main(["run", "--raw", str(zone), "--warehouse", str(warehouse), "--site", str(site)]) == 0
    assert main(["close", "2026-11", *SIGNED, "--warehouse", str(warehouse)]) == 1
    assert "tallybook close: 2026-11 is not over: the marts show tenant" in capsys.readouterr().err
    closed = _closing(capsys, "close", warehouse, *ACCEPTED)
    assert closed["months"] == ["2026-10"] == [month["month"] for month in closed["figures"]]
    assert _closing(capsys, "close", warehouse)["months"] == []
    assert main(["site", "--warehouse", str(warehouse), "--site", str(site)]) == 0
    before = _closed_files(site)
    reports = [json.loads(content) for path, content in before.items() if path.endswith("report.json")]
    assert {report["is_closed"] for report in reports} == {True}
    assert all(b">closed<" in content for path, content in before.items() if path.endswith("index.html"))

    tenant = _land_late_usage(zone)
    assert main(["run", "--raw", str(zone), "--warehouse", str(warehouse), "--site", str(site)]) == 0
    assert _closed_files(site) == before
    month = site / tenant / "monthly" / "2026-11"
    report = json.loads((month / "report.json").read_text(encoding="utf-8"))
    assert report["is_closed"] is False
    assert report["cards"]["in_out"]["note"] == "Includes 12.50 credits used late for 2026-10, which is closed."
    assert b"out,late_usage,12.500000" in (month / "data" / "in_out.csv").read_bytes()

    reopened = _closing(capsys, "reopen", warehouse)
    assert reopened["months"] == ["2026-10"] and reopened["figures_before"] == closed["figures"]
    [before], [now] = reopened["figures_before"], reopened["figures"]
    assert Decimal(now["credits"]) - Decimal(before["credits"]) == Decimal("12.5")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        journal = con.execute("select action, by_name, note from audit.month_closings order by entry_no").fetchall()
        assert journal == [("close", "Ann Lee", "books of October"), ("reopen", "Ann Lee", "books of October")]
        assert con.execute("select action, by_name, note from marts.mart_audit_closings").fetchall() == journal
    assert main(["site", "--warehouse", str(warehouse), "--site", str(site), "--json"]) == 0
    *said, summary = capsys.readouterr().out.splitlines()
    restated_now = json.loads(summary)["restated"]
    assert f"{tenant}/monthly/2026-10/index.html" in restated_now
    assert any(line.startswith(f"Restated {len(restated_now)} of them: ") for line in said)
    fresh = tmp_path / "fresh"
    assert main(["run", "--raw", str(zone), "--warehouse", str(fresh / "w.duckdb"), "--site", str(fresh / "site")]) == 0
    # What was published while the month was closed is restated now, because of what was kept out of it.
    restated = {folder: report for folder, report in manifest.load(site).reports.items() if report.restatements}
    assert f"{tenant}/monthly/2026-10" in restated
    for report in restated.values():
        first, *rest = (each.files for each in report.restatements)
        # In the open month it was posted first, and then it was no longer.
        assert first == ("usage/2026-11-03/late.jsonl",) and rest in ([], [()])

    def others(site: Path) -> dict[str, bytes]:
        own = ("/all/quality/", *JOURNAL, "/manifest.json", *(f"/{folder}" for folder in restated))
        return {path: content for path, content in _files(site).items() if not path.startswith(own)}

    assert others(site) == others(fresh / "site")


@pytest.mark.parametrize("month", ["2026-13", "2026-11-01", "November"])
def test_a_month_that_is_none_is_wrong_usage(month: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["close", month, *SIGNED])
    assert stopped.value.code == 2
    assert f"'{month}' is not a month like 2026-11" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["close", "reopen"])
@pytest.mark.parametrize(
    "words, said",
    [
        ([], "the following arguments are required: --by, --note"),
        (["--by", "Ann"], "the following arguments are required: --note"),
        (["--by", " ", "--note", "x"], "argument --by: it is blank"),
        (["--by", "Ann", "--note", ""], "argument --note: it is blank"),
        (["--by", "\udcff", "--note", "x"], "argument --by: it is not UTF-8"),
    ],
)
def test_nobody_closes_or_reopens_without_name_and_note(
    verb: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([verb, "2026-10", *words])
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_a_kind_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["close", "2026-10", *SIGNED, "--accept", "everything"])
    assert stopped.value.code == 2
    assert "differing-invoices" in capsys.readouterr().err


def _closing(capsys: pytest.CaptureFixture[str], verb: str, warehouse: Path, *words: str) -> dict:
    capsys.readouterr()
    assert main([verb, "2026-10", *SIGNED, *words, "--warehouse", str(warehouse), "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def _land_late_usage(zone: Path) -> str:
    """One event of October, landed in November, and a user by another name; the event's tenant."""
    users = zone / "directory" / "users.csv"
    header, first, *rest = users.read_text(encoding="utf-8").splitlines()
    name = header.split(",").index("user_name")
    values = first.split(",")
    values[name] = "Somebody Else"
    users.write_text("\n".join([header, ",".join(values), *rest]) + "\n", encoding="utf-8")
    event = {
        "event_id": "late",
        "occurred_at": "2026-10-30T12:00:00Z",
        "tenant_id": values[0],
        "user_id": values[1],
        "model_id": "late-model",
        "credits": "12.5",
    }
    folder = zone / "usage" / "2026-11-03"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "late.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    return values[0]


def _closed_files(site: Path) -> dict[str, bytes]:
    return {path: content for path, content in _files(site).items() if "/daily/2026-10-" in path or "/2026-10/" in path}


def _files(site: Path) -> dict[str, bytes]:
    return {f"/{path.relative_to(site)}": path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}
