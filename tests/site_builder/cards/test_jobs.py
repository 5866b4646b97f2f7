"""The jobs card: runs and failures of the period, with the last reason that was given."""

import csv
import json
from decimal import Decimal
from pathlib import Path

from site_builder.cards import job_runs
from site_builder.gather.jobs import JobRun
from site_builder.gather.view import Slice
from tests.site_builder.made_views import view_of
from tests.site_builder.published import card_of, rows

MONTH = "acme/monthly/2026-02"


def test_jobs_that_failed_come_first_with_their_last_error(small_site: Path) -> None:
    with (small_site / MONTH / "data" / "jobs.csv").open(encoding="utf-8", newline="") as file:
        sync, mail = csv.DictReader(file)
    assert sync == {
        "tenant_id": "acme", "job_id": "sync", "job_name": "'=Nightly <b>sync", "job_type": "scheduler", "runs": "10",
        "errors": "3", "running": "0", "last_run_at": "2026-02-03 09:30:00", "last_status": "running",
        "seconds": "3.000000", "credits": "0.500000", "last_error_on": "2026-02-03", "last_error": "'=timeout",
    }  # fmt: skip
    assert (mail["job_id"], mail["errors"], mail["last_error"]) == ("mail", "0", "")
    card = json.loads((small_site / MONTH / "report.json").read_text("utf-8"))["cards"]["jobs"]
    assert card["title"] == "3 of 19 job runs failed, all of \u2068=Nightly <b>sync\u2069"


def test_every_run_is_listed_what_still_runs_first(small_site: Path) -> None:
    found = rows(small_site, MONTH, "job_runs")
    assert [(row["job_run_id"], row["status"], row["seconds"]) for row in found] == [
        ("r-3", "running", ""), ("r-4", "success", "3.000000"), ("r-2", "error", "1.000000"),
        ("r-1", "error", "2.000000"),
    ]  # fmt: skip
    assert (found[1]["job_name"], found[3]["error_message"]) == ("mail", "'=timeout")
    card = card_of(small_site, MONTH, "job_runs")
    assert card["title"] == "1 run is not known to have ended: \u2068=Nightly <b>sync\u2069"
    assert card["facts"] == {"\u2068=Nightly <b>sync\u2069": "running since 2026-02-03 09:30:00"}
    # Of 19 runs of the days only four are known one by one.
    assert card["note"].startswith("Of 15 runs nothing single is known")


def test_the_last_run_is_told_with_how_it_ended() -> None:
    def run(status: str) -> JobRun:
        return JobRun("acme", "r", "j", "Sync", "asset", status, "2026-02-03 01:00:00", None, Decimal(0), None)

    titles = [
        job_runs.build(view_of(Slice(job_runs=tuple(map(run, of))))).title
        for of in (["success"], ["error", "success"], ["running", "running"], [])
    ]
    assert titles == [
        "The last run, \u2068Sync\u2069, succeeded", "The last run, \u2068Sync\u2069, failed; 1 of 2 runs failed",
        "2 runs are not known to have ended: \u2068Sync\u2069", "No run of a job started in this period",
    ]  # fmt: skip


def test_without_any_and_without_failures_the_card_says_so(small_site: Path) -> None:
    titles = [
        json.loads((small_site / report / "report.json").read_text("utf-8"))["cards"]["jobs"]["title"]
        for report in ("acme/daily/2026-02-19", "x.-.41cme/monthly/2026-02")
    ]
    assert titles == ["No job ran in this period"] * 2
