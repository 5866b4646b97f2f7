"""Random credit ledgers: few days, few amounts, many ties, so that every corner of the order comes up often."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

FIRST_DAY = date(2026, 10, 22)  # clocks go back in Berlin on the 25th
DAYS = 11
POOLS = ("plan", "promo", "topup")
_ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Apia")
_TIMES = (time(0), time(3, 30), time(12), time(18, 15), time(23, 59, 59, 999_999))
_AMOUNTS = tuple(map(Decimal, ("0.000001", "0.333333", "1", "2.5", "2.5", "4", "10", "10.000001")))
_LARGEST = Decimal("999999999999.999999")
_GIVEN = ("plan_grant", "topup", "auto_recharge", "promo_grant")
_SIGNED = ("refund", "adjustment")
_MONEY = ("invoice", "payment")


@dataclass(frozen=True)
class BillingEvent:
    """A billing event; the times of all events are UTC, `credits` None of some invoices and payments."""

    billing_id: str
    occurred_at: datetime
    kind: str
    credits: Decimal | None
    pool: str | None
    amount: Decimal | None
    expires_on: date | None
    priority: int | None


@dataclass(frozen=True)
class Use:
    """What one model took on one local date; `requests` may be 0."""

    usage_date: date
    model_id: str
    requests: int
    credits: Decimal


@dataclass(frozen=True)
class JobRun:
    """A run of a job, with `credits` as given, or on success `quantity` × `price`."""

    job_run_id: str
    job_id: str
    started_at: datetime
    status: str
    credits: Decimal | None
    quantity: Decimal | None
    price: Decimal | None


@dataclass(frozen=True)
class Ledger:
    """Everything that happened to one tenant; `burn_order` None where the directory says nothing."""

    timezone: str
    burn_order: str | None
    as_of: date
    events: tuple[BillingEvent, ...]
    uses: tuple[Use, ...]
    runs: tuple[JobRun, ...]


def ledgers() -> st.SearchStrategy[Ledger]:
    """Ledgers of up to ten billing events, a dozen dates of a model and three job runs, in any order."""
    return st.builds(
        Ledger,
        timezone=st.sampled_from(_ZONES),
        burn_order=st.sampled_from((None, "expiry", "pool", "age")),
        as_of=st.integers(DAYS - 4, DAYS).map(_date),
        events=_several(_event, 16, lambda event: event.billing_id),
        uses=_several(_use, 14, lambda use: (use.usage_date, use.model_id)),
        runs=_several(_run, 4, lambda run: run.job_run_id),
    )


def _several(
    made_by: Callable[[random.Random], Any], most: int, key: Callable[[Any], Any]
) -> st.SearchStrategy[tuple[Any, ...]]:
    """Up to `most` things, each a number in a catalogue of random ones: far faster than a draw for each field."""
    numbers = st.integers(0, 999_999)
    few, many = st.lists(numbers, max_size=most), st.lists(numbers, min_size=most // 2, max_size=most)

    def made(found: list[int]) -> tuple[Any, ...]:
        things = [made_by(random.Random(number)) for number in found]
        return tuple({key(thing): thing for thing in things}.values())

    return (few | many | many | many).map(made)


def _date(offset: int) -> date:
    return FIRST_DAY + timedelta(days=offset)


def _moment(pick: random.Random) -> datetime:
    return datetime.combine(_date(pick.randrange(DAYS)), pick.choice(_TIMES), UTC)


def _amount(pick: random.Random) -> Decimal:
    return pick.choice(_AMOUNTS) if pick.random() < 0.99 else _LARGEST


def _event(pick: random.Random) -> BillingEvent:
    kind = pick.choice((*_GIVEN, *_GIVEN, *_SIGNED, *_SIGNED, *_MONEY))
    signs = (0, None) if kind in _MONEY else (0, *[1] * 12) if kind in _GIVEN else (0, 1, 1, 1, -1, -1, -1, -1, -1)
    sign = pick.choice(signs)
    return BillingEvent(
        billing_id=pick.choice(("b1", "b10", "b2", "B2", "ä", "b3", "b4", "b5", "b6", "b7")),
        occurred_at=_moment(pick),
        kind=kind,
        credits=None if sign is None else sign * _amount(pick),
        pool=pick.choice((None, None, *POOLS)),
        amount=pick.choice((None, Decimal(0), Decimal("-3.42"), Decimal("0.01"), Decimal("19.99"))),
        expires_on=None if pick.random() < 0.3 else _date(pick.randrange(-2, DAYS + 2)),
        priority=pick.choice((*[None] * 8, 1, 2, -1)),
    )


def _use(pick: random.Random) -> Use:
    return Use(
        usage_date=_date(pick.randrange(DAYS + 1)),
        model_id=pick.choice(("m1", "M2", "(none)")),
        requests=pick.choice((0, 1, 3)),
        credits=pick.choice((Decimal(0), *[_amount(pick)] * 9)),
    )


def _run(pick: random.Random) -> JobRun:
    return JobRun(
        job_run_id=pick.choice(("r1", "r2", "r3")),
        job_id=pick.choice(("m1", "sync")),
        started_at=_moment(pick),
        status=pick.choice(("success", "error", "running")),
        credits=pick.choice((None, Decimal("0.000001"), Decimal("2.5"))),
        quantity=pick.choice((None, Decimal("1.5"))),
        price=pick.choice((None, Decimal("0.333333"))),
    )
