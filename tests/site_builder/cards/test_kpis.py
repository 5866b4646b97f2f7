"""The card of key figures: figures that few platforms have stand there only where there are any."""

from __future__ import annotations

from datetime import date

import pytest

from site_builder.cards.kpis import build
from site_builder.gather.models import Meter
from site_builder.gather.usage import NO_TOTALS, Totals
from site_builder.gather.view import Slice, View
from site_builder.planning import periods
from site_builder.planning.scopes import Scope

WRITES = ["cache_write_input_tokens", "cache_write_1h_input_tokens"]
WRITTEN = NO_TOTALS._replace(requests=1, cache_write_input_tokens=300)


@pytest.mark.parametrize(("now", "past", "shown"), [
    (NO_TOTALS._replace(requests=1), NO_TOTALS, []),
    (WRITTEN, NO_TOTALS, WRITES[:1]),
    (NO_TOTALS._replace(requests=1), WRITTEN, WRITES[:1]),
    (WRITTEN._replace(cache_write_1h_input_tokens=1), NO_TOTALS, WRITES),
])  # fmt: skip
def test_cache_writes_are_figures_where_there_are_any(now: Totals, past: Totals, shown: list[str]) -> None:
    span = periods.month_of(date(2026, 2, 1))
    scope = Scope("acme", "Acme", "acme", "UTC", date(2026, 1, 1), span.last, ("acme",))
    period = periods.cut("monthly", span, span.last)
    card = build(View(scope, period, periods.previous(period), Slice(totals=now), Slice(totals=past), {}, {}))
    assert [row[0] for row in card.table.rows if str(row[0]).startswith("cache_write")] == shown


def test_meters_are_figures_where_there_are_any() -> None:
    span = periods.month_of(date(2026, 2, 1))
    scope = Scope("acme", "Acme", "acme", "UTC", date(2026, 1, 1), span.last, ("acme",))
    period = periods.cut("monthly", span, span.last)
    now = Slice(totals=WRITTEN, meters=(Meter("input_audio_tokens", 300), Meter("web_searches", 2)))
    past = Slice(totals=WRITTEN, meters=(Meter("input_audio_tokens", 200), Meter("output_image_tokens", 5)))
    card = build(View(scope, period, periods.previous(period), now, past, {}, {}))
    assert card.table.rows[-3:] == [
        ("input_audio_tokens", 300, 200, 50.0), ("output_image_tokens", 0, 5, -100.0), ("web_searches", 2, 0, None),
    ]  # fmt: skip
