"""A mail server of our own, on this machine."""

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orchestration.settings import MailServer


class Inbox:
    """What a server took, and whom it refuses; `login` who logged in."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.login: tuple[str, str] | None = None
        self.was_encrypted: list[bool] = []
        self.port = 0

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, "none")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.was_encrypted.append(session.ssl is not None)
        return "250 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.login = (data.login.decode(), data.password.decode())
        is_right = data.password == b"secret"
        return AuthResult(success=is_right, handled=is_right)


@contextmanager
def _listening(**options: Any) -> Iterator[Inbox]:
    taken = Inbox()
    if options.get("auth_required"):
        options["authenticator"] = taken.authenticate
    controller = Controller(taken, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    taken.port = controller.port
    yield taken
    controller.stop()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with _listening() as taken:
        yield taken


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """TLS of a server under a certificate that this process trusts."""
    certificate, key = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.fixture
def guarded_inbox(trusted: ssl.SSLContext) -> Iterator[Inbox]:
    """One that wants STARTTLS and a login."""
    with _listening(tls_context=trusted, require_starttls=True, auth_required=True) as taken:
        yield taken


@pytest.fixture
def tls_inbox(trusted: ssl.SSLContext) -> Iterator[Inbox]:
    """One that speaks TLS from the first byte."""
    with _listening(ssl_context=trusted) as taken:
        yield taken


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "server.pem", folder / "server.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip
    return paths
