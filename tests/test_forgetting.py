"""A person who is forgotten: looked for in every byte that is kept, and in whatever comes later."""

import html
import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import duckdb
import pytest
from forgotten_zone import ANNIKA, land, put_directory, put_zone
from unpacking import unpacked

from orchestration.alerting.alerts import tell_alerts
from orchestration.building.build import build
from orchestration.cli import main
from orchestration.closing.close import close_month
from orchestration.closing.journal import Signature
from orchestration.closing.review import KINDS
from orchestration.errors import TallybookError
from orchestration.forgetting import forget
from orchestration.forgetting.figures import differing, marts_add_up_to
from orchestration.keeping import keep
from orchestration.loading.load import load
from orchestration.mailing.journal import SENT, journal_at
from orchestration.mailing.subscriptions import read_subscriptions
from orchestration.published import read_manifest
from orchestration.reporting import publish
from orchestration.serving.serve import serve
from orchestration.settings import AlertSettings, Settings

LATE = date(2026, 11, 4)
REPORT = "2026-11-01"
_SAID = [ANNIKA["user_id"], ANNIKA["user_name"], ANNIKA["email"]]
_FORMS = {form.lower() for said in _SAID for form in (
    said, html.escape(said), said.replace("'", "&#39;"), quote(said), json.dumps(said)[1:-1])}  # fmt: skip
TRACES = [form.encode() for form in sorted(_FORMS)]


def whole_run(settings: Settings, *, full_refresh: bool = False) -> None:
    load(settings.raw, settings.warehouse, full_refresh=full_refresh, quarantine_limit_pct=50)
    build(settings.warehouse, settings.dbt_target)
    serve(settings.warehouse)
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


def other_tenant(settings: Settings) -> tuple[list[tuple], dict[str, bytes]]:
    """All that is said of the other tenant."""
    users = rows(settings, "select * from marts.dim_users where tenant_id = 'zeta' order by all")
    refused = rows(settings, "select * from audit.quarantine where raw_text like '%zeta%' order by all")
    events = rows(settings, "select * from lake.usage_events where tenant_id = 'zeta' order by event_id")
    folder = settings.site / "zeta"
    return [*users, *refused, *events], {
        str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


class Before(NamedTuple):
    """What a warehouse and its site said."""

    figures: str
    other_tenant: tuple[list[tuple], dict[str, bytes]]
    traced: list[str]
    revisions: dict[str, tuple]
    restatements: list[tuple]


def revisions(settings: Settings) -> dict[str, tuple]:
    return {report.folder: (report.revision, report.restatements, report.figures, report.is_closed)
            for report in read_manifest(settings.site).reports.values()}  # fmt: skip


def alias_of(settings: Settings) -> str:
    """The pseudonym of the person."""
    [(alias,)] = rows(settings, "select distinct user_id from lake.usage_events where event_id like 'acme-%-0-9'")
    return alias


def _command(settings: Settings) -> list[str]:
    return ["forget", "--tenant", "acme", "--warehouse", str(settings.warehouse), "--site", str(settings.site)]


def _broken_off(*_: object, **__: object) -> None:
    raise TallybookError("broken off")


def make(folder: Path) -> Settings:
    """A warehouse with a closed month, an earlier revision, mail, alerts and a run history, all naming the person."""
    settings = Settings(raw=str(put_zone(folder / "raw")), warehouse=folder / "w.duckdb", site=folder / "site")
    whole_run(settings)
    signature = Signature("Finance", f"agreed with {ANNIKA['user_name']}")
    close_month(settings.warehouse, date(2026, 10, 1), signature, accept=KINDS)
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
def before(published: Settings) -> Before:
    return Before(
        figures(published), other_tenant(published), everything(published), revisions(published),
        rows(published, "from audit.restatements order by all"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def forgotten(published: Settings, before: Before) -> Settings:
    """The first time the site cannot be written, as where the process dies before that; then all is done."""
    person = [*_command(published), "--user", "annika.quux"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forget, "clear_site", _broken_off)
        assert main(person) == 1
    assert rows(published, "select user_id from lake.directory_users where user_id = 'annika.quux'") == []
    assert main(person) == 0
    return published


def test_a_trial_names_nobody_and_changes_nothing(
    published: Settings, before: Before, capsys: pytest.CaptureFixture[str]
) -> None:
    for wrong in (["--tenant", "acme", "--user", "Annika.Quux"], ["--tenant", "Acme", "--user", "annika.quux"]):
        assert main([*_command(published), *wrong, "--dry-run"]) == 1
        said = capsys.readouterr().err
        assert "nothing was done" in said and "quux" not in said.lower() and "cme" not in said
    assert main([*_command(published), "--user", "annika.quux", "--dry-run", "--json"]) == 0
    said = capsys.readouterr().out
    assert "28 rows of the lake" in said and "6 refused texts" in said and "quux" not in said.lower()
    assert (figures(published), everything(published)) == (before.figures, before.traced)
    assert rows(published, "from lake.forgotten") == rows(published, "from lake.forgetting_key") == []


def test_the_person_was_everywhere(before: Before) -> None:
    names = {Path(path).name for path in before.traced}
    assert {"w.duckdb", "w.mail", "w.alerts", "runs.db", "run.err", "closed_months.duckdb", "report.pdf",
            "2026-11.js", "dim_users.csv", "dim_users.parquet"} <= names  # fmt: skip
    assert any("w.lake" in path for path in before.traced) and any("_r1/index" in path for path in before.traced)


def test_nothing_that_is_kept_names_the_person(forgotten: Settings) -> None:
    assert everything(forgotten) == []


def test_every_figure_is_what_it_was_and_nothing_is_restated(forgotten: Settings, before: Before) -> None:
    assert differing(before.figures, figures(forgotten)) == []
    assert (revisions(forgotten), rows(forgotten, "from audit.restatements order by all")) == (
        before.revisions, before.restatements)  # fmt: skip
    assert main(["check", "--warehouse", str(forgotten.warehouse), "--site", str(forgotten.site)]) == 0


def test_another_tenant_is_untouched(forgotten: Settings, before: Before) -> None:
    assert other_tenant(forgotten) == before.other_tenant


def test_earlier_revisions_stay_with_the_pseudonym(forgotten: Settings) -> None:
    alias = alias_of(forgotten)
    for scope in ("acme", "all"):
        folder = forgotten.site / f"{scope}/weekly/2026-W44_r1"
        page = (folder / "index.html").read_text()
        assert alias in page and not (folder / "report.pdf").exists() and "report.pdf" not in page
        assert alias in (folder / "data/power_users.csv").read_text()


def test_it_is_noted_and_says_what_is_left(forgotten: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    noted = rows(forgotten, "select tenant_id, lake_rows > 80, quarantined, files > 100 from audit.erasures")
    assert noted == [("acme", True, 6, True)]
    assert rows(forgotten, "from lake.forgetting") == []
    # Once more there is nothing to do, and what is left is still known.
    assert main([*_command(forgotten), "--user", "annika.quux", "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["was_known"] and said["erased"] == {"lake": 0, "directory": 0, "closed": 0, "refused": 0}
    assert said["raw"]["usage/2026-10-31/events.jsonl"] == 4 and said["raw"]["directory/users.csv"] == 1
    assert len(rows(forgotten, "from audit.erasures")) == 1


def test_mail_and_alerts_go_on(forgotten: Settings) -> None:
    assert {each.email for each in read_subscriptions(forgotten.warehouse)} == {"boss@acme.example"}
    with journal_at(forgotten.beside_warehouse("mail")) as journal:
        assert journal.sent_to("boss@acme.example") == {"acme/weekly/2026-W44": 1}
    assert tell_alerts(forgotten, AlertSettings()).events == ()


def test_no_later_load_brings_the_person_back(forgotten: Settings) -> None:
    alias, raw = alias_of(forgotten), Path(forgotten.raw)
    own = f"select count(*) from lake.usage_events where user_id = '{alias}'"
    [(known,)] = rows(forgotten, own)
    places = [forgotten.warehouse, forgotten.warehouse.with_name("w.lake"), forgotten.warehouse.with_name("w.kept")]

    def loaded(expected: int, **how: bool) -> None:
        load(forgotten.raw, forgotten.warehouse, quarantine_limit_pct=50, **how)
        keep(forgotten.warehouse)
        assert rows(forgotten, own) == [(expected,)]
        named = f"select user_name, email from lake.directory_users where user_id = '{alias}'"
        assert rows(forgotten, named) in ([(alias, None)], [])
        tables = rows(forgotten, "select table_schema || '.' || table_name from information_schema.tables "
                                 "where table_schema in ('lake', 'audit')")  # fmt: skip
        with duckdb.connect(str(forgotten.warehouse), read_only=True) as con:
            for (table,) in tables:
                said = con.execute(f"select lower(cast(t as varchar)) from {table} as t").fetchall()
                assert not any(trace.decode() in row for (row,) in said for trace in TRACES), table

    land(raw, date(2026, 11, 5))
    loaded(known + 3)
    loaded(known + 3, full_refresh=True)
    shutil.rmtree(places[1])
    places[0].unlink()
    loaded(known + 3)
    # Whoever takes the person out of the directory, too, cannot be told names: what lands is known by marks alone.
    put_directory(raw, with_person=False)
    land(raw, date(2026, 11, 6), more=1)
    loaded(known + 7)
    assert [path for path in everything(forgotten) if "/site/" not in path] == []
