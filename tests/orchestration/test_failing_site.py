"""A run in which one report fails: exit code 1, it is named, the rest is published, and the next run tries it again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.checking.verify import file_faults
from orchestration.cli import main
from orchestration.generating.generate import generate
from site_builder.files import manifest
from site_builder.reports import make

pytestmark = pytest.mark.usefixtures("few_cards")


def test_one_report_fails_and_the_next_run_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    zone, warehouse, site = tmp_path / "zone", tmp_path / "w.duckdb", tmp_path / "site"
    generate(zone, tenants=1, days=2, events=60, seed=7, end=date(2026, 11, 2))
    verb = ["run", "--raw", str(zone), "--warehouse", str(warehouse), "--site", str(site), "--json"]
    real = make._make

    def fails(job: Any, report: Any) -> Any:
        if report.folder == "all/daily/2026-11-01":
            raise ValueError("missing codepoints")
        return real(job, report)

    with monkeypatch.context() as patch:
        patch.setattr(make, "_make", fails)
        assert main(verb) == 1
        said = capsys.readouterr()
        assert "all/daily/2026-11-01 could not be made and stays as it was: ValueError in " in said.err
        summary = json.loads(said.out.splitlines()[-1])
        assert [each["place"] for each in summary["failed"]] == ["all/daily/2026-11-01"]
        assert "all/daily/2026-10-31/index.html" in summary["reports"] and summary["exit_code"] == 1
        assert list(file_faults(site, manifest.load(site))) == []
        assert main(verb) == 1, "it is tried again, and fails again"
        capsys.readouterr()
    assert main(verb) == 0
    # With it those that lead to it.
    assert "all/daily/2026-11-01/index.html" in json.loads(capsys.readouterr().out.splitlines()[-1])["reports"]
    assert main(verb) == 0
    assert capsys.readouterr().out.startswith("Nothing new")
    # And what is damaged afterwards is something new.
    page = site / "all/daily/2026-11-01/index.html"
    whole = page.read_bytes()
    page.write_bytes(whole.replace(b"</html>", b"</htmL>"))
    assert main(verb) == 0
    assert "Mended   1 files" in capsys.readouterr().out and page.read_bytes() == whole
    (site / manifest.FILE_NAME).write_text("{")
    assert main(verb) == 1
    assert "manifest.json is broken" in capsys.readouterr().err
