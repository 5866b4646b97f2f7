"""Verbs that are killed and simply run again: tables and site end as undisturbed, and everybody gets their mail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.checking.verify import file_faults
from orchestration.closing.review import KINDS
from site_builder.files import manifest
from tests.orchestration.inboxes import Inbox
from tests.orchestration.inboxes import inbox as inbox
from tests.orchestration.killing import KILLED, Verbs
from tests.orchestration.mailing.letters import settings_for
from tests.orchestration.publishing.sites import FIRST, SECOND, put_site, seen

# Where each verb is killed before it is run again: function, and at which of its calls.
KILLS = {
    "load": [("orchestration.loading.lake.lake:Lake.write", 2),
             ("orchestration.loading.lake.lake:Lake.sweep_leaving", 1)],
    "build": [("orchestration.building.dbt_runner:_node_result", 40), ("orchestration.building.build:record_build", 1)],
    "site": [("site_builder.files.write:Draft.put", 20), ("site_builder.files.write:_move", 30),
             ("orchestration.reporting:note_restatements", 1)],
    "close": [("orchestration.closing.close:_keep", 2), ("orchestration.building.build:record_build", 1)],
}  # fmt: skip
ACCEPTED = [word for kind in KINDS for word in ("--accept", kind)]


@pytest.fixture
def verbs() -> Iterator[Verbs]:
    started = Verbs()
    yield started
    started.end()


def tree(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def marts(warehouse: Path) -> dict[str, list]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        return {name: con.execute(f"from marts.{name} order by all").fetchall() for (name,) in tables}


def test_load_build_site_and_close_end_as_undisturbed(tmp_path: Path, verbs: Verbs) -> None:
    from orchestration.generating.generate import generate

    zone = tmp_path / "zone"
    generate(zone, tenants=1, days=2, events=60, seed=7, end=date(2026, 11, 2))
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for place in (undisturbed, killed):
        warehouse, site = place / "w.duckdb", place / "site"
        steps: list[list[object]] = [
            ["load", "--raw", zone, "--warehouse", warehouse],
            ["build", "--warehouse", warehouse],
            ["site", "--warehouse", warehouse, "--site", site],
            ["close", "2026-10", "--by", "Finance", "--note", "October", *ACCEPTED, "--warehouse", warehouse],
            ["site", "--warehouse", warehouse, "--site", site],
        ]
        for number, step in enumerate(steps):
            for function, call in KILLS[str(step[0])] if place is killed and number < 4 else ():
                assert verbs.kill(function, call, *step) == KILLED, (function, step)
            assert verbs.run(*step) == 0, step
    assert marts(killed / "w.duckdb") == marts(undisturbed / "w.duckdb")
    assert tree(killed / "site") == tree(undisturbed / "site")
    published = manifest.load(killed / "site")
    assert list(file_faults(killed / "site", published)) == []
    assert all(report.revision == 1 for report in published.reports.values())


def test_what_readers_see_is_whole_however_often_a_publication_is_killed(tmp_path: Path, verbs: Verbs) -> None:
    target, site = tmp_path / "www", tmp_path / "site"
    assert verbs.run("publish", target, "--site", put_site(site, FIRST)) == 0
    put_site(site, SECOND)
    folder = "orchestration.publishing.folder"
    for function, call in ((f"{folder}:_verify", 3), (f"{folder}:FolderTarget._switch", 1)):
        assert verbs.kill(function, call, "publish", target, "--site", site) == KILLED
        assert seen(target) == FIRST
    assert verbs.run("publish", target, "--site", site) == 0
    assert SECOND.items() <= seen(target).items()
    assert not list((target / "releases").glob("*.partial"))


def test_no_mail_is_lost_and_none_is_another_one(tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(tmp_path)
    for name, value in {"TALLYBOOK_SMTP_HOST": "127.0.0.1", "TALLYBOOK_SMTP_PORT": str(inbox.port),
                        "TALLYBOOK_SMTP_SECURITY": "none", "TALLYBOOK_MAIL_FROM": "reports@example.com",
                        "TALLYBOOK_SITE_URL": "https://reports.example.com"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert os.environ["TALLYBOOK_SMTP_HOST"]
    verb = ["email", "--warehouse", settings.warehouse, "--site", settings.site]
    verbs = Verbs()
    # Before the first message is noted, before it is sent, and when it went out and is not noted as sent.
    for call in (1, 2, 2):
        assert verbs.kill("orchestration.mailing.journal:Journal.set", call, *verb) == KILLED
    assert verbs.run(*verb) == 0
    before = len(inbox.letters)
    assert verbs.run(*verb) == 0
    verbs.end()
    assert len(inbox.letters) == before
    ids = [(letter["To"], letter["Message-ID"]) for letter in inbox.letters]
    assert len(set(ids)) == 2 and len(ids) == 4
