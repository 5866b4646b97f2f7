"""A person who is forgotten: looked for in every byte that is kept, and in whatever comes later."""

import html
import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from forgotten_zone import ANNIKA, land, put_directory, put_zone
from unpacking import unpacked

from orchestration.alerting.alerts import tell_alerts
from orchestration.alerting.outbox import outbox_at
from orchestration.building import build
from orchestration.cli import main
from orchestration.closing import close_month
from orchestration.forgetting.figures import differing, marts_add_up_to
from orchestration.keeping import keep
from orchestration.loading.load import load
from orchestration.mailing.journal import SENT, journal_at
from orchestration.mailing.subscriptions import read_subscriptions
from orchestration.reporting import publish
from orchestration.settings import AlertSettings, Settings

LATE = date(2026, 11, 4)
REPORT = "2026-11-02"
_SAID = [ANNIKA["user_id"], ANNIKA["user_name"], ANNIKA["email"]]
_FORMS = {form.lower() for said in _SAID for form in (
    said, html.escape(said), said.replace("'", "&#39;"), quote(said), json.dumps(said)[1:-1])}  # fmt: skip
TRACES = [form.encode() for form in sorted(_FORMS)]


def whole_run(settings: Settings, *, full_refresh: bool = False) -> None:
    load(settings.raw, settings.warehouse, full_refresh=full_refresh, quarantine_limit_pct=50)
    build(settings.warehouse, settings.dbt_target)
    publish(settings)
    keep(settings.warehouse)


def traced(folder: Path) -> list[str]:
    """Files below a folder that name the person, packed or not."""
    return [str(path) for path in sorted(folder.rglob("*"))
            if any(trace in part.lower() for part in unpacked(path) for trace in TRACES)]  # fmt: skip


def everything(settings: Settings) -> list[str]:
    """The same of all that Tallybook keeps."""
    folder = settings.warehouse.parent
    places = [path for path in folder.iterdir() if path != Path(settings.raw)]
    files = [path for path in places if path.is_file()]
    found = [str(path) for path in files if any(
        trace in part.lower() for part in unpacked(path) for trace in TRACES)]  # fmt: skip
    return [*found, *(each for path in places if path.is_dir() for each in traced(path))]


def rows(settings: Settings, query: str) -> list[tuple]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def figures(settings: Settings) -> str:
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        return marts_add_up_to(con)


def namesake(settings: Settings) -> tuple[list[tuple], dict[str, bytes]]:
    """All that is said of the other tenant."""
    users = rows(settings, "select * from marts.dim_users where tenant_id = 'zeta' order by all")
    refused = rows(settings, "select * from audit.quarantine where raw_text like '%zeta%' order by all")
    events = rows(settings, "select * from lake.usage_events where tenant_id = 'zeta' order by event_id")
    folder = settings.site / "zeta"
    return [*users, *refused, *events], {
        str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def make(folder: Path) -> Settings:
    """A warehouse with a closed month, an earlier revision, mail, alerts and a run history, all naming the person."""
    settings = Settings(raw=str(put_zone(folder / "raw")), warehouse=folder / "w.duckdb", site=folder / "site")
    whole_run(settings)
    close_month(settings.warehouse, date(2026, 10, 1))
    land(Path(settings.raw), LATE)
    land(Path(settings.raw), date.fromisoformat(REPORT), name="late", more=2)
    whole_run(settings)
    with journal_at(settings.beside_warehouse("mail")) as journal:
        journal.set(f"{ANNIKA['email']} acme/weekly/2026-W44 1", SENT, "then")
        journal.set("boss@acme.example acme/weekly/2026-W44 1", SENT, "then")
    tell_alerts(settings, AlertSettings())
    (settings.dagster_home / "logs").mkdir(parents=True)
    (settings.dagster_home / "logs/run.err").write_text(f"{ANNIKA['email']}: 550 unknown\n")
    with sqlite3.connect(settings.dagster_home / "runs.db") as con:
        con.execute("create table event_logs (id integer primary key, event text)")
        con.execute("insert into event_logs (event) values (?)", [json.dumps({"said": f"failed: {ANNIKA['email']}"})])
    assert list(settings.site.glob(f"acme/daily/{REPORT}_r1/index.html"))
    return settings


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make(tmp_path_factory.mktemp("forgetting"))


@pytest.fixture(scope="module")
def before(published: Settings) -> Iterator[tuple[str, tuple[list[tuple], dict[str, bytes]], list[str]]]:
    yield figures(published), namesake(published), everything(published)


@pytest.fixture(scope="module")
def forgotten(published: Settings, before: object, capsys_of_module: None) -> Settings:
    places = ["--warehouse", str(published.warehouse), "--site", str(published.site)]
    person = ["forget", "--tenant", "acme", "--user", "annika.quux", *places]
    assert main([*person, "--dry-run"]) == 0
    assert everything(published) == before[2]  # type: ignore[index]
    assert main([*person, "--json"]) == 0
    assert main(["forget", "--tenant", "acme", "--user", "sam.twin", *places]) == 0
    return published


@pytest.fixture(scope="module")
def capsys_of_module() -> None:
    """What is printed in a fixture of a module is of no test."""


def test_the_person_was_everywhere(before: tuple) -> None:
    names = {Path(path).name for path in before[2]}
    assert {"w.duckdb", "w.mail", "w.alerts", "runs.db", "run.err", "closed_months.duckdb", "report.pdf",
            "2026-11.js", "dim_users.csv", "dim_users.parquet"} <= names  # fmt: skip
    assert any("w.lake" in path for path in before[2]) and any("_r1" in path for path in before[2])


def test_nothing_that_is_kept_names_the_person(forgotten: Settings) -> None:
    assert everything(forgotten) == []


def test_every_figure_is_what_it_was(forgotten: Settings, before: tuple) -> None:
    assert differing(before[0], figures(forgotten)) == []
