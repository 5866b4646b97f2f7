"""How much of a ranking is printed, so that many models do not cost a PDF its other parts."""

from __future__ import annotations

from site_builder.cards import latency
from site_builder.gather.latency import ALL, MODEL, Latency
from site_builder.gather.view import Slice
from site_builder.pdf.content import _Charts, _part
from site_builder.pdf.parts import EDITIONS, Part
from tests.site_builder.made_views import view_of


def test_the_slowest_models_are_printed_and_no_more_than_the_part_says() -> None:
    models = [Latency(MODEL, None, f"m-{ms}", None, 10, 10, ms, ms, ms, 1, ms) for ms in range(1, 21)]
    whole = Latency(ALL, None, "all", None, 200, 10, 5, 5, 5, 1, 9)
    card = latency.build(view_of(Slice(latencies=(whole, *models))))
    [part] = [part for part in EDITIONS["weekly"] if part.card == latency.NAME]
    for printed, wanted in ((part, 6), (Part(latency.NAME), 20)):
        [chart] = _part(printed, card, False, 0, "", _Charts({}))["charts"]
        assert chart["alt"].count("p95") == wanted and "m-20: " in chart["alt"]
