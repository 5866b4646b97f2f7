"""Alerts out of the marts to a real mail server and a real HTTP receiver."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st

from orchestration.alerting.alerts import replay, tell_alerts
from orchestration.alerting.webhook import ATTEMPTS
from orchestration.cli import main
from orchestration.settings import AlertSettings, MailSettings, Settings, SettingsError
from site_builder.files.urls import tenant_folder
from tests.conftest import PROJECT
from tests.orchestration.inboxes import Inbox
from tests.orchestration.receivers import Receiver
from tests.reading_back import STEERING

SECRET = "s3cret"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    warehouse = tmp_path / "w.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("""
            create schema marts;
            create table marts.mart_alert_daily (tenant_id varchar, usage_date date, kind varchar, severity varchar,
                subject_type varchar, subject_id varchar, subject_name varchar, amount decimal(38, 6),
                reference decimal(38, 6), excess decimal(38, 6), currency varchar, happens_on date, muted_by varchar,
                muted_until date, mute_note varchar);
            create table marts.mart_publisher_alert_daily as from marts.mart_alert_daily;
            create table marts.mart_tenant_daily as select 'acme' as tenant_id, date '2026-11-20' as usage_date;
            create table marts.dim_tenants as select 'acme' as tenant_id, 'Acme' as tenant_name;
            create table marts.mart_audit_exceptions (kind varchar, source varchar, subject varchar, landing_date date,
                amount bigint, reference bigint)
        """)
        kinds = PROJECT / "dbt_project/models/dims/dim_alert_kinds.sql"
        con.execute(f"create table marts.dim_alert_kinds as {kinds.read_text(encoding='utf-8')}")
    put(warehouse, ("2026-11-18", "budget_90"), ("2026-11-19", "budget_over"), ("2026-11-19", "overdraft"),
        ("2026-11-20", "overdraft"))  # fmt: skip
    return Settings(raw=str(tmp_path), warehouse=warehouse, site=tmp_path / "site")


def put(warehouse: Path, *alerts: tuple[str | None, ...], as_of: str = "2026-11-20") -> None:
    """Make the marts say exactly this: date and kind of each alert, and who muted it where somebody did."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute("delete from marts.mart_alert_daily")
        con.execute(f"update marts.mart_tenant_daily set usage_date = '{as_of}'")
        for day, kind, *muted_by in alerts:
            con.execute(
                "insert into marts.mart_alert_daily values "
                "('acme', ?, ?, 'critical', 'team', 't1', 'Support', 12.5, 10, null, null, ?, ?, null, null)",
                [day, kind, "2026-11-25" if kind == "balance_short" else None, *(muted_by or [None])],
            )


def hook(receiver: Receiver) -> AlertSettings:
    return AlertSettings(webhook=receiver.url, secret=SECRET, webhook_local=True)


def actions(told: object) -> list[tuple[str, str]]:
    return [(event["action"], event["kind"]) for event in told.events]  # type: ignore[attr-defined]


def test_a_webhook_gets_signed_json_that_slack_shows(settings: Settings, receiver: Receiver) -> None:
    done = tell_alerts(settings, hook(receiver), clock=lambda: 1_800_000_000.5)
    assert done.taken_by == ("webhook",) and actions(done) == [("raised", "budget_90"), ("raised", "overdraft")]
    headers, body = receiver.got[0]
    signed = hmac.new(SECRET.encode(), b"1800000000." + body, hashlib.sha256).hexdigest()
    assert headers["X-Tallybook-Signature"] == f"sha256={signed}" and headers["X-Tallybook-Timestamp"] == "1800000000"
    document = json.loads(body)
    # What is owed is more than what the budget is over by.
    assert document["text"].splitlines() == [
        "critical: Acme: the credit balance is overdrawn: 12.50 of 10.00 credits (2026-11-19)",
        "critical: Acme: Support reached 90% of the budget: 12.50 of 10.00 credits (2026-11-18)",
    ]
    assert document["events"][1]["amount"] == "12.500000" and document["events"][1]["period"] == "2026-11"
    assert "url" not in document["events"][0]


def test_each_is_linked_to_the_report_of_its_date(settings: Settings, receiver: Receiver) -> None:
    who = replace(hook(receiver), site_url="https://reports.example/usage/")
    tell_alerts(replace(settings, link_secret="hidden"), who)
    document = json.loads(receiver.got[0][1])
    page = f"https://reports.example/usage/{tenant_folder('acme', 'hidden')}/daily/2026-11-19/index.html#alerts"
    assert document["events"][0]["url"] == page and document["text"].splitlines()[0].endswith(f" {page}")


def test_links_come_from_the_address_of_the_site() -> None:
    env = {"TALLYBOOK_ALERT_WEBHOOK": "https://x.example/hook", "TALLYBOOK_ALERT_SECRET": SECRET}
    assert AlertSettings.from_env({**env, "TALLYBOOK_SITE_URL": "https://r.example"}).site_url == "https://r.example"
    assert AlertSettings.from_env({**env, "TALLYBOOK_SITE_URL": "https://u:p@r.example"}).site_url == ""


def test_each_change_is_told_once(settings: Settings, receiver: Receiver) -> None:
    tell_alerts(settings, hook(receiver))
    assert actions(tell_alerts(settings, hook(receiver))) == [] and len(receiver.got) == 1
    put(settings.warehouse, ("2026-11-18", "budget_90"), ("2026-11-19", "overdraft"), ("2026-11-20", "overdraft"),
        as_of="2026-11-21")  # fmt: skip
    assert actions(tell_alerts(settings, hook(receiver))) == [("cleared", "overdraft")]
    # A restatement: the budget was not reached after all. And then it was.
    put(settings.warehouse, ("2026-11-19", "overdraft"), ("2026-11-20", "overdraft"), as_of="2026-11-21")
    assert actions(tell_alerts(settings, hook(receiver))) == [("withdrawn", "budget_90")]
    text = json.loads(receiver.got[-1][1])["text"]
    assert text.startswith("taken back, since the data were corrected: critical: Acme: Support")
    put(settings.warehouse, ("2026-11-18", "budget_90"), ("2026-11-19", "overdraft"), ("2026-11-20", "overdraft"),
        as_of="2026-11-21")  # fmt: skip
    assert actions(tell_alerts(settings, hook(receiver))) == [("raised", "budget_90")]


def test_an_ill_receiver_is_tried_again_with_ever_longer_waits(settings: Settings, receiver: Receiver) -> None:
    waits: list[float] = []
    receiver.answers = [503, 429]
    assert tell_alerts(settings, hook(receiver), sleep=waits.append).failed == ()
    assert waits == [1.0, 2.0] and len(receiver.got) == 3
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.got}) == 1


def test_what_was_not_taken_is_told_next_time(settings: Settings, receiver: Receiver) -> None:
    receiver.answers = [500] * ATTEMPTS
    done = tell_alerts(settings, hook(receiver), sleep=lambda _: None)
    assert done.failed == (f"webhook: 500 Internal Server Error, after {ATTEMPTS} attempts",)
    receiver.answers = [403]
    assert tell_alerts(settings, hook(receiver)).failed == ("webhook: 403 Forbidden",)
    assert tell_alerts(settings, hook(receiver)).taken_by == ("webhook",)
    assert len(json.loads(receiver.got[-1][1])["events"]) == 2
    dead = AlertSettings(webhook="http://127.0.0.1:1/hook", secret=SECRET, webhook_local=True)
    put(settings.warehouse, ("2026-11-20", "budget_100"))
    assert "127.0.0.1:1: " in tell_alerts(settings, dead, sleep=lambda _: None).failed[0]


def test_a_message_has_no_more_than_slack_takes_and_the_rest_goes_into_the_next(
    settings: Settings, receiver: Receiver, inbox: Inbox
) -> None:
    name = "=\r\nBcc: all@x.example\x00\u2028<script>\u202e & " + "x" * 100_000
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("update marts.dim_tenants set tenant_name = ?", [name])
        con.execute("delete from marts.mart_alert_daily")
        con.execute("insert into marts.mart_alert_daily select 'acme', date '2026-11-20', 'budget_90', 'critical', "
                    "'team', i || ?, ?, 1, 1, null, null, null, null, null, null from range(40) as t(i)",
                    [name, name])  # fmt: skip
    who = AlertSettings(("ops@x.example",), receiver.url, SECRET, MailSettings("a@x.example", "https://x.example",
                        inbox.server), webhook_local=True)  # fmt: skip
    receiver.answers = [200, 403]
    assert tell_alerts(settings, who).failed == ("webhook: 403 Forbidden",)
    # What was taken before is not told again.
    assert tell_alerts(settings, who).failed == () and len(receiver.got) > 3
    bodies = [json.loads(body) for number, (_, body) in enumerate(receiver.got) if number != 1]
    assert max(len(body) for _, body in receiver.got) <= 40_000
    assert max(len(body["text"]) for body in bodies) <= 3_000
    lines = [line for body in bodies for line in body["text"].split("\n")]
    assert len(lines) == 40 and not [line for line in lines if STEERING.search(line) or "<script" in line]
    events = [event for body in bodies for event in body["events"]]
    assert len({event["id"] for event in events}) == 40
    assert {event["tenant_id"] for event in events} == {"acme"}
    (letter,) = inbox.letters
    body = letter.get_content().replace("\r\n", "\n")
    assert (letter["Bcc"], letter["To"]) == (None, "ops@x.example") and len(letter["Subject"]) < 150
    assert len(body) < 40 * 310 and not STEERING.search(body)


def test_mail_and_webhook_do_not_wait_for_each_other(settings: Settings, receiver: Receiver, inbox: Inbox) -> None:
    mail = MailSettings("usage@platform.example", "https://reports.example", inbox.server)
    to = ("ops@platform.example", "cto@platform.example")
    who = AlertSettings(to, receiver.url, SECRET, mail, webhook_local=True)
    receiver.answers = [400]
    inbox.refused = {"cto@platform.example"}
    done = tell_alerts(settings, who)
    assert done.taken_by == ("mail to ops@platform.example",) and len(done.failed) == 2
    letter = inbox.letters[0]
    # What is owed is more than what the budget is over by.
    assert letter["Subject"].strip() == (
        "critical: Acme: the credit balance is overdrawn: 12.50 of 10.00 credits (2026-11-19) and 1 more"
    )
    first, second = letter.get_content().replace("\r\n", "\n").split("\n")[:2]
    assert first.endswith("(2026-11-19) https://reports.example/acme/daily/2026-11-19/index.html#alerts")
    assert second.startswith("critical: Acme: Support reached 90% of the budget: 12.50 of 10.00 credits (2026-11-18)")
    inbox.refused = set()
    assert len(tell_alerts(settings, who).taken_by) == 3 and len(inbox.letters) == 2


def test_who_is_added_later_is_told_what_comes_from_then_on(settings: Settings, receiver: Receiver) -> None:
    tell_alerts(settings, AlertSettings())
    tell_alerts(settings, hook(receiver))
    assert receiver.got == []
    put(settings.warehouse, ("2026-11-18", "budget_90"), ("2026-11-19", "overdraft"), ("2026-11-20", "overdraft"),
        ("2026-11-20", "runaway_item"))  # fmt: skip
    tell_alerts(settings, hook(receiver))
    assert [event["kind"] for event in json.loads(receiver.got[0][1])["events"]] == ["runaway_item"]


def test_critical_ones_come_first_and_of_runaway_items_the_largest_excess(
    settings: Settings, receiver: Receiver
) -> None:
    tell_alerts(settings, hook(receiver))
    with duckdb.connect(str(settings.warehouse)) as con:
        con.executemany(
            "insert into marts.mart_alert_daily values ('acme', ?, 'runaway_item', ?, 'item', ?, ?, 40, 90, ?, "
            "null, null, null, null, null)",
            [("2026-11-18", "warning", "a", "a", 3), ("2026-11-19", "critical", "b", "b", 9),
             ("2026-11-20", "critical", "c", "c", "10.5"), ("2026-11-20", "warning", "d", "d", 20)])  # fmt: skip
    tell_alerts(settings, hook(receiver))
    document = json.loads(receiver.got[-1][1])
    assert [event["subject_id"] for event in document["events"]] == ["c", "b", "d", "a"]
    assert document["events"][0]["excess"] == "10.500000"
    assert document["text"].startswith("critical: Acme: c ran away, 10.500000 credits above its median (2026-11-20)")
    day = [event.alert.subject_id for _, event in replay(settings, date(2026, 11, 20), date(2026, 11, 20))
           if event.alert and event.alert.kind == "runaway_item"]  # fmt: skip
    assert day == ["d", "c"]


def test_failed_loads_are_alerts(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute(
            "insert into marts.mart_audit_exceptions values ('held_back', 'usage', '2026-11-20', '2026-11-20', 40, 100)"
        )
    done = tell_alerts(settings, AlertSettings())
    assert ("raised", "load_held_back") in actions(done)
    assert "logs of 2026-11-20 are held back" in [event["text"] for event in done.events]


def test_a_replay_lists_what_would_have_been_told_when(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    put(settings.warehouse, ("2026-10-02", "budget_100"), ("2026-11-10", "overdraft"), ("2026-11-11", "overdraft"))
    told = replay(settings, date(2026, 10, 1), date(2026, 11, 30))
    assert [(str(day), event.action) for day, event in told] == [
        ("2026-10-02", "raised"), ("2026-11-10", "raised"), ("2026-11-12", "cleared")]  # fmt: skip
    assert main(["alerts", "--warehouse", str(settings.warehouse), "--replay", "2026-11-01", "2026-11-10"]) == 0
    assert capsys.readouterr().out == (
        "2026-11-10  raised   critical Acme: the credit balance is overdrawn: 12.500000 of 10.000000\n")  # fmt: skip
    # A replay is told to nobody, and nothing is taken for told.
    assert len(tell_alerts(settings, AlertSettings()).events) == 0 and not (settings.warehouse.parent / "x").exists()


def test_a_risk_that_comes_back_is_told_again_and_a_used_up_budget_is_no_all_clear(settings: Settings) -> None:
    days = [*range(3, 6), *range(8, 10), *range(12, 14)]
    put(settings.warehouse, *((f"2026-11-{day:02d}", "budget_at_risk") for day in days),
        ("2026-11-14", "budget_100"), ("2026-11-15", "budget_over"), as_of="2026-11-16")  # fmt: skip
    told = [(day.day, event.action, event.alert.kind) for day, event in replay(settings, FROM, date(2026, 11, 30))
            if event.alert]  # fmt: skip
    risk = "budget_at_risk"
    assert told == [(3, "raised", risk), (6, "cleared", risk), (8, "raised", risk), (10, "cleared", risk),
                    (12, "raised", risk), (14, "raised", "budget_100")]  # fmt: skip


def test_a_short_balance_names_its_date_and_an_overdraft_is_no_all_clear_of_it(settings: Settings) -> None:
    put(settings.warehouse, ("2026-11-18", "balance_short"), ("2026-11-19", "balance_short"),
        ("2026-11-20", "overdraft"))  # fmt: skip
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("update marts.mart_alert_daily set subject_type = 'tenant', subject_id = 'acme' "
                    "where kind = 'balance_short'")  # fmt: skip
    done = tell_alerts(settings, AlertSettings())
    assert actions(done) == [("raised", "balance_short"), ("raised", "overdraft")]
    assert done.events[0]["text"] == "Acme: the credit balance lasts until about 2026-11-25"
    assert done.events[0]["happens_on"] == "2026-11-25"
    # Where credits come in, it is one.
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("delete from marts.mart_alert_daily where kind = 'overdraft'")
    assert ("cleared", "balance_short") in actions(tell_alerts(settings, AlertSettings()))


def test_what_the_publisher_alone_must_know_is_told_with_the_rest(settings: Settings) -> None:
    put(settings.warehouse)
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("insert into marts.mart_publisher_alert_daily values ('acme', '2026-11-20', 'margin_negative', "
                    "'warning', 'tenant', 'acme', 'Acme', 2, 3, null, 'USD', null, null, null, null)")  # fmt: skip
    (event,) = tell_alerts(settings, AlertSettings()).events
    assert event["text"] == "a month of Acme cost more than it earned" and event["currency"] == "USD"
    assert len(replay(settings, FROM, date(2026, 11, 30))) == 1


def test_what_is_muted_is_not_told_and_is_told_where_it_outlasts_the_mute(
    settings: Settings, receiver: Receiver
) -> None:
    days = [f"2026-11-{day}" for day in (18, 19, 20)]
    muted = [(day, "overdraft", "Ann") for day in days]
    put(settings.warehouse, *muted, ("2026-11-20", "budget_90", "Ann"))
    assert tell_alerts(settings, hook(receiver)).events == () and receiver.got == []
    assert tell_alerts(settings, hook(receiver)).events == ()
    # The next date is not muted any more.
    put(settings.warehouse, *muted, ("2026-11-21", "overdraft"), as_of="2026-11-21")
    (event,) = tell_alerts(settings, hook(receiver)).events
    assert (event["action"], event["first_date"], event["period"]) == ("raised", "2026-11-21", "2026-11-18")
    # Muted after it was told: nothing was corrected, and it has not ended.
    put(settings.warehouse, *muted, ("2026-11-21", "overdraft", "Ann"), as_of="2026-11-21")
    assert tell_alerts(settings, hook(receiver)).events == ()
    put(settings.warehouse, *muted, ("2026-11-21", "overdraft"), ("2026-11-22", "overdraft", "Ann"), as_of="2026-11-23")
    assert actions(tell_alerts(settings, hook(receiver))) == [("cleared", "overdraft")]


FROM = date(2026, 10, 25)
KINDS = st.sampled_from(["budget_at_risk", "budget_100", "overdraft", "balance_short", "runaway_item"])
ON = st.integers(0, 11)


@given(drawn=st.sets(st.tuples(ON, KINDS), max_size=20), muted=st.sets(st.tuples(ON, KINDS), max_size=8))
@few(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_replay_is_what_runs_of_each_day_would_have_told(
    settings: Settings, drawn: set[tuple[int, str]], muted: set[tuple[int, str]]
) -> None:
    """Each day's run has marts that end with that day, and sends what it finds new."""
    alerts = {(str(FROM + timedelta(days=day)), kind, "Ann" if (day, kind) in muted else None) for day, kind in drawn}
    settings.beside_warehouse("alerts").unlink(missing_ok=True)
    told = []
    for day in (FROM + timedelta(days=number) for number in range(15)):
        put(settings.warehouse, *sorted(alert for alert in alerts if alert[0] <= str(day)), as_of=str(day))
        told += [(day, event["action"], event["kind"]) for event in tell_alerts(settings, AlertSettings()).events]
    replayed = [(day, event.action, event.alert.kind)
                for day, event in replay(settings, FROM, date(2026, 11, 8)) if event.alert]  # fmt: skip
    assert sorted(replayed) == sorted(told)


SECRETS = {
    "TALLYBOOK_ALERT_SECRET": "planted-1", "TALLYBOOK_LINK_SECRET": "planted-2",
    "TALLYBOOK_PSEUDONYM_SECRET": "planted-3", "TALLYBOOK_SMTP_PASSWORD": "planted-4",
    "TALLYBOOK_SMTP_USER": "somebody", "AWS_SECRET_ACCESS_KEY": "planted-5",
    "AWS_SESSION_TOKEN": "planted-6",
}  # fmt: skip


def test_no_secret_of_the_settings_is_in_what_is_said_or_kept(
    settings: Settings,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """A webhook refuses, a mail server is not there, URLs are none, and an error comes that nobody thought of."""
    for name, value in {
        **SECRETS, "TALLYBOOK_ALERT_WEBHOOK": f"{receiver.url}/planted-7?token=planted-8",
        "TALLYBOOK_ALERT_WEBHOOK_LOCAL": "1", "TALLYBOOK_ALERT_MAIL": "ops@b.example",
        "TALLYBOOK_MAIL_FROM": "a@b.example",
        "TALLYBOOK_SITE_URL": "https://r.example", "TALLYBOOK_SMTP_HOST": "127.0.0.1", "TALLYBOOK_SMTP_PORT": "1",
        "TALLYBOOK_SMTP_SECURITY": "none",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    receiver.answers = [403]
    places = ["--warehouse", str(settings.warehouse), "--json"]
    assert main(["alerts", *places]) == 1
    assert main(["doctor", *places, "--raw", str(tmp_path), "--site", str(settings.site)]) == 1
    monkeypatch.setattr("orchestration.alerting.alerts.tell_alerts", lambda *_: raised())
    assert main(["alerts", *places]) == 1
    for url in ("https://me:planted-9@h.example/planted-7", "planted-9.example/planted-7", "https://[planted-9"):
        monkeypatch.setenv("TALLYBOOK_ALERT_WEBHOOK", url)
        assert main(["alerts", *places]) == 1
    said = "".join(capfd.readouterr())
    assert "403 Forbidden" in said and "127.0.0.1:1" in said and "KeyError" in said
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "planted-" not in said and b"planted-" not in kept


def raised() -> None:
    raise KeyError(SECRETS["AWS_SECRET_ACCESS_KEY"], "token=planted-8")


def test_all_that_is_missing_is_named_together() -> None:
    with pytest.raises(SettingsError, match="does not begin with https.*ALERT_SECRET is not set.*MAIL_FROM is not set"):
        AlertSettings.from_env({"TALLYBOOK_ALERT_MAIL": "a@b.example", "TALLYBOOK_ALERT_WEBHOOK": "hook"})
