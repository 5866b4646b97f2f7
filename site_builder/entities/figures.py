"""Cards of the key figures of one thing, and of how it went on, by day and by month."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from site_builder.charts.specs import Bar, Bars, Spark
from site_builder.entities.view import Day, Entity, EntityView, added_up
from site_builder.gather.usage import ZERO
from site_builder.pages.elements import Card, Change, Column, Key, Panel, Table, Tile, Value
from site_builder.planning import periods
from site_builder.words import formats, phrases

MONTHS_SHOWN = 13
_DAY_COLUMNS = (
    Column("usage_date", "Date"), Column("credits", "Credits", "amount"), Column("requests", "Messages", "int"),
    Column("errors", "Failed", "int"), Column("runs", "Runs", "int", data_only=True),
    Column("total_tokens", "Tokens", "int", data_only=True),
    Column("calls", "Calls", "int", data_only=True), Column("input_credits", "Input credits", "amount", data_only=True),
    Column("output_credits", "Output credits", "amount", data_only=True),
    Column("input_tokens", "Input tokens", "int", data_only=True),
    Column("output_tokens", "Output tokens", "int", data_only=True),
    Column("call_seconds", "Phone time (s)", "int", data_only=True),
    Column("rating_sum", "Ratings, added up", "int", data_only=True),
    Column("rating_count", "Ratings", "int", data_only=True),
)  # fmt: skip
_COST = Column("cost_usd", "Known cost (USD)", "usd")
Figure = tuple[str, str, Value, Value, Value]
"""Name, label, and values of the last 28 dates, of those before, and of all time."""


def about(entity: Entity) -> str:
    """The dates that a card is about, and their time zone."""
    return f"{periods.range_text(entity.now)} · {entity.scope.zone}"


def figures(view: EntityView) -> list[Figure]:
    """The key figures, exact; without those that this thing never has."""
    entity = view.entity
    now, before, ever = view.sums(entity.now), view.sums(entity.before), view.sums()
    sums = (now, before, ever)
    found: list[Figure] = [
        _figure("credits", "Credits", [part.credits for part in sums]),
        _figure("requests", "Messages", [part.requests for part in sums]),
        _figure("errors", "Failed messages", [part.errors for part in sums]),
        _figure("success_rate", "Success rate", [_success(part) for part in sums]),
    ]
    if entity.kind != "user":
        found.append(_figure("active_users", "Active users", view.users[0] if view.users else (0, 0, 0)))
    occasional = (("runs", "Runs"), ("calls", "Calls"), ("call_seconds", "Phone time (s)"))
    tokens = (("total_tokens", "Tokens"), ("input_tokens", "Input tokens"), ("output_tokens", "Output tokens"))
    for name, label in (*((name, label) for name, label in occasional if getattr(ever, name)), *tokens):
        found.append(_figure(name, label, [getattr(part, name) for part in sums]))
    per_message = [phrases.per_unit(part.credits, part.requests) for part in sums]
    found.append(_figure("credits_per_request", "Credits per message", per_message))
    if ever.rating_count:
        ratings = [phrases.per_unit(part.rating_sum, part.rating_count) for part in sums]
        found.append(_figure("avg_rating", "Rating (1 to 5)", ratings))
    found += _response_times(view)
    if entity.scope.is_all:
        found.append(_figure("cost_usd", "Known cost (USD)", [part.cost_usd for part in sums]))
    return found


def _figure(name: str, label: str, values: Sequence[Value]) -> Figure:
    now, before, ever = values
    return name, label, now, before, ever


def _response_times(view: EntityView) -> list[Figure]:
    found = {latency.window: latency for latency in view.latencies if latency.model_id is None}
    windows = [found.get(window) for window in ("now", "before", "ever")]
    medians = [latency and Decimal(str(latency.p50_ms)) for latency in windows]
    slow = [latency and Decimal(str(latency.p95_ms)) for latency in windows]
    figures = [_figure("p50_ms", "Response time, median", medians), _figure("p95_ms", "Response time, p95", slow)]
    return figures if found else []


def kpis(view: EntityView) -> Card:
    """The key figures of 28 dates, each with those before and with all time."""
    entity = view.entity
    found = figures(view)
    rows = [(name, now, before, _change(entity, name, now, before).pct, ever) for name, _, now, before, ever in found]
    columns = (
        Column("figure", "Figure", "figure"), Column("value", "28 days", "mixed"),
        Column("previous", "28 days before", "mixed"), Column("change_pct", "Change", "pct"),
        Column("all_time", "All time", "mixed"),
    )  # fmt: skip
    trend = [day.credits for day in _each_date(view, entity.now.first, entity.now.last)]
    tiles = [
        Tile(label, _shown(name, now), f"{_shown(name, ever)} in all", _change(entity, name, now, before),
             Spark(trend) if name == "credits" else None)
        for name, label, now, before, ever in found
    ]  # fmt: skip
    return Card(
        name="kpis",
        subject="Key figures",
        title=f"28 days to {periods.short_date(entity.scope.as_of)}",
        about=f"{about(entity)}. Compared with {periods.range_text(entity.before)}.",
        table=Table(columns, rows),
        definition="The 28 dates up to the as-of date, compared with the 28 before, so that weekdays stand opposite "
        "each other. Response times are of successful messages whose event names one. A rate of nothing is a dash.",
        tiles=tiles,
        is_wide=True,
    )


def credit_trend(view: EntityView) -> Card:
    """Credits of each of 28 dates, against those before; the table has every date since the first."""
    entity = view.entity
    first = min([entity.now.first, *(day.usage_date for day in view.days)])
    days = _each_date(view, first, entity.now.last)
    ghosts = {day.usage_date + timedelta(days=28): day.credits for day in _each_date(view, *_ends(entity.before))}
    runaway = {alert.last_date for alert in view.alerts if alert.kind == "runaway_item"}
    shown = days[-28:]
    bars = [
        Bar(periods.axis_date(day.usage_date), day.credits, ghosts.get(day.usage_date), day.usage_date in runaway)
        for day in shown
    ]
    columns = (*_DAY_COLUMNS, _COST) if entity.scope.is_all else _DAY_COLUMNS
    highest = max(shown, key=lambda day: day.credits)
    title = (
        f"Most credits on {periods.short_date(highest.usage_date)}: {formats.amount(highest.credits)}"
        if highest.credits
        else "No credits in these dates"
    )
    legend = [Key("c1", "28 days"), Key("ghost", "28 days before")]
    marked = any(bar.is_marked for bar in bars)
    return Card(
        name="credit_trend",
        subject="Credits by day",
        title=title,
        about=about(entity),
        table=Table(columns, _values(days, columns)),
        definition="Credits by local date. Behind each date stands the one 28 days earlier. The CSV has every date "
        "since the first use, with more columns.",
        panels=[Panel("", [Bars("Credits by day", f"28 dates. {title}.", "credits", bars)])],
        legend=[*legend, Key("mark", "runaway day")] if marked else legend,
        page_table=Table(columns, _values(shown[::-1], columns)),
        is_wide=True,
        is_empty=not highest.credits and not any(ghosts.values()),
    )


def months(view: EntityView) -> Card:
    """Every calendar month since the first use."""
    entity = view.entity
    by_month = [
        added_up(month, list(days)) for month, days in groupby(view.days, key=lambda day: day.usage_date.replace(day=1))
    ]
    known = {sums.usage_date: sums for sums in by_month}
    sums = [known.get(month) or added_up(month, []) for month in _months(view)]
    columns = (
        Column("month", "Month"), *_DAY_COLUMNS[1:], Column("success_rate", "Success", "ratio"),
        *([_COST] if entity.scope.is_all else []),
    )  # fmt: skip
    rows = [
        (f"{month.usage_date:%Y-%m}", *_value_row(month, _DAY_COLUMNS[1:]), _success(month),
         *([month.cost_usd] if entity.scope.is_all else []))
        for month in sums
    ]  # fmt: skip
    bars = [Bar(periods.axis_month(month.usage_date), month.credits) for month in sums[-MONTHS_SHOWN:]]
    whole = sum((month.credits for month in sums), ZERO)
    title = f"{formats.amount(whole)} credits in {formats.plural(len(sums), 'month')}"
    return Card(
        name="months",
        subject="Months",
        title=title,
        about=f"Since the first use, to {periods.short_date(entity.scope.as_of)} · {entity.scope.zone}",
        table=Table(columns, rows),
        definition="Calendar months; the last one runs to the as-of date.",
        panels=[Panel("", [Bars("Credits by month", f"{title}.", "credits", bars)])] if whole else (),
        page_table=Table(columns, rows[::-1][:MONTHS_SHOWN]),
        is_empty=not whole,
    )


def _months(view: EntityView) -> list[date]:
    found, last = [], view.entity.scope.as_of
    month = min([last, *(day.usage_date for day in view.days)]).replace(day=1)
    while month <= last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _ends(span: periods.Span) -> tuple[date, date]:
    return span.first, span.last


def _each_date(view: EntityView, first: date, last: date) -> list[Day]:
    """Every date of a range, without usage too."""
    known = {day.usage_date: day for day in view.days}
    dates = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [known.get(day) or added_up(day, []) for day in dates]


def _values(days: Sequence[Day], columns: Sequence[Column]) -> list[tuple[Value, ...]]:
    return [_value_row(day, columns) for day in days]


def _value_row(day: Day, columns: Sequence[Column]) -> tuple[Value, ...]:
    return tuple(getattr(day, column.name) for column in columns)


def _success(sums: Day) -> float | None:
    return 1 - sums.errors / sums.requests if sums.requests else None


def _change(entity: Entity, name: str, now: Value, before: Value) -> Change:
    if name == "success_rate" and isinstance(now, float) and isinstance(before, float) and entity.has_past:
        return phrases.points(now, before)
    assert not isinstance(now, str | date) and not isinstance(before, str | date)
    return phrases.change_of(now, before, has_past=entity.has_past)


def _shown(name: str, value: Value) -> str:
    if value is None:
        return formats.NONE_TEXT
    if name.endswith("_ms") and isinstance(value, Decimal):
        return formats.milliseconds(float(value))
    if isinstance(value, float):
        return formats.percent(100 * value)
    if name == "call_seconds" and isinstance(value, int):
        return formats.duration(value)
    if isinstance(value, Decimal):
        return formats.amount(value)
    return formats.compact(value) if isinstance(value, int) else str(value)
