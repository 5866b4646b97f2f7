"""The cards of a report, in their order on the page."""

from collections.abc import Callable

from site_builder.cards import (
    active_users,
    breakdown,
    credit_trend,
    heatmap,
    in_out,
    items,
    kpis,
    leaderboard,
    models,
    power_builders,
    power_users,
    projects,
    teams,
    tiers,
)
from site_builder.pages import Card
from site_builder.view import View

CARDS: tuple[Callable[[View], Card], ...] = (
    kpis.build,
    credit_trend.build,
    models.build,
    tiers.build,
    breakdown.build,
    teams.build,
    projects.build,
    power_users.build,
    heatmap.build,
    in_out.build,
    power_builders.build,
    leaderboard.build,
    items.build,
    active_users.build,
)
