"""The page of a scope's jobs: what runs now, every run, every error message; only where there are any."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from site_builder.failures import Failed
from site_builder.files.manifest import Manifest, load
from site_builder.files.write import draft_of
from site_builder.forgetting.traces import Traces
from site_builder.forgetting.unnaming import cleared_text
from site_builder.jobs import put as putting
from site_builder.jobs.compose import compose
from site_builder.jobs.put import put_jobs
from site_builder.jobs.reading import Jobs, read_jobs
from site_builder.planning.scopes import Scope, read_scopes
from site_builder.render import templating
from site_builder.reports import outputs

AS_OF = date(2026, 3, 5)
ACME = Scope("acme", "Acme", "acme", "Asia/Kolkata", date(2026, 1, 20), AS_OF, ("acme",))
BOTH = Scope(None, "All tenants", "all", "local", date(2026, 1, 20), AS_OF, ("acme", "zoo"))
MARTS = """
    create schema marts;
    create table marts.mart_job_runs (
        tenant_id varchar, job_run_id varchar, usage_date date, job_id varchar, job_name varchar, job_type varchar,
        status varchar, started_at timestamp, started_local_at timestamp, seconds decimal(38, 6),
        credits decimal(38, 6), error_message varchar);
    create table marts.mart_job_daily (tenant_id varchar, usage_date date, job_id varchar, runs bigint);
"""


def run(
    run_id: str, at: str, status: str = "success", seconds: int | None = 60, error: str | None = None,
    job: str = "sync", tenant: str = "acme", name: str | None = "Nightly sync",
) -> tuple[object, ...]:  # fmt: skip
    return tenant, run_id, at[:10], job, name, "scheduler", status, at, at, seconds, Decimal("0.25"), error


def read(scope: Scope, *runs: tuple[object, ...], counted: int = 0) -> Jobs:
    with duckdb.connect() as con:
        con.execute(MARTS)
        for each in runs:
            con.execute("insert into marts.mart_job_runs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", each)
        con.execute("insert into marts.mart_job_daily values ('acme', date '2026-01-25', 'sync', ?)", [counted])
        (found,) = read_jobs(con, [scope])
    return found


def card(found: Jobs, name: str) -> tuple[str, list[dict[str, object]]]:
    """A card's title, and its rows by column."""
    (wanted,) = (card for card in compose(found, b"", ()).cards if card.name == name)
    names = [column.name for column in wanted.table.columns]
    return wanted.title, [dict(zip(names, row, strict=True)) for row in wanted.table.rows]


def test_what_runs_comes_first_with_since_when_and_how_long_it_usually_takes() -> None:
    found = read(
        ACME,
        run("r-1", "2026-02-20 01:00:00", seconds=40), run("r-2", "2026-02-21 01:00:00", seconds=50),
        run("r-3", "2026-02-22 01:00:00", seconds=90), run("r-4", "2026-02-23 01:00:00", "running", None),
        run("m-1", "2026-03-05 09:00:00", job="mail", name=None),
    )  # fmt: skip
    title, (sync, mail) = card(found, "jobs")
    assert title == "\u2068Nightly sync\u2069 is not known to have ended"
    assert (sync["job_name"], sync["last_status"], sync["usual_seconds"]) == ("Nightly sync", "running", Decimal(50))
    assert (sync["last_seconds"], sync["against_usual_pct"], sync["running"]) == (None, None, 1)
    assert (mail["job_name"], mail["last_run_at"]) == ("mail", "2026-03-05 09:00:00")
    facts = [(fact.label, fact.text) for fact in compose(found, b"", ()).cards[0].facts]
    assert facts == [("\u2068Nightly sync\u2069", "running since 2026-02-23 01:00:00, usually 50.00 s")]


def test_the_last_run_is_held_against_the_usual_one_of_28_dates() -> None:
    runs = [run(f"r-{day}", f"2026-02-{day:02d} 01:00:00", seconds=100) for day in range(10, 15)]
    _, (job,) = card(read(ACME, run("old", "2026-01-21 01:00:00", seconds=9000), *runs,
                          run("last", "2026-03-01 01:00:00", seconds=150)), "jobs")  # fmt: skip
    assert (job["usual_seconds"], job["against_usual_pct"]) == (Decimal(100), 50.0)
    assert (job["runs"], job["total_runs"], job["first_run_at"]) == (6, 7, "2026-01-21 01:00:00")


def test_every_run_is_listed_the_newest_first_and_the_page_is_bounded() -> None:
    runs = [run(f"r-{n:03d}", f"2026-02-{n // 10 + 1:02d} 01:{n % 10:02d}:00") for n in range(150)]
    found = read(ACME, *runs, run("after", "2026-03-06 00:00:00"))
    title, rows = card(found, "runs")
    assert [row["job_run_id"] for row in rows] == [f"r-{n:03d}" for n in reversed(range(150))]
    assert title == "None of 150 runs failed"
    shown = next(card.page_table for card in compose(found, b"", ()).cards if card.name == "runs")
    assert shown is not None and len(shown.rows) == 100


def test_errors_are_grouped_with_how_often_and_from_when_to_when() -> None:
    found = read(
        BOTH,
        run("r-1", "2026-01-21 01:00:00", "error", 1, "lost"), run("r-2", "2026-02-21 01:00:00", "error", 1, "lost"),
        run("r-3", "2026-02-22 01:00:00", "error", 1, None), run("r-4", "2026-02-23 01:00:00", "success", 1, "a hint"),
        run("z-1", "2026-02-24 01:00:00", "error", 1, "lost", tenant="zoo"),
    )  # fmt: skip
    title, rows = card(found, "errors")
    assert title == "1 message in 4 failed runs, most often \u2068lost\u2069"
    told = [(row["tenant_id"], row["error_message"], row["errors"], row["total_errors"], row["first_seen_at"],
             row["last_seen_at"]) for row in rows]  # fmt: skip
    assert told == [
        ("acme", "lost", 1, 2, "2026-01-21 01:00:00", "2026-02-21 01:00:00"),
        ("zoo", "lost", 1, 1, "2026-02-24 01:00:00", "2026-02-24 01:00:00"),
        ("acme", None, 1, 1, "2026-02-22 01:00:00", "2026-02-22 01:00:00"),
    ]
    assert card(found, "jobs")[0] == "1 of 2 jobs failed when last run: \u2068Nightly sync\u2069"


def test_runs_of_which_only_days_are_known_are_counted_in_a_note() -> None:
    found = read(ACME, run("r-1", "2026-02-20 01:00:00"), counted=11)
    assert compose(found, b"", ()).cards[0].note.startswith("Of 10 runs more nothing single is known")
    assert compose(read(ACME, run("r-1", "2026-02-20 01:00:00"), counted=1), b"", ()).cards[0].note == ""


def test_a_site_has_the_page_with_its_files_where_there_are_jobs_and_leads_to_it(small_site: Path) -> None:
    files = {path for path in load(small_site).files if "/jobs/" in path}
    assert files == {f"{folder}/jobs/{name}" for folder in ("acme", "all")
                     for name in ("index.html", "data/jobs.csv", "data/runs.csv", "data/errors.csv")}  # fmt: skip
    with (small_site / "acme/jobs/data/runs.csv").open(encoding="utf-8", newline="") as file:
        runs = list(csv.DictReader(file))
    assert [row["job_run_id"] for row in runs] == ["r-5", "r-4", "r-3", "r-2", "r-1"]
    assert runs[-1]["error_message"] == "'=timeout"
    assert 'href="jobs/index.html"' in (small_site / "acme/index.html").read_text("utf-8")
    assert "jobs/index.html" not in (small_site / "x.-.41cme/index.html").read_text("utf-8")
    report = (small_site / "acme/monthly/2026-02/index.html").read_text("utf-8")
    assert report.count('<a href="../../jobs/index.html">All jobs, runs and errors</a>') == 2


@pytest.fixture
def again(small_marts: Path, small_site: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Scope], Manifest]]:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        yield con, read_scopes(con, None), load(small_site)


def put(
    site: Path, basis: tuple[duckdb.DuckDBPyConnection, list[Scope], Manifest], sound: Manifest | None = None
) -> tuple[dict[str, object], list[Failed], set[str]]:
    """Records, failures, and the files drafted, where no report is looked at."""
    con, scopes, published = basis
    failed: list[Failed] = []
    with draft_of(site) as draft:
        records = put_jobs(con, (), draft, published, sound or published, scopes, (), failed)
        drafted = {path.relative_to(draft.folder).as_posix() for path in draft.folder.rglob("*") if path.is_file()}
    return dict(records), failed, {path for path in drafted if "/jobs/" in path}


def test_only_scopes_that_are_looked_at_or_damaged_are_made_again(
    tmp_path: Path, again: tuple[duckdb.DuckDBPyConnection, list[Scope], Manifest],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    published = again[2]
    kept = {path: record for path, record in published.files.items() if "/jobs/" in path}
    asked: list[list[str]] = []
    monkeypatch.setattr(
        putting, "read_jobs", lambda con, of: asked.append([s.folder for s in of]) or read_jobs(con, of)
    )
    assert put(tmp_path / "site", again) == (kept, [], set())
    lost = "acme/jobs/data/runs.csv"
    sound = replace(published, files={path: record for path, record in published.files.items() if path != lost})
    records, failed, _ = put(tmp_path / "site", again, sound)
    assert (records[lost], failed, asked) == (kept[lost], [], [[], ["acme"]])


def test_a_page_that_cannot_be_made_costs_nothing_else(
    tmp_path: Path, again: tuple[duckdb.DuckDBPyConnection, list[Scope], Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def compose_all(found: Jobs, *more: object) -> object:
        if found.scope.is_all:
            return compose(found, *more)  # type: ignore[arg-type]
        raise ValueError("no page of this one")

    monkeypatch.setattr(putting, "compose", compose_all)
    con, scopes, published = again
    records, failed, drafted = put(tmp_path / "site", again, replace(published, files={}))
    assert [(failure.place, failure.reason.split(": ")[1]) for failure in failed] == [
        ("acme/jobs/index.html", "no page of this one")
    ]
    assert {path.split("/")[0] for path in drafted} == {"all"}
    assert records["acme/jobs/index.html"] == published.files["acme/jobs/index.html"]


def test_a_scope_that_has_no_run_any_more_keeps_a_page_that_says_so(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(MARTS)
        with draft_of(tmp_path / "site") as draft:
            record = draft.put("acme/jobs/index.html", b"as it was")
            published = Manifest(files={record.path: record})
            records = put_jobs(con, (), draft, published, Manifest(), [ACME, BOTH], (), [])
            page = (draft.folder / "acme/jobs/index.html").read_text("utf-8")
    assert "No job has run" in page and not [path for path in records if path.startswith("all/")]


def test_whoever_an_error_message_names_can_be_forgotten() -> None:
    found = read(ACME, run("r-1", "2026-02-20 01:00:00", "error", 1, "no mailbox for Ann Lee"))
    page = compose(found, b"", ())
    traces = Traces("acme", "ann", ("Ann Lee",), "user-1")
    html = templating.html("jobs.html", page).decode("utf-8")
    texts = [(".html", html), *((".csv", outputs.csv_bytes(card.table).decode("utf-8")) for card in page.cards)]
    for ending, text in texts:
        assert "Ann Lee" in text
        cleared = cleared_text(ending, text, traces, set())
        assert cleared is not None and b"Ann Lee" not in cleared and b"user-1" in cleared
