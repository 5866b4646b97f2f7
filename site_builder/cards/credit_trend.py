"""Credits and messages by hour, day, week or month, with the period before and the budget's even share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from site_builder.cards import burn_up
from site_builder.charts.specs import Bar, Bars, Number
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table, Value
from site_builder.planning import periods
from site_builder.planning.periods import Span
from site_builder.words import formats, phrases

NAME = "credit_trend"
MOST_DAYS = 62
MOST_WEEKS = 27
# A line far above all columns would only make them small.
MOST_HEADROOM = 3
# Of a day's even share: times and parts.
_SHARES = {"hour": (1, 24, "an hour"), "day": (1, 1, "a day"), "week": (7, 1, "in 7 days")}
_BUCKETS = {"hour": "local_hour", "day": "usage_date", "week": "week_of", "month": "month_of"}


@dataclass(frozen=True)
class _Bucket:
    """One place on the time axis; `before` is its counterpart's place, the `ghost_` values what happened there.

    Input and output credits are None by hour, where they are not known apart.
    """

    place: Value
    label: str
    credits: Decimal
    requests: int
    before: Value
    ghost_credits: Decimal | None
    ghost_requests: int | None
    high_usage: int
    input_credits: Decimal | None = None
    output_credits: Decimal | None = None
    ghost_input_credits: Decimal | None = None
    ghost_output_credits: Decimal | None = None


def build(view: View) -> Card:
    """The card of one report."""
    step = _step(view.period.covered.days)
    buckets = list(_hours(view) if step == "hour" else _dates(view, step))
    peak = max(buckets, key=lambda bucket: bucket.credits)
    budget = _budget(view, step)
    return Card(
        name=NAME,
        subject="Credit trend",
        title=_title(view, step, peak),
        about=phrases.about(view),
        table=_table(view, step, buckets, budget),
        definition="Bars: this period; outlines: the previous one, moved by whole weeks so that weekdays stand "
        "opposite each other. A month is added up by day, beside the month before, the tenant's budget and, while it "
        "runs, the band in which it is expected to end. A triangle marks a high-usage day: credits above the "
        "median plus 3 × 1.4826 × MAD of its 28 dates before. Dashed: an even share of the tenant's budget for the "
        "month in which the period ends.",
        facts=() if view.is_empty else [*_facts(view), *_budget_facts(view, step, budget)],
        panels=() if view.is_empty else _panels(view, step, buckets, budget),
        legend=() if view.is_empty else _legend(view, step, buckets, budget),
        is_empty=view.is_empty,
        is_wide=True,
    )


def _panels(view: View, step: str, buckets: Sequence[_Bucket], budget: Decimal | None) -> list[Panel]:
    """Of a month first what it adds up to: the days of two months do not stand opposite each other by weekday."""
    is_month = view.period.edition == periods.MONTHLY
    shown = [_without_ghosts(bucket) for bucket in buckets] if is_month else buckets
    by_step = [
        Panel("Credits by day" if is_month else "Credits", [_chart("Credits", step, shown, "credits", budget)]),
        Panel("Messages by day" if is_month else "Messages", [_chart("Messages", step, shown, "requests")]),
    ]
    if step != "hour":
        for label, field in (("Input credits", "input_credits"), ("Output credits", "output_credits")):
            by_step.append(Panel(label, [_chart(label, step, shown, field)]))
    return [burn_up.panel(view), *by_step] if is_month else by_step


def _without_ghosts(bucket: _Bucket) -> _Bucket:
    return replace(bucket, ghost_credits=None, ghost_requests=None, ghost_input_credits=None, ghost_output_credits=None)


def _step(days: int) -> str:
    if days == 1:
        return "hour"
    return "day" if days <= MOST_DAYS else "week" if days <= 7 * MOST_WEEKS else "month"


def _hours(view: View) -> Iterator[_Bucket]:
    now = {hour.local_hour: hour for hour in view.now.hours}
    past = {hour.local_hour: hour for hour in view.past.hours}
    for number in range(24):
        here, there = now.get(number), past.get(number)
        yield _Bucket(
            place=number,
            label=f"{number:02d}",
            credits=here.credits if here else ZERO,
            requests=here.requests if here else 0,
            before=number if view.has_past else None,
            ghost_credits=(there.credits if there else ZERO) if view.has_past else None,
            ghost_requests=(there.requests if there else 0) if view.has_past else None,
            high_usage=0,
        )


def _places(covered: Span, step: str) -> Iterator[slice]:
    """Which of the period's dates share a place on the axis."""
    if step != "month":
        width = 1 if step == "day" else 7
        yield from (slice(start, start + width) for start in range(0, covered.days, width))
        return
    starts = [place for place, day in enumerate(covered.dates()) if day.day == 1 or place == 0]
    yield from map(slice, starts, [*starts[1:], covered.days])


def _dates(view: View, step: str) -> Iterator[_Bucket]:
    covered = view.period.covered
    dates, before = list(covered.dates()), list(view.before.dates())
    for place in _places(covered, step):
        first = dates[place][0]
        here = [view.day(day) for day in dates[place]]
        there = [view.day(day) for day in before[place] if day >= view.scope.first]
        yield _Bucket(
            place=first,
            label=periods.axis_month(first) if step == "month" else periods.axis_date(first),
            credits=sum((day.credits for day in here), ZERO),
            requests=sum(day.requests for day in here),
            before=before[place][0] if there else None,
            ghost_credits=sum((day.credits for day in there), ZERO) if there else None,
            ghost_requests=sum(day.requests for day in there) if there else None,
            high_usage=sum(day.high_usage for day in here),
            input_credits=sum((day.input_credits for day in here), ZERO),
            output_credits=sum((day.output_credits for day in here), ZERO),
            ghost_input_credits=sum((day.input_credits for day in there), ZERO) if there else None,
            ghost_output_credits=sum((day.output_credits for day in there), ZERO) if there else None,
        )


def _budget(view: View, step: str) -> Decimal | None:
    """The even share of the tenant's budget that falls to one place on the axis; None where there is no budget."""
    whole = next((budget.budget for budget in view.now.budgets if budget.scope == "tenant"), None)
    if whole is None or view.scope.is_all:
        return None
    if step == "month":
        return whole
    times, parts, _ = _SHARES[step]
    return phrases.per_unit(whole * times, periods.month_of(view.period.covered.last).days * parts)


def _budget_facts(view: View, step: str, budget: Decimal | None) -> list[Fact]:
    if budget is None:
        return []
    month = periods.month_text(view.period.covered.last)
    if step == "month":
        return [Fact(f"Budget for {month}", f"{formats.amount(budget)} credits")]
    return [Fact(f"Even share of the budget for {month}", f"{formats.amount(budget)} credits {_SHARES[step][2]}")]


def _limit(buckets: Sequence[_Bucket], budget: Decimal | None) -> Decimal | None:
    highest = max(max(bucket.credits, bucket.ghost_credits or ZERO) for bucket in buckets)
    return budget if budget is not None and budget <= MOST_HEADROOM * highest else None


def _table(view: View, step: str, buckets: Sequence[_Bucket], budget: Decimal | None) -> Table:
    key = _BUCKETS[step]
    kind = "hour" if step == "hour" else "text"
    label = {"hour": "Local hour", "day": "Date", "week": "7 days from", "month": "Month from"}[step]
    high = Column("high_usage_days", "High-usage days", "int")
    if step == "day" and not view.scope.is_all:
        high = Column("is_high_usage_day", "High usage", "yes")
    columns = [
        Column(key, label, kind), Column("credits", "Credits", "amount"), Column("requests", "Messages", "int"),
        Column(f"previous_{key}", "Compared with", kind), Column("previous_credits", "Credits before", "amount"),
        Column("previous_requests", "Messages before", "int"),
    ]  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (bucket.place, bucket.credits, bucket.requests, bucket.before, bucket.ghost_credits, bucket.ghost_requests)
        for bucket in buckets
    ]
    if step != "hour":
        columns.append(high)
        flags = [bool(bucket.high_usage) if high.kind == "yes" else bucket.high_usage for bucket in buckets]
        columns += [
            Column("input_credits", "Input credits", "amount"), Column("output_credits", "Output credits", "amount"),
            Column("previous_input_credits", "Input before", "amount"),
            Column("previous_output_credits", "Output before", "amount"),
        ]  # fmt: skip
        rows = [
            (*row, flag, bucket.input_credits, bucket.output_credits, bucket.ghost_input_credits,
             bucket.ghost_output_credits)
            for row, flag, bucket in zip(rows, flags, buckets, strict=True)
        ]  # fmt: skip
    if budget is not None:
        columns.append(Column("budget_share", "Share of the budget", "amount"))
        rows = [(*row, budget) for row in rows]
    return Table(columns, rows)


def _chart(unit: str, step: str, buckets: Sequence[_Bucket], field: str, budget: Decimal | None = None) -> Bars:
    values: list[Number] = [getattr(bucket, field) for bucket in buckets]
    top = max(range(len(values)), key=values.__getitem__)
    bars = [
        Bar(bucket.label, value, getattr(bucket, f"ghost_{field}"), bucket.high_usage > 0)
        for bucket, value in zip(buckets, values, strict=True)
    ]
    desc = f"{len(bars)} {step}s; the highest is {formats.compact(values[top])} at {bars[top].label}."
    limit = _limit(buckets, budget)
    if limit is not None:
        above = sum(bucket.credits > limit for bucket in buckets)
        share = "The budget" if step == "month" else "An even share of the budget"
        desc += f" {share} is {formats.amount(limit)}, exceeded by {above}."
    return Bars(f"{unit} by {step}", desc, unit.lower(), bars, limit)


def _legend(view: View, step: str, buckets: Sequence[_Bucket], budget: Decimal | None) -> list[Key]:
    is_month = view.period.edition == periods.MONTHLY
    keys = burn_up.legend(view) if is_month else [Key("c1", periods.range_text(view.period.covered))]
    if not is_month and any(bucket.ghost_credits is not None for bucket in buckets):
        keys.append(Key("ghost", periods.range_text(view.before)))
    if not is_month and _limit(buckets, budget) is not None:
        keys.append(Key("dash", "the budget" if step == "month" else "even share of the budget"))
    if any(bucket.high_usage for bucket in buckets):
        keys.append(Key("mark", "▼ high-usage day" if step == "day" else "▼ with high-usage days"))
    return keys


def _facts(view: View) -> list[Fact]:
    covered = view.period.covered
    facts = []
    days = [view.day(day) for day in covered.dates()]
    if len(days) > 1:
        peak = max(days, key=lambda day: day.credits)
        facts.append(Fact("Peak day", f"{periods.long_date(peak.usage_date)}, {formats.amount(peak.credits)} credits"))
    hour = peak_hour(view.now)
    if hour is not None:
        facts.append(Fact("Peak hour", f"{hour:02d}:00–{hour:02d}:59"))
    if len(days) > 7:
        facts.append(Fact("Most active weekdays", phrases.joined(_weekdays(view, covered))))
    high = [day.usage_date for day in days if day.high_usage]
    if high:
        shown = [periods.axis_date(day) for day in high[:6]]
        more = [f"{len(high) - 6} more"] if len(high) > 6 else []
        facts.append(Fact("High-usage days", phrases.joined([*shown, *more])))
    return facts


def peak_hour(part: Slice) -> int | None:
    """The local hour with most messages, first of equals; None without messages."""
    hours = [0] * 24
    for hour in part.hours:
        hours[hour.local_hour] += hour.requests
    return hours.index(max(hours)) if any(hours) else None


def _weekdays(view: View, covered: Span) -> list[str]:
    """Up to three weekdays by mean credits a date, so that a month with five Mondays does not favour Monday."""
    by_weekday: dict[int, list[Decimal]] = {}
    for day in covered.dates():
        by_weekday.setdefault(day.weekday(), []).append(view.day(day).credits)
    ranked = sorted(by_weekday, key=lambda weekday: (-sum(by_weekday[weekday]) / len(by_weekday[weekday]), weekday))
    return [periods.WEEKDAYS[weekday] for weekday in ranked[:3]]


def _title(view: View, step: str, peak: _Bucket) -> str:
    if view.is_empty:
        return phrases.NOTHING
    most = f"{formats.amount(peak.credits)} credits"
    if step == "hour":
        return f"Most credits were used from {peak.label}:00 to {peak.label}:59: {most}"
    assert isinstance(peak.place, date)
    if step == "week":
        return f"The busiest 7 days began on {periods.short_date(peak.place)}: {most}"
    if step == "month":
        return f"The busiest month was {periods.month_text(peak.place)}: {most}"
    return f"Use peaked on {periods.long_date(peak.place)}: {most}"
