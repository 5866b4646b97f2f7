"""The jobs card: runs and failures of the period, with the last reason that was given."""

import csv
import json
from pathlib import Path

MONTH = "acme/monthly/2026-02"


def test_jobs_that_failed_come_first_with_their_last_error(small_site: Path) -> None:
    with (small_site / MONTH / "data" / "jobs.csv").open(encoding="utf-8", newline="") as file:
        sync, mail = csv.DictReader(file)
    assert sync == {
        "tenant_id": "acme", "job_id": "sync", "job_type": "scheduler", "runs": "10", "errors": "3", "running": "0",
        "seconds": "3.000000", "credits": "0.500000", "last_error_on": "2026-02-03", "last_error": "'=timeout",
    }  # fmt: skip
    assert (mail["job_id"], mail["errors"], mail["last_error"]) == ("mail", "0", "")
    card = json.loads((small_site / MONTH / "report.json").read_text("utf-8"))["cards"]["jobs"]
    assert card["title"] == "3 of 19 job runs failed, all of \u2068sync\u2069"


def test_without_any_and_without_failures_the_card_says_so(small_site: Path) -> None:
    titles = [
        json.loads((small_site / report / "report.json").read_text("utf-8"))["cards"]["jobs"]["title"]
        for report in ("acme/daily/2026-02-19", "x.-.41cme/monthly/2026-02")
    ]
    assert titles == ["No job ran in this period"] * 2
