"""A credit ledger kept the slow way, lot by lot, day by day and line by line, to judge the one computed in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ledger_cases import BillingEvent, JobRun, Ledger

OVERDRAFT = "overdraft"
ALL_POOLS = ("plan", "promo", "topup", OVERDRAFT)
_ZERO = Decimal(0)
_MICRO = Decimal("0.000001")
_GRANTED_TO = {"plan_grant": "plan", "promo_grant": "promo"}


class DayOfPool(NamedTuple):
    """A row of the balance."""

    opening: Decimal
    granted: Decimal
    spent: Decimal
    withdrawn: Decimal
    expired: Decimal
    closing: Decimal


class Line(NamedTuple):
    """A line of the statement; `origin` is the billing event, model or job."""

    entry_date: date
    entry_type: str
    pool: str
    origin: str
    quantity: Decimal | None
    unit_price: Decimal | None
    credits: Decimal
    amount: Decimal | None
    balance_after: Decimal


class Origin(NamedTuple):
    """What a line stands for, shown on the first line of each only."""

    name: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None


@dataclass
class Lot:
    """Credits granted at once, and what is left of them."""

    event: BillingEvent
    pool: str
    left: Decimal


class Book:
    """The tenant's account: walk through the dates with `day`, then read `balance` and `lines`."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.lots: list[Lot] = []
        self.debt = _ZERO
        self.moved: dict[tuple[str, str], Decimal] = defaultdict(lambda: _ZERO)
        self.balance: dict[tuple[date, str], DayOfPool] = {}
        self.lines: list[Line] = []

    def day(self, today: date) -> None:
        """Everything that happens on one local date, in its order."""
        before = {pool: self._standing(pool) for pool in ALL_POOLS}
        self.moved.clear()
        events = sorted(self._events_of(today), key=lambda event: (event.occurred_at, event.billing_id))
        for lot in sorted(self.lots, key=lambda lot: (lot.event.occurred_at, lot.event.billing_id)):
            self._expire_if_over(lot, today)
        for event in events:
            if event.kind not in ("invoice", "payment") and event.credits >= 0:
                self._arrive(event, today)
        for event in events:
            if event.kind not in ("invoice", "payment") and event.credits < 0:
                self._take(-event.credits, "withdrawal", _of_event(event), today, first_pool=event.pool)
        for name, units, credits in self._used_on(today):
            price = _rounded(credits / units) if units else None
            self._take(credits, "spend", Origin(name, Decimal(units), price), today)
        for event in events:
            if event.kind in ("invoice", "payment"):
                self._write(today, event.kind, "(none)", _of_event(event), _ZERO)
        for pool in ALL_POOLS:
            figures = [self.moved[pool, figure] for figure in ("grant", "spend", "withdrawal", "expiry")]
            self.balance[today, pool] = DayOfPool(before[pool], *figures, self._standing(pool))

    def _arrive(self, event: BillingEvent, today: date) -> None:
        pool = event.pool or _GRANTED_TO.get(event.kind, "topup")
        is_late = event.expires_on is not None and event.expires_on < today
        pays_off = _ZERO if is_late else min(self.debt, event.credits)
        self.debt -= pays_off
        lot = Lot(event, pool, event.credits - pays_off)
        self.lots.append(lot)
        origin = _of_event(event)
        if pays_off:
            self._move(today, "grant", OVERDRAFT, origin, pays_off)
            origin = Origin(origin.name)
        if lot.left or not pays_off:
            self._move(today, "grant", pool, origin, lot.left)
        self._expire_if_over(lot, today)

    def _expire_if_over(self, lot: Lot, today: date) -> None:
        if lot.left and lot.event.expires_on and lot.event.expires_on < today:
            gone, lot.left = lot.left, _ZERO
            self._move(today, "expiry", lot.pool, Origin(lot.event.billing_id), gone)

    def _take(
        self, credits: Decimal, entry_type: str, origin: Origin, today: date, first_pool: str | None = None
    ) -> None:
        from_pools: dict[str, Decimal] = {}
        in_order = sorted(self.lots, key=self._burn_key)
        for lot in sorted(in_order, key=lambda lot: first_pool is not None and lot.pool != first_pool):
            part = min(lot.left, credits)
            if part:
                lot.left -= part
                credits -= part
                from_pools[lot.pool] = from_pools.get(lot.pool, _ZERO) + part
        if credits:
            self.debt += credits
            from_pools[OVERDRAFT] = credits
        for pool, part in from_pools.items():
            self._move(today, entry_type, pool, origin, part)
            origin = Origin(origin.name)

    def _burn_key(self, lot: Lot) -> tuple:
        event = lot.event
        given = (0, event.priority) if event.priority is not None else (1, 0)
        expiry, pool = event.expires_on or date.max, ALL_POOLS.index(lot.pool)
        age = (event.occurred_at, event.billing_id)
        order = self.ledger.burn_order or "expiry"
        return given, {"expiry": (expiry, pool, age), "pool": (pool, expiry, age), "age": age}[order]

    def _move(self, today: date, entry_type: str, pool: str, origin: Origin, credits: Decimal) -> None:
        self.moved[pool, entry_type] += credits
        self._write(today, entry_type, pool, origin, credits if entry_type == "grant" else -credits)

    def _write(self, today: date, entry_type: str, pool: str, origin: Origin, credits: Decimal) -> None:
        balance = (self.lines[-1].balance_after if self.lines else _ZERO) + credits
        name, quantity, price, amount = origin
        self.lines.append(Line(today, entry_type, pool, name, quantity, price, credits, amount, balance))

    def _standing(self, pool: str) -> Decimal:
        return -self.debt if pool == OVERDRAFT else sum((lot.left for lot in self.lots if lot.pool == pool), _ZERO)

    def _events_of(self, today: date) -> list[BillingEvent]:
        return [event for event in self.ledger.events if local_date(self.ledger, event.occurred_at) == today]

    def _used_on(self, today: date) -> Iterator[tuple[str, int, Decimal]]:
        for use in sorted(self.ledger.uses, key=lambda use: use.model_id):
            if use.usage_date == today and use.credits:
                yield use.model_id, use.requests, use.credits
        runs = [run for run in self.ledger.runs if local_date(self.ledger, run.started_at) == today]
        runs = [run for run in runs if job_credits(run)]
        for job_id in sorted({run.job_id for run in runs}):
            mine = [run for run in runs if run.job_id == job_id]
            yield job_id, len(mine), sum(map(job_credits, mine), _ZERO)


def simulate(ledger: Ledger) -> Book:
    """Keep the tenant's book from the first thing that happened to the as-of date."""
    book = Book(ledger)
    dates = [local_date(ledger, event.occurred_at) for event in ledger.events]
    dates += [local_date(ledger, run.started_at) for run in ledger.runs]
    dates += [use.usage_date for use in ledger.uses]
    today = min(dates, default=date.max)
    while today <= ledger.as_of:
        book.day(today)
        today += timedelta(days=1)
    return book


def local_date(ledger: Ledger, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(ledger.timezone)).date()


def job_credits(run: JobRun) -> Decimal:
    if run.credits is not None:
        return run.credits
    if run.status == "success" and run.quantity is not None and run.price is not None:
        return _rounded(run.quantity * run.price)
    return _ZERO


def _of_event(event: BillingEvent) -> Origin:
    is_priced = event.amount is not None and event.credits
    price = _rounded(abs(event.amount) / abs(event.credits)) if is_priced else None
    return Origin(event.billing_id, None if event.credits is None else abs(event.credits), price, event.amount)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_MICRO, ROUND_HALF_UP)
