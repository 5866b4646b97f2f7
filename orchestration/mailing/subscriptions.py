"""Who gets which reports, and which report is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import TallybookError
from site_builder.manifest import Manifest, PublishedReport


class MailError(TallybookError):
    """Mail cannot be sent at all, or not to everybody; the message says to whom, and why."""


@dataclass(frozen=True)
class Subscription:
    """An address and what goes to it: `tenant_id` None for the reports over all tenants."""

    email: str
    tenant_id: str | None
    cadence: str


@dataclass(frozen=True)
class Due:
    """A report that goes to an address."""

    email: str
    report: PublishedReport

    @property
    def key(self) -> str:
        """What is sent once: the report to the address, in this revision."""
        return f"{self.email} {self.report.folder} {self.report.revision}"


def read_subscriptions(warehouse: Path) -> list[Subscription]:
    """Every subscription of the directory, in the order of the addresses. Raises MailError."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        try:
            rows = con.execute(
                "select email, case when scope = 'tenant' then tenant_id end, cadence from marts.dim_subscriptions "
                "order by all"
            ).fetchall()
        except duckdb.CatalogException as error:
            raise MailError(f"{warehouse} has no subscriptions yet; build it first: tallybook build") from error
    return [Subscription(*row) for row in rows]


def due(subscriptions: Sequence[Subscription], published: Manifest) -> tuple[list[Due], list[str]]:
    """The newest report of each subscription whose period is over, and what subscriptions ask for in vain."""
    folders = {scope.tenant_id: folder for folder, scope in published.scopes.items()}
    found, vain = [], []
    for each in subscriptions:
        whose = "all tenants" if each.tenant_id is None else f"tenant {each.tenant_id}"
        over = [
            report
            for report in published.of_scope(folders.get(each.tenant_id, ""))
            if report.edition == each.cadence and report.last == report.whole_last
        ]
        if over:
            found.append(Due(each.email, max(over, key=lambda report: report.last)))
        else:
            vain.append(f"{each.email}: there is no {each.cadence} report of {whose} yet")
    return found, vain
