"""What caches saved: by model and in all, unknown where no price tells it, and hidden with what use cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from site_builder.cards import kpis, models
from site_builder.gather.meanings import TableMeaning
from site_builder.gather.models import CacheSaving, Model
from site_builder.gather.usage import NO_TOTALS
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card
from site_builder.planning import periods
from site_builder.planning.scopes import Scope

LAST = date(2026, 2, 28)


def _model(name: str, cache_tokens: int) -> Model:
    return Model(name, name, "p", "f", "standard", 5, 0, 900, Decimal(3), None, 5, None, cache_tokens)


NOW = Slice(
    totals=NO_TOTALS._replace(
        requests=20, credits=Decimal(12), uncosted_requests=20, cached_input_tokens=700, cache_write_input_tokens=200,
        cache_write_1h_input_tokens=100,
    ),
    models=(_model("known", 600), _model("reported", 300), _model("unkept", 100), _model("uncached", 0)),
    cache_savings=(CacheSaving("known", 600, 40, Decimal("-0.25")), CacheSaving("reported", 300, 300, None)),
)  # fmt: skip


def _view(now: Slice, *, shows_cost: bool = True) -> View:
    scope = Scope("t", "T", "t", "UTC", date(2026, 1, 1), LAST, ("t",))
    period = periods.cut(periods.MONTHLY, periods.month_of(LAST), LAST)
    before = periods.previous(period)
    return View(scope, period, before, now, Slice(), {}, {"t": "T"}, shows_cost=shows_cost)


def _column(card: Card, name: str) -> list[object]:
    names = [column.name for column in card.table.columns]
    return [row[names.index(name)] for row in card.table.rows]


def _figures(card: Card) -> dict[object, object]:
    return {row[0]: row[1] for row in card.table.rows}


def test_each_model_says_what_its_caches_saved_and_what_no_price_tells() -> None:
    card = models.build(_view(NOW))
    assert _column(card, "saved_by_cache_usd") == [Decimal("-0.25"), None, None, 0]
    assert _column(card, "unpriced_cache_tokens") == [40, 300, 100, 0]
    said = (
        "What caches saved is not known of 440 of 1,000 cache tokens: their cost was reported, or a price is missing."
    )
    assert card.note.endswith(said)


def test_the_key_figure_is_the_sum_of_what_is_known_and_stands_only_where_caches_were_used() -> None:
    card = kpis.build(_view(NOW))
    figures = _figures(card)
    assert (figures["saved_by_cache_usd"], figures["unpriced_cache_tokens"]) == (Decimal("-0.25"), 440)
    assert [tile.value for tile in card.tiles if tile.label == "Saved by cache (USD)"] == ["\u22120.25"]
    assert card.note.endswith("their cost was reported, or a price is missing.")
    unused = kpis.build(_view(Slice(totals=NO_TOTALS._replace(requests=1))))
    assert "saved_by_cache_usd" not in _figures(unused) and "cache" not in unused.note


def test_who_may_not_see_what_use_cost_sees_nothing_of_it() -> None:
    view = _view(NOW, shows_cost=False)
    for card in (kpis.build(view), models.build(view)):
        assert "Saved by cache" not in card.definition and "cache" not in card.note
        assert not any("saved_by" in str(cell) for row in card.table.rows for cell in row)
        assert all(column.name != "saved_by_cache_usd" for column in card.table.columns)
        assert all("Saved" not in tile.label for tile in card.tiles)
    assert not TableMeaning("mart_cache_savings_daily", "", (), ()).is_for_tenants
