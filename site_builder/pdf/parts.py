"""Which cards stand in a PDF, in which order and how much of each, by edition."""

from typing import NamedTuple

from site_builder.planning.periods import BILLING, CUSTOM, DAILY, MONTHLY, QUARTERLY, WEEKLY, YEARLY


class Part(NamedTuple):
    """A card in print: its first charts and note unless told otherwise, and its table where `columns` are named.

    `rows` is how many of the table's rows are printed at most, `bars` how many of a ranking's (None: all); `is_wide`
    parts have the page's width to themselves, others stand side by side in twos; optional ones go where the pages do
    not suffice. A part is left out whose card a page does not have, or has nothing to show.
    """

    card: str
    columns: tuple[str, ...] = ()
    rows: int = 8
    has_chart: bool = True
    has_note: bool = True
    is_wide: bool = False
    is_optional: bool = False
    bars: int | None = None


OPENING = "kpis"
_RESTATED = Part("restatement", ("figure", "before", "after", "files"), 6, is_wide=True)
_TREND = Part("credit_trend", is_wide=True)
_ALERTS = Part(
    "alerts", ("alert_date", "severity", "what", "evidence"), 6, has_chart=False, has_note=False, is_wide=True
)
_INVOICES = Part(
    "invoices", ("invoice_id", "invoiced_credits", "metered_credits", "difference_credits", "status"), has_chart=False,
    is_wide=True,
)  # fmt: skip
_ADVICE = Part("recommendations", ("advice", "evidence", "monthly_savings_credits"), 6, has_note=False, is_wide=True)
_MODELS = Part("models", ("model_name", "requests", "credits", "change_pct"), is_wide=True)
_TEAMS = Part("teams", ("team_name", "credits", "credits_share", "change_pct"), has_chart=False)
_USERS = Part("power_users", ("user_name", "requests", "credits", "credits_share"), has_chart=False)
_ITEMS = Part("items", ("item_name", "item_type", "credits", "change_pct"), has_chart=False)
_CHANNELS = Part("breakdown", is_optional=True)
_PROJECTS = Part("projects", is_optional=True)
_TASKS = Part("tasks", is_optional=True)
_TIMES = Part("latency", is_optional=True, bars=6)
_HOURS = Part("heatmap", is_wide=True, is_optional=True)

_WEEK = (
    _RESTATED, _TREND, _ALERTS, _ADVICE._replace(is_optional=True), Part("drivers"), Part("budgets"), _MODELS,
    Part("tiers"), _CHANNELS, _TEAMS, _USERS, _TASKS, _TIMES, _HOURS,
)  # fmt: skip
_MONTH = (
    _RESTATED, _TREND, _ALERTS, _ADVICE, Part("drivers"), Part("budgets"), Part("balance", is_optional=True),
    Part("in_out", is_optional=True), _MODELS, Part("tiers", is_optional=True), _CHANNELS, _TEAMS, _USERS, _PROJECTS,
    _ITEMS._replace(is_optional=True), Part("roi", is_optional=True), _INVOICES, _TASKS, _TIMES, _HOURS,
)  # fmt: skip
EDITIONS = {DAILY: _WEEK, WEEKLY: _WEEK} | dict.fromkeys((MONTHLY, BILLING, QUARTERLY, YEARLY, CUSTOM), _MONTH)
