"""Digests by mail, against a real SMTP server: what they say, to whom, and each once."""

import email
import json
import re
from dataclasses import replace
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.mailing import digest, digests, message, sending
from orchestration.mailing.digests import send_digests, write_digests
from orchestration.mailing.subscriptions import MailError
from orchestration.settings import MailServer, MailSettings, SettingsError
from site_builder.charts.specs import Bar, Bars
from tests.orchestration.inboxes import Inbox
from tests.orchestration.mailing.letters import SUBSCRIPTIONS, put_site, settings_for

URL = "https://reports.example/usage/"


def mail_of(inbox: Inbox) -> MailSettings:
    return MailSettings("usage@platform.example", URL, inbox.server)


def text_of(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return part.get_content()


def test_a_digest_has_finding_number_picture_and_links(tmp_path: Path, inbox: Inbox) -> None:
    done = send_digests(settings_for(tmp_path), mail_of(inbox))
    assert done.sent == ("board@platform.example: all/weekly/2026-W46", "ceo@acme.example: acme/weekly/2026-W46")
    assert done.missing == ("ops@acme.example: there is no daily report of tenant acme yet",)
    letter = inbox.letters[1]
    assert letter["Subject"] == "724.5 credits used – Acme, Week 46, 2026"
    assert (letter["To"], letter["Auto-Submitted"]) == ("ceo@acme.example", "auto-generated")
    assert letter["List-Unsubscribe"] == "<mailto:usage@platform.example?subject=unsubscribe>"
    plain, html = text_of(letter, "plain"), text_of(letter, "html")
    for text in (plain, html):
        assert "724.5 credits used" in text and "▲ +15.0" in text
        assert f"{URL}acme/weekly/2026-W46/index.html" in text and f"{URL}acme/weekly/2026-W46/report.pdf" in text
        assert f"{URL}acme/weekly/2026-W46/statement.pdf" in text
        assert "acme/explore/index.html#from=2026-11-09&" in text
        assert "ran away" in text and "No budget" not in text
        assert "Active users" in text and "Known cost" not in text
        assert "Why" in text and "took 90 credits" in text
    [preheader] = re.findall(r'<div class="preheader"[^>]*>(.*?)</div>', html)
    assert preheader.startswith("Why: ") and "724.5" not in preheader and "Week 46" not in preheader
    assert "statement.pdf" not in text_of(inbox.letters[0], "plain") + text_of(inbox.letters[0], "html")
    # What phones drop from the head still stands in each element.
    assert '<h1 style="' in html and "prefers-color-scheme: dark" in html and "<script" not in html
    pictures = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert len(pictures) == 1 and pictures[0]["Content-ID"] == "<trend>" and 'src="cid:trend"' in html
    assert pictures[0].get_content().startswith(b"\x89PNG")
    assert "Credits by day; pale: the period before; ▼ high usage: 15 Nov" in html
    assert len(html.encode()) < 102_000


def test_the_picture_of_a_long_month_with_marks_is_small() -> None:
    bars = [Bar(f"{day} Nov", Decimal(900 + 7 * day), Decimal(1000 - day), day % 5 == 0) for day in range(1, 32)]
    assert len(message.picture(Bars("Use peaked", "", "credits by day", tuple(bars)))) < 60_000


def test_who_wants_it_gets_the_pdf_attached(tmp_path: Path, inbox: Inbox) -> None:
    wanted = ("ceo@acme.example", "tenant", "acme", "weekly", "pdf")
    settings = settings_for(tmp_path, [wanted, ("board@platform.example", "all", None, "weekly")])
    send_digests(settings, mail_of(inbox))
    plain, attached = (list(letter.iter_attachments()) for letter in inbox.letters)
    assert plain == []
    assert [part.get_filename() for part in attached] == ["acme-weekly-2026-W46.pdf"]
    assert attached[0].get_content() == b"%PDF of acme/weekly/2026-W46"


def test_a_pdf_that_is_gone_fails_its_mail_alone(tmp_path: Path, inbox: Inbox) -> None:
    wanted = ("ceo@acme.example", "tenant", "acme", "weekly", "pdf")
    settings = settings_for(tmp_path, [wanted, ("board@platform.example", "all", None, "weekly")])
    (settings.site / "acme/weekly/2026-W46/report.pdf").unlink()
    done = send_digests(settings, mail_of(inbox))
    assert done.sent == ("board@platform.example: all/weekly/2026-W46",)
    assert done.failed == (
        "ceo@acme.example: acme/weekly/2026-W46/report.pdf cannot be read: No such file or directory",
    )


def test_nobody_gets_another_tenants_figures(tmp_path: Path, inbox: Inbox) -> None:
    send_digests(settings_for(tmp_path), mail_of(inbox))
    to_tenant = next(letter for letter in inbox.letters if letter["To"] == "ceo@acme.example")
    assert "9 000" not in to_tenant.as_string() and "/all/" not in to_tenant.as_string()


def test_each_is_sent_once_and_a_new_revision_once_more(tmp_path: Path, inbox: Inbox) -> None:
    settings = settings_for(tmp_path)
    assert len(send_digests(settings, mail_of(inbox)).sent) == 2
    again = send_digests(settings, mail_of(inbox))
    assert (again.sent, again.before, len(inbox.letters)) == ((), 2, 2)
    # Whoever it comes from: it has been sent.
    assert send_digests(settings, replace(mail_of(inbox), sender="usage@other.example")).sent == ()
    put_site(settings.site, revision=2, headline="725.0 credits used")
    assert len(send_digests(settings, mail_of(inbox)).sent) == 2
    assert inbox.letters[3]["Subject"] == "725.0 credits used – Acme, Week 46, 2026 (revision 2)"
    assert send_digests(settings, mail_of(inbox)).sent == ()


def test_a_crash_between_sending_and_recording_repeats_the_message_id(
    tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path)
    real = digests.Journal.set

    def crash(self: digests.Journal, what: str, state: str, at: str) -> None:
        if state == digests.SENT:
            raise KeyboardInterrupt
        real(self, what, state, at)

    with monkeypatch.context() as patch:
        patch.setattr(digests.Journal, "set", crash)
        with pytest.raises(KeyboardInterrupt):
            send_digests(settings, mail_of(inbox))
    assert len(inbox.letters) == 1
    assert len(send_digests(settings, mail_of(inbox)).sent) == 2
    assert len(inbox.letters) == 3
    assert inbox.letters[0]["Message-ID"] == inbox.letters[1]["Message-ID"] != inbox.letters[2]["Message-ID"]
    assert send_digests(settings, mail_of(inbox)).sent == ()


def test_a_failing_address_stops_no_other_and_is_tried_again(tmp_path: Path, inbox: Inbox) -> None:
    odd = ("no address", "x@y.example\nBcc: z@y.example")
    rows = [*SUBSCRIPTIONS, *((address, "all", None, "weekly") for address in odd)]
    settings = settings_for(tmp_path, rows)
    inbox.refused = {"board@platform.example"}
    done = send_digests(settings, mail_of(inbox))
    assert done.sent == ("ceo@acme.example: acme/weekly/2026-W46",)
    assert done.failed[0] == "board@platform.example: 550 5.1.1 no such user here"
    assert [each for each in done.failed if "is not an address that mail can go to" in each] == list(done.failed[1:])
    assert len(done.failed) == 3
    inbox.refused = set()
    assert send_digests(settings, mail_of(inbox)).sent == ("board@platform.example: all/weekly/2026-W46",)


def test_names_are_text_wherever_they_stand(tmp_path: Path, inbox: Inbox) -> None:
    name = "Evil\r\nBcc: all@platform.example <script>alert(1)</script> {{ 7 * 7 }} \u202e"
    send_digests(settings_for(tmp_path, name=name), mail_of(inbox))
    letter = next(each for each in inbox.letters if each["To"] == "ceo@acme.example")
    assert letter["Bcc"] is None and "– Evil Bcc: all@platform.example <script>" in letter["Subject"]
    html = text_of(letter, "html")
    assert "<script" not in html and "&lt;script&gt;" in html and "{{ 7 * 7 }}" in html and "\u202e" not in html


def test_over_starttls_with_a_login(tmp_path: Path, guarded_inbox: Inbox) -> None:
    server = MailServer("127.0.0.1", guarded_inbox.port, "starttls", "tallybook", "secret")
    settings, mail = settings_for(tmp_path), mail_of(guarded_inbox)
    assert len(send_digests(settings, replace(mail, server=server)).sent) == 2
    assert guarded_inbox.login == ("tallybook", "secret") and guarded_inbox.was_encrypted == [True, True]
    with pytest.raises(MailError, match=r"mail server 127\.0\.0\.1:\d+: 535"):
        send_digests(settings_for(tmp_path, revision=2), replace(mail, server=replace(server, password="wrong")))


def test_a_server_that_hangs_up_between_messages_is_called_again(
    tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sending.Connection.send

    def hang_up(self: sending.Connection, letter: EmailMessage) -> None:
        real(self, letter)
        assert self._smtp is not None and self._smtp.sock is not None
        self._smtp.sock.close()
        self._smtp.file = None

    monkeypatch.setattr(sending.Connection, "send", hang_up)
    assert len(send_digests(settings_for(tmp_path), mail_of(inbox)).sent) == 2


def test_without_a_server_nothing_is_taken_for_sent(tmp_path: Path, inbox: Inbox) -> None:
    settings = settings_for(tmp_path)
    dead = replace(mail_of(inbox), server=MailServer("127.0.0.1", 1, "none"))
    with pytest.raises(MailError, match="mail server 127.0.0.1:1: "):
        send_digests(settings, dead)
    assert len(send_digests(settings, mail_of(inbox)).sent) == 2


def test_a_dry_run_writes_the_same_bytes_each_time(tmp_path: Path, inbox: Inbox) -> None:
    settings = settings_for(tmp_path)
    mail = replace(mail_of(inbox), server=None)
    for folder in ("a", "b"):
        write_digests(settings, mail, tmp_path / folder)
    letters = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert letters == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    parsed = [email.message_from_bytes(letter, policy=policy.default) for letter in letters.values()]
    assert {letter["To"] for letter in parsed} == {"ceo@acme.example", "board@platform.example"}
    assert {letter["Date"] for letter in parsed} == {"Mon, 16 Nov 2026 06:00:00 +0000"}
    # Nothing was sent, and nothing is taken for sent.
    assert inbox.letters == [] and len(send_digests(settings, mail_of(inbox)).sent) == 2


def test_the_command_names_all_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], inbox: Inbox
) -> None:
    settings = settings_for(tmp_path)
    places = ["--warehouse", str(settings.warehouse), "--site", str(settings.site)]
    for name in ("TALLYBOOK_MAIL_FROM", "TALLYBOOK_SITE_URL", "TALLYBOOK_SMTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert main(["email", *places]) == 1
    said = capsys.readouterr().err
    assert all(f"TALLYBOOK_{name} is not set" in said for name in ("MAIL_FROM", "SITE_URL", "SMTP_HOST"))
    with pytest.raises(SettingsError, match="TALLYBOOK_SMTP_SECURITY='ssl'.*does not begin with https"):
        MailSettings.from_env(
            {
                "TALLYBOOK_MAIL_FROM": "a@b.example",
                "TALLYBOOK_SITE_URL": "reports",
                "TALLYBOOK_SMTP_HOST": "h",
                "TALLYBOOK_SMTP_SECURITY": "ssl",
            }
        )
    for name, value in {
        "MAIL_FROM": "usage@platform.example",
        "SITE_URL": URL,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(inbox.port),
        "SMTP_SECURITY": "none",
    }.items():
        monkeypatch.setenv(f"TALLYBOOK_{name}", value)
    assert main(["email", *places, "--dry-run", str(tmp_path / "out")]) == 0
    assert "Written  2 messages" in capsys.readouterr().out
    inbox.refused = {"ceo@acme.example"}
    assert main(["email", *places]) == 1
    assert "1 messages could not be sent; 1 others went out: ceo@acme.example: 550" in capsys.readouterr().err
    inbox.refused = set()
    assert main(["email", *places, "--json"]) == 0
    assert "Sent     1 messages; 1 had gone out before" in capsys.readouterr().out


@pytest.mark.parametrize(("value", "text"), [
    (2240, "2,240"), (0.98780487, "98.78%"), (Decimal("1234.5"), "1,234.50"), (None, "–"), (0, "0"),
])  # fmt: skip
def test_figures_of_a_restated_report_are_written_as_on_its_page(
    value: int | float | Decimal | None, text: str
) -> None:
    assert digest._shown(value) == text


def test_finance_gets_what_was_spent_left_and_billed(tmp_path: Path, inbox: Inbox) -> None:
    settings = settings_for(tmp_path)
    report = settings.site / "acme/weekly/2026-W46/report.json"
    said = json.loads(report.read_text("utf-8"))
    said["cards"]["kpis"]["rows"] += [
        ["spend_amount", "437.620000", "300.0", 45.9],
        ["spend_currency", "EUR", "EUR", None],
    ]
    said["cards"] |= {
        "statement": {"subject": "Credit statement", "title": "12 lines", "columns": ["entry_no"], "rows": [[1]]},
        "balance": {"subject": "Credit balance", "title": "5 left", "columns": ["pool", "closing"],
                    "rows": [["plan", "9.5"], ["overdraft", "-4.5"], ["total", "5.0"]]},
        "invoices": {"subject": "Invoices", "title": "2 open", "columns": ["open_amount", "currency"],
                     "rows": [["10.5", "EUR"], ["2", "EUR"], [None, "EUR"], ["1", None]]},
    }  # fmt: skip
    report.write_text(json.dumps(said), encoding="utf-8")
    links = {"Billing portal": "https://platform.example/billing"}
    configuration = replace(settings.configuration, finance=frozenset({"ceo@acme.example"}), links=links)
    send_digests(replace(settings, configuration=configuration), mail_of(inbox))
    board, finance = inbox.letters
    assert finance["Subject"] == "437.62 EUR spent – Acme, Week 46, 2026"
    text = text_of(finance, "plain")
    for line in (
        "Spend, EUR: 437.62",
        "Credits left: 5.00",
        "Open invoices, EUR: 12.50",
        "* Credit statement: 12 lines",
    ):
        assert line in text
    assert "Messages" not in text
    assert "Messages" in text_of(board, "plain") and "Open invoices" not in text_of(board, "plain")
    assert "Billing portal: https://platform.example/billing" in text_of(board, "plain")
    assert 'href="https://platform.example/billing"' in text_of(finance, "html")
