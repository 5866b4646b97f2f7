"""Who gets which reports, and which report is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.building.state import require_marts
from orchestration.errors import TallybookError
from orchestration.pseudonyms import address_of
from orchestration.warehouse import opened
from site_builder.files.manifest import Manifest, PublishedReport

# So many periods back, what was not sent is made up for.
MOST_MISSED = 7


class MailError(TallybookError):
    """Mail cannot be sent at all, or not to everybody; the message says to whom, and why."""


@dataclass(frozen=True)
class Subscription:
    """An address and what goes to it: `tenant_id` None for the reports over all tenants; `attach`: with their PDF."""

    email: str
    tenant_id: str | None
    cadence: str
    attach: bool = False


@dataclass(frozen=True)
class Due:
    """A report that goes to an address; `attach`: with its PDF."""

    email: str
    report: PublishedReport
    attach: bool = False

    @property
    def key(self) -> str:
        """What is sent once: the report to the address, in this revision."""
        return f"{self.email} {self.report.folder} {self.report.revision}"


def read_subscriptions(warehouse: Path) -> list[Subscription]:
    """Every subscription of the directory, in the order of the addresses. Raises MailError, UnbuiltError."""
    require_marts(warehouse)
    with opened(warehouse, read_only=True) as con:
        try:
            rows = con.execute(
                "select email, case when scope = 'tenant' then tenant_id end, cadence, attach is not null "
                "from marts.dim_subscriptions "
                "order by all"
            ).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise MailError(
                f"{warehouse} has no subscriptions, or those of an earlier version; build it first: tallybook build"
            ) from error
        addresses = address_of(con)
    return [Subscription(addresses.get(email, email), *rest) for email, *rest in rows]


def due(
    subscriptions: Sequence[Subscription], published: Manifest, sent: Callable[[str], Mapping[str, int]]
) -> tuple[list[Due], list[str]]:
    """The reports that go to each subscription, and what subscriptions ask for that is not there.

    `sent`: the revision of each report that an address has, by folder. Only reports whose period is over: the newest,
    whether sent or not; those that were restated since; and of the last `MOST_MISSED` those that were missed since the
    first one was sent.
    """
    folders = {scope.tenant_id: folder for folder, scope in published.scopes.items()}
    found, missing = [], []
    for subscription in subscriptions:
        whose = "all tenants" if subscription.tenant_id is None else f"tenant {subscription.tenant_id}"
        over = [
            report
            for report in published.of_scope(folders.get(subscription.tenant_id, ""))
            if report.edition == subscription.cadence and report.last == report.whole_last
        ]
        if over:
            wanted = _wanted(over, sent(subscription.email))
            found += [Due(subscription.email, report, subscription.attach) for report in wanted]
        else:
            missing.append(f"{subscription.email}: there is no {subscription.cadence} report of {whose} yet")
    return found, missing


def _wanted(over: Sequence[PublishedReport], sent: Mapping[str, int]) -> list[PublishedReport]:
    *earlier, newest = sorted(over, key=lambda report: report.last)
    began = min((report.last for report in earlier if report.folder in sent), default=newest.last)
    restated = [report for report in earlier if report.revision > sent.get(report.folder, report.revision)]
    missed = [report for report in earlier[-MOST_MISSED:] if report.folder not in sent and report.last > began]
    return [*sorted([*restated, *missed], key=lambda report: report.last), newest]
