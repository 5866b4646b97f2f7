"""`tallybook alerts`: what changed since the last time, told to whoever is to know."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from typing import Any

from orchestration.alerting.outbox import Outbox, outbox_at
from orchestration.alerting.states import CLEARED, AlertState, Event, changes
from orchestration.alerting.watch import Alert, read_alerts, read_alerts_by_day
from orchestration.alerting.webhook import NotTakenError, messages, post
from orchestration.alerting.wording import line_of, text_of
from orchestration.errors import TallybookError
from orchestration.locking import locked
from orchestration.mailing.sending import NotSentError, connection_to
from orchestration.mailing.subscriptions import MailError
from orchestration.settings import AlertSettings, Settings
from site_builder.files import urls
from site_builder.gather.alerts import SEVERITIES, over
from site_builder.planning.periods import DAILY


@dataclass(frozen=True)
class AlertsSent:
    """What changed, as it was told; the channels that took it, and those that did not, with the reason."""

    events: tuple[dict[str, Any], ...]
    taken_by: tuple[str, ...]
    failed: tuple[str, ...]


def tell_alerts(
    settings: Settings, who: AlertSettings, *, clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> AlertsSent:  # fmt: skip
    """Take in how alerts stand now, and tell each channel what it has not been told yet.

    A channel that fails stops no other, and is told next time. Raises TallybookError where the marts lack alerts.
    """
    found, as_of = read_alerts(settings.warehouse)
    channels = _channels(who, clock, sleep)
    site_url = who.site_url or (who.mail.site_url if who.mail else "")
    link = partial(_linked, site_url=site_url, link_secret=settings.link_secret)
    taken: list[str] = []
    failed: list[str] = []
    busy = TallybookError("another process is sending this warehouse's alerts; try again when it is done")
    with (
        locked(settings.beside_warehouse("alerts.lock"), busy),
        outbox_at(settings.beside_warehouse("alerts")) as outbox,
    ):
        for name in channels:
            outbox.open_channel(name)
        events = outbox.record(changes(found, outbox.known(), as_of))
        for name, send in channels.items():
            reason = _tell(outbox, name, send, link)
            (taken if reason is None else failed).append(name if reason is None else f"{name}: {reason}")
    return AlertsSent(tuple(events), tuple(taken), tuple(failed))


def replay(settings: Settings, first: date, last: date) -> list[tuple[date, Event]]:
    """What a run at the end of each day would have told from one date to another, by the marts as they are now:
    (date, event), in order.
    """
    known: dict[str, AlertState] = {}
    replayed = []
    for day, (alerts, as_of) in read_alerts_by_day(settings.warehouse, last):
        events = []
        for key, state, event in list(changes(alerts, known, as_of, everything=True)):
            known[key] = state
            events += [event] if event is not None and day >= first else []
        events.sort(key=lambda event: (event.action == CLEARED, _pressing_first(_body(event))[1], event.key))
        replayed += [(day, event) for event in events]
    return replayed


def replayed_line(day: date, event: Event) -> str:
    """A line of a replay."""
    alert = event.alert
    assert alert is not None
    return f"{day}  {event.action:<8} {alert.severity:<8} {alert.text}{_measured(alert)}"


def _body(event: Event) -> dict[str, Any]:
    return event.alert.as_json() if event.alert is not None else {}


def _measured(alert: Alert) -> str:
    if alert.amount is None:
        return ""
    of = f" of {alert.reference}" if alert.reference else ""
    return f": {alert.amount}{of}" + (f" {alert.currency}" if alert.currency else "")


# Sends some of the events, and says how many.
Send = Callable[[Sequence[dict[str, Any]]], int]


def _channels(who: AlertSettings, clock: Callable[[], float], sleep: Callable[[float], None]) -> dict[str, Send]:
    channels: dict[str, Send] = {}
    if who.webhook:
        channels["webhook"] = partial(_post, who, clock, sleep)
    for address in who.mail_to:
        channels[f"mail to {address}"] = partial(_mail, who, address, clock)
    return channels


def _tell(
    outbox: Outbox, name: str, send: Send, link: Callable[[dict[str, Any]], dict[str, Any]]
) -> str | None:  # fmt: skip
    events = [link(event) for event in sorted(outbox.untold(name), key=_pressing_first)]
    while events:
        try:
            sent = send(events)
        except (NotTakenError, NotSentError, MailError) as error:
            return str(error)
        except Exception as error:  # whatever befalls one channel, the others have their turn
            return f"failed with {type(error).__name__}"
        outbox.mark_sent(name, [event["id"] for event in events[:sent]])
        events = events[sent:]
    return None


def _pressing_first(event: Mapping[str, Any]) -> tuple[int, Decimal]:
    """Critical ones first, of each severity those that are over by most; else they stay as they come."""
    severity = event.get("severity")
    amount, reference, excess = (
        None if event.get(name) is None else Decimal(event[name]) for name in ("amount", "reference", "excess")
    )
    is_money = event.get("currency") is not None
    size = Decimal(0) if is_money else over(event.get("kind", ""), amount, reference, excess)
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0, -size


def _linked(event: dict[str, Any], site_url: str, link_secret: str | None) -> dict[str, Any]:
    """The event with the link to what it is about: the tenant's daily report of its first date, else the audit."""
    if not site_url or not event.get("first_date"):
        return event
    tenant = event.get("tenant_id")
    page = (
        f"{urls.report_page(urls.tenant_folder(tenant, link_secret), DAILY, event['first_date'])}#alerts"
        if tenant
        else urls.quality_page()
    )
    return {**event, "url": f"{site_url.rstrip('/')}/{page}"}


def _post(
    who: AlertSettings, clock: Callable[[], float], sleep: Callable[[float], None], events: Sequence[dict[str, Any]]
) -> int:
    assert who.webhook is not None
    first = next(messages(events))
    post(who.webhook, who.secret or "", first, now=clock(), sleep=sleep, may_be_local=who.webhook_local)
    return len(first)


def _mail(who: AlertSettings, address: str, clock: Callable[[], float], events: Sequence[dict[str, Any]]) -> int:
    assert who.mail is not None and who.mail.server is not None
    letter = EmailMessage(policy=SMTP)
    first = " ".join(line_of(events[0]).split())
    letter["Subject"] = first[:120] + (f" and {len(events) - 1} more" if len(events) > 1 else "")
    letter["From"], letter["To"] = who.mail.sender, address
    letter["Date"] = format_datetime(datetime.fromtimestamp(clock(), UTC))
    idents = "\n".join([address, *(event["id"] for event in events)])
    letter["Message-ID"] = f"<{hashlib.sha256(idents.encode()).hexdigest()[:40]}@{who.mail.sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"{text_of(events)}\n\nReports: {who.mail.site_url}\n")
    with connection_to(who.mail.server) as connection:
        connection.send(letter)
    return len(events)
