"""Random credit ledgers: few days, few amounts, many ties, so that every corner of the order comes up often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
_AMOUNTS = tuple(map(Decimal, ("0.000001", "0.333333", "1", "2.5", "10", "100.000001", "999999999999.999999")))
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
    """Ledgers of up to ten billing events, ten dates of a model and three job runs, in any order."""
    return st.builds(
        Ledger,
        timezone=st.sampled_from(_ZONES),
        burn_order=st.sampled_from((None, "expiry", "pool", "age")),
        as_of=st.integers(DAYS - 4, DAYS).map(_date),
        events=_several(_event, 9, 14, lambda event: event.billing_id),
        uses=_several(_use, 4, 10, lambda use: (use.usage_date, use.model_id)),
        runs=_several(_run, 7, 4, lambda run: run.job_run_id),
    )


def _several(
    made_of: Callable[[Iterator[int]], Any], size: int, most: int, key: Callable[[Any], Any]
) -> st.SearchStrategy[tuple[Any, ...]]:
    """Up to `most` things, each made of `size` bytes, one for each choice: many times faster than a draw for each."""
    things = st.binary(min_size=size, max_size=size).map(lambda content: made_of(iter(content)))
    few, many = st.lists(things, max_size=most), st.lists(things, min_size=most // 2, max_size=most)
    return (few | many).map(lambda found: tuple({key(thing): thing for thing in found}.values()))


def _one(choices: Sequence[Any], content: Iterator[int]) -> Any:
    return choices[next(content) % len(choices)]


def _date(offset: int) -> date:
    return FIRST_DAY + timedelta(days=offset)


def _moment(content: Iterator[int]) -> datetime:
    return datetime.combine(_date(next(content) % DAYS), _one(_TIMES, content), UTC)


def _event(content: Iterator[int]) -> BillingEvent:
    kind = _one((*_GIVEN, *_GIVEN, *_SIGNED, *_SIGNED, *_SIGNED, *_MONEY), content)
    size, sign = _one(_AMOUNTS, content), next(content) % 5
    if kind in _MONEY:
        credits = size if sign else None
    else:
        credits = size * ((0, 1, 1, 1, 1) if kind in _GIVEN else (0, -1, 1, -1, -1))[sign]
    lasts = next(content) % (DAYS + 6)
    return BillingEvent(
        billing_id=_one(("b1", "b10", "b2", "B2", "ä", "b3", "b4", "b5", "b6", "b7"), content),
        occurred_at=_moment(content),
        kind=kind,
        credits=credits,
        pool=_one((None, None, *POOLS), content),
        amount=(None, Decimal(0), Decimal("-3.42"), Decimal("0.01"), Decimal("19.99"))[sign],
        expires_on=_date(lasts - 4) if lasts else None,
        priority=_one((None, None, None, 1, 2, -1), content),
    )


def _use(content: Iterator[int]) -> Use:
    return Use(
        usage_date=_date(next(content) % (DAYS + 1)),
        model_id=_one(("m1", "M2", "(none)"), content),
        requests=_one((1, 0, 3), content),
        credits=_one((*_AMOUNTS, Decimal(0)), content),
    )


def _run(content: Iterator[int]) -> JobRun:
    return JobRun(
        job_run_id=_one(("r1", "r2", "r3"), content),
        job_id=_one(("m1", "sync"), content),
        started_at=_moment(content),
        status=_one(("success", "error", "running"), content),
        credits=_one((None, Decimal("0.000001"), Decimal("2.5")), content),
        quantity=Decimal("1.5"),
        price=_one((Decimal("0.333333"), None), content),
    )
