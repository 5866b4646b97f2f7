"""Messages to the mail server, one connection for all; what fails for one address stops no other."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from orchestration.mailing.subscriptions import MailError
from orchestration.settings import MailServer

TIMEOUT_SECONDS = 60.0


class NotSentError(Exception):
    """The server did not take a message; it certainly did not go out."""


class Connection:
    """A connection that is made when first needed, and made again where the server has hung up."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        """Hand a message over. Raises NotSentError where the server refuses it, MailError where there is no server."""
        try:
            self._connected().send_message(mail)
        except smtplib.SMTPServerDisconnected:
            self.close()
            self._send_anew(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise NotSentError(f"{code} {_text(said)}") from error
        except smtplib.SMTPResponseException as error:
            raise NotSentError(f"{error.smtp_code} {_text(error.smtp_error)}") from error
        except smtplib.SMTPException as error:
            raise NotSentError(str(error)) from error

    def greet(self) -> None:
        """Call the server and log in, and send nothing. Raises MailError where that cannot be."""
        self._connected()

    def _send_anew(self, mail: EmailMessage) -> None:
        try:
            self._connected().send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(f"the server hung up: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        where, context = (server.host, server.port), ssl.create_default_context()
        smtp: smtplib.SMTP
        try:
            if server.security == "tls":
                smtp = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=context)
            else:
                smtp = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
            if server.security == "starttls":
                smtp.starttls(context=context)
            if server.user is not None:
                smtp.login(server.user, server.password or "")
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(f"mail server {server.host}:{server.port}: {_reason(error)}") from error
        return smtp

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()
            self._smtp = None


@contextmanager
def connection_to(server: MailServer) -> Iterator[Connection]:
    """A connection, closed at the end."""
    connection = Connection(server)
    try:
        yield connection
    finally:
        connection.close()


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return " ".join(str(error).split()) or type(error).__name__


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
