"""The cards of a report, in their order on the page."""

from collections.abc import Callable

from site_builder.cards import (
    active_users,
    alerts,
    balance,
    breakdown,
    budgets,
    catalogue,
    causes,
    credit_trend,
    drivers,
    efficiency,
    errors,
    forecast,
    heatmap,
    in_out,
    invoices,
    items,
    job_runs,
    jobs,
    kpis,
    latency,
    leaderboard,
    learners,
    margin,
    models,
    people,
    phone,
    power_builders,
    power_users,
    projects,
    receivables,
    recommendations,
    retention,
    roi,
    statement,
    tags,
    tasks,
    teams,
    tenants,
    tiers,
    top_assistants,
    trainings,
    ttfv,
    unit_costs,
    users,
    work_efficiency,
)
from site_builder.gather.view import View
from site_builder.pages.elements import Card
from site_builder.planning.periods import BILLING, CUSTOM, DAILY, MONTHLY, QUARTERLY, WEEKLY, YEARLY

Build = Callable[[View], Card]

CARDS: tuple[Build, ...] = (
    kpis.build,
    credit_trend.build,
    alerts.build,
    budgets.build,
    drivers.build,
    causes.build,
    models.build,
    tiers.build,
    tasks.build,
    breakdown.build,
    phone.build,
    teams.build,
    projects.build,
    tags.build,
    power_users.build,
    users.build,
    efficiency.build,
    heatmap.build,
    latency.build,
    errors.build,
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
    job_runs.build,
)
# Of more than a day, within which nobody comes, stays away or leaves.
PEOPLE_CARDS: tuple[Build, ...] = (people.build, retention.build, learners.build)

# Of more than a day, whose few runs and successes tell no price.
EFFICIENCY_CARDS: tuple[Build, ...] = (work_efficiency.build,)
# Of the editions as whose last date advice is given.
ADVICE_CARDS: tuple[Build, ...] = (recommendations.build, forecast.build, unit_costs.build)

# Of the editions that account for a period.
ACCOUNT_CARDS: tuple[Build, ...] = (catalogue.build, invoices.build)

# Of months, at whose end money is counted.
RECEIVABLE_CARDS: tuple[Build, ...] = (receivables.build,)

# Of all tenants together, first of all.
TENANT_CARDS: tuple[Build, ...] = (tenants.build,)

# Of the publisher's own months: no tenant sees what its use cost and left.
PUBLISHER_CARDS: tuple[Build, ...] = (margin.build,)

# Of months and longer periods, where it is set what an hour is worth.
VALUE_CARDS: tuple[Build, ...] = (roi.build,)

VALUED = (MONTHLY, BILLING, QUARTERLY, YEARLY)
ADVISED = (WEEKLY, MONTHLY, QUARTERLY, YEARLY)
ACCOUNTED = (MONTHLY, BILLING, QUARTERLY, YEARLY, CUSTOM)


def cards_of(edition: str, *, is_all: bool = False, has_roi: bool = False) -> tuple[Build, ...]:
    """The usual cards of an edition's reports, for a tenant or for the scope of all."""
    cards = CARDS if edition == DAILY else (*CARDS, *EFFICIENCY_CARDS, *PEOPLE_CARDS)
    cards = (*cards, *ADVICE_CARDS) if edition in ADVISED else cards
    cards = (*cards, *VALUE_CARDS) if has_roi and edition in VALUED else cards
    cards = (*cards, *ACCOUNT_CARDS) if edition in ACCOUNTED else cards
    cards = (*cards, *RECEIVABLE_CARDS) if edition == MONTHLY else cards
    cards = (*cards, *PUBLISHER_CARDS) if is_all and edition == MONTHLY else cards
    # The key figures open every report.
    return (cards[0], *TENANT_CARDS, *cards[1:]) if is_all else cards


def name_of(build: Build) -> str:
    """The name of the card that a function builds: that of its module."""
    return build.__module__.rpartition(".")[2]


# What a page opens with, in this order; then its sections, each with its cards in the order above.
OPENING: tuple[str, ...] = ("restatement", "kpis", "tenants", "alerts", "recommendations")
MONEY, USAGE, PEOPLE, QUALITY = "Money", "Usage", "People", "Quality"
SECTIONS = (MONEY, USAGE, PEOPLE, QUALITY)

# By a card's name; a card that is not named here stands in USUAL_SECTION.
USUAL_SECTION = USAGE
SECTION_OF: dict[str, str] = {
    **dict.fromkeys(
        (
            "drivers",
            "causes",
            "forecast",
            "budgets",
            "in_out",
            "balance",
            "unit_costs",
            "statement",
            "invoices",
            "receivables",
            "margin",
            "roi",
        ),
        MONEY,
    ),
    **dict.fromkeys(
        (
            "teams",
            "power_users",
            "users",
            "power_builders",
            "active_users",
            "people",
            "retention",
            "ttfv",
            "trainings",
            "learners",
        ),
        PEOPLE,
    ),
    **dict.fromkeys(("efficiency", "work_efficiency", "latency", "errors", "jobs", "job_runs"), QUALITY),
}


def section_of(name: str) -> str:
    """The section of a page in which a card stands; "" for what the page opens with."""
    return "" if name in OPENING else SECTION_OF.get(name, USUAL_SECTION)
