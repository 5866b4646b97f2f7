"""How long answers took: average, median, p95 and p99, by model, date, user, hour and part of the week."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from site_builder.cards import axes
from site_builder.charts.specs import Bar, Bars, Rank, Ranking
from site_builder.gather.latency import ALL, HOUR, MODEL, TIME, USER, Latency
from site_builder.gather.models import Model
from site_builder.gather.rows import DATE, MONTH
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table, Value
from site_builder.words import formats, phrases

NAME = "latency"
CHART_ROWS = 8
# All models that a platform has; a bar for each of hundreds would be no chart.
MOST_MODELS = 40
# Below it the fastest or slowest model would be one by chance.
FEWEST_ANSWERS = 10
RANKED_USERS = 20
_ORDER = (ALL, TIME, HOUR, DATE, MONTH, MODEL, USER)
_TIMES = {"peak": "Peak", "off_peak": "Off-peak", "weekend": "Weekend"}
_SCALE = Decimal("0.000001")
_COLUMNS = (
    Column("breakdown", "By"), Column("tenant_id", "Tenant", "name", data_only=True), Column("key", "Of", "name"),
    Column("name", "Name", "name"), Column("answers", "Answers", "int"), Column("avg_latency_ms", "Average", "ms"),
    Column("p50_latency_ms", "Median", "ms"), Column("p95_latency_ms", "p95", "ms"),
    Column("p99_latency_ms", "p99", "ms"),
    Column("fastest_ms", "Fastest", "ms"), Column("slowest_ms", "Slowest", "ms"),
    Column("success_rate", "Success", "ratio"), Column("credits_per_request", "Credits per message", "amount"),
    Column("avg_rating", "Rating", "amount"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    found = _ordered(view.now.latencies)
    whole = next((row for row in found if row.breakdown == ALL), None)
    qualities = _qualities(view)
    rows = [
        (
            row.breakdown, row.tenant_id, row.key, row.name, row.answers, _ms(row.average_ms), _ms(row.p50_ms),
            _ms(row.p95_ms), _ms(row.p99_ms), _ms(row.fastest_ms), _ms(row.slowest_ms),
            *qualities.get((row.breakdown, row.tenant_id, row.key), (None, None, None)),
        )
        for row in found
    ]  # fmt: skip
    return Card(
        name=NAME,
        subject="Response times",
        title=_title(view, whole),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Of successful messages whose event says how long it took. Median, p95 and p99 are of all single "
        "times of the period, interpolated linearly: 95 and 99 of 100 answers were as fast or faster. Peak is "
        "09:00–16:59 local time, Monday to Friday; weekend Saturday and Sunday; off-peak the rest. Success, credits "
        "per message and rating beside a model or user are of all its messages, timed or not. Fastest and slowest are "
        f"by median, of models with at least {FEWEST_ANSWERS} answers. Of users, the {RANKED_USERS} with most answers.",
        facts=_facts(whole, found) if whole else (),
        panels=_panels(view, found) if whole else (),
        is_empty=whole is None,
    )


def _ms(value: float) -> Decimal:
    return Decimal(str(value)).quantize(_SCALE, ROUND_HALF_UP)


def _ordered(latencies: Sequence[Latency]) -> list[Latency]:
    by_breakdown = {breakdown: [row for row in latencies if row.breakdown == breakdown] for breakdown in _ORDER}
    for breakdown in (HOUR, DATE, MONTH):
        by_breakdown[breakdown].sort(key=lambda row: row.key)
    by_breakdown[TIME].sort(key=lambda row: list(_TIMES).index(row.key))
    by_breakdown[USER] = by_breakdown[USER][:RANKED_USERS]
    return [row for breakdown in _ORDER for row in by_breakdown[breakdown]]


def _qualities(view: View) -> dict[tuple[str, str | None, str], tuple[Value, Value, Value]]:
    """Success rate, credits per message and mean rating by breakdown, tenant and key."""
    ratings = {row.model_id: row for row in view.now.model_ratings}
    found: dict[tuple[str, str | None, str], tuple[Value, Value, Value]] = {}
    for model in view.now.models:
        if model.requests:
            rating = ratings.get(model.model_id)
            mean = phrases.per_unit(rating.rating_sum, rating.rating_count) if rating else None
            found[MODEL, None, model.model_id] = _success(model), phrases.per_unit(model.credits, model.requests), mean
    for user in view.now.known_users:
        if user.requests:
            found[USER, user.tenant_id, user.user_id] = (
                1 - user.errors / user.requests,
                phrases.per_unit(user.credits, user.requests),
                phrases.per_unit(user.rating_sum, user.rating_count),
            )
    return found


def _success(model: Model) -> float:
    return 1 - model.errors / model.requests


def _facts(whole: Latency, found: list[Latency]) -> list[Fact]:
    figures = {"Average": whole.average_ms, "p95": whole.p95_ms, "p99": whole.p99_ms}
    facts = [Fact(label, formats.milliseconds(value)) for label, value in figures.items()]
    judged = sorted(
        (row for row in found if row.breakdown == MODEL and row.key != phrases.NONE_KEY),
        key=lambda row: (row.p50_ms, row.key),
    )
    judged = [row for row in judged if row.answers >= FEWEST_ANSWERS]
    if len(judged) < 2:
        return facts
    return [*facts, Fact("Fastest model", _median_of(judged[0])), Fact("Slowest model", _median_of(judged[-1]))]


def _median_of(model: Latency) -> str:
    return f"{phrases.in_text(model.name or model.key)}, half within {formats.milliseconds(model.p50_ms)}"


def _panels(view: View, found: list[Latency]) -> list[Panel]:
    hours = {int(row.key): row for row in found if row.breakdown == HOUR}
    bars = [Bar(f"{hour:02d}", round(hours[hour].p50_ms) if hour in hours else 0) for hour in range(24)]
    by_hour = Bars("Median by local hour", "24 hours; a gap is an hour without answers.", "ms", bars)
    models, times, users = ([row for row in found if row.breakdown == breakdown] for breakdown in (MODEL, TIME, USER))
    panels = [
        Panel("Models", [_chart("model", models, MOST_MODELS, view)]),
        *_trend(view, found),
        Panel("Hours", [by_hour]),
        Panel("Peak", [_chart("part of the week", times, CHART_ROWS, view)]),
    ]
    return [*panels, Panel("Users", [_chart("user", users, CHART_ROWS, view)])] if users else panels


def _trend(view: View, found: list[Latency]) -> list[Panel]:
    """Median and p95 by date or month, over those of the period before; nothing of a single one."""
    rows, past = (
        {row.key: row for row in latencies if row.breakdown in (DATE, MONTH)}
        for latencies in (found, view.past.latencies)
    )
    step = axes.step_of(view)
    panels = []
    for label, name, field in (("Trend", "Median", "p50_ms"), ("p95 trend", "p95", "p95_ms")):
        now, before = ({key: round(getattr(row, field)) for key, row in of.items()} for of in (rows, past))
        bars = axes.bars(view, now, before)
        desc = f"{formats.plural(len(bars), step)}; a gap is one without answers, outlines are the period before."
        panels.append(Panel(label, [Bars(f"{name} by {step}", desc, "ms", bars)]))
    return panels if len(rows) > 1 else []


def _chart(what: str, rows: list[Latency], most: int, view: View) -> Ranking:
    """The slowest first, of all rows; those that a chart has no room for stand together in its last."""
    ordered = sorted(rows, key=lambda row: (-row.p50_ms, row.key))
    shown, others = ordered[:most], ordered[most:]
    ranks = [
        Rank(
            _label(row),
            Decimal(str(row.p50_ms)),
            f"{formats.milliseconds(row.p50_ms)} · p95 {formats.milliseconds(row.p95_ms)}"
            f" · p99 {formats.milliseconds(row.p99_ms)}",
            phrases.tenant_note(view, row.tenant_id) if row.tenant_id else "",
        )
        for row in shown
    ]
    if others:
        at_most = others[0].p50_ms
        text = f"{formats.milliseconds(at_most)} or less"
        ranks.append(Rank(formats.plural(len(others), f"faster {what}"), Decimal(str(at_most)), text, "", "c4"))
    return Ranking(f"Median by {what}", f"{formats.plural(len(rows), what)}, slowest first.", ranks)


def _label(row: Latency) -> str:
    if row.breakdown == TIME:
        return _TIMES[row.key]
    return phrases.named(row.name or row.key, row.key, "No model")


def _title(view: View, whole: Latency | None) -> str:
    if whole is None:
        return "No message says how long it took"
    text = f"Half of the answers came within {formats.milliseconds(whole.p50_ms)}"
    before = next((row for row in view.past.latencies if row.breakdown == ALL), None)
    text += f", 95 of 100 within {formats.milliseconds(whole.p95_ms)}"
    if before is None or not view.has_past:
        return text
    return f"{text}; {phrases.past_name(view.period)} half within {formats.milliseconds(before.p50_ms)}"
