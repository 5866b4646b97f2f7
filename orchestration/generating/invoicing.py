"""Invoices of a generated platform: of purchases, or of the usage of those who pay afterwards; and their payments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from orchestration.generating import catalogue
from orchestration.generating.draws import Floats
from orchestration.generating.population import Population

# Habits by tenant number modulo 4. Those who overrun are those who pay afterwards.
BY_AUTO_RECHARGE, OVERRUNS, GETS_CORRECTED, TOPS_UP_LATE = range(4)
BOUGHT = ("plan_grant", "topup", "auto_recharge")
DAYS_TO_PAY = 14
TOO_HIGH = Decimal("1.03")
# Of the months that ended, the one whose invoice is wrong.
WRONG_MONTH = 2


@dataclass(frozen=True)
class Entry:
    """A billing event; empty text = absent. `day` and `minute` are on the tenant's clock."""

    tenant: int
    day: int
    minute: int
    kind: str
    amount: Decimal
    credits: Decimal | None = None
    pool: str = ""
    expires_on: str = ""
    period: tuple[date, date] | None = None
    invoice_id: str = ""
    due_on: str = ""
    description: str = ""


@dataclass(frozen=True)
class Invoicing:
    """`spend` (tenant, day): credits really used; `prices`: money per credit, by tenant."""

    population: Population
    spend: Floats
    prices: list[Decimal]

    def invoiced(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries, purchases with the invoice that bills them, and one invoice for each month that ended.

        The second of those who pay afterwards is too high; some who paid before are billed their usage of that month,
        too. Invoices are paid one to three weeks later, some not at all.
        """
        bought: dict[tuple[int, str], list[Entry]] = {}
        for entry in entries:
            month = self._date(entry.day).replace(day=1)
            invoice_id = _number(month, entry.tenant)
            if entry.kind in BOUGHT and month_after(month) <= self.population.end:
                bought.setdefault((entry.tenant, invoice_id), []).append(entry)
                entry = replace(entry, invoice_id=invoice_id)
            yield entry
        for tenant in range(len(self.population.tenants)):
            begin, number = self.population.start.replace(day=1), 0
            while (after := month_after(begin)) <= self.population.end:
                number += 1
                yield from self._month(tenant, (begin, after), number, bought.get((tenant, _number(begin, tenant)), []))
                begin = after

    def _month(
        self, tenant: int, period: tuple[date, date], number: int, bought: list[Entry]
    ) -> Iterator[Entry]:  # fmt: skip
        used = self._used(tenant, period)
        if catalogue.is_postpaid(tenant):
            wrong = tenant % 4 == OVERRUNS and number == WRONG_MONTH
            credits = (used * TOO_HIGH).quantize(Decimal("0.000001")) if wrong else used
            invoice = self._invoice(tenant, period, credits, price_of(credits, self.prices[tenant]), "Usage")
        elif bought:
            credits = sum((entry.credits or Decimal(0) for entry in bought), Decimal(0))
            money = sum((entry.amount for entry in bought), Decimal(0))
            invoice = self._invoice(tenant, period, credits, money, "Purchases")
        else:
            return
        yield invoice
        if not (tenant % 4 == TOPS_UP_LATE and period[1].month == self.population.end.month):
            paid = invoice.day + 7 + (tenant * 5 + number * 3) % 14
            yield Entry(tenant, paid, 840, "payment", invoice.amount, invoice_id=invoice.invoice_id,
                        description="Bank transfer")  # fmt: skip
        if tenant % 4 == GETS_CORRECTED and number == WRONG_MONTH:
            again = self._invoice(tenant, period, used, price_of(used, self.prices[tenant]), "Usage")
            yield replace(again, minute=600, invoice_id=f"{invoice.invoice_id}-U")

    def _invoice(self, tenant: int, period: tuple[date, date], credits: Decimal, money: Decimal, what: str) -> Entry:
        begin, after = period
        return Entry(
            tenant,
            (after - self.population.start).days,
            540,
            "invoice",
            money,
            credits,
            period=period,
            invoice_id=_number(begin, tenant),
            due_on=(after + timedelta(days=DAYS_TO_PAY)).isoformat(),
            description=f"{what} {begin:%B %Y}",
        )

    def _used(self, tenant: int, period: tuple[date, date]) -> Decimal:
        first, last = ((day - self.population.start).days for day in period)
        used = self.spend[tenant, max(first, 0) : last].sum()
        return Decimal(round(float(used) * catalogue.MICRO)) / catalogue.MICRO

    def _date(self, day: int) -> date:
        return self.population.start + timedelta(days=day)


def price_of(credits: Decimal, price: Decimal) -> Decimal:
    """Credits in money, to the hundredth."""
    return (credits * price).quantize(Decimal("0.01"), ROUND_HALF_UP)


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _number(month: date, tenant: int) -> str:
    return f"INV-{month:%Y%m}-{tenant + 1:04d}"
