"""Charts: well-formed, themable, the same in every process, harmless whatever the names."""

import hashlib
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.charts.axes import nice_ticks
from site_builder.charts.draw import draw, spark
from site_builder.charts.specs import (
    Bar,
    Bars,
    BurnUp,
    Chart,
    Diverging,
    Gauge,
    Gauges,
    Heat,
    Line,
    Point,
    Rank,
    Ranking,
)

HOSTILE = '<script>alert(1)</script> & "x" ]]> $x^2$ \u202e'
BARS = [Bar(f"{day} Nov", Decimal(day), Decimal(30 - day), day == 7) for day in range(1, 31)]
CHARTS: dict[str, Chart] = {
    "bars": Bars("Credits by day", HOSTILE, "credits", BARS),
    "line": Line("Users", "30 days", "users", [Bar(bar.label, int(bar.value)) for bar in BARS]),
    "ranking": Ranking("Users", "10", [Rank(HOSTILE * 3, 5, "5 · 50 %", HOSTILE), Rank("b", 0, "0")]),
    "diverging": Diverging(
        "Change",
        "2",
        [
            Rank(HOSTILE, Decimal(-5), "−5", HOSTILE),
            Rank("b", 3, "+3"),
            Rank("c", 0, "0"),
        ],
    ),
    "gauges": Gauges(
        "Budgets",
        "2",
        [
            Gauge(HOSTILE, 0.4, 0.9, 0.7, 1.1, "40 % of 10", HOSTILE),
            Gauge("c", 0, 0, 0, 0, "0 %"),
            Gauge("b", 9.0, 9.0, None, None, "900 %", tone="mark"),
        ],
    ),  # fmt: skip
    "heat": Heat("Hours", "7", "messages", [(day, [None, 0, *range(22)]) for day in ("Mon", "Tue")]),
}


def _parts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<div>{svg.replace('<svg ', '<svg ')}</div>"))


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_well_formed_and_carry_no_style(name: str) -> None:
    svg = draw(CHARTS[name], "x", is_wide=True)
    variants = _parts(svg)
    assert [variant.get("class") for variant in variants] == ["chart wide", "chart narrow"]
    assert "style=" not in svg and "<script" not in svg and "#10" not in svg and "xlink" not in svg
    idents = re.findall(r'\sid="([^"]+)"', svg)
    assert len(idents) == len(set(idents)) == 4
    for variant in variants:
        shapes = [element for element in variant.iter() if element.tag in ("path", "text") and len(element) == 0]
        assert shapes
        assert all("class" in element.attrib for element in shapes)


@pytest.mark.parametrize("name", CHARTS)
def test_text_stays_within_the_drawing(name: str) -> None:
    for variant in _parts(draw(CHARTS[name], "x", is_wide=False)):
        _, _, width, height = map(float, (variant.get("viewBox") or "").split())
        for element in variant.iter("text"):
            assert -1 <= float(element.get("x", "0")) <= width + 1
            assert 0 <= float(element.get("y", "0")) <= height


def test_the_same_chart_has_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from test_charts import CHARTS; from site_builder.charts.draw import draw;"
        "print(hashlib.sha256(''.join(draw(c, n, is_wide=True) for n, c in CHARTS.items()).encode()).hexdigest())"
    )
    here = hashlib.sha256("".join(draw(c, n, is_wide=True) for n, c in CHARTS.items()).encode()).hexdigest()
    for seed in ("1", "2"):
        paths = f"{Path(__file__).parent}:{Path(__file__).parents[3]}"
        run = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert run.stdout.strip() == here


def test_bars_are_as_high_as_their_values() -> None:
    svg = draw(Bars("t", "d", "u", [Bar("a", Decimal(1)), Bar("b", Decimal(2))]), "x", is_wide=True)
    path = next(element for element in _parts(svg)[0].iter("path") if element.get("class") == "c1")
    shapes = (path.get("d") or "").split("z")
    ys = [[float(y) for _, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", shape)] for shape in shapes]
    heights = [max(part) - min(part) for part in ys if part]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)


@given(st.one_of(st.integers(1, 10**12), st.decimals("0.000001", "1e12", allow_nan=False, places=6)))
def test_ticks_reach_the_top_in_few_even_steps(top: int | Decimal) -> None:
    ticks = nice_ticks(top)
    assert ticks[0] == 0 and ticks[-1] >= float(top) * 0.99999
    assert 2 <= len(ticks) <= 6
    if isinstance(top, int):
        assert all(tick == int(tick) for tick in ticks)
    else:
        assert ticks[-1] <= float(top) * 2.01


def test_sparklines_are_hidden_from_screen_readers() -> None:
    svg = spark([1, Decimal(2), 3])
    assert ElementTree.fromstring(svg).get("aria-hidden") == "true"


@pytest.mark.parametrize(("full", "length"), [(None, 350), (1, 175), (Decimal("0.5"), 350)])
def test_a_bar_is_as_long_as_its_part_of_a_full_one(full: Decimal | int | None, length: int) -> None:
    svg = draw(Ranking("t", "d", [Rank("half", Decimal("0.5"), "50 %")], full), "x", is_wide=True)
    assert f'd="M0 29V22H{length}V29z" class="c1"' in svg


@pytest.mark.parametrize(("name", "said"), [
    ("bars", ["1 Nov, credits: 1.00; before: 29.00", "2 Nov, credits: 2.00; before: 28.00"]),
    ("heat", ["Mon 03:00, messages: 1", "Mon 04:00, messages: 2"]),
])  # fmt: skip
def test_a_pointer_reads_the_value_of_each_mark_without_a_script(name: str, said: list[str]) -> None:
    wide, narrow = _parts(draw(CHARTS[name], "x", is_wide=True))
    titles = [element.text for element in wide.iter("title")][1:]
    assert titles[:2] == said
    assert len(list(narrow.iter("title"))) == 1
    assert said[0] in draw(CHARTS[name], "x", is_wide=False)


def test_a_burn_up_stops_at_the_last_date_and_shows_what_is_to_come() -> None:
    days = [Point(f"{day} Nov", Decimal(day) if day <= 10 else None, Decimal(2 * day)) for day in range(1, 31)]
    chart = BurnUp("Credits", "30 days", "credits", days, Decimal(30), Decimal(25), Decimal(40), Decimal(35))
    wide = _parts(draw(chart, "x", is_wide=True))[0]
    said = [element.text for element in wide.iter("title")][1:]
    assert len(said) == 11 and said[-2:] == ["10 Nov, credits: 10.00; before: 20.00", "30 Nov, projected: 30.00"]
    assert [element.get("class") for element in wide.iter("path")].count("h2") == 1
