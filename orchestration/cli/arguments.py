"""Arguments that several verbs take, and the settings that follow from them."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from orchestration.errors import TallybookError

if TYPE_CHECKING:
    from orchestration.settings import Settings


def add_places(verb: argparse.ArgumentParser, *names: str) -> None:
    texts = {
        "raw": "landing zone: a folder, or s3://, gs:// or abfss:// (default: raw/ here, or TALLYBOOK_RAW)",
        "warehouse": "the DuckDB file (default: warehouse/tallybook.duckdb here, or TALLYBOOK_WAREHOUSE)",
        "site": "folder of the site (default: site/ here, or TALLYBOOK_SITE)",
        "config": "settings of the site (default: TALLYBOOK_CONFIG, or tallybook.toml here where it exists)",
    }
    for name in names:
        verb.add_argument(f"--{name}", metavar=name.upper(), help=texts[name])


def add_dates(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--from", dest="first", type=a_date, metavar="DATE", help="first local date to publish reports of"
    )
    verb.add_argument("--to", type=a_date, metavar="DATE", help="last local date to show and to publish reports of")


def add_full_refresh(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--full-refresh", action="store_true", help="forget what was computed and compute it again")


def add_pseudonymize(verb: argparse.ArgumentParser) -> None:
    from orchestration.pseudonyms import NOBODY, USERS

    verb.add_argument(
        "--pseudonymize",
        choices=(USERS, NOBODY),
        help="people under pseudonyms everywhere after the lake, or under their names again (default: as it was)",
    )


def a_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-21") from None


def a_month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month like 2026-11") from None


def a_text(text: str) -> str:
    """A text that says something, without blanks around it."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is blank")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise argparse.ArgumentTypeError("it is not UTF-8")
    return text.strip()


def a_count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def settings_of(args: argparse.Namespace) -> Settings:
    """The places that the arguments name, or the environment."""
    from orchestration.settings import Settings

    return Settings.from_env(
        raw=getattr(args, "raw", None),
        warehouse=getattr(args, "warehouse", None),
        site=getattr(args, "site", None),
        config=getattr(args, "config", None),
        pseudonymize=getattr(args, "pseudonymize", None),
        needs_raw=hasattr(args, "raw"),
    )


def require_warehouse(settings: Settings) -> None:
    """Raise TallybookError where nothing was ever loaded."""
    if not settings.warehouse.exists():
        raise TallybookError(f"there is no warehouse at {settings.warehouse}; load one first: tallybook load")
