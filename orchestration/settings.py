"""Every path and environment variable the pipeline uses, read in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration import environment
from orchestration.alerting.address import AddressError, address_of
from orchestration.errors import TallybookError
from orchestration.object_stores import SCHEMES, is_url, takes_sites
from orchestration.pseudonyms import NOBODY, USERS, Pseudonyms
from orchestration.redaction import has_login
from site_builder.configuration.schema import DEFAULT, FILE_NAME, Configuration, ConfigurationError, read_configuration

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"


# Where things are, by a URL or else.
_PLACES = ("TALLYBOOK_PUBLISH_TARGET", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")


class SettingsError(TallybookError):
    """One or more settings are unusable; the message lists all of them."""


@dataclass(frozen=True)
class MailServer:
    """How to reach it. security: `starttls`, `tls` or `none`; without a user nobody logs in."""

    host: str
    port: int
    security: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class MailSettings:
    """Who sends, where readers see the site, and by which server (None: messages are only written down).

    sender: an address (TALLYBOOK_MAIL_FROM); site_url: what links begin with (TALLYBOOK_SITE_URL); server:
    TALLYBOOK_SMTP_HOST, _PORT (587; 465 with tls), _SECURITY (starttls, tls or none), _USER and _PASSWORD
    """

    sender: str
    site_url: str
    server: MailServer | None

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, *, needs_server: bool = True) -> MailSettings:
        """Settings from the environment. Raises SettingsError naming every missing or faulty one at once."""
        env = os.environ if env is None else env
        needed = ["TALLYBOOK_MAIL_FROM", "TALLYBOOK_SITE_URL", *(["TALLYBOOK_SMTP_HOST"] if needs_server else [])]
        faults = [f"{name} is not set" for name in needed if not env.get(name)]
        security = env.get("TALLYBOOK_SMTP_SECURITY") or "starttls"
        if security not in ("starttls", "tls", "none"):
            faults.append(f"TALLYBOOK_SMTP_SECURITY={security!r} is not starttls, tls or none")
        port = environment.count(env, "TALLYBOOK_SMTP_PORT", 465 if security == "tls" else 587, faults)
        site_url = env.get("TALLYBOOK_SITE_URL") or ""
        if site_url and not site_url.startswith(("https://", "http://")):
            faults.append("TALLYBOOK_SITE_URL does not begin with https://")
        if has_login(site_url):
            faults.append("TALLYBOOK_SITE_URL has a user or password in it, and stands in every mail")
        if faults:
            raise SettingsError("; ".join(faults))
        user, password = env.get("TALLYBOOK_SMTP_USER") or None, env.get("TALLYBOOK_SMTP_PASSWORD")
        server = MailServer(env["TALLYBOOK_SMTP_HOST"], port, security, user, password) if needs_server else None
        return cls(env["TALLYBOOK_MAIL_FROM"], site_url, server)


def _site_url(env: Mapping[str, str]) -> str:
    """Where readers see the site; "" where that is not said, or could not stand in a message."""
    url = env.get("TALLYBOOK_SITE_URL") or ""
    return url if url.startswith(("https://", "http://")) and not has_login(url) else ""


@dataclass(frozen=True)
class AlertSettings:
    """Who is told of alerts: addresses (TALLYBOOK_ALERT_MAIL, commas between), and a webhook (TALLYBOOK_ALERT_WEBHOOK).

    secret: what the webhook's requests are signed with (TALLYBOOK_ALERT_SECRET); mail: set where there are addresses;
    webhook_local: it may be on this machine or its link (TALLYBOOK_ALERT_WEBHOOK_LOCAL, 1 or 0); site_url: what links
    begin with (TALLYBOOK_SITE_URL; "": there are none)
    """

    mail_to: tuple[str, ...] = ()
    webhook: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    mail: MailSettings | None = None
    webhook_local: bool = False
    site_url: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> AlertSettings:
        """Settings from the environment. Raises SettingsError naming every missing or faulty one at once."""
        env = os.environ if env is None else env
        addresses = tuple(filter(None, (address.strip() for address in env.get("TALLYBOOK_ALERT_MAIL", "").split(","))))
        webhook, secret = env.get("TALLYBOOK_ALERT_WEBHOOK") or None, env.get("TALLYBOOK_ALERT_SECRET") or None
        faults: list[str] = []
        local = environment.switch(env, "TALLYBOOK_ALERT_WEBHOOK_LOCAL", faults)
        try:
            _ = address_of(webhook) if webhook else None
        except AddressError as error:
            faults.append(f"TALLYBOOK_ALERT_WEBHOOK {error}")
        if webhook and not secret:
            faults.append("TALLYBOOK_ALERT_SECRET is not set, with which the webhook's requests are signed")
        mail = None
        try:
            mail = MailSettings.from_env(env) if addresses else None
        except SettingsError as error:
            faults.append(str(error))
        if faults:
            raise SettingsError("; ".join(faults))
        return cls(addresses, webhook, secret, mail, local, _site_url(env))


@dataclass(frozen=True)
class Settings:
    """Where the data comes from and goes to, and the few knobs of a run.

    raw: folder of the landing zone, or its prefix in an object store (TALLYBOOK_RAW)
    warehouse: the DuckDB file (TALLYBOOK_WAREHOUSE); lake and run history lie beside it
    site: folder of the published site (TALLYBOOK_SITE)
    quarantine_limit_pct: above this share of bad rows a landing date is held back (TALLYBOOK_QUARANTINE_LIMIT_PCT)
    timezone: the clock of the schedules, an IANA name (TALLYBOOK_TIMEZONE)
    link_secret: where set, scope folders get unguessable names (TALLYBOOK_LINK_SECRET)
    pseudonymize: who gets pseudonyms after the lake: users, none, or None for as it was (TALLYBOOK_PSEUDONYMIZE)
    pseudonym_secret: the key that pseudonyms are made with (TALLYBOOK_PSEUDONYM_SECRET)
    publish_target: where a run publishes the site to, a folder or s3://bucket/prefix (TALLYBOOK_PUBLISH_TARGET)
    publish_keep: releases that stay there, the current one included (TALLYBOOK_PUBLISH_KEEP)
    freshness: days that may pass without news, by source, as in usage=2,billing=35 (TALLYBOOK_FRESHNESS)
    sends_mail: whether a run mails digests: TALLYBOOK_SMTP_HOST is set (MailSettings has the rest)
    tells_alerts: whether a run tells alerts: TALLYBOOK_ALERT_MAIL or _WEBHOOK is set (AlertSettings has the rest)
    publish_tenants_only: leave out what names every tenant, 1 or 0 (TALLYBOOK_PUBLISH_TENANTS_ONLY)
    serving: whether builds write the file that BI tools read, 1 or 0 (TALLYBOOK_SERVING)
    configuration: of the site, from a file (TALLYBOOK_CONFIG), else from tallybook.toml where the command is run
    """

    raw: str
    warehouse: Path
    site: Path
    quarantine_limit_pct: float = 5.0
    timezone: str = "UTC"
    link_secret: str | None = field(default=None, repr=False)
    pseudonymize: str | None = None
    pseudonym_secret: str | None = field(default=None, repr=False)
    publish_target: str | None = None
    publish_keep: int = 5
    publish_tenants_only: bool = False
    sends_mail: bool = False
    tells_alerts: bool = False
    serving: bool = True
    freshness: Mapping[str, int] = field(default_factory=dict)
    configuration: Configuration = DEFAULT

    @classmethod
    def from_env(
        cls,
        env: Mapping[str, str] | None = None,
        *,
        raw: str | None = None,
        warehouse: str | None = None,
        site: str | None = None,
        config: str | None = None,
        pseudonymize: str | None = None,
        needs_raw: bool = True,
    ) -> Settings:
        """Settings from the environment; the keyword arguments, where given, win over it.

        needs_raw: whether the landing zone must be there (steps after loading do without).
        Raises SettingsError naming every faulty setting at once.
        """
        env = os.environ if env is None else env
        faults: list[str] = []
        settings = cls(
            raw=_raw(raw or env.get("TALLYBOOK_RAW") or "raw"),
            warehouse=warehouse_path(warehouse, env),
            site=Path(site or env.get("TALLYBOOK_SITE") or "site").absolute(),
            quarantine_limit_pct=environment.percentage(env, "TALLYBOOK_QUARANTINE_LIMIT_PCT", 5.0, faults),
            timezone=environment.time_zone(env, "TALLYBOOK_TIMEZONE", "UTC", faults),
            link_secret=env.get("TALLYBOOK_LINK_SECRET") or None,
            pseudonymize=_pseudonymize(env, pseudonymize, faults),
            pseudonym_secret=env.get("TALLYBOOK_PSEUDONYM_SECRET") or None,
            publish_target=env.get("TALLYBOOK_PUBLISH_TARGET") or None,
            publish_keep=environment.count(env, "TALLYBOOK_PUBLISH_KEEP", 5, faults),
            publish_tenants_only=environment.switch(env, "TALLYBOOK_PUBLISH_TENANTS_ONLY", faults),
            freshness=environment.freshness(env, faults),
            serving=environment.switch(env, "TALLYBOOK_SERVING", faults, default="1"),
            sends_mail=bool(env.get("TALLYBOOK_SMTP_HOST")),
            tells_alerts=bool(env.get("TALLYBOOK_ALERT_MAIL") or env.get("TALLYBOOK_ALERT_WEBHOOK")),
            configuration=_configuration(config or env.get("TALLYBOOK_CONFIG"), faults),
        )
        places = {"landing zone": raw or env.get("TALLYBOOK_RAW"), **{name: env.get(name) for name in _PLACES}}
        logins = [name for name, it in places.items() if it and ("://" in it or "AWS" in name) and has_login(it)]
        faults += [f"{name} has a user or password in it: keys are for the environment or a profile" for name in logins]
        if settings.publish_target and not logins and not takes_sites(settings.publish_target):
            faults.append("TALLYBOOK_PUBLISH_TARGET is neither a folder nor s3://bucket/prefix")
        if needs_raw and not logins and not is_url(settings.raw) and not Path(settings.raw).is_dir():
            faults.append(
                f"landing zone {settings.raw} is not a folder (set --raw or TALLYBOOK_RAW){_no_scheme(raw, env)}"
            )
        if faults:
            raise SettingsError("; ".join(faults))
        return settings

    @property
    def pseudonyms(self) -> Pseudonyms:
        """Who gets pseudonyms, and by which key."""
        return Pseudonyms(self.pseudonymize, self.pseudonym_secret)

    def beside_warehouse(self, suffix: str) -> Path:
        """The path of what belongs to this warehouse but is not in it, e.g. `tallybook.dagster`."""
        return self.warehouse.with_name(f"{self.warehouse.stem}.{suffix}")

    @property
    def dagster_home(self) -> Path:
        return self.beside_warehouse("dagster")

    @property
    def dbt_target(self) -> Path:
        """Where dbt leaves manifest.json, run_results.json and compiled SQL of its last command."""
        return self.beside_warehouse("dbt") / "target"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def _raw(value: str) -> str:
    return value.rstrip("/") if is_url(value) else str(Path(value).absolute())


def _no_scheme(raw: str | None, env: Mapping[str, str]) -> str:
    return f"; object stores are {SCHEMES}" if "://" in (raw or env.get("TALLYBOOK_RAW") or "") else ""


def warehouse_path(given: str | None, env: Mapping[str, str] | None = None) -> Path:
    """The DuckDB file: what is given, else TALLYBOOK_WAREHOUSE; of a folder the file of the usual name in it."""
    env = os.environ if env is None else env
    value = given or env.get("TALLYBOOK_WAREHOUSE")
    path = Path(value) if value else Path("warehouse", "tallybook.duckdb")
    return (path / "tallybook.duckdb" if path.is_dir() else path).absolute()


def _configuration(value: str | None, faults: list[str]) -> Configuration:
    usual = Path(FILE_NAME)
    try:
        return read_configuration(Path(value) if value else usual if usual.is_file() else None)
    except ConfigurationError as error:
        faults.append(str(error))
        return DEFAULT


def _pseudonymize(env: Mapping[str, str], given: str | None, faults: list[str]) -> str | None:
    who = given or env.get("TALLYBOOK_PSEUDONYMIZE") or None
    if who not in (None, USERS, NOBODY):
        faults.append(f"TALLYBOOK_PSEUDONYMIZE={who!r} is neither {USERS} nor {NOBODY}")
    if who == USERS and not env.get("TALLYBOOK_PSEUDONYM_SECRET"):
        faults.append("TALLYBOOK_PSEUDONYM_SECRET is not set, the key of the pseudonyms")
    return who
