"""Which reports go to whom: the newest, the missed ones, the restated ones; and what happens where some cannot."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.mailing import sending
from orchestration.mailing.digests import send_digests, write_digests
from orchestration.mailing.subscriptions import MOST_MISSED, MailError, Subscription, due
from orchestration.settings import MailServer, MailSettings
from site_builder.files import manifest
from site_builder.files.manifest import Changed, Manifest, PublishedReport, PublishedScope, Restatement
from tests.orchestration.inboxes import Inbox
from tests.orchestration.mailing.letters import put_site, settings_for

CEO = Subscription("ceo@acme.example", "acme", "daily")


def mail_of(inbox: Inbox) -> MailSettings:
    return MailSettings("usage@platform.example", "https://reports.example/", inbox.server)


def published(days: int, **revisions: int) -> Manifest:
    reports = {}
    for place in range(days):
        day = date(2026, 11, 1) + timedelta(days=place)
        folder = f"acme/daily/{day}"
        revision = revisions.get(f"d{day.day}", 1)
        reports[folder] = PublishedReport(folder, "acme", "daily", str(day), "x", day, day, day, revision, "h", "f")
    return Manifest(scopes={"acme": PublishedScope("acme", "acme", "Acme", "UTC")}, reports=reports)


def days_due(site: Manifest, **sent: int) -> list[tuple[int, int]]:
    had = {f"acme/daily/2026-11-{int(name[1:]):02d}": revision for name, revision in sent.items()}
    found, _ = due([CEO], site, lambda _: had)
    return [(each.report.last.day, each.report.revision) for each in found]


def test_a_new_subscriber_gets_the_newest_alone() -> None:
    assert days_due(published(20)) == [(20, 1)]


def test_what_was_missed_since_is_made_up_for_within_limits() -> None:
    assert days_due(published(8), d5=1) == [(6, 1), (7, 1), (8, 1)]
    assert days_due(published(8), d5=1, d7=1, d8=1) == [(6, 1), (8, 1)]
    assert [day for day, _ in days_due(published(28), d2=1)] == list(range(28 - MOST_MISSED, 29))


def test_a_restated_report_goes_out_once_more_however_old() -> None:
    site = published(28, d3=2, d4=2)
    assert days_due(site, d3=1, d27=1, d28=1) == [*[(3, 2)], *[(day, 1) for day in range(21, 27)], (28, 1)]
    assert (3, 2) not in days_due(site, d3=2, d27=1)
    assert (4, 2) not in days_due(site, d3=2, d27=1)


def test_a_restated_digest_says_what_changed(tmp_path: Path, inbox: Inbox) -> None:
    settings = settings_for(tmp_path)
    send_digests(settings, mail_of(inbox))
    put_site(settings.site, revision=2)
    site = manifest.load(settings.site)
    changed = (Changed("credits", Decimal("724.500000"), Decimal("725.123456")), Changed("cost_usd", None, Decimal(1)))
    files = ("usage/2026-11-20/late.jsonl", "usage/2026-11-20/a\r\n-- \u202e\x1b.jsonl")
    restated = Restatement(2, changed, files)
    week = "acme/weekly/2026-W46"
    site.reports[week] = replace(site.reports[week], restatements=(restated,))
    (settings.site / manifest.FILE_NAME).write_bytes(manifest.to_bytes(site))
    send_digests(settings, mail_of(inbox))
    letter = next(each for each in inbox.letters[2:] if each["To"] == "ceo@acme.example")
    for kind in ("plain", "html"):
        part = letter.get_body((kind,))
        assert part is not None
        text = part.get_content()
        assert "Restated, revision 2" in text and "Because of usage/2026-11-20/late.jsonl" in text
        assert "late.jsonl and usage/2026-11-20/a -- \ufffd\ufffd.jsonl" in text
        assert "Credits: 725.123456, no longer 724.50" in text and "Cost known (USD): 1.00, no longer –" in text
    assert "Known cost" not in letter.as_string()


def test_plain_text_has_its_parts_apart(tmp_path: Path, inbox: Inbox) -> None:
    send_digests(settings_for(tmp_path), mail_of(inbox))
    part = inbox.letters[1].get_body(("plain",))
    assert part is not None
    text = part.get_content().replace("\r", "")
    assert "Messages: 744 (▲ +14.6%)\nActive users: 30 (▼ −3.2%)\n\n* Alerts: " in text


def test_a_damaged_report_stops_no_other(tmp_path: Path, inbox: Inbox) -> None:
    settings = settings_for(tmp_path)
    (settings.site / "all/weekly/2026-W46/report.json").write_text("{", encoding="utf-8")
    done = send_digests(settings, mail_of(inbox))
    assert done.sent == ("ceo@acme.example: acme/weekly/2026-W46",)
    assert len(done.failed) == 1 and "all/weekly/2026-W46/report.json is damaged or missing" in done.failed[0]
    (settings.site / "all/weekly/2026-W46/report.json").unlink()
    assert len(send_digests(settings, mail_of(inbox)).failed) == 1


def test_a_failed_dry_run_says_that_nothing_went_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(tmp_path)
    (settings.site / "all/weekly/2026-W46/report.json").unlink()
    monkeypatch.setenv("TALLYBOOK_MAIL_FROM", "usage@platform.example")
    monkeypatch.setenv("TALLYBOOK_SITE_URL", "https://reports.example/")
    places = ["--warehouse", str(settings.warehouse), "--site", str(settings.site)]
    assert main(["email", *places, "--dry-run", str(tmp_path / "out")]) == 1
    assert "1 messages could not be made; 1 others were written" in capsys.readouterr().err


def test_a_server_that_goes_away_leaves_a_list_of_who_got_what(
    tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path)
    real = sending.Connection.send

    def go_away(self: sending.Connection, letter: EmailMessage) -> None:
        real(self, letter)
        self.close()
        self._server = MailServer("127.0.0.1", 1, "none")

    with monkeypatch.context() as patch:
        patch.setattr(sending.Connection, "send", go_away)
        with pytest.raises(MailError) as fault:
            send_digests(settings, mail_of(inbox))
    said = str(fault.value)
    assert "mail server 127.0.0.1:1" in said and "sent: board@platform.example: all/weekly/2026-W46" in said
    assert "not tried: ceo@acme.example" in said
    assert send_digests(settings, mail_of(inbox)).sent == ("ceo@acme.example: acme/weekly/2026-W46",)


def test_over_tls_from_the_first_byte(tmp_path: Path, tls_inbox: Inbox) -> None:
    server = MailServer("127.0.0.1", tls_inbox.port, "tls")
    assert len(send_digests(settings_for(tmp_path), replace(mail_of(tls_inbox), server=server)).sent) == 2
    assert len(tls_inbox.letters) == 2


def test_an_address_that_only_smtputf8_could_carry_is_named(tmp_path: Path, inbox: Inbox) -> None:
    rows = [("jürgen@acme.example", "tenant", "acme", "weekly"), ("ceo@acme.example", "tenant", "acme", "weekly")]
    done = send_digests(settings_for(tmp_path, rows), mail_of(inbox))
    assert len(done.sent) == 1 and len(done.failed) == 1 and done.failed[0].startswith("jürgen@acme.example: ")


def test_the_dry_run_writes_the_newest_of_each(tmp_path: Path, inbox: Inbox) -> None:
    settings = settings_for(tmp_path)
    send_digests(settings, mail_of(inbox))
    assert len(write_digests(settings, replace(mail_of(inbox), server=None), tmp_path / "out").sent) == 2
    assert json.loads((settings.site / "acme/weekly/2026-W46/report.json").read_text("utf-8"))["label"]
