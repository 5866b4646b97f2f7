"""Secrets of the settings, taken out of whatever is said."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

_SECRETS = (
    "TALLYBOOK_LINK_SECRET", "TALLYBOOK_PSEUDONYM_SECRET", "TALLYBOOK_ALERT_SECRET", "TALLYBOOK_SMTP_PASSWORD",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_PASSWORD",
)  # fmt: skip
_WEBHOOK = "TALLYBOOK_ALERT_WEBHOOK"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_URLS = (_WEBHOOK, "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "TALLYBOOK_SITE_URL", "TALLYBOOK_RAW",
         "TALLYBOOK_PUBLISH_TARGET", *_PROXIES)  # fmt: skip
# What is shorter stands in too many words by chance.
_LEAST = 6
HIDDEN = "(hidden)"


def hidden(text: str, env: Mapping[str, str] | None = None) -> str:
    """The text without what the settings keep secret: keys, passwords, who logs in by a URL, the webhook's path.

    What stands there instead is HIDDEN. Quoted, escaped and encoded ones are known too.
    """
    env = os.environ if env is None else env
    secrets = {form for secret in _secrets(env) if len(secret) >= _LEAST for form in _forms(secret)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def without_secrets(error: Exception) -> Exception:
    """The error, or one like it, with no secret in what it says, nor in what those say that it came of."""
    cause: BaseException | None = error
    seen: set[int] = set()
    safe = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if _shows_some(cause):
            cause.args = tuple(hidden(part) if isinstance(part, str) else part for part in cause.args)
        if _shows_some(cause):
            # It words itself again: nothing of it can stay, nor of what led to it.
            safe = RuntimeError(f"{type(cause).__name__}: {hidden(str(cause))}")
        cause = cause.__cause__ or cause.__context__
    return safe


def has_login(url: str) -> bool:
    """Whether user or password stand in a URL, where everybody sees them who sees the URL."""
    return bool(_login_of(url.partition("://")[0], url.rpartition("://")[2].partition("/")[0]))


def _login_of(scheme: str, host: str) -> str:
    """What stands before the @ of a URL's host; of abfss://container@account that is no login."""
    login = host.rpartition("@")[0]
    return login if scheme != "abfss" or ":" in login or "@" in login else ""


def _shows_some(error: BaseException) -> bool:
    said = f"{error} {error!r}"
    return hidden(said) != said


def _secrets(env: Mapping[str, str]) -> Iterator[str]:
    yield from (env.get(name, "") for name in _SECRETS)
    password = env.get("TALLYBOOK_SMTP_PASSWORD", "")
    if len(password) >= _LEAST:
        # As a login sends them.
        yield f"\0{env.get('TALLYBOOK_SMTP_USER', '')}\0{password}"
    for part in env.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";"):
        name, _, value = part.partition("=")
        yield value if name.strip() in ("AccountKey", "SharedAccessSignature") else ""
    for name in _URLS:
        try:
            parts = urlsplit(env.get(name, ""))
        except ValueError:
            yield env[name]
            continue
        login = _login_of(parts.scheme, parts.netloc)
        yield from (login, *login.split(":", 1))
        if name == _WEBHOOK:
            yield from (parts.path, parts.query, f"{parts.path}?{parts.query}")


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may come out of what quotes, escapes or encodes it."""
    # Among both kinds of quotes Python escapes one of them.
    yield from (secret, " ".join(secret.split()), repr(secret)[1:-1], repr(f"\"'{secret}")[4:-1])
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (quote(secret, "/"), quote(secret, ""), quote(secret, "/%?=&:@!$'()*+,;~"), unquote(secret))
    raw = secret.encode("utf-8", "surrogateescape")
    yield from (repr(raw)[2:-1], repr(b"\"'" + raw)[5:-1], base64.b64encode(raw).decode("ascii"))
