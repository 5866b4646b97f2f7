"""Billing of a generated platform: grants, top-ups, invoices and payments that follow what the tenants really used."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import floor, log10
from zoneinfo import ZoneInfo

import numpy as np

from orchestration.generating import catalogue, names
from orchestration.generating.directory import Row, credit_price
from orchestration.generating.draws import Floats
from orchestration.generating.invoicing import (
    BY_AUTO_RECHARGE,
    GETS_CORRECTED,
    OVERRUNS,
    TOPS_UP_LATE,
    Entry,
    Invoicing,
    month_after,
    price_of,
)  # fmt: skip
from orchestration.generating.population import Population
from orchestration.generating.tables import team_id, user_id

DAYS_PER_MONTH = 30.4
PLAN_SHARE = 0.8


@dataclass
class Books:
    """Writes the billing events of a population. `spend`, `job_spend` (tenant, day): credits really used."""

    population: Population
    spend: Floats
    job_spend: Floats
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.prices = [credit_price(tenant.currency, tenant.plan) for tenant in self.population.tenants]
        months = self.population.days / DAYS_PER_MONTH
        self.monthly = [nice(float(total)) for total in self.spend.sum(axis=1) / months]
        drawn = (self.spend + self.job_spend).sum(axis=1) / months
        self.allowance = np.array([nice(float(month) * PLAN_SHARE) for month in drawn])

    def write(self) -> list[Entry]:
        """All entries, ordered by tenant and time."""
        self._grants_and_top_ups()
        for tenant in range(len(self.population.tenants)):
            self._extras(tenant)
        entries = Invoicing(self.population, self.spend, self.prices).invoiced(self.entries)
        return sorted(entries, key=lambda entry: (entry.tenant, entry.day, entry.minute, entry.kind))

    def _grants_and_top_ups(self) -> None:
        """Walk through the days with each balance: plan credits lapse with the month, topped-up ones stay.

        Tenants who pay afterwards buy none.
        """
        habit = np.arange(len(self.spend)) % 4
        on_account = np.array([catalogue.is_postpaid(tenant) for tenant in range(len(self.spend))])
        plan, topped = np.zeros(len(self.spend)), np.zeros(len(self.spend))
        floor_at = np.where(habit == TOPS_UP_LATE, -0.06, 0.04) * self.allowance
        for day in range(self.population.days):
            if day == 0 or self._date(day).day == 1:
                plan = self.allowance.copy()
                plan[on_account] = 0
                for tenant in np.flatnonzero(~on_account).tolist():
                    self._grant(tenant, day)
            over = self.spend[:, day] + self.job_spend[:, day] - plan
            plan, topped = np.maximum(-over, 0), topped - np.maximum(over, 0)
            for tenant in np.flatnonzero((plan + topped < floor_at) & ~on_account).tolist():
                auto = habit[tenant] == BY_AUTO_RECHARGE
                credits = Decimal(nice(float(self.allowance[tenant]) * (0.1 if auto else 0.25)))
                topped[tenant] += float(credits)
                self._sell(tenant, day, "auto_recharge" if auto else "topup", credits)

    def _date(self, day: int) -> date:
        return self.population.start + timedelta(days=day)

    def _money(self, tenant: int, credits: Decimal) -> Decimal:
        return price_of(credits, self.prices[tenant])

    def _grant(self, tenant: int, day: int) -> None:
        lapses = month_after(self._date(day)) - timedelta(days=1)
        fee = catalogue.PLANS[self.population.tenants[tenant].plan][1]
        usd = Decimal(catalogue.USD_PER_UNIT[self.population.tenants[tenant].currency])
        self.entries.append(
            Entry(
                tenant,
                day,
                5,
                "plan_grant",
                (Decimal(fee) / usd).quantize(Decimal("0.01")),
                Decimal(int(self.allowance[tenant])),
                expires_on=lapses.isoformat(),
                description=f"Plan credits {self._date(day):%B %Y}",
            )
        )

    def _sell(self, tenant: int, day: int, kind: str, credits: Decimal) -> None:
        expires = (self._date(day) + timedelta(days=365)).isoformat() if kind == "topup" else ""
        self.entries.append(
            Entry(
                tenant,
                day,
                20 * 60 + 15,
                kind,
                self._money(tenant, credits),
                credits,
                expires_on=expires,
                description="Automatic recharge" if kind == "auto_recharge" else "Top-up by card",
            )
        )

    def _extras(self, tenant: int) -> None:
        """A promotion that expires for every other tenant, and one correction each, by habit."""
        days, share = self.population.days, Decimal(nice(float(self.allowance[tenant]) * 0.05))
        if tenant % 2 == 0:
            expires = self._date(days // 5 + 21).isoformat()
            self._add(tenant, days // 5, "promo_grant", Decimal(0), share, "promo", expires, "Early-adopter promotion")
        if tenant % 4 == BY_AUTO_RECHARGE:
            self._add(tenant, days * 11 // 20, "refund", -self._money(tenant, share), share, "", "", "Outage refund")
        if tenant % 4 == TOPS_UP_LATE:
            back, why = -share / 2, "Unused top-up credits paid back"
            self._add(tenant, days * 7 // 10, "refund", self._money(tenant, back), back, "topup", "", why)
        if tenant % 4 == GETS_CORRECTED:
            self._add(tenant, days * 3 // 5, "adjustment", Decimal(0), -share / 4, "plan", "", "Plan grant corrected")

    def _add(
        self, tenant: int, day: int, kind: str, amount: Decimal, credits: Decimal, pool: str, expires: str, why: str
    ) -> None:
        self.entries.append(Entry(tenant, day, 11 * 60, kind, amount, credits, pool, expires, description=why))

    def moment(self, entry: Entry) -> datetime:
        """When the entry happened, in UTC; the first day's entries no earlier than the period's first midnight."""
        zone = ZoneInfo(self.population.tenants[entry.tenant].zone)
        local = datetime.combine(self._date(entry.day), time(entry.minute // 60, entry.minute % 60), zone)
        return max(local.astimezone(UTC), datetime.combine(self.population.start, time(0, 5), UTC))

    def budgets(self) -> Iterator[Row]:
        """Rows of budgets.csv: a standing budget per tenant and parts of it, and one of some for the last month."""
        for index, tenant in enumerate(self.population.tenants):
            month = self.monthly[index]
            yield (tenant.tenant_id, "tenant", "", "*", nice(month * (0.9 if index % 4 == OVERRUNS else 1.3)))
            if index % 4 == BY_AUTO_RECHARGE:
                yield (tenant.tenant_id, "tenant", "", f"{self.population.end:%Y-%m}", nice(month * 1.5))
            teams = int(self.population.teams_per_tenant[index])
            for team in range(min(teams, 3)):
                yield (tenant.tenant_id, "team", team_id(team), "*", nice(month / teams * 1.6))
            yield (tenant.tenant_id, "user", user_id(0), "*", nice(month / tenant.users * 4))
            yield (
                tenant.tenant_id,
                "project",
                names.PROJECTS[0].lower().replace(" ", "-"),
                "*",
                nice(month * 0.12),
            )


def nice(value: float) -> int:
    """`value` to two significant digits, at least 1: the sort of number that people agree on."""
    if value < 10:
        return max(1, round(value))
    unit = 10 ** (floor(log10(value)) - 1)
    return int(round(value / unit) * unit)
