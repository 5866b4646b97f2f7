"""The tags card: each key adds up to all usage, whoever has it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from site_builder.cards import tags
from site_builder.gather.tags import TagShare, TagUse
from site_builder.gather.usage import NO_TOTALS
from site_builder.gather.view import Slice
from tests.site_builder.made_views import view_of
from tests.site_builder.published import rows


def use(key: str, value: str, credits: int) -> TagUse:
    return TagUse(key, value, credits, 0, 0, 0, Decimal(credits))


def made(*uses: TagUse, whole: int) -> Slice:
    return Slice(tags=uses, totals=NO_TOTALS._replace(credits=Decimal(whole), requests=whole))


def test_each_key_adds_up_to_all_usage(small_site: Path) -> None:
    for scope in ("acme", "all"):
        report = f"{scope}/monthly/2026-02"
        figures = {row["figure"]: row["value"] for row in rows(small_site, report, "kpis")}
        found = rows(small_site, report, "tags")
        by_key = {key: [row for row in found if row["tag_key"] == key] for key in ("cost_center", "env")}
        assert sum(map(len, by_key.values())) == len(found)
        for key, uses in by_key.items():
            assert uses[-1]["tag_value"] == "(none)" or (key, scope) == ("env", "acme")
            assert sum(Decimal(row["credits"]) for row in uses) == Decimal(figures["credits"])
            for name in ("requests", "runs", "total_tokens"):
                assert sum(int(row[name]) for row in uses) == int(figures[name])


def test_the_keys_with_most_tagged_credits_come_first_and_untagged_usage_last() -> None:
    now = made(use("team", "(none)", 90), use("team", "red", 10), use("cost", "x", 50), use("cost", "y", 20), whole=100)
    card = tags.build(view_of(now, made(use("cost", "y", 10), whole=10)))
    assert [panel.label for panel in card.panels] == ["cost", "team"]
    assert [(rank.label, rank.text) for rank in card.panels[0].charts[0].rows] == [
        ("x", "50.00 · 50%"), ("y", "20.00 · 20%"), ("Not tagged", "30.00 · 30%"),
    ]  # fmt: skip
    assert card.title == "\u2068x\u2069 took 50% of the credits by \u2068cost\u2069; 30% are not tagged"
    changes = {row[:2]: row[-2:] for row in card.table.rows}
    assert changes["cost", "y"] == (Decimal(10), 100.0) and changes["cost", "(none)"][0] == 0


def test_more_values_than_a_chart_has_room_for_stand_together() -> None:
    card = tags.build(view_of(made(*(use("k", f"v{place}", 20 - place) for place in range(10)), whole=155)))
    assert card.panels[0].charts[0].rows[-1].label == "2 other values" and card.title.endswith("by \u2068k\u2069")


def test_what_is_shared_is_shown_divided_where_it_is_all_of_the_month() -> None:
    def share(key: str, value: str, credits: int, given: int = 0) -> TagShare:
        return TagShare(key, value, Decimal(given), Decimal(0), Decimal(credits))

    uses = (use("cost", "x", 60), use("cost", "shared", 40))
    now = made(*uses, whole=100)
    shares = (share("cost", "x", 70), share("cost", "y", 30), share("cost", "shared", 0, given=40))
    card = tags.build(view_of(replace(now, tag_shares=shares)))
    column = [column.name for column in card.table.columns].index("divided_credits")
    assert {row[1]: row[column] for row in card.table.rows} == {"x": 70, "y": 30, "shared": 0}
    _, after = card.panels[0].charts
    assert [(rank.label, rank.value) for rank in after.rows] == [("x", 70), ("y", 30)]
    # Of a tenant whose month has more dates than the period there is more to divide than was used in it.
    other = tags.build(view_of(replace(now, tag_shares=(*shares, share("cost", "z", 1)))))
    assert {row[column] for row in other.table.rows} == {None} and len(other.panels[0].charts) == 1


def test_without_tags_the_card_says_so() -> None:
    assert tags.build(view_of(made(whole=5))).title == "No usage carries a tag"
