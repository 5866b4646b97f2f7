"""Active users day by day."""

from datetime import date

from site_builder.charts.specs import Bar, Line
from site_builder.gather.view import View
from site_builder.gather.work import MONTH_DAYS, WEEK_DAYS
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table
from site_builder.planning import periods
from site_builder.planning.periods import Span, day_of
from site_builder.words import formats, phrases

NAME = "active_users"
# A line needs a past: a day's report looks back over four weeks.
DAILY_WINDOW = 28
_COLUMNS = (
    Column("usage_date", "Date"), Column("active_users", "Active users", "int"),
    Column("previous_date", "Compared with"), Column("previous_active_users", "Active users before", "int"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    window, before = _window(view)
    past_dates: list[date | None] = [day if day >= view.scope.first else None for day in before.dates()]
    past_dates += [None] * (window.days - len(past_dates))
    rows = [
        (day, view.day(day).active_users, past, view.day(past).active_users if past else None)
        for day, past in zip(window.dates(), past_dates, strict=False)
    ]
    has_any = any(row[1] for row in rows)
    extended = window != view.period.covered
    return Card(
        name=NAME,
        subject="Active users",
        title=_title(view),
        about=f"{periods.range_text(window)} · {view.scope.zone}" if extended else phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Users with at least one live request, run or call on the date. The period's active users count "
        "each user once, so they are fewer than the days' added up. Users in 7 and 28 days are those up to the "
        "period's last date; stickiness is the mean of the 28 dates' active users ÷ those of the 28 days.",
        facts=_facts(view, rows) if has_any else (),
        panels=[Panel("", [_chart(rows)])] if has_any else (),
        legend=_legend(window, before, rows) if has_any else (),
        is_empty=not view.now.active_users,
    )


def _window(view: View) -> tuple[Span, Span]:
    covered = view.period.covered
    if covered.days > 1:
        return covered, view.before
    window = Span(max(view.scope.first, day_of(covered.last).shifted(1 - DAILY_WINDOW).first), covered.last)
    return window, window.shifted(-DAILY_WINDOW)


def _chart(rows: list[tuple[date, int, date | None, int | None]]) -> Line:
    points = [Bar(periods.axis_date(day), users, before) for day, users, _, before in rows]
    most = max(users for _, users, _, _ in rows)
    return Line("Active users by day", f"{len(points)} days; at most {formats.count(most)} in a day.", "users", points)


def _legend(window: Span, before: Span, rows: list[tuple[date, int, date | None, int | None]]) -> list[Key]:
    keys = [Key("c1", periods.range_text(window))]
    if sum(row[3] is not None for row in rows) > 1:
        keys.append(Key("dash", periods.range_text(before)))
    return keys


def _facts(view: View, rows: list[tuple[date, int, date | None, int | None]]) -> list[Fact]:
    users = [row[1] for row in rows]
    mean = sum(users) / len(users)
    most = max(rows, key=lambda row: row[1])
    facts = [
        Fact("Mean a day", formats.grouped(mean, 1)),
        Fact("Most", f"{formats.count(most[1])} on {periods.axis_date(most[0])}"),
    ]
    for actives in view.now.actives:
        facts.append(Fact(f"In {WEEK_DAYS} days", formats.count(actives.weekly)))
        facts.append(Fact(f"In {MONTH_DAYS} days", formats.count(actives.monthly)))
        if actives.stickiness is not None:
            facts.append(Fact("Stickiness", formats.percent(100 * actives.stickiness, 0)))
    return facts


def _title(view: View) -> str:
    users = view.now.active_users
    if not users:
        return "Nobody was active"
    pct = phrases.change(users, view.past.active_users, view).pct
    text = formats.plural(users, "active user")
    return text if pct is None else f"{text}, {phrases.in_words(pct)} {phrases.past_name(view.period)}"
