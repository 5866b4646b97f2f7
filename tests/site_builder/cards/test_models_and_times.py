"""Models by credits, messages and family, and how long each of them took."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from site_builder.cards import heatmap, latency, models
from site_builder.charts.specs import Bars, Ranking
from site_builder.gather.latency import ALL, MODEL, Latency
from site_builder.gather.models import Model
from site_builder.gather.rows import DATE
from site_builder.gather.usage import NO_TOTALS, Hour
from site_builder.gather.view import Slice
from site_builder.pages.elements import Card
from tests.site_builder.made_views import view_of
from tests.site_builder.published import rows

Kind = TypeVar("Kind")


def model(name: str, credits: int, requests: int, family: str | None = "GPT", rate: str | None = None) -> Model:
    multiplier = None if rate is None else Decimal(rate)
    return Model(name, name, "p", family, "standard", requests, 0, 0, Decimal(credits), None, 0, multiplier)


def took(name: str, median: float, answers: int = 10, breakdown: str = MODEL) -> Latency:
    return Latency(breakdown, None, name, None, answers, 100, median, 2 * median, 3 * median, 1, 10**6)


def chart(card: Card, label: str, kind: type[Kind]) -> Kind:
    [found] = next(panel.charts for panel in card.panels if panel.label == label)
    assert isinstance(found, kind)
    return found


def test_the_slowest_model_is_shown_however_seldom_it_is_asked() -> None:
    busy = [took(f"busy-{place}", 100, 1000 - place) for place in range(12)]
    card = latency.build(view_of(Slice(latencies=(took("all", 100, breakdown=ALL), *busy, took("slow", 9000)))))
    ranks = chart(card, "Models", Ranking).rows
    assert len(ranks) == 13 and ranks[0].label == "slow"
    assert ranks[0].text == "9.00\u202fs · p95 18.00\u202fs · p99 27.00\u202fs"
    facts = {fact.label: fact.text for fact in card.facts}
    assert facts["Slowest model"].startswith("\u2068slow\u2069, half within 9.00")
    assert facts["Fastest model"].startswith("\u2068busy-0\u2069, half within 100")


def test_of_more_models_than_a_chart_has_room_for_the_fastest_stand_together() -> None:
    many = [took(f"m-{place:02d}", 100 + place) for place in range(latency.MOST_MODELS + 5)]
    card = latency.build(view_of(Slice(latencies=(took("all", 100, breakdown=ALL), *many))))
    *_, last_model, others = chart(card, "Models", Ranking).rows
    assert last_model.value == 105 and (others.label, others.value) == ("5 faster models", 104)


def test_a_model_with_few_answers_is_neither_the_fastest_nor_the_slowest() -> None:
    times = [took("all", 1, breakdown=ALL), took("a", 100), took("b", 200), took("lucky", 1, 9), took("(none)", 9e5)]
    facts = {fact.label: fact.text for fact in latency.build(view_of(Slice(latencies=tuple(times)))).facts}
    assert "⁨a⁩" in facts["Fastest model"] and "⁨b⁩" in facts["Slowest model"]


def test_the_trend_of_times_stands_opposite_the_dates_before() -> None:
    now = (took("all", 1, breakdown=ALL), *(took(f"2026-02-{day}", 300, breakdown=DATE) for day in ("03", "28")))
    past = (took("all", 1, breakdown=ALL), took("2026-01-03", 200, breakdown=DATE))
    card = latency.build(view_of(Slice(latencies=now), Slice(latencies=past)))
    median, p95 = (chart(card, label, Bars) for label in ("Trend", "p95 trend"))
    assert [(bar.value, bar.ghost) for bar in median.bars[:3]] == [(0, None), (0, None), (300, 200)]
    assert (p95.bars[2].value, p95.bars[2].ghost, len(p95.bars)) == (600, 400, 28)


def test_models_are_ranked_by_messages_too_and_carry_their_multiplier() -> None:
    found = (model("dear", 90, 1, rate="2.000000"), model("cheap", 10, 99, rate="0.250000"), model("free", 0, 0))
    card = models.build(view_of(Slice(models=found, totals=NO_TOTALS._replace(credits=Decimal(100), requests=100))))
    assert [rank.label for rank in chart(card, "Credits", Ranking).rows] == ["dear (2×)", "cheap (0.25×)", "free"]
    assert [(rank.label, rank.text) for rank in chart(card, "Messages", Ranking).rows] == [
        ("cheap (0.25×)", "99 · 99%"), ("dear (2×)", "1 · 1.0%"),
    ]  # fmt: skip
    assert [(fact.label, fact.text) for fact in card.facts] == [("Average", "1.00 credits a message")]


def test_families_have_their_models_below_them_and_lose_none() -> None:
    family = [model(f"gpt-{place}", 10 - place, 1) for place in range(5)]
    others = [model(f"m-{place}", 1, 1, family=f"F{place}") for place in range(9)]
    whole = sum((row.credits for row in (*family, *others)), Decimal(0))
    card = models.build(view_of(Slice(models=(*family, *others), totals=NO_TOTALS._replace(credits=whole))))
    ranks = chart(card, "Families", Ranking).rows
    assert [rank.label for rank in ranks[:5]] == [
        "GPT",
        "\u2003gpt-0",
        "\u2003gpt-1",
        "\u2003gpt-2",
        "\u2003All others of it",
    ]
    assert (ranks[4].value, ranks[4].note) == (13, "2 models")
    assert (ranks[-1].label, ranks[-1].note) == ("All others", "2 models")
    assert sum(rank.value for rank in ranks if not rank.label.startswith("\u2003")) == whole


def test_a_multiplier_is_that_of_the_last_date_of_use(small_site: Path) -> None:
    for report, multiplier in (("acme/daily/2026-02-14", "1.000000"), ("acme/monthly/2026-02", "2.000000")):
        found = {row["model_id"]: row["multiplier"] for row in rows(small_site, report, "models")}
        assert set(found.values()) == {multiplier, ""} and found["(none)"] == ""


def test_the_hour_that_takes_most_credits_stands_beside_the_average_hour() -> None:
    hours = (Hour(1, 9, 50, Decimal(28)), Hour(2, 9, 1, Decimal(28)), Hour(1, 14, 1, Decimal(616)))
    card = heatmap.build(view_of(Slice(hours=hours, totals=NO_TOTALS._replace(requests=52, credits=Decimal(672)))))
    facts = {fact.label: fact.text for fact in card.facts}
    assert facts["Peak hour by credits"] == "14:00–14:59, 22.00 credits a day; the average hour takes 1.00"
