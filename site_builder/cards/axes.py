"""The time axis of trends whose figures add up to no total of their own: dates, or months of a long period."""

from collections.abc import Mapping

from site_builder.charts.specs import Bar, Number
from site_builder.gather.rows import DATE, MONTH, MOST_DATES
from site_builder.gather.view import View
from site_builder.planning import periods
from site_builder.planning.periods import Span


def step_of(view: View) -> str:
    """`date` or `month`: what the report's axis is divided by."""
    return DATE if view.period.covered.days <= MOST_DATES else MONTH


def bars(view: View, now: Mapping[str, Number], past: Mapping[str, Number]) -> list[Bar]:
    """A column for each place, opposite to that of the period before; what `past` lacks has no outline.

    Both are by date, or by month (YYYY-MM), as `step_of` says.
    """
    step = step_of(view)
    before = list(_places(view.before, step))
    return [
        Bar(label, now.get(key, 0), past.get(before[place]) if place < len(before) else None)
        for place, (key, label) in enumerate(_places(view.period.covered, step).items())
    ]


def _places(span: Span, step: str) -> dict[str, str]:
    """The keys of a span's dates or months, with what an axis calls them."""
    if step == DATE:
        return {day.isoformat(): periods.axis_date(day) for day in span.dates()}
    return {day.isoformat()[:7]: periods.axis_month(day) for day in span.dates()}
