"""A secret of its own in every setting that can hold one, and every output searched for each of them."""

import base64
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.cli import main
from orchestration.generating.generate import generate
from tests.orchestration.inboxes import Inbox, free_port
from tests.orchestration.inboxes import guarded_inbox as guarded_inbox
from tests.orchestration.inboxes import inbox as inbox
from tests.orchestration.inboxes import trusted as trusted
from tests.orchestration.receivers import Receiver
from tests.orchestration.receivers import receiver as receiver
from tests.unpacking import unpacked

# Whatever quotes, escapes or encodes them on their way has its chance to.
ODD = "\"\\ '%2f"
SECRETS = {
    "TALLYBOOK_LINK_SECRET": f"ZqSecretLink{ODD}", "TALLYBOOK_PSEUDONYM_SECRET": f"ZqSecretPseudonym{ODD}",
    "TALLYBOOK_ALERT_SECRET": f"ZqSecretSigned{ODD}", "TALLYBOOK_SMTP_PASSWORD": f"ZqSecretPassword{ODD}",
    "AWS_SECRET_ACCESS_KEY": f"ZqSecretKey{ODD}", "AWS_SESSION_TOKEN": "ZqSecretSession/+=",
}  # fmt: skip
# Long enough that none is there by chance, in base64 either.
NAMES = ("Link", "Pseudonym", "Signed", "Password", "Key", "Session", "Path", "Query")
WORDS = tuple(f"ZqSecret{name}" for name in NAMES)
DAY = "2026-11-02"


def _forms(word: str) -> Iterator[bytes]:
    yield word.encode()
    for place in range(3):
        packed = base64.b64encode(b"\0" * place + word.encode()).rstrip(b"=")
        yield packed[4 if place else 0 : -2]


FORMS = [form for word in WORDS for form in _forms(word)]


def traces(content: bytes) -> list[bytes]:
    """The secrets that stand in the bytes, as they are or in base64."""
    return [form for form in FORMS if form in content]


class Tried:
    """The command as people run it, and what it says searched."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd

    def __call__(self, *args: str) -> int:
        """The exit code of a verb."""
        code = main([*args, "--json"])
        out, err = self.capfd.readouterr()
        assert json.loads(out.splitlines()[-1])["exit_code"] == code
        assert not traces((out + err).encode()), (args, out, err)
        return code


@pytest.fixture
def tried(
    tmp_path: Path, bucket: Any, receiver: Receiver, inbox: Inbox, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Tried]:  # fmt: skip
    generate(tmp_path / "raw", tenants=1, days=2, events=40, seed=7, end=date(2026, 11, 3))
    line = "ceo@x.example,all,,daily\n"
    (tmp_path / "raw/directory/subscriptions.csv").write_text(f"email,scope,tenant_id,cadence\n{line}")
    tenant = (tmp_path / "raw/directory/tenants.csv").read_text().splitlines()[1].partition(",")[0]
    budget = f"tenant_id,scope,scope_id,month,credits\n{tenant},tenant,,*,0.01\n"
    (tmp_path / "raw/directory/budgets.csv").write_text(budget)
    webhook = f"{receiver.url}/services/ZqSecretPath/ZqSecretPath?token=ZqSecretQuery%20x&k=ZqSecretQuery"
    for name, value in {
        **SECRETS, "TALLYBOOK_RAW": str(tmp_path / "raw"), "TALLYBOOK_WAREHOUSE": str(tmp_path / "w.duckdb"),
        "TALLYBOOK_SITE": str(tmp_path / "site"), "TALLYBOOK_PSEUDONYMIZE": "users",
        "TALLYBOOK_ALERT_WEBHOOK": webhook, "TALLYBOOK_ALERT_WEBHOOK_LOCAL": "1",
        "TALLYBOOK_SMTP_HOST": "127.0.0.1", "TALLYBOOK_SMTP_PORT": str(inbox.port), "TALLYBOOK_SMTP_SECURITY": "none",
        "TALLYBOOK_MAIL_FROM": "usage@x.example", "TALLYBOOK_SITE_URL": "https://reports.example/",
        "TALLYBOOK_ALERT_MAIL": "ops@x.example", "TALLYBOOK_PUBLISH_TARGET": str(tmp_path / "out"),
        "AWS_MAX_ATTEMPTS": "1",  # the waits between them say nothing
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    yield Tried(tmp_path, capfd)


def test_no_secret_is_in_anything_that_is_said_or_written(
    tried: Tried, bucket: Any, receiver: Receiver, inbox: Inbox, guarded_inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody takes mail or alerts: a login is refused, and nothing listens.
    with monkeypatch.context() as patch:
        patch.setenv("TALLYBOOK_SMTP_SECURITY", "starttls")
        patch.setenv("TALLYBOOK_SMTP_PORT", str(guarded_inbox.port))
        patch.setenv("TALLYBOOK_SMTP_USER", "tallybook")
        patch.setenv("TALLYBOOK_ALERT_WEBHOOK", f"http://127.0.0.1:{free_port()}/ZqSecretPath?token=ZqSecretQuery")
        patch.setattr("orchestration.alerting.webhook._FIRST_WAIT_SECONDS", 0.0)
        assert [tried("run"), tried("doctor"), tried("email"), tried("alerts")] == [1] * 4
    assert tried("run") == 0
    folders = [path.name for path in (tried.folder / "site").iterdir()]
    assert len([name for name in folders if len(name) == 40]) == 1
    for verb in (["load"], ["build"], ["site"], ["alerts"], ["doctor"], ["check"], ["check", "verify"], ["email"],
                 ["email", "--dry-run", str(tried.folder / "mail")]):  # fmt: skip
        assert tried(*verb) == 0, verb
    bucket.upload_file(str(tried.folder / "raw/directory/tenants.csv"), "zone/directory/tenants.csv")
    assert tried("load", "--raw", f"s3://{bucket.name}/zone", "--warehouse", str(tried.folder / "s3.duckdb")) == 0
    _fail(tried, monkeypatch)
    said = [letter.as_bytes() for letter in inbox.letters] + [body for _, body in receiver.got]
    assert len(inbox.letters) >= 1 and receiver.got and not [each for each in said if traces(each)]
    _nothing_written(tried.folder)


def _fail(tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be published or loaded, by single verbs and by whole runs."""
    dead = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setattr("orchestration.defs.retries.DEFAULT_SECONDS", 0.0)
    for change in (
        {"AWS_ENDPOINT_URL": dead, "TALLYBOOK_PUBLISH_TARGET": "s3://zone/x"},
        {"TALLYBOOK_PUBLISH_TARGET": "s3://no-such-bucket/x"},
    ):
        with monkeypatch.context() as patch:
            for name, value in change.items():
                patch.setenv(name, value)
            assert tried("doctor") == 1, change
            assert tried("run", "--from", DAY) == 1, change
    monkeypatch.setenv("AWS_ENDPOINT_URL", dead)
    assert tried("load", "--raw", "s3://zone/raw") == 1


def _nothing_written(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_relative_to(folder / "raw"):
            continue
        assert not [trace for part in unpacked(path) for trace in traces(part)], path
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as con:
        for schema, table in con.execute("select table_schema, table_name from information_schema.tables").fetchall():
            rows = repr(con.execute(f'from "{schema}"."{table}"').fetchall())
            assert not traces(rows.encode()), (schema, table)
