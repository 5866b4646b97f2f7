"""The webhook against servers that misbehave: real sockets, each answer byte for byte."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from orchestration.alerting import address as addresses
from orchestration.alerting.address import AddressError, address_of, is_local
from orchestration.alerting.webhook import ATTEMPTS, NotTakenError, post
from orchestration.alerting.wording import line_of, shown_in_chat
from orchestration.settings import AlertSettings, MailSettings, Settings, SettingsError

EVENT = {"id": "1", "action": "raised", "severity": "critical", "text": "Acme: x", "first_date": "2026-11-20"}
Answer = bytes | Callable[[socket.socket], None]


class Server:
    """Gives each connection the next answer (the last one again and again), and keeps what it was sent."""

    def __init__(self, answers: list[Answer]) -> None:
        self.answers, self.got = answers, []  # type: ignore[var-annotated]
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.got.append(connection.recv(65_536))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                with suppress(OSError):
                    answer(connection) if callable(answer) else connection.sendall(answer)


@contextmanager
def server(*answers: Answer) -> Iterator[Server]:
    made = Server(list(answers))
    try:
        yield made
    finally:
        made.socket.close()


def tell(port: int, path: str = "/hook", *, may_be_local: bool = True, seconds: float = 20.0, host: str = "127.0.0.1",
         scheme: str = "http") -> str:  # fmt: skip
    """The reason why it was not taken; empty where it was."""
    url = f"{scheme}://{host}:{port}{path}"
    try:
        post(url, "key", [EVENT], now=1.0, sleep=lambda _: None, may_be_local=may_be_local, seconds=seconds)
    except NotTakenError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_and_it_counts_as_not_taken(code: int) -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as other:
        moved = f"HTTP/1.1 {code} Moved\r\nLocation: http://127.0.0.1:{other.port}/t0ken\r\n\r\n".encode()
        with server(moved) as first:
            assert tell(first.port) == f"{code}: a redirect, which is not followed"
            assert len(first.got) == 1 and other.got == []


@pytest.mark.parametrize("answer", [
    b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 99 x\r\n\r\n", b"SSH-2.0-x\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n", b"x" * 200_000,
])  # fmt: skip
def test_an_answer_that_is_not_http_is_the_channels_fault_and_tried_again(answer: bytes) -> None:
    with server(answer) as made:
        reason = tell(made.port)
        assert reason.startswith(f"127.0.0.1:{made.port}: ") and reason.endswith(f", after {ATTEMPTS} attempts")
        assert len(made.got) == ATTEMPTS


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\ngarbage", b"HTTP/1.0 204\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 999999999\r\n\r\nx" + b"y" * 300_000,
])  # fmt: skip
def test_what_follows_a_good_status_does_not_matter(answer: bytes) -> None:
    with server(answer) as made:
        assert tell(made.port) == "" and len(made.got) == 1
        assert made.got[0].startswith(b"POST /hook HTTP/1.1\r\nHost: 127.0.0.1:")


def test_a_server_that_drips_is_given_up_when_the_time_of_the_whole_exchange_is_over() -> None:
    dripped = []

    def drip(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 " + b"O" * 500:
            connection.sendall(bytes([byte]))
            dripped.append(byte)
            time.sleep(0.05)

    with server(drip) as made:
        assert tell(made.port, seconds=0.2).startswith(f"127.0.0.1:{made.port}: timed out")
    assert len(dripped) < 4 * 100


def test_the_other_sides_words_are_not_repeated() -> None:
    with server(b"HTTP/1.1 403 your key was t0ken\r\n\r\n") as made:
        assert tell(made.port, "/hook?key=t0ken") == "403 Forbidden"


def test_tls_that_is_none_is_a_failure_with_a_name() -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as made:
        assert "SSL" in tell(made.port, scheme="https")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"])
def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as made:
        assert "address of this machine" in tell(made.port, host=host, may_be_local=False)
        assert made.got == []


def test_a_name_is_judged_by_where_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: found)
    assert "address of this machine or its link" in tell(80, host="metadata.example", may_be_local=False)


def test_local_addresses() -> None:
    local = ["127.0.0.1", "127.9.9.9", "169.254.169.254", "0.0.0.0", "0.1.2.3", "::1", "::", "fe80::1", "fe80::1%2",
             "::ffff:127.0.0.1", "::ffff:169.254.1.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1"]  # fmt: skip
    assert [each for each in local if not is_local(each)] == []
    assert [each for each in ("10.0.0.1", "192.168.1.1", "172.16.0.1", "8.8.8.8", "2001:4860::1", "fd00::1")
            if is_local(each)] == []  # fmt: skip


@pytest.mark.parametrize("url", [
    "hook", "ftp://h.example/", "https://", "https:///t0ken", "https://h.example:port/t0ken",
    "https://h.example:99999/t0ken", "https://h.example:0/",
    "https://h.example/a b t0ken", "https://h.example/\r\nX: t0ken",
    "https://h\x00.example/",
    "https://me:t0ken@h.example/", "https://t0ken@h.example/",
    "https://[::1/t0ken", "https://" + "a" * 64 + ".example/",
    " https://h.example/", "https:\\\\h.example\\t0ken",
])  # fmt: skip
def test_a_bad_url_is_refused_when_the_settings_are_read_and_not_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="^TALLYBOOK_ALERT_WEBHOOK ha?s|^TALLYBOOK_ALERT_WEBHOOK does") as fault:
        AlertSettings.from_env({"TALLYBOOK_ALERT_WEBHOOK": url, "TALLYBOOK_ALERT_SECRET": "k"})
    assert "t0ken" not in str(fault.value)
    with pytest.raises(AddressError):
        address_of(url)


def test_addresses_beyond_ascii_go_over_the_wire_as_ascii() -> None:
    found = address_of("https://bücher.example/häk?q=ä&t=%20x")
    assert (found.host, found.target) == ("xn--bcher-kva.example", "/h%C3%A4k?q=%C3%A4&t=%20x")
    assert address_of("http://[2001:db8::1]:8080/x").host_header == "[2001:db8::1]:8080"


def test_names_mention_nobody_link_nowhere_and_break_no_line() -> None:
    name = "<!channel> @here & [a](http://evil.example) www.evil.example\nwarning: forged\u2028x \u202ey"
    line = line_of({**EVENT, "text": name})
    assert "\n" not in line and "\u2028" not in line and "\u202e" not in line
    said = shown_in_chat(line)
    for plain in ("<", ">", "@here", "](", "://e", "evil.example"):
        assert plain not in said, plain
    assert "&lt;!channel&gt;" in said and " &amp; " in said
    plain_words = "critical: Acme: 10.500000 of 12.5 (2026-11-20)"
    assert shown_in_chat(plain_words) == plain_words


def test_the_message_is_escaped_and_the_events_have_names_as_they_are() -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as made:
        event = {**EVENT, "text": "<!here> & \ud800"}
        post(f"http://127.0.0.1:{made.port}/", "k", [event], now=1.0, may_be_local=True)
        body = json.loads(made.got[0].partition(b"\r\n\r\n")[2])
    assert body["text"].startswith("critical: &lt;!here&gt; &amp;")
    assert body["events"][0]["text"].startswith("<!here> & ")


def test_settings_do_not_show_their_secrets() -> None:
    env = {
        "TALLYBOOK_ALERT_WEBHOOK": "https://h.example/s1-secret?k=s2-secret", "TALLYBOOK_ALERT_SECRET": "s3-secret",
        "TALLYBOOK_ALERT_MAIL": "a@b.example", "TALLYBOOK_SMTP_HOST": "h", "TALLYBOOK_SMTP_PASSWORD": "s4-secret",
        "TALLYBOOK_SMTP_USER": "u", "TALLYBOOK_MAIL_FROM": "a@b.example", "TALLYBOOK_SITE_URL": "https://x.example",
        "TALLYBOOK_LINK_SECRET": "s5-secret", "TALLYBOOK_PSEUDONYM_SECRET": "s6-secret",
    }  # fmt: skip
    settings = Settings.from_env(env)
    shown = [repr(each) for each in (AlertSettings.from_env(env), MailSettings.from_env(env), settings)]
    shown.append(repr(settings.pseudonyms))
    assert "-secret" not in " ".join(shown)
    with pytest.raises(SettingsError) as fault:
        MailSettings.from_env({**env, "TALLYBOOK_SITE_URL": "x7-secret"})
    assert "-secret" not in str(fault.value)
