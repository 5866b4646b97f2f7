"""A report's view made of rows that a test gives, for cards that need no warehouse."""

from __future__ import annotations

from datetime import date

from site_builder.gather.view import Slice, View
from site_builder.planning import periods
from site_builder.planning.scopes import Scope

NOTHING = Slice()


def view_of(now: Slice, past: Slice = NOTHING) -> View:
    """February 2026 of the tenant acme, beside January."""
    span = periods.month_of(date(2026, 2, 1))
    scope = Scope("acme", "Acme", "acme", "UTC", date(2026, 1, 1), span.last, ("acme",))
    period = periods.cut("monthly", span, span.last)
    return View(scope, period, periods.previous(period), now, past, {}, {"acme": "Acme"})
