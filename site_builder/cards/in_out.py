"""Credits that came in (grants, top-ups) and went out (usage, jobs), by kind, and those of input and output by day."""

from decimal import Decimal

from site_builder.cards.credit_trend import MOST_DAYS
from site_builder.charts.specs import Bar, Bars, Rank, Ranking
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card, Column, Key, Panel, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "in_out"
_IN, _OUT = "in", "out"
_KINDS = {
    "plan_grant": "Plan grant", "topup": "Top-up", "auto_recharge": "Auto-recharge", "promo_grant": "Promotion",
    "refund": "Refund", "adjustment": "Adjustment", "usage": "Usage", "usage_input": "Usage, input",
    "usage_output": "Usage, output", "jobs": "Platform jobs",
    "late_usage": "Late usage", "late_jobs": "Late platform jobs",
}  # fmt: skip
_LEGEND = (Key("c2", "in"), Key("c1", "out; by day: output credits"), Key("ghost", "by day: input credits"))
_COLUMNS = (
    Column("direction", "Direction"), Column("kind", "Kind", "figure"), Column("credits", "Credits", "amount"),
    Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    now, past = _flows(view.now), _flows(view.past)
    keys = sorted(now.keys() | past.keys(), key=lambda key: (key[0], -now.get(key, 0), key[1]))
    rows = []
    for key in keys:
        value = now.get(key, ZERO)
        before = past.get(key, ZERO) if view.has_past else None
        rows.append((*key, value, before, phrases.change(value, before, view).pct))
    came, went = (sum((value for key, value in now.items() if key[0] == side), ZERO) for side in (_IN, _OUT))
    return Card(
        name=NAME,
        subject="Credits in and out",
        title=_title(came, went),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="In: plan grants, top-ups, auto-recharges, promotions, and refunds and adjustments in the "
        "tenant's favour. Out: usage, divided into what input and what output took, the platform's job runs, and "
        "refunds and adjustments taken back. By local date; what expires is not counted as out. What comes late for a "
        "closed month is posted in the first open one.",
        note=_late_note(view),
        panels=_panels(view, now) if now else (),
        legend=_LEGEND if now else (),
        is_empty=not now,
    )


def _flows(part: Slice) -> dict[tuple[str, str], Decimal]:
    """Credits by direction and kind; those of usage as input and output, where these come to the same."""
    found = {(flow.direction, flow.kind): flow.credits for flow in part.flows}
    split = {"usage_input": part.totals.input_credits, "usage_output": part.totals.output_credits}
    if found.get((_OUT, "usage")) == sum(split.values(), ZERO):
        del found[_OUT, "usage"]
        found |= {(_OUT, kind): credits for kind, credits in split.items()}
    return {key: credits for key, credits in found.items() if credits}


def _panels(view: View, now: dict[tuple[str, str], Decimal]) -> list[Panel]:
    dates = list(view.period.covered.dates())
    by_kind = Panel("By kind", [_chart(now)])
    if not 1 < len(dates) <= MOST_DAYS:
        return [by_kind]
    days = [view.day(day) for day in dates]
    bars = [Bar(periods.axis_date(day.usage_date), day.output_credits, day.input_credits) for day in days]
    top = max(days, key=lambda day: day.output_credits)
    desc = (
        f"{len(bars)} days, output as bars and input as outlines; most output, {formats.amount(top.output_credits)}, "
        f"on {periods.axis_date(top.usage_date)}."
    )
    return [by_kind, Panel("Input and output by day", [Bars("Input and output credits by day", desc, "credits", bars)])]


def _chart(now: dict[tuple[str, str], Decimal]) -> Ranking:
    ranks = [
        Rank(_KINDS.get(kind, kind), value, formats.amount(value), side, "c2" if side == _IN else "c1")
        for (side, kind), value in sorted(now.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    ]
    return Ranking("Credits in and out by kind", f"{formats.plural(len(ranks), 'kind')} of movement.", ranks)


def _late_note(view: View) -> str:
    """What of it belongs to months that are closed."""
    notes = []
    for late in view.now.late:
        parts = [("used", late.spent), ("granted", late.granted)]
        figures = [f"{formats.amount(credits)} credits {verb}" for verb, credits in parts if credits]
        if figures:
            notes.append(f"{' and '.join(figures)} late for {late.month}")
    return f"Includes {'; '.join(notes)}, which is closed." if notes else ""


def _title(came: Decimal, went: Decimal) -> str:
    if not came and not went:
        return "No credits came in or went out"
    if not came:
        return f"{formats.amount(went)} credits went out, none came in"
    if not went:
        return f"{formats.amount(came)} credits came in, none went out"
    verb = "more came in than went out" if came >= went else "more went out than came in"
    return f"{formats.amount(abs(came - went))} credits {verb}"
