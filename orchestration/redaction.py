"""Secrets of the settings, taken out of whatever is said."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

_SECRETS = (
    "TALLYBOOK_LINK_SECRET", "TALLYBOOK_PSEUDONYM_SECRET", "TALLYBOOK_ALERT_SECRET", "TALLYBOOK_SMTP_PASSWORD",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
)  # fmt: skip
_URLS = ("TALLYBOOK_ALERT_WEBHOOK", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "TALLYBOOK_SITE_URL")
# What is shorter stands in too many words by chance.
_LEAST = 6
HIDDEN = "(hidden)"


def hidden(text: str, env: Mapping[str, str] | None = None) -> str:
    """The text without what the settings keep secret: keys, passwords, who logs in by a URL, the webhook's path.

    What stands there instead is HIDDEN.
    """
    env = os.environ if env is None else env
    for secret in sorted(set(_secrets(env)), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _secrets(env: Mapping[str, str]) -> Iterator[str]:
    known = [env.get(name, "") for name in _SECRETS]
    for name in _URLS:
        try:
            parts = urlsplit(env.get(name, ""))
        except ValueError:
            known.append(env[name])
            continue
        known.append(parts.netloc.rpartition("@")[0])
        known += parts.netloc.rpartition("@")[0].split(":", 1)
        if name == "TALLYBOOK_ALERT_WEBHOOK":
            known += [parts.path, parts.query, f"{parts.path}?{parts.query}"]
    for secret in known:
        if len(secret) >= _LEAST:
            yield secret
