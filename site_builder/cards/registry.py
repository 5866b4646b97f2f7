"""The cards of a report, in their order on the page."""

from collections.abc import Callable

from site_builder.cards import (
    active_users,
    breakdown,
    credit_trend,
    heatmap,
    in_out,
    kpis,
    leaderboard,
    models,
    power_builders,
    power_users,
    teams,
)
from site_builder.pages import Card
from site_builder.view import View

CARDS: tuple[Callable[[View], Card], ...] = (
    kpis.build,
    credit_trend.build,
    models.build,
    breakdown.build,
    teams.build,
    power_users.build,
    heatmap.build,
    in_out.build,
    power_builders.build,
    leaderboard.build,
    active_users.build,
)
