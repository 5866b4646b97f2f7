"""Secrets taken out of what is said: however they come, and whoever keeps it."""

import base64
import json
import traceback
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pytest

from orchestration.cli import doctor, main
from orchestration.cli.outcomes import Outcome
from orchestration.defs.retries import as_dagster_failures
from orchestration.errors import TallybookError
from orchestration.publishing.release import PublishingError
from orchestration.publishing.targets import target_at
from orchestration.redaction import HIDDEN, hidden, without_secrets
from orchestration.settings import MailSettings, Settings, SettingsError

ODD = "Zq\"\\ '%2fö\n/x"


@pytest.mark.parametrize("form", [
    ODD, repr(ODD), repr(f'"{ODD}'), json.dumps(ODD), quote(ODD), quote(ODD, safe=""), repr(ODD.encode()),
    base64.b64encode(ODD.encode()).decode(), json.dumps({"error": f"at {ODD}"}), " ".join(f"at {ODD}".split()),
])  # fmt: skip
def test_a_secret_is_hidden_however_it_is_written(form: str) -> None:
    said = hidden(f"before {form} after", {"TALLYBOOK_LINK_SECRET": ODD})
    assert HIDDEN in said and "Zq" not in said and base64.b64encode(b'Zq"').decode() not in said
    assert said.startswith("before ") and said.endswith(" after")


def test_a_login_is_hidden_as_it_is_sent() -> None:
    env = {"TALLYBOOK_SMTP_USER": "me", "TALLYBOOK_SMTP_PASSWORD": "ZqPassword"}
    sent = base64.b64encode(b"\0me\0ZqPassword").decode()
    assert hidden(f"500 AUTH PLAIN {sent}?", env) == f"500 AUTH PLAIN {HIDDEN}?"
    assert hidden("proxy http://u1:ZqOther@p/", {"HTTPS_PROXY": "http://u1:ZqOther@p/"}) == f"proxy http://{HIDDEN}@p/"


class _Worded(Exception):
    """Words itself again, whatever its arguments are."""

    def __str__(self) -> str:
        return "it was ZqSecret"


@pytest.fixture
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYBOOK_LINK_SECRET", "ZqSecret")


@pytest.mark.parametrize("cause", [ValueError("of ZqSecret"), _Worded(), OSError(2, "no", "/x/ZqSecret")])
@pytest.mark.parametrize("kind", [KeyError, TallybookError, ConnectionError, _Worded])
@pytest.mark.usefixtures("_secret")
def test_what_an_error_came_of_is_told_without_it(kind: type[Exception], cause: Exception) -> None:
    try:
        try:
            raise cause
        except Exception as error:
            raise kind("at ZqSecret") from error
    except Exception as error:
        with pytest.raises(Exception) as raised, as_dagster_failures():  # noqa: B017
            raise error
    assert "ZqSecret" not in "".join(traceback.format_exception(raised.value)).replace('"it was ZqSecret"', "").replace(
        '"at ZqSecret"', ""
    )


@pytest.mark.usefixtures("_secret")
def test_an_error_without_secrets_stays_what_it_is() -> None:
    error = KeyError("oops")
    assert without_secrets(error) is error and error.args == ("oops",)


@pytest.mark.usefixtures("_secret")
def test_nothing_that_dagster_keeps_of_a_failed_step_has_one(tmp_path: Path) -> None:
    @dg.op(retry_policy=None)
    def fails() -> None:
        with as_dagster_failures(max_retries=0):
            try:
                raise OSError(2, "no", "".join(["/x/Zq", "Secret"]))
            except OSError as error:
                raise TallybookError("".join(["at Zq", "Secret"])) from error

    @dg.job
    def failing() -> None:
        fails()

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert not failing.execute_in_process(instance=instance, raise_on_error=False).success
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept and [path for path in kept if b"ZqSecret" in path.read_bytes()] == []


@pytest.mark.usefixtures("_secret")
def test_a_traceback_shows_where_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object) -> Outcome:
        raise ValueError("".join(["it was Zq", "Secret"]))

    monkeypatch.setenv("TALLYBOOK_TRACEBACK", "1")
    monkeypatch.setattr(doctor, "obey", breaks)
    assert main(["doctor", "--json"]) == 1
    out, err = capsys.readouterr()
    assert "Traceback" in err and "in breaks" in err and "Secret" not in err.replace('"Secret"', "") + out


def test_names_do_not_steer_a_terminal_nor_make_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a\x1b[2J\r\nAll is well\u202e\x9b31m\ud800" + "x" * 100_000
    said = Outcome(lines=(f"Loaded {name}",), warnings=(name,), summary={"name": name})
    monkeypatch.setattr(doctor, "obey", lambda *_: said)
    assert main(["doctor", "--json"]) == 0
    out, err = capsys.readouterr()
    shown, summary = out.splitlines()
    assert len(err.splitlines()) == 1 and json.loads(summary)["name"] == name
    for line in (shown, err.rstrip("\n")):
        assert not set(line) & set("\x1b\r\u202e\x9b\ud800") and len(line) < 10_100 and "characters)" in line


@pytest.mark.parametrize("name", ["RAW", "PUBLISH_TARGET", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
@pytest.mark.parametrize("url", ["s3://me:ZqPassword@bucket/x", "https://me:ZqPassword@h.example:9000/x"])
def test_a_login_in_a_url_is_refused_and_not_shown(name: str, url: str) -> None:
    with pytest.raises(SettingsError, match="has a user or password in it") as fault:
        Settings.from_env({name if name.startswith("AWS") else f"TALLYBOOK_{name}": url})
    assert "ZqPassword" not in str(fault.value)


def test_a_login_in_the_sites_url_would_be_in_every_mail() -> None:
    env = {"TALLYBOOK_MAIL_FROM": "a@b.example", "TALLYBOOK_SITE_URL": "https://me:ZqPassword@h.example/"}
    with pytest.raises(SettingsError, match="TALLYBOOK_SITE_URL has a user or password in it") as fault:
        MailSettings.from_env(env, needs_server=False)
    assert "ZqPassword" not in str(fault.value)
    with pytest.raises(PublishingError, match="the target has a user or password in it"):
        target_at("s3://me:ZqPassword@bucket/x")


def test_the_container_of_an_azure_url_is_no_login() -> None:
    url = "abfss://landing@acct.dfs.core.windows.net/raw"
    assert Settings.from_env({"TALLYBOOK_RAW": url}).raw == url
    assert hidden(f"{url}: not there", {"TALLYBOOK_RAW": url}) == f"{url}: not there"
    with pytest.raises(SettingsError, match="has a user or password in it"):
        Settings.from_env({"TALLYBOOK_RAW": "abfss://me:ZqPassword@acct.dfs.core.windows.net/raw"})


def test_keys_of_an_azure_account_are_hidden() -> None:
    env = {"AZURE_STORAGE_CONNECTION_STRING": "AccountName=acct;AccountKey=WnFLZXk=;EndpointSuffix=core.windows.net"}
    assert hidden("tried acct with WnFLZXk= there", env) == "tried acct with (hidden) there"
    assert hidden("sig=ZqSignature", {"AZURE_STORAGE_SAS_TOKEN": "sig=ZqSignature"}) == "(hidden)"
