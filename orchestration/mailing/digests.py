"""`tallybook email`: every subscriber gets each report once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

from orchestration.locking import locked
from orchestration.mailing.digest import digest
from orchestration.mailing.journal import SENDING, SENT, Journal, journal_at
from orchestration.mailing.message import message
from orchestration.mailing.sending import NotSentError, connection_to
from orchestration.mailing.subscriptions import Due, MailError, due, read_subscriptions
from orchestration.progress import Progress, silent
from orchestration.published import read_manifest
from orchestration.settings import MailSettings, Settings
from site_builder.files import urls
from site_builder.files.manifest import Manifest, PublishedReport

# Bytes: many servers take no more than 10 MB, in which a file grows by a third.
MOST_ATTACHED = 7_000_000


@dataclass(frozen=True)
class Mailed:
    """What was done: addresses and reports of messages `sent`; how many had gone out `before`.

    `failed`: addresses with the reason, to be tried again next time; `missing`: subscriptions to reports not there yet.
    """

    sent: tuple[str, ...] = ()
    before: int = 0
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def send_digests(
    settings: Settings, mail: MailSettings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress = silent,
) -> Mailed:  # fmt: skip
    """Send every digest that is due and has not been sent in this revision.

    What was begun and not finished, since the process died in between, is sent again under the same Message-ID.
    Raises MailError where nothing can be sent at all.
    """
    assert mail.server is not None
    sent: list[str] = []
    failed: list[str] = []
    before = 0
    busy = MailError("another process is sending mail from this warehouse; try again when it is done")
    with (
        settings.configuration.in_use(),
        locked(settings.beside_warehouse("mail.lock"), busy),
        journal_at(_journal(settings)) as journal,
        connection_to(mail.server) as connection,
    ):
        wanted, missing, published = _wanted(settings, journal.sent_to)
        for done, due in enumerate(wanted, 1):
            if journal.state(due.key) == SENT:
                before += 1
                continue
            try:
                letter = _letter(settings, mail, published, due, clock())
                _hand_over(journal, due, letter, connection.send, clock)
                sent.append(f"{due.email}: {due.report.folder}")
            except (NotSentError, _UnusableError) as error:
                failed.append(f"{due.email}: {error}")
            except MailError as error:
                raise MailError(_broken_off(error, sent, failed, wanted[done - 1 :])) from error
            progress("email", done, len(wanted))
    return Mailed(tuple(sent), before, tuple(failed), tuple(missing))


def write_digests(settings: Settings, mail: MailSettings, folder: Path) -> Mailed:
    """Write every digest that is due as a file into `folder`, sent or not; the same ones have the same bytes."""
    wanted, missing, published = _wanted(settings, lambda _: {})
    written: list[str] = []
    failed: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    with settings.configuration.in_use():
        for due in wanted:
            at = datetime.combine(due.report.whole_last + timedelta(days=1), time(6), UTC)
            try:
                letter = _letter(settings, mail, published, due, at)
            except _UnusableError as error:
                failed.append(f"{due.email}: {error}")
                continue
            # An address may hold what a file name must not.
            name = hashlib.sha256(due.key.encode("utf-8")).hexdigest()[:16]
            (folder / f"{due.report.edition}-{due.report.period}-{name}.eml").write_bytes(letter.as_bytes())
            written.append(f"{due.email}: {due.report.folder}")
    return Mailed(tuple(written), 0, tuple(failed), tuple(missing))


class _UnusableError(Exception):
    """No message can be made for an address."""


def _broken_off(error: MailError, sent: Sequence[str], failed: Sequence[str], rest: Sequence[Due]) -> str:
    if not sent and not failed:
        return str(error)
    parts = [f"sent: {', '.join(sent) or 'none'}", f"not tried: {', '.join(due.email for due in rest)}"]
    return "; ".join([str(error), *parts, *(["refused: " + ", ".join(failed)] if failed else [])])


def _wanted(settings: Settings, sent: Callable[[str], Mapping[str, int]]) -> tuple[list[Due], list[str], Manifest]:
    published = read_manifest(settings.site)
    if not published.reports:
        raise MailError(f"there is no site at {settings.site} to send anything of")
    found, missing = due(read_subscriptions(settings.warehouse), published, sent)
    return found, missing, published


def _letter(settings: Settings, mail: MailSettings, published: Manifest, due: Due, at: datetime) -> EmailMessage:
    try:
        configuration = settings.configuration
        said = digest(
            settings.site, published, due.report, mail.site_url,
            is_finance=due.email in configuration.finance, links=configuration.links,
        )  # fmt: skip
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _UnusableError(f"{due.report.folder}/report.json is damaged or missing: {error!r}") from error
    try:
        pdf = _attached(settings.site, due.report, published) if due.attach else b""
        return message(due, said, mail.sender, at, pdf)
    except OSError as error:
        raise _UnusableError(f"{urls.report_pdf(due.report.folder)} cannot be read: {error.strerror}") from error
    except MailError as error:
        raise _UnusableError(str(error)) from error


def _attached(site: Path, report: PublishedReport, published: Manifest) -> bytes:
    """The report's PDF; empty where it has none, or one that mail servers would refuse: the link stays."""
    record = published.files.get(urls.report_pdf(report.folder))
    return (site / record.path).read_bytes() if record and record.bytes <= MOST_ATTACHED else b""


def _hand_over(
    journal: Journal, due: Due, letter: EmailMessage, send: Callable[[EmailMessage], None],
    clock: Callable[[], datetime],
) -> None:  # fmt: skip
    journal.set(due.key, SENDING, clock().isoformat())
    try:
        send(letter)
    except (NotSentError, MailError):
        journal.forget(due.key)
        raise
    journal.set(due.key, SENT, clock().isoformat())


def _journal(settings: Settings) -> Path:
    return settings.beside_warehouse("mail")
