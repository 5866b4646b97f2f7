"""Report periods: days, ISO weeks, months, billing periods, quarters, years, custom ranges; what each is compared with.

Dates are local dates of a scope; both ends of every range are inclusive.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from site_builder.words.notation import numeric_date

DAILY, WEEKLY, MONTHLY, CUSTOM = "daily", "weekly", "monthly", "custom"
BILLING, QUARTERLY, YEARLY = "billing", "quarterly", "yearly"
EDITIONS = (DAILY, WEEKLY, MONTHLY, BILLING, QUARTERLY, YEARLY, CUSTOM)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Span:
    """A range of local dates, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of dates, at least 1."""
        return (self.last - self.first).days + 1

    def dates(self) -> Iterator[date]:
        """Every date of the range in order."""
        for offset in range(self.days):
            yield self.first + timedelta(days=offset)

    def shifted(self, days: int) -> "Span":
        """The range moved by `days` (negative: earlier)."""
        return Span(self.first + timedelta(days=days), self.last + timedelta(days=days))


@dataclass(frozen=True)
class Period:
    """One report's period: `whole` is what its name promises, `covered` the part up to the scope's as-of date.

    `title`: what a custom period is called ("": nothing).
    """

    edition: str
    name: str
    whole: Span
    covered: Span
    title: str = ""

    @property
    def to_date(self) -> bool:
        """True while the period is unfinished at the as-of date."""
        return self.covered.last < self.whole.last


def cut(edition: str, whole: Span, as_of: date, title: str = "") -> Period:
    """Build the period of `edition` over `whole`, cut at `as_of`; ValueError if it begins after the as-of date."""
    if whole.first > as_of:
        raise ValueError(f"{edition} period from {whole.first} begins after the as-of date {as_of}")
    name = f"{whole.first}_{whole.last}" if edition == CUSTOM else name_of(edition, whole.first)
    return Period(edition, name, whole, Span(whole.first, min(whole.last, as_of)), title)


def day_of(day: date) -> Span:
    """The span of one date."""
    return Span(day, day)


def week_of(day: date) -> Span:
    """The ISO week (Monday to Sunday) that `day` lies in."""
    monday = day - timedelta(days=day.isoweekday() - 1)
    return Span(monday, monday + timedelta(days=6))


def month_of(day: date) -> Span:
    """The calendar month that `day` lies in."""
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=32)).replace(day=1) - ONE_DAY)


def quarter_of(day: date) -> Span:
    """The calendar quarter that `day` lies in."""
    first = date(day.year, 3 * _quarter(day) - 2, 1)
    return Span(first, month_of(first.replace(month=first.month + 2)).last)


def year_of(day: date) -> Span:
    """The calendar year that `day` lies in."""
    return Span(date(day.year, 1, 1), date(day.year, 12, 31))


def is_standard(span: Span) -> bool:
    """True if the range is exactly one day, one ISO week or one calendar month."""
    return span in (day_of(span.first), week_of(span.first), month_of(span.first))


def previous(period: Period) -> Span:
    """The range the period is compared with.

    A month: the month before, cut to as many days while the month is unfinished. Everything else: the covered
    dates moved back by whole weeks (n days: ceil(n/7) weeks), so that weekdays stand opposite each other.
    """
    covered = period.covered
    if period.edition != MONTHLY:
        return covered.shifted(-7 * -(-covered.days // 7))
    before = month_of(covered.first - ONE_DAY)
    if not period.to_date:
        return before
    return Span(before.first, min(before.last, before.first + timedelta(days=covered.days - 1)))


def long_date(day: date) -> str:
    """For people: `Saturday, 21 November 2026`."""
    named = numeric_date(day, "yMd") or f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{WEEKDAYS[day.weekday()]}, {named}"


def short_date(day: date) -> str:
    """For people: `21 Nov 2026`."""
    return numeric_date(day, "yMd") or f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def axis_date(day: date) -> str:
    """For chart axes: `21 Nov`."""
    return numeric_date(day, "Md") or f"{day.day} {MONTHS[day.month - 1][:3]}"


def axis_month(day: date) -> str:
    """For chart axes: `Nov 2026`."""
    return numeric_date(day, "yM") or f"{MONTHS[day.month - 1][:3]} {day.year}"


def month_text(day: date) -> str:
    """The month that a date lies in, for people: `November 2026`."""
    return numeric_date(day, "yM") or f"{MONTHS[day.month - 1]} {day.year}"


def range_text(span: Span) -> str:
    """For people: `16 – 22 Nov 2026`, repeating only what differs between the two ends."""
    first, last = span.first, span.last
    if first == last:
        return short_date(first)
    if first.year != last.year or numeric_date(first, "yMd"):
        return f"{short_date(first)} – {short_date(last)}"
    start = f"{first.day}" if first.month == last.month else axis_date(first)
    return f"{start} – {short_date(last)}"


def label(period: Period) -> str:
    """The period's heading, such as `Week 47, 2026`, `Billing period 1 – 30 Nov 2026` or `Q4 2026`."""
    whole = period.whole
    if period.edition == DAILY:
        return long_date(whole.first)
    if period.edition == WEEKLY:
        year, week, _ = whole.first.isocalendar()
        return f"Week {week}, {year}"
    if period.edition == MONTHLY:
        return month_text(whole.first)
    if period.edition == BILLING:
        return f"Billing period {range_text(whole)}"
    if period.edition == QUARTERLY:
        return f"Q{_quarter(whole.first)} {whole.first.year}"
    if period.edition == YEARLY:
        return f"Year {whole.first.year}"
    return f"{period.title}: {range_text(whole)}" if period.title else range_text(whole)


def name_of(edition: str, first: date) -> str:
    """The name of a period of any edition but custom, by its first date: `2026-W47`, `2026-Q4`."""
    if edition == WEEKLY:
        year, week, _ = first.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if edition == MONTHLY:
        return first.isoformat()[:7]
    if edition == QUARTERLY:
        return f"{first.year:04d}-Q{_quarter(first)}"
    if edition == YEARLY:
        return f"{first.year:04d}"
    return first.isoformat()


def short_name(edition: str, first: date) -> str:
    """What a period is called among others of its edition: `Mon`, `W47`, `Nov 2026`, `Q4`."""
    if edition == DAILY:
        return WEEKDAYS[first.weekday()][:3]
    if edition == WEEKLY:
        return f"W{first.isocalendar().week:02d}"
    return axis_month(first) if edition == MONTHLY else f"Q{_quarter(first)}"


def _quarter(day: date) -> int:
    return (day.month + 2) // 3
