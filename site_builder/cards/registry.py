"""The cards of a report, in their order on the page."""

from collections.abc import Callable

from site_builder.cards import (
    active_users,
    alerts,
    balance,
    breakdown,
    budgets,
    catalogue,
    credit_trend,
    drivers,
    efficiency,
    heatmap,
    in_out,
    invoices,
    items,
    jobs,
    kpis,
    latency,
    leaderboard,
    margin,
    models,
    phone,
    power_builders,
    power_users,
    projects,
    receivables,
    recommendations,
    roi,
    statement,
    tasks,
    teams,
    tiers,
    top_assistants,
    trainings,
    ttfv,
    users,
)
from site_builder.gather.view import View
from site_builder.pages.elements import Card
from site_builder.planning.periods import CUSTOM, MONTHLY, WEEKLY

Build = Callable[[View], Card]

CARDS: tuple[Build, ...] = (
    kpis.build,
    credit_trend.build,
    alerts.build,
    budgets.build,
    drivers.build,
    models.build,
    tiers.build,
    tasks.build,
    breakdown.build,
    phone.build,
    teams.build,
    projects.build,
    power_users.build,
    users.build,
    efficiency.build,
    heatmap.build,
    latency.build,
    in_out.build,
    balance.build,
    statement.build,
    power_builders.build,
    leaderboard.build,
    items.build,
    top_assistants.build,
    active_users.build,
    ttfv.build,
    trainings.build,
    jobs.build,
)
# Of the editions as whose last date advice is given.
ADVICE_CARDS: tuple[Build, ...] = (recommendations.build,)

# Of the editions that account for a period.
ACCOUNT_CARDS: tuple[Build, ...] = (catalogue.build, invoices.build)

# Of months, at whose end money is counted.
RECEIVABLE_CARDS: tuple[Build, ...] = (receivables.build,)

# Of the publisher's own months: no tenant sees what its use cost and left.
PUBLISHER_CARDS: tuple[Build, ...] = (margin.build,)

# Of months, where it is set what an hour is worth.
VALUE_CARDS: tuple[Build, ...] = (roi.build,)


def cards_of(edition: str, *, is_all: bool = False, has_roi: bool = False) -> tuple[Build, ...]:
    """The usual cards of an edition's reports, for a tenant or for the scope of all."""
    cards = (*CARDS, *ADVICE_CARDS) if edition in (WEEKLY, MONTHLY) else CARDS
    cards = (*cards, *VALUE_CARDS) if has_roi and edition == MONTHLY else cards
    cards = (*cards, *ACCOUNT_CARDS) if edition in (MONTHLY, CUSTOM) else cards
    cards = (*cards, *RECEIVABLE_CARDS) if edition == MONTHLY else cards
    return (*cards, *PUBLISHER_CARDS) if is_all and edition == MONTHLY else cards


def name_of(build: Build) -> str:
    """The name of the card that a function builds: that of its module."""
    return build.__module__.rpartition(".")[2]
