"""Key figures with their change on the previous period."""

from collections.abc import Callable
from decimal import Decimal

from site_builder.cards import cache_savings, money
from site_builder.charts.specs import Number, Spark
from site_builder.gather.latency import ALL
from site_builder.gather.spend import NOTHING_SPENT
from site_builder.gather.usage import Day
from site_builder.gather.view import Slice, View
from site_builder.gather.work import Inventory
from site_builder.pages.elements import Card, Column, Table, Tile, Value
from site_builder.planning.periods import Span, day_of
from site_builder.words import formats, phrases

Figures = dict[str, int | float | Decimal | None]

NAME = "kpis"
SPARK_DAYS = 28
_TILES = (
    ("credits", "Credits"), ("spend_amount", "Spend"), ("requests", "Messages"), ("active_users", "Active users"),
    ("success_rate", "Success rate"), ("total_tokens", "Tokens"), ("workflow_runs", "Workflow runs"),
    ("workflows", "Workflows"),
    ("workflows_built", "Workflows built"), ("assistants", "Assistants"), ("users", "Seats used"),
    ("items", "Item slots used"), ("items_built", "Items built"), ("time_spent_s", "Time spent"),
    ("call_seconds", "Phone time"), ("cost_usd", "Cost known (USD)"),
    (cache_savings.FIGURES[0], cache_savings.LABEL),
)  # fmt: skip
_SPARKS: dict[str, Callable[[Day], Number]] = {
    "credits": lambda day: day.credits, "requests": lambda day: day.requests,
    "active_users": lambda day: day.active_users,
}  # fmt: skip
# What use cost the publisher at providers.
COSTS = ("cost_usd", "uncosted_requests")
# What a figure is a part of.
_WHOLES = {"active_users": "users", "users": "seats", "items": "item_slots"}
# Few platforms have them: a row of zeros would tell most readers nothing.
_WHERE_ANY = ("cache_write_input_tokens", "cache_write_1h_input_tokens")
_COST = (
    "Known cost adds up what the sources report and, where they do not, what contract prices or the published price "
    f"list give; messages without a known price are counted by themselves, never as 0. {cache_savings.DEFINITION} "
)
_SECONDS = ("call_seconds", "time_spent_s")
_COLUMNS = (
    Column("figure", "Figure", "figure"), Column("value", "This period", "mixed"),
    Column("previous", "Previous period", "mixed"), Column("change_pct", "Change", "pct"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    now, past = _shown_figures(view, view.now), _shown_figures(view, view.past)
    metered, metered_past = dict(view.now.meters), dict(view.past.meters)
    shown = {name: value for name, value in now.items() if name not in _WHERE_ANY or value or past[name]}
    shown |= {name: metered.get(name, 0) for name in sorted({*metered, *metered_past})}
    rows: list[tuple[Value, ...]] = []
    for name, value in shown.items():
        before = (past[name] if name in past else metered_past.get(name, 0)) if view.has_past else None
        # A rate changes by points, as its tile says; percent of percent would contradict it.
        pct = None if isinstance(value, float) else phrases.change(value, before, view).pct
        rows.append((name, value, before, pct))
        if name == "spend_amount":
            rows.append(("spend_currency", view.currency, view.currency if view.has_past else None, None))
    return Card(
        name=NAME,
        subject="Key figures",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Messages are model requests. An active user made at least one live request, run or call; over "
        "several days each user counts once. Success rate = 1 − errors ÷ messages; it changes by points, "
        f"not by percent. {money.DEFINITION} {_COST if view.shows_cost else ''}Users, items, workflows and "
        "assistants are those of the directory as of the period's last date, seats and slots what it grants now; "
        "time spent is what answers took plus phone calls. Tokens of audio, images and video are part of the input and "
        "output tokens, and priced as the price list prices them.",
        tiles=[_tile(name, label, now, past, view) for name, label in _TILES if name in now],
        note=_cost_note(view),
        is_empty=view.is_empty,
        is_wide=True,
    )


def _shown_figures(view: View, part: Slice) -> Figures:
    """The figures that the report's readers may see, and what it cost them."""
    spent = money.whole(view, part.spends)
    found = figures(part)
    if not part.spends and not part.totals.credits:
        spent = NOTHING_SPENT
    lead = {"credits": found.pop("credits"), "spend_amount": spent.amount, "unknown_credits": spent.unknown_credits}
    found = {name: value for name, value in found.items() if view.shows_cost or name not in COSTS}
    return lead | found | _saved_by_cache(view, part)


def _saved_by_cache(view: View, part: Slice) -> Figures:
    """What caches saved, where readers may see it and any were used."""
    if not view.shows_cost or not any(cache_savings.cache_tokens(span) for span in (view.now, view.past)):
        return {}
    return dict(zip(cache_savings.FIGURES, cache_savings.whole(part), strict=True))


def figures(part: Slice) -> Figures:
    """Every key figure of a span by its name in the marts."""
    values: Figures = dict(part.totals._asdict())
    values["cost_usd"] = phrases.known_cost(part.totals)
    lead = {name: values.pop(name) for name in ("credits", "requests")}
    totals = part.totals
    rate = 1 - totals.errors / totals.requests if totals.requests else None
    return {**lead, "active_users": part.active_users, "success_rate": rate, **values, **_inventory(part)}


def _inventory(part: Slice) -> Figures:
    """What the scope has, and how long it was at work, in seconds; None where nothing says."""
    have = part.inventory[0] if part.inventory else Inventory(None, None, 0, 0, 0, 0)
    answered = next((row.total_ms for row in part.latencies if row.breakdown == ALL), 0)
    calls = part.totals.call_seconds
    spent = Decimal(answered + 1000 * calls).scaleb(-3) if answered or calls else None
    return {**have._asdict(), "time_spent_s": spent}


def _tile(name: str, label: str, now: Figures, before_it: Figures, view: View) -> Tile:
    value, before = now[name], before_it[name]
    last = view.period.covered.last
    read = _SPARKS.get(name)
    spark = None
    if read:
        dates = Span(max(view.scope.first, day_of(last).shifted(1 - SPARK_DAYS).first), last)
        values = [read(view.day(day)) for day in dates.dates()]
        spark = Spark(values) if len(values) > 1 and any(values) else None
    past = f"before: {_text(name, before)}" if view.has_past else ""
    change = phrases.change(value, before, view)
    if isinstance(value, float) and isinstance(before, float) and view.has_past:
        # Between two percentages, percent would be read as points.
        change = phrases.points(value, before)
    whole = now.get(_WHOLES.get(name, ""))
    text = _text(name, value)
    if name == "spend_amount" and value is not None and view.currency:
        label = f"{label} ({view.currency})"
    return Tile(label, f"{text} of {_text(name, whole)}" if whole else text, past, change, spark)


def _text(name: str, value: int | float | Decimal | None) -> str:
    if value is None:
        return formats.NONE_TEXT
    if isinstance(value, float):
        return formats.percent(100 * value)
    if name in _SECONDS:
        return formats.duration(int(value))
    if name == "spend_amount" and isinstance(value, Decimal):
        return formats.grouped(value, 2)
    if isinstance(value, Decimal):
        return formats.compact(value) if value >= 1_000_000 else formats.amount(value)
    return formats.compact(value) if value >= 1_000_000 else formats.count(value)


def _title(view: View) -> str:
    if view.is_empty:
        return phrases.NOTHING
    totals = view.now.totals
    users = formats.plural(view.now.active_users, "active user")
    messages = formats.plural(totals.requests, "message")
    if not totals.errors:
        return f"{users}; {messages}, none of which failed" if totals.requests else f"{users}; no messages"
    return f"{users}; {messages}, of which {formats.count(totals.errors)} failed"


def _cost_note(view: View) -> str:
    totals = view.now.totals
    notes = [money.note(view)] if money.note(view) else []
    notes += [phrases.missing_cost(totals)] if totals.uncosted_requests and view.shows_cost else []
    notes += [cache_savings.note(view.now)] if view.shows_cost and cache_savings.note(view.now) else []
    if totals.unrated_requests:
        notes.append(f"{formats.plural(totals.unrated_requests, 'message')} had no rate and took no credits.")
    return " ".join(notes)
