"""What `tallybook doctor` asks of others: where sites are published to, the mail server, the webhook."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from orchestration.alerting.address import address_of, connection_to
from orchestration.checking.doctor_findings import MOST_CLOCK_SKEW, PROBE, Finding, nearest, writable
from orchestration.errors import TallybookError
from orchestration.object_stores import MissingExtraError, faults_named
from orchestration.settings import AlertSettings, MailSettings, Settings

_CONNECT_SECONDS = 10


def publish_target(settings: Settings) -> Finding | None:
    """Whether a release can be put where TALLYBOOK_PUBLISH_TARGET says."""
    if settings.publish_target is None:
        return None
    if "://" in settings.publish_target:
        return _object_store(settings.publish_target)
    folder = nearest(Path(settings.publish_target).absolute())
    found = writable("target", folder, needed=0)
    if not found.is_well:
        return found
    link = folder / f"{PROBE}.link"
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(".")
    except OSError as error:
        remedy = "publish to a file system with symbolic links, or to an object store"
        return Finding("target", False, f"{folder} has no symbolic links: {error.strerror}", remedy)
    link.unlink()
    return found


def _object_store(place: str) -> Finding:
    from orchestration.publishing.objects import OWN, ObjectTarget

    try:
        with faults_named(place, TallybookError):
            target = ObjectTarget.at(place)
            probe = f"{target.own}/doctor"
            target.fs.pipe_file(probe, b"")
            bucket, _, key = probe.partition("/")
            head = target.fs.call_s3("head_object", Bucket=bucket, Key=key)
            target.fs.rm_file(probe)
    except MissingExtraError as error:
        what, _, remedy = str(error).rpartition(": ")
        return Finding("target", False, what, remedy)
    except TallybookError as error:
        remedy = f"AWS_* must name the endpoint and a key that may list, read, write and delete below {place}/{OWN}"
        return Finding("target", False, str(error), remedy)
    server_date = head["ResponseMetadata"]["HTTPHeaders"].get("date")
    skew = abs(parsedate_to_datetime(server_date) - datetime.now(UTC)) if server_date else timedelta(0)
    if skew > MOST_CLOCK_SKEW:
        remedy = "set this machine's clock by NTP: object stores refuse requests of another time"
        return Finding("target", False, f"{place}: its clock is {skew.total_seconds():.0f} s off", remedy)
    return Finding("target", True, f"{place} can be written to")


def mail(settings: Settings) -> Finding | None:
    """Whether the mail server answers and takes the login."""
    if not settings.sends_mail:
        return None
    from orchestration.mailing.sending import connection_to

    try:
        sending = MailSettings.from_env()
        assert sending.server is not None
        with connection_to(sending.server) as connection:
            connection.greet()
    except TallybookError as error:
        remedy = "TALLYBOOK_SMTP_*, TALLYBOOK_MAIL_FROM and TALLYBOOK_SITE_URL: see orchestration/README.md, Settings"
        return Finding("mail", False, str(error), remedy)
    server = sending.server
    return Finding("mail", True, f"{server.host}:{server.port} by {server.security}, from {sending.sender}")


def webhook(settings: Settings) -> Finding | None:
    """Connects and no more: any request would be a message to the other side."""
    if not settings.tells_alerts:
        return None
    try:
        who = AlertSettings.from_env()
        if who.webhook is None:
            return None
        address = address_of(who.webhook)
        deadline = time.monotonic() + _CONNECT_SECONDS
        with connection_to(address, deadline, may_be_local=who.webhook_local):
            pass
    except (TallybookError, OSError, ValueError) as error:
        remedy = "TALLYBOOK_ALERT_*: see orchestration/README.md, Settings"
        return Finding("alerts", False, " ".join(str(error).split()), remedy)
    return Finding("alerts", True, f"webhook {address.place}")
