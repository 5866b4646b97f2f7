"""What the page of one item, team or user is made from: rows of the marts over its whole history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from site_builder.files import urls
from site_builder.gather.alerts import Alert
from site_builder.gather.usage import ZERO
from site_builder.planning.periods import Span
from site_builder.planning.scopes import Scope

DAYS = 28
"""How many dates a page is about, up to the scope's as-of date; it is compared with as many before."""


class Day(NamedTuple):
    """The thing's own sums of a local date; `cost_usd` of what is known."""

    usage_date: date
    requests: int
    errors: int
    runs: int
    calls: int
    call_seconds: int
    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_credits: Decimal
    output_credits: Decimal
    credits: Decimal
    cost_usd: Decimal | None
    uncosted_requests: int
    rating_sum: int
    rating_count: int


class Part(NamedTuple):
    """Its sums by what it counts under, too: `dimension` is model, user, team, item, project, task or channel."""

    dimension: str
    key: str
    credits: Decimal
    before_credits: Decimal
    total_credits: Decimal
    requests: int
    errors: int
    runs: int
    total_tokens: int


class Latency(NamedTuple):
    """Milliseconds of successful messages; `window` is now, before or ever, `model_id` None: of all models."""

    window: str
    model_id: str | None
    answers: int
    total_ms: int
    p50_ms: float
    p95_ms: float


class Users(NamedTuple):
    """How many users were active in the last 28 dates, in those before, and ever."""

    now: int
    before: int
    ever: int


class Error(NamedTuple):
    """Failed messages by type and model."""

    error_type: str
    model_id: str
    errors: int
    before_errors: int
    total_errors: int


class Hour(NamedTuple):
    """Sums over the last 28 dates at one local hour."""

    local_hour: int
    requests: int
    credits: Decimal


class Budget(NamedTuple):
    """Its budget of a month, as of the tenant's as-of date."""

    month: str
    budget: Decimal
    used: Decimal
    remaining: Decimal
    used_pct: float
    projected: Decimal
    status: str
    crossed_75_on: date | None
    crossed_90_on: date | None
    crossed_100_on: date | None


class Fact(NamedTuple):
    """What the directory says of it: as many of these as there are."""

    item_type: str | None
    created_by: str | None
    created_on: date | None
    retired_on: date | None
    department: str | None
    team_id: str | None
    role: str | None
    signed_up_on: date | None
    is_inferred: bool


class Member(NamedTuple):
    """A user whom the directory has in the team; `last_active_on` None: never used anything."""

    user_id: str
    user_name: str
    role: str | None
    last_active_on: date | None


@dataclass(frozen=True)
class Entity:
    """One thing that gets a page in a scope; `key` is its id, `kind` one of urls.KINDS."""

    scope: Scope
    kind: str
    tenant_id: str
    key: str
    name: str

    @property
    def folder(self) -> str:
        """Its place in the site."""
        return urls.entity_folder(self.scope.folder, self.kind, self.tenant_id, self.key)

    @property
    def now(self) -> Span:
        """The dates that its page is about."""
        return Span(self.scope.as_of - timedelta(days=DAYS - 1), self.scope.as_of)

    @property
    def before(self) -> Span:
        """The dates that these are compared with, weekday by weekday."""
        return self.now.shifted(-DAYS)

    @property
    def has_past(self) -> bool:
        """Whether the scope has any date to compare with."""
        return self.before.last >= self.scope.first


@dataclass(frozen=True)
class EntityView:
    """A page before it is one. `names`: what ids of the tenant are called, by (kind, id); models by ("model", id)."""

    entity: Entity
    tenant_name: str
    days: tuple[Day, ...] = ()
    parts: tuple[Part, ...] = ()
    latencies: tuple[Latency, ...] = ()
    users: tuple[Users, ...] = ()
    errors: tuple[Error, ...] = ()
    hours: tuple[Hour, ...] = ()
    budgets: tuple[Budget, ...] = ()
    alerts: tuple[Alert, ...] = ()
    facts: tuple[Fact, ...] = ()
    members: tuple[Member, ...] = ()
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def sums(self, span: Span | None = None) -> Day:
        """The sums over a span of dates, None: over all of them; its date is the last one with usage."""
        days = [day for day in self.days if span is None or span.first <= day.usage_date <= span.last]
        return added_up(self.entity.scope.as_of, days)

    def name(self, kind: str, key: str) -> str:
        """What an id is called."""
        return self.names.get((kind, key), key)


def added_up(usage_date: date, days: list[Day]) -> Day:
    """The sums of several dates; a cost is known where one of them is."""
    counts = {
        name: sum(getattr(day, name) for day in days)
        for name in Day._fields
        if name not in ("usage_date", "credits", "input_credits", "output_credits", "cost_usd")
    }
    amounts = {
        name: sum((getattr(day, name) for day in days), ZERO) for name in ("credits", "input_credits", "output_credits")
    }
    costs = [day.cost_usd for day in days if day.cost_usd is not None]
    cost = sum(costs, ZERO) if costs else None
    return Day(**{"usage_date": usage_date, "cost_usd": cost, **counts, **amounts})
