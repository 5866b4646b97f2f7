"""Failed messages: what went wrong, with which model and item, and when."""

from collections.abc import Mapping

from site_builder.cards import axes
from site_builder.charts.specs import Bars, Rank, Ranking
from site_builder.gather.errors import ITEM, MODEL, TYPE, Failure
from site_builder.gather.rows import DATE, MONTH
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card, Column, Panel, Table, Value
from site_builder.words import formats, phrases

NAME = "errors"
CHART_ROWS = 10
_MISSING = {TYPE: "Kind not given", MODEL: "No model", ITEM: "No item"}
_COLUMNS = (
    Column("breakdown", "By"), Column("tenant_id", "Tenant", "name", data_only=True), Column("key", "Of", "name"),
    Column("name", "Name", "name"), Column("errors", "Failed", "int"), Column("errors_share", "Share", "ratio"),
    Column("requests", "Of messages", "int"), Column("error_rate", "Error rate", "ratio"),
    Column("previous_errors", "Before", "int"), Column("change_pct", "Change", "pct"),
)  # fmt: skip
_Key = tuple[str, str | None, str]


def build(view: View) -> Card:
    """The card of one report."""
    failures = _ordered(view.now)
    asked, before = _asked(view), {failure[:3]: failure.errors for failure in view.past.failures}
    rows = [_row(view, failure, asked, before) for failure in failures]
    return Card(
        name=NAME,
        subject="Errors",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Messages with status error, by the kind that the log gives, by model, by item, and by date. Their "
        "shares are of all failed messages; an error rate is failed of all messages of the model, item or date.",
        panels=_panels(view, failures, asked) if failures else (),
        note=_note(view, failures),
        is_empty=not view.now.totals.errors,
    )


def _ordered(part: Slice) -> list[Failure]:
    places = (TYPE, MODEL, ITEM, DATE, MONTH)
    by_breakdown = {place: [row for row in part.failures if row.breakdown == place] for place in places}
    for place in (DATE, MONTH):
        by_breakdown[place].sort(key=lambda row: row.key)
    return [row for place in places for row in by_breakdown[place]]


def _asked(view: View) -> Mapping[_Key, int]:
    """Messages, failed or not, of what errors are divided by; kinds of errors have none."""
    asked: dict[_Key, int] = {(MODEL, None, model.model_id): model.requests for model in view.now.models}
    asked |= {(ITEM, item.tenant_id, item.item_id): item.requests for item in view.now.item_uses}
    for day in view.period.covered.dates():
        requests = view.day(day).requests
        asked[DATE, None, day.isoformat()] = requests
        month = (MONTH, None, day.isoformat()[:7])
        asked[month] = asked.get(month, 0) + requests
    return asked


def _row(view: View, failure: Failure, asked: Mapping[_Key, int], before: Mapping[_Key, int]) -> tuple[Value, ...]:
    requests = asked.get(failure[:3])
    is_dated = failure.breakdown in (DATE, MONTH)
    past = before.get(failure[:3], 0) if view.has_past and not is_dated else None
    return (
        *failure, phrases.share(failure.errors, view.now.totals.errors), requests,
        None if requests is None else phrases.share(failure.errors, requests), past,
        None if is_dated else phrases.change(failure.errors, past, view).pct,
    )  # fmt: skip


def _panels(view: View, failures: list[Failure], asked: Mapping[_Key, int]) -> list[Panel]:
    panels = [
        Panel(label, [_chart(view, label, [row for row in failures if row.breakdown == breakdown], asked)])
        for breakdown, label in ((TYPE, "Kinds"), (MODEL, "Models"), (ITEM, "Items"))
    ]
    step = axes.step_of(view)
    now, past = (
        {row.key: row.errors for row in rows if row.breakdown == step} for rows in (failures, view.past.failures)
    )
    bars = axes.bars(view, now, past)
    if len(bars) > 1:
        desc = f"{formats.plural(len(bars), step)}; outlines are the period before."
        panels.append(Panel("Trend", [Bars(f"Failed messages by {step}", desc, "messages", bars)]))
    return panels


def _chart(view: View, label: str, rows: list[Failure], asked: Mapping[_Key, int]) -> Ranking:
    whole = view.now.totals.errors
    ranks = []
    for row in rows[:CHART_ROWS]:
        requests = asked.get(row[:3])
        of = f" of {formats.plural(requests, 'message')}" if requests else _share(row.errors, whole)
        name = phrases.named(row.name or row.key, row.key, _MISSING[row.breakdown])
        note = phrases.tenant_note(view, row.tenant_id) if row.tenant_id else ""
        ranks.append(Rank(name, row.errors, f"{formats.count(row.errors)}{of}", note, "mark"))
    others = rows[CHART_ROWS:]
    if others:
        rest = sum(row.errors for row in others)
        text = f"{formats.count(rest)}{_share(rest, whole)}"
        ranks.append(Rank(f"{formats.count(len(others))} more", rest, text, "", "c4"))
    what = label.lower()
    return Ranking(f"Failed messages by {what[:-1]}", f"{formats.count(len(rows))} {what}, most failures first.", ranks)


def _share(errors: int, whole: int) -> str:
    return f" · {phrases.share_text(errors, whole)}"


def _title(view: View) -> str:
    totals = view.now.totals
    if not totals.requests:
        return phrases.NOTHING if view.is_empty else "No messages in this period"
    if not totals.errors:
        return f"None of {formats.plural(totals.requests, 'message')} failed"
    rate = phrases.share_text(totals.errors, totals.requests)
    kinds = [row for row in view.now.failures if row.breakdown == TYPE and row.key != phrases.NONE_KEY]
    text = f"{formats.plural(totals.errors, 'message')} failed, {rate} of all"
    if not kinds:
        return text
    share = phrases.share_text(kinds[0].errors, totals.errors)
    return f"{text}; {share} of them with {phrases.in_text(kinds[0].name or kinds[0].key)}"


def _note(view: View, failures: list[Failure]) -> str:
    """Where the failures of months that were closed before they were told apart are missing."""
    missing = view.now.totals.errors - sum(row.errors for row in failures if row.breakdown == TYPE)
    if missing <= 0:
        return ""
    return (
        f"Of {formats.plural(missing, 'failed message')} no kind, model or item is known: the month was closed before."
    )
