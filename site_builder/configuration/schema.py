"""tallybook.toml: brand and notation, which cards and reports there are, what an hour is worth; wrong keys by line."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from site_builder.cards import registry
from site_builder.configuration import own_pages, virtual_tags
from site_builder.configuration.outside import read_finance, read_links
from site_builder.configuration.own_pages import OwnPages
from site_builder.configuration.roi import Roi
from site_builder.configuration.schedule import read_schedule
from site_builder.configuration.settings_file import ConfigurationError as ConfigurationError
from site_builder.configuration.settings_file import SettingsFile
from site_builder.planning.periods import BILLING, EDITIONS
from site_builder.planning.schedule import USUAL, Schedule
from site_builder.style import brand
from site_builder.style.brand import NO_BRAND, Brand, read_brand
from site_builder.words import notation
from site_builder.words.notation import NO_LOCALE, Notation, read_notation

FILE_NAME = "tallybook.toml"
ALL, TENANT = "all", "tenant"
OPENING = "kpis"
_CURRENCY = re.compile(r"[A-Z]{3}")
DELIVERING_SOURCES = ("usage", "billing", "jobs", "litellm")
# Of each source that is not named in the file.
FINAL_AFTER_DAYS = 3
_MOST_DAYS = 366
_TABLES = (
    "brand", "format", "cards", "roi", "final_after_days", "margin", "editions", "custom", "pages", "money", "links",
    "mail", virtual_tags.NAME,
)  # fmt: skip
EXCHANGE_RATES = ("purchase", "month")
_MOST_MINUTES = Decimal(24 * 60)


@dataclass(frozen=True)
class Configuration:
    """`cards`: names in order by (scope `all` or `tenant`, edition); editions that it lacks have the usual ones.

    `brand`: whose pages they are; `notation`: how numbers and dates are written; `final_after_days`: how many days
    after its end a report may still get data, by source; those that it lacks have FINAL_AFTER_DAYS.
    `exchange_rate_of`: which rate tells revenue in US dollars, one of EXCHANGE_RATES; None: as the last build took it.
    `virtual_tags`: what usage counts under by the publisher's rules, as JSON; None: as the last build took them.
    A build takes both, and pages show what the marts say, so that the same pages come of both. `schedule`: which
    reports there are besides days, weeks and months. `pages`: which items, teams and users have a page of their own.
    `tenants_see_cost`: what use cost the publisher at providers is in tenants' folders, too. `links`: the platform's
    own pages, by what they are called; `finance`: addresses whose mail is the finance digest.
    """

    cards: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    roi: Roi | None = None
    brand: Brand = NO_BRAND
    notation: Notation = NO_LOCALE
    final_after_days: Mapping[str, int] = field(default_factory=dict)
    exchange_rate_of: str | None = field(default=None, compare=False)
    schedule: Schedule = USUAL
    virtual_tags: str | None = field(default=None, compare=False)
    pages: OwnPages = own_pages.USUAL
    tenants_see_cost: bool = False
    links: Mapping[str, str] = field(default_factory=dict)
    finance: frozenset[str] = field(default=frozenset(), compare=False)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Make pages of this brand, in this notation, until the end of the block."""
        with brand.using(self.brand), notation.using(self.notation):
            yield

    def cards_of(self, edition: str, *, is_all: bool) -> tuple[registry.Build, ...]:
        """What builds the cards of an edition's reports, in their order on the page."""
        usual = registry.cards_of(edition, is_all=is_all, has_roi=self.roi is not None)
        named = self.cards.get((ALL if is_all else TENANT, edition))
        if named is None:
            return usual
        by_name = {registry.name_of(build): build for build in usual}
        return tuple(by_name[name] for name in named)

    def chooses_cards(self, edition: str, *, is_all: bool) -> bool:
        """Whether it names the cards of an edition, all of which its pages then show."""
        return (ALL if is_all else TENANT, edition) in self.cards

    def shows_cost(self, *, is_all: bool) -> bool:
        """Whether pages and files of a scope say what use cost the publisher at providers."""
        return is_all or self.tenants_see_cost

    def days_until_final(self, source: str) -> int:
        """How many days after its end a report may still get data from a source."""
        return self.final_after_days.get(source, FINAL_AFTER_DAYS)

    def __str__(self) -> str:
        """The same text for the same settings, in whatever order they were written; empty without any."""
        if self == DEFAULT:
            return ""
        roi = self.roi and (f"{self.roi.hourly_rate:f}", self.roi.currency, sorted(self.roi.minutes_saved.items()))
        days = sorted(self.final_after_days.items())
        scheduled = () if self.schedule == USUAL else (self.schedule,)
        pages = () if self.pages == own_pages.USUAL else (str(self.pages),)
        said = [sorted(self.cards.items()), roi, str(self.brand), self.notation.locale, days, *scheduled, *pages]
        said += ["cost"] if self.tenants_see_cost else []
        return repr((*said, *([dict(self.links)] if self.links else [])))


DEFAULT = Configuration()


def read_configuration(path: Path | None) -> Configuration:
    """The configuration in a file; without one, the defaults. Raises ConfigurationError."""
    if path is None:
        return DEFAULT
    file = SettingsFile(path)
    file.only((), _TABLES)
    roi = _roi(file) if "roi" in file.document else None
    cards = _cards(file, has_roi=roi is not None)
    return Configuration(
        cards, roi, read_brand(file), read_notation(file), _final_after_days(file), _exchange_rate_of(file),
        read_schedule(file), virtual_tags.read_virtual_tags(file), own_pages.read_own_pages(file),
        _tenants_see_cost(file), read_links(file), read_finance(file),
    )  # fmt: skip


def _exchange_rate_of(file: SettingsFile) -> str | None:
    file.only(("margin",), ("exchange_rate_of",))
    given = file.table("margin").get("exchange_rate_of")
    if given is not None and given not in EXCHANGE_RATES:
        file.fail(("margin", "exchange_rate_of"), f"one of {', '.join(map(repr, EXCHANGE_RATES))} is wanted")
    return given


def _tenants_see_cost(file: SettingsFile) -> bool:
    file.only(("money",), ("tenants_see_cost",))
    given = file.table("money").get("tenants_see_cost", False)
    if not isinstance(given, bool):
        file.fail(("money", "tenants_see_cost"), "true or false is wanted")
    return given


def _final_after_days(file: SettingsFile) -> Mapping[str, int]:
    file.only(("final_after_days",), DELIVERING_SOURCES)
    given = file.table("final_after_days")
    for source, days in given.items():
        if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= _MOST_DAYS:
            file.fail(("final_after_days", source), f"a whole number of days from 0 to {_MOST_DAYS} is wanted")
    return given


def _cards(file: SettingsFile, *, has_roi: bool) -> dict[tuple[str, str], tuple[str, ...]]:
    file.only(("cards",), (ALL, TENANT))
    found = {}
    for scope in file.table("cards"):
        # A billing period is one tenant's.
        file.only(("cards", scope), tuple(name for name in EDITIONS if scope == TENANT or name != BILLING))
        for edition, names in file.table("cards", scope).items():
            found[scope, edition] = _names(file, names, scope, edition, has_roi=has_roi)
    return found


def _names(file: SettingsFile, names: Any, scope: str, edition: str, *, has_roi: bool) -> tuple[str, ...]:
    at = ("cards", scope, edition)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        file.fail(at, "a list of card names is wanted")
    usual = registry.cards_of(edition, is_all=scope == ALL, has_roi=has_roi)
    known = [registry.name_of(build) for build in usual]
    for name in names:
        if name not in known:
            file.fail(at, f"there is no card {name!r} in {edition} reports; there are {', '.join(sorted(known))}")
    if len(set(names)) < len(names):
        file.fail(at, "a card is named twice")
    if OPENING not in names:
        file.fail(at, f"the card {OPENING!r} cannot be left out: headline and PDF begin with it")
    return tuple(names)


def _roi(file: SettingsFile) -> Roi:
    file.only(("roi",), ("hourly_rate", "currency", "minutes_saved"))
    for key in ("hourly_rate", "currency", "minutes_saved"):
        if key not in file.table("roi"):
            file.fail(("roi",), f"{key} is missing")
    currency = file.text("roi", "currency", pattern=_CURRENCY, wanted="three capitals are wanted, as in 'EUR'")
    saved = {task: file.amount("roi", "minutes_saved", task) for task in file.table("roi", "minutes_saved")}
    for task, value in saved.items():
        if value > _MOST_MINUTES:
            file.fail(("roi", "minutes_saved", task), "more minutes than a day has")
    return Roi(file.amount("roi", "hourly_rate"), currency, saved)
