"""`tallybook check verify`: a site judged by itself, a copy of it too; what was changed in it is named."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from orchestration.checking.verify import verify
from orchestration.cli import main

REPORT = "acme/monthly/2026-02"


@pytest.fixture
def copy(small_site: Path, tmp_path: Path) -> Path:
    """Three reports of the site, elsewhere, with a manifest that lists no more."""
    kept = (REPORT, "acme/daily/2026-02-19", "all/weekly/2026-W07")
    site = tmp_path / "copy"
    for report in kept:
        shutil.copytree(small_site / report, site / report)
    document = json.loads((small_site / "manifest.json").read_text("utf-8"))
    document["reports"] = [each for each in document["reports"] if each["folder"] in kept]
    document["files"] = [each for each in document["files"] if each["path"].startswith(tuple(f"{f}/" for f in kept))]
    (site / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    return site


def forge(site: Path, path: str, old: str, new: str) -> None:
    """Change a file, and the manifest with it, as somebody who covers his tracks."""
    target = site / path
    content = target.read_text("utf-8").replace(old, new, 1).encode()
    assert content != target.read_bytes()
    target.write_bytes(content)
    document = json.loads((site / "manifest.json").read_text("utf-8"))
    for each in document["files"]:
        if each["path"] == path:
            each |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (site / "manifest.json").write_text(json.dumps(document), encoding="utf-8")


def test_a_site_as_it_was_made_is_found_whole(small_site: Path, copy: Path) -> None:
    for site in (small_site, copy):
        found = verify(site)
        assert found.faults == () and found.sums >= 20 * found.reports > 0


def test_a_file_that_was_changed_or_lost_is_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / f"{REPORT}/report.pdf").write_bytes(b"%PDF")
    (copy / f"{REPORT}/data/phone.csv").unlink()
    assert main(["check", "verify", str(copy)]) == 1
    said = capsys.readouterr().err
    assert f"{REPORT}/report.pdf is not what was published" in said and f"{REPORT}/data/phone.csv is missing" in said


def test_a_figure_that_the_csvs_do_not_give_is_named(copy: Path) -> None:
    kpis = (copy / f"{REPORT}/data/kpis.csv").read_text("utf-8")
    credits = next(line.split(",")[1] for line in kpis.splitlines() if line.startswith("credits,"))
    forge(copy, f"{REPORT}/data/kpis.csv", credits, "9999999.000000")
    faults = verify(copy).faults
    assert f"{REPORT}: credits is 9999999.000000, but models.csv adds up to {credits}" in faults
    assert f"{REPORT}: kpis.csv and report.json differ" in faults


def test_a_figure_that_does_not_come_of_its_parts_is_named(copy: Path) -> None:
    kpis = (copy / f"{REPORT}/data/kpis.csv").read_text("utf-8")
    for figure, why in {
        "success_rate": "requests and errors",
        "time_spent_s": "calls and of the answers in latency.csv",
    }.items():
        value = next(line.split(",")[1] for line in kpis.splitlines() if line.startswith(f"{figure},"))
        forge(copy, f"{REPORT}/data/kpis.csv", f"{figure},{value}", f"{figure},0.5")
        assert f"{REPORT}: {figure} does not come of {why}" in verify(copy).faults


def test_a_headline_that_says_something_else_is_named(copy: Path) -> None:
    headline = json.loads((copy / f"{REPORT}/report.json").read_text("utf-8"))["headline"]
    forge(copy, f"{REPORT}/index.html", headline, "Nothing to see here")
    assert verify(copy).faults == (f"{REPORT}: the page's headline is not “{headline}”",)
    forge(copy, f"{REPORT}/report.json", '"headline": "', '"headline": "9')
    assert f"{REPORT}: the headline “9{headline}” does not begin with" in verify(copy).faults[0]


def test_what_cannot_be_read_is_a_fault_and_no_crash(copy: Path, tmp_path: Path) -> None:
    (copy / f"{REPORT}/report.json").write_text("{", encoding="utf-8")
    assert any(fault.startswith(f"{REPORT} cannot be read: ") for fault in verify(copy).faults)
    assert main(["check", "verify", str(tmp_path / "nowhere")]) == 1
