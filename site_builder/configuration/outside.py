"""What of the configuration leads out of the site: links to the platform's own pages, and addresses of finance."""

import re
from collections.abc import Mapping

from site_builder.configuration.settings_file import SettingsFile

# What each link is called on pages and in mail, in this order.
LINKS = {"manage_users": "Manage users", "billing_portal": "Billing portal"}
_ADDRESS = re.compile(r"https://[^\s\"'<>\\]{1,500}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


def read_links(file: SettingsFile) -> Mapping[str, str]:
    """Addresses by what they are called; only of pages that are encrypted on their way."""
    file.only(("links",), tuple(LINKS))
    found = {}
    for name, text in LINKS.items():
        href = file.text("links", name, pattern=_ADDRESS, wanted="an address that begins with https:// is wanted")
        if href:
            found[text] = href
    return found


def read_finance(file: SettingsFile) -> frozenset[str]:
    """The addresses whose mail is the finance digest."""
    file.only(("mail",), ("finance",))
    given = file.table("mail").get("finance", [])
    if not isinstance(given, list) or not all(isinstance(email, str) and _MAIL.fullmatch(email) for email in given):
        file.fail(("mail", "finance"), "a list of mail addresses is wanted")
    return frozenset(given)
