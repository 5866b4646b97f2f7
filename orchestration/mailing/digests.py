"""`tallybook email`: every subscriber gets each report once."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

from orchestration.mailing.digest import digest
from orchestration.mailing.journal import SENDING, SENT, Journal, journal_at
from orchestration.mailing.message import message
from orchestration.mailing.sending import NotSentError, connection_to
from orchestration.mailing.subscriptions import Due, MailError, due, read_subscriptions
from orchestration.progress import Progress, silent
from orchestration.published import read_manifest
from orchestration.settings import MailSettings, Settings
from site_builder.files.manifest import Manifest


@dataclass(frozen=True)
class Mailed:
    """What was done: addresses and reports of messages `sent`; how many had gone out `before`.

    `failed`: addresses with the reason, to be tried again next time; `vain`: subscriptions to what is not there.
    """

    sent: tuple[str, ...] = ()
    before: int = 0
    failed: tuple[str, ...] = ()
    vain: tuple[str, ...] = ()


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
    with (
        settings.configuration.in_use(),
        _alone(settings),
        journal_at(_journal(settings)) as journal,
        connection_to(mail.server) as connection,
    ):
        wanted, vain, published = _wanted(settings, journal.sent_to)
        for done, each in enumerate(wanted, 1):
            if journal.state(each.key) == SENT:
                before += 1
                continue
            try:
                letter = _letter(settings, mail, published, each, clock())
                _hand_over(journal, each, letter, connection.send, clock)
                sent.append(f"{each.email}: {each.report.folder}")
            except (NotSentError, _UnusableError) as error:
                failed.append(f"{each.email}: {error}")
            except MailError as error:
                raise MailError(_broken_off(error, sent, failed, wanted[done - 1 :])) from error
            progress("email", done, len(wanted))
    return Mailed(tuple(sent), before, tuple(failed), tuple(vain))


def write_digests(settings: Settings, mail: MailSettings, folder: Path) -> Mailed:
    """Write every digest that is due as a file into `folder`, sent or not; the same ones have the same bytes."""
    wanted, vain, published = _wanted(settings, lambda _: {})
    written: list[str] = []
    failed: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    with settings.configuration.in_use():
        for each in wanted:
            at = datetime.combine(each.report.whole_last + timedelta(days=1), time(6), UTC)
            try:
                letter = _letter(settings, mail, published, each, at)
            except _UnusableError as error:
                failed.append(f"{each.email}: {error}")
                continue
            # An address may hold what a file name must not.
            name = hashlib.sha256(each.key.encode("utf-8")).hexdigest()[:16]
            (folder / f"{each.report.edition}-{each.report.period}-{name}.eml").write_bytes(letter.as_bytes())
            written.append(f"{each.email}: {each.report.folder}")
    return Mailed(tuple(written), 0, tuple(failed), tuple(vain))


class _UnusableError(Exception):
    """No message can be made for an address."""


def _broken_off(error: MailError, sent: Sequence[str], failed: Sequence[str], rest: Sequence[Due]) -> str:
    if not sent and not failed:
        return str(error)
    parts = [f"sent: {', '.join(sent) or 'none'}", f"not tried: {', '.join(each.email for each in rest)}"]
    return "; ".join([str(error), *parts, *(["refused: " + ", ".join(failed)] if failed else [])])


def _wanted(settings: Settings, sent: Callable[[str], Mapping[str, int]]) -> tuple[list[Due], list[str], Manifest]:
    published = read_manifest(settings.site)
    if not published.reports:
        raise MailError(f"there is no site at {settings.site} to send anything of")
    found, vain = due(read_subscriptions(settings.warehouse), published, sent)
    return found, vain, published


def _letter(settings: Settings, mail: MailSettings, published: Manifest, each: Due, at: datetime) -> EmailMessage:
    try:
        said = digest(settings.site, published, each.report, mail.site_url)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _UnusableError(f"{each.report.folder}/report.json is damaged or missing: {error!r}") from error
    try:
        return message(each, said, mail.sender, at)
    except MailError as error:
        raise _UnusableError(str(error)) from error


def _hand_over(
    journal: Journal, each: Due, letter: EmailMessage, send: Callable[[EmailMessage], None],
    clock: Callable[[], datetime],
) -> None:  # fmt: skip
    journal.set(each.key, SENDING, clock().isoformat())
    try:
        send(letter)
    except (NotSentError, MailError):
        journal.forget(each.key)
        raise
    journal.set(each.key, SENT, clock().isoformat())


def _journal(settings: Settings) -> Path:
    return settings.beside_warehouse("mail")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    path = settings.beside_warehouse("mail.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MailError("somebody else is sending mail from this warehouse; try again after that") from None
        yield
