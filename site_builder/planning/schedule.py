"""Which reports there are besides days, weeks and months: editions that can be switched off, and named intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from site_builder.planning.periods import BILLING, QUARTERLY, YEARLY, Span
from site_builder.planning.scopes import Scope

OPTIONAL_EDITIONS = (BILLING, QUARTERLY, YEARLY)


@dataclass(frozen=True)
class Interval:
    """Custom reports under a `name`: of the dates first..last or, with `weeks`, of every so many weeks from `first` on.

    Of those the last one begins on `last` at the latest (None: they go on). `tenants`: whose reports (None:
    everybody's, and those of all tenants together).
    """

    name: str
    first: date
    last: date | None = None
    weeks: int = 0
    tenants: tuple[str, ...] | None = None

    def is_for(self, scope: Scope) -> bool:
        """Whether a scope gets these reports."""
        return self.tenants is None or scope.tenant_id in self.tenants

    def between(self, low: date, high: date) -> Iterator[tuple[str, Span]]:
        """The title and the dates of every report that has one of the dates low..high."""
        if not self.weeks:
            assert self.last is not None
            if self.first <= high and self.last >= low:
                yield self.name, Span(self.first, self.last)
            return
        days = 7 * self.weeks
        number = max((low - self.first).days // days, 0)
        span = Span(self.first, Span(self.first, self.first).shifted(days - 1).last).shifted(number * days)
        end = min(high, self.last) if self.last else high
        while span.first <= end:
            number += 1
            yield f"{self.name} {number}", span
            span = span.shifted(days)


@dataclass(frozen=True)
class Schedule:
    """The `editions` of OPTIONAL_EDITIONS that are published, and the named `intervals`."""

    editions: tuple[str, ...] = OPTIONAL_EDITIONS
    intervals: tuple[Interval, ...] = ()

    def title_of(self, scope: Scope, span: Span) -> str:
        """What a scope's custom report of these dates is called; "" where no interval names it."""
        titles = (
            title
            for interval in self.intervals
            if interval.is_for(scope)
            for title, named in interval.between(span.first, span.first)
            if named == span
        )
        return next(titles, "")


USUAL = Schedule()
