"""What one report is made from: rows of the marts, already added up over the report's period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from site_builder.configuration.roi import Roi
from site_builder.gather.advice import Outcome, Recommendation
from site_builder.gather.alerts import Alert, Budget
from site_builder.gather.billing import BillingPeriod
from site_builder.gather.catalogue import Offer
from site_builder.gather.causes import Runaway, RunawayPart, Use
from site_builder.gather.closing import Late
from site_builder.gather.errors import Failure
from site_builder.gather.flows import Flow
from site_builder.gather.invoices import Invoice
from site_builder.gather.items import Item
from site_builder.gather.jobs import Job, JobRun
from site_builder.gather.latency import Latency
from site_builder.gather.ledger import DayBalance, Entry, PoolMove, Terms
from site_builder.gather.margin import Margin
from site_builder.gather.models import CacheSaving, Meter, Model
from site_builder.gather.onboarding import Activation, Training
from site_builder.gather.people import Builder, Team, User
from site_builder.gather.presence import Cohort, Learner, Person, Presence
from site_builder.gather.receivables import Receivable
from site_builder.gather.shares import IdleItem, ItemUse, ModelUse, Project, Tier
from site_builder.gather.spend import LineSpend, Spend, currency_of
from site_builder.gather.tags import TagShare, TagUse
from site_builder.gather.tenants import TenantUse
from site_builder.gather.usage import NO_TOTALS, ZERO, Channel, Day, Hour, Totals
from site_builder.gather.work import NOBODY, Actives, Calls, Inventory, ModelRating, Task, TaskSpend, UserUse
from site_builder.planning.periods import Period, Span
from site_builder.planning.scopes import Scope


@dataclass(frozen=True)
class Slice:
    """Everything known about one span of one scope; lists are in the order they are shown."""

    totals: Totals = NO_TOTALS
    active_users: int = 0
    hours: tuple[Hour, ...] = ()
    channels: tuple[Channel, ...] = ()
    models: tuple[Model, ...] = ()
    meters: tuple[Meter, ...] = ()
    cache_savings: tuple[CacheSaving, ...] = ()
    teams: tuple[Team, ...] = ()
    users: tuple[User, ...] = ()
    builders: tuple[Builder, ...] = ()
    items: tuple[Item, ...] = ()
    flows: tuple[Flow, ...] = ()
    tags: tuple[TagUse, ...] = ()
    tag_shares: tuple[TagShare, ...] = ()
    tiers: tuple[Tier, ...] = ()
    projects: tuple[Project, ...] = ()
    item_uses: tuple[ItemUse, ...] = ()
    model_uses: tuple[ModelUse, ...] = ()
    idle_items: tuple[IdleItem, ...] = ()
    late: tuple[Late, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    margins: tuple[Margin, ...] = ()
    receivables: tuple[Receivable, ...] = ()
    budgets: tuple[Budget, ...] = ()
    alerts: tuple[Alert, ...] = ()
    pools: tuple[PoolMove, ...] = ()
    day_balances: tuple[DayBalance, ...] = ()
    entries: tuple[Entry, ...] = ()
    terms: tuple[Terms, ...] = ()
    billing_periods: tuple[BillingPeriod, ...] = ()
    activations: tuple[Activation, ...] = ()
    trainings: tuple[Training, ...] = ()
    jobs: tuple[Job, ...] = ()
    job_runs: tuple[JobRun, ...] = ()
    people: tuple[Person, ...] = ()
    presences: tuple[Presence, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    learners: tuple[Learner, ...] = ()
    tasks: tuple[Task, ...] = ()
    task_spends: tuple[TaskSpend, ...] = ()
    user_uses: tuple[UserUse, ...] = ()
    model_ratings: tuple[ModelRating, ...] = ()
    failures: tuple[Failure, ...] = ()
    latencies: tuple[Latency, ...] = ()
    calls: tuple[Calls, ...] = ()
    inventory: tuple[Inventory, ...] = ()
    actives: tuple[Actives, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    offers: tuple[Offer, ...] = ()
    uses: tuple[Use, ...] = ()
    runaways: tuple[Runaway, ...] = ()
    runaway_parts: tuple[RunawayPart, ...] = ()
    spends: tuple[Spend, ...] = ()
    line_spends: tuple[LineSpend, ...] = ()
    tenant_uses: tuple[TenantUse, ...] = ()

    @property
    def known_users(self) -> tuple[UserUse, ...]:
        """The users that usage names, without the row of what names none."""
        return tuple(user for user in self.user_uses if user.user_id != NOBODY)


@dataclass(frozen=True)
class View:
    """A report before it is a page: its scope, period, the period compared with, and both periods' numbers.

    `days` holds every date of the scope's tenants; `tenant_names` the names of the scope's tenants by id; `is_closed`:
    the months it lies in are closed, its figures stand; `roi`: what time saved is worth, where that is set;
    `shows_cost`: its readers may see what use cost the publisher at providers.
    """

    scope: Scope
    period: Period
    before: Span
    now: Slice
    past: Slice
    days: Mapping[date, Day]
    tenant_names: Mapping[str, str]
    is_closed: bool = False
    roi: Roi | None = None
    shows_cost: bool = True

    @property
    def is_empty(self) -> bool:
        """True if nothing at all was used in the period."""
        totals = self.now.totals
        return not (totals.requests or totals.runs or totals.calls or totals.credits or totals.total_tokens)

    @property
    def currency(self) -> str | None:
        """The one currency in which the report tells what use cost; None where nothing is known of it."""
        return currency_of([*self.now.spends, *self.past.spends])

    @property
    def has_past(self) -> bool:
        """True if the period compared with holds any date since the scope's first usage."""
        return self.before.last >= self.scope.first

    def day(self, usage_date: date) -> Day:
        """The scope's numbers of a date; zeros where the marts have none."""
        return self.days.get(usage_date) or Day(usage_date, 0, ZERO, 0, 0)
