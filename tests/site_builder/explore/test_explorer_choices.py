"""What a reader can choose, click and take away, in a real browser, from disk."""

import struct
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from explorer_driver import Driver

FEBRUARY = {"from": "2026-02-02", "to": "2026-03-01"}
FIRST, LAST = date(2026, 2, 2), date(2026, 3, 1)
MEASURES = {
    "input_credits": "sum(input_credits)", "output_credits": "sum(output_credits)", "runs": "sum(runs)",
    "calls": "sum(calls)", "errors": "sum(errors)", "input_tokens": "sum(input_tokens)",
    "output_tokens": "sum(output_tokens)", "success": "1 - sum(errors) / sum(requests)",
    "rating": "sum(rating_sum) / sum(rating_count)",
}  # fmt: skip
DIMS = {"project": "project_id", "task": "task_category"}


def asked(marts: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(marts), read_only=True) as con:
        return con.execute(query, [FIRST, LAST]).fetchall()


def tile(acme: Driver, figure: str) -> str | None:
    return acme.page.locator(f"[data-figure='{figure}']").get_attribute("data-exact")


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_that_of_the_marts(acme: Driver, small_marts: Path, measure: str) -> None:
    acme.open(**FEBRUARY, metric=measure)
    [[found]] = asked(
        small_marts,
        f"select {MEASURES[measure]} from marts.mart_usage_daily "
        "where tenant_id = 'acme' and usage_date between $1 and $2",
    )
    assert Decimal(tile(acme, measure) or "NaN") == round(Decimal(str(found)), 6)
    assert acme.faults == []


def test_the_response_time_is_that_of_single_answers(acme: Driver, small_marts: Path) -> None:
    acme.open(**FEBRUARY, metric="latency", split="provider")
    [[found]] = asked(
        small_marts,
        "select avg(latency_ms) from marts.mart_usage_events where tenant_id = 'acme' and usage_date between $1 and $2",
    )
    assert tile(acme, "latency") == f"{found:.3f}"
    assert [row[0] for row in acme.table("parts-table")] == ["maker", "No provider"]
    assert [row[2] for row in acme.table("parts-table")] == [f"{found:.3f}", ""], "no answer is no answer of 0 s"


@pytest.mark.parametrize("dim", DIMS)
def test_more_dimensions_divide_and_filter(acme: Driver, small_marts: Path, dim: str) -> None:
    acme.open(**FEBRUARY, split=dim)
    rows = asked(
        small_marts,
        f"select {DIMS[dim]}, sum(credits) from marts.mart_usage_daily "
        "where tenant_id = 'acme' and usage_date between $1 and $2 group by all order by 2 desc",
    )
    assert [(row[1], Decimal(row[2])) for row in acme.table("parts-table")] == rows
    acme.page.locator("#more-filters summary").click()
    acme.page.locator(f"#list-{dim} option").first.wait_for(state="attached")
    label = acme.table("parts-table")[0][0]
    acme.choose(dim, label)
    assert Decimal(tile(acme, "credits") or "") == rows[0][1]
    assert acme.faults == []


@pytest.mark.parametrize(("dim", "values"), [("tier", 2), ("item_type", 2), ("provider", 2)])
def test_what_a_model_or_an_item_is_adds_up(acme: Driver, dim: str, values: int) -> None:
    acme.open(**FEBRUARY, split=dim)
    rows = acme.table("parts-table")
    assert len(rows) >= values
    assert sum(Decimal(row[2]) for row in rows) == Decimal(tile(acme, "credits") or "")


def test_a_tag_divides_and_filters_alone(acme: Driver, small_marts: Path) -> None:
    acme.open(**FEBRUARY, split="tag:cost_center", team='["acme","team-1"]')
    rows = asked(
        small_marts,
        "select tag_value, sum(credits) from marts.mart_tag_daily where tenant_id = 'acme' and tag_key = 'cost_center' "
        "and usage_date between $1 and $2 group by all order by 2 desc",
    )
    assert [(row[1], Decimal(row[2])) for row in acme.table("parts-table")] == rows
    assert Decimal(tile(acme, "credits") or "") == sum(credits for _, credits in rows), (
        "a team's filter goes not with it"
    )
    assert "A tag is known by day alone" in (acme.page.locator("#note").text_content() or "")
    assert acme.page.locator("[name=team]").is_disabled()
    assert acme.page.locator("#week svg").count() == 0
    acme.after(lambda: acme.page.locator("#parts-table button", has_text="center-1").click())
    assert Decimal(tile(acme, "credits") or "") == dict(rows)["center-1"]
    assert acme.page.locator("#chips button").text_content() == "Tag cost_center: center-1 ×"
    assert acme.faults == []


def test_a_click_filters_and_another_takes_it_back(acme: Driver) -> None:
    acme.open(**FEBRUARY, split="team")
    whole, *_, first = tile(acme, "credits"), acme.table("parts-table")[0]
    bar = acme.page.locator("#parts .mark-rect path").first
    acme.after(bar.click)
    assert tile(acme, "credits") == first[2] != whole
    assert acme.page.locator("[name=team]").input_value() == first[0]
    acme.after(acme.page.locator("#chips button").click)
    assert tile(acme, "credits") == whole
    name = acme.page.locator("#parts-table button").first
    name.focus()
    acme.after(lambda: acme.page.keyboard.press("Enter"))
    assert tile(acme, "credits") == first[2]
    acme.after(acme.page.go_back)
    assert tile(acme, "credits") == whole
    assert acme.faults == []


def test_a_click_on_a_bar_of_the_trend_shows_its_dates(acme: Driver) -> None:
    acme.open(**FEBRUARY, by="week")
    rows = acme.table("trend-table")
    acme.after(acme.page.locator("#trend .mark-rect path").nth(1).click)
    assert [acme.page.locator(f"[name={name}]").input_value() for name in ("from", "to", "by")] == [
        "2026-02-09", "2026-02-15", "day",
    ]  # fmt: skip
    assert tile(acme, "credits") == rows[1][1]


def test_a_copied_link_shows_the_same(acme: Driver) -> None:
    acme.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    acme.open(**FEBRUARY, metric="tokens", split="user", stack="on", previous="off", columns="runs.credits")
    acme.choose("model", "MODEL-1")
    shown = acme.figures(), acme.table("parts-table"), acme.table("trend-table")
    acme.page.locator("#copy").click()
    acme.page.locator("#done:not(:empty)").wait_for()
    address = acme.page.evaluate("navigator.clipboard.readText()")
    acme.page.goto("about:blank")
    acme.page.goto(address)
    acme.page.locator("body[data-shown]").wait_for()
    assert shown == (acme.figures(), acme.table("parts-table"), acme.table("trend-table"))
    assert acme.page.locator("[name=stack]").is_checked() and not acme.page.locator("[name=previous]").is_checked()
    assert acme.page.locator("#columns input:checked").evaluate_all("boxes => boxes.map(box => box.value)") == [
        "credits", "runs",
    ]  # fmt: skip


def test_a_csv_has_the_columns_that_are_chosen(acme: Driver, small_marts: Path, tmp_path: Path) -> None:
    acme.open(**FEBRUARY, split="team")
    for box in ("runs", "input_credits", "success"):
        acme.after(acme.page.locator(f"#columns [value={box}]").check)
    acme.after(acme.page.locator("[name=previous]").uncheck)
    heads, *rows = acme.csv("parts", tmp_path)
    assert heads == ["tenant_id", "team_id", "name", "credits", "input_credits", "runs", "success_rate"]
    expected = asked(
        small_marts,
        "select tenant_id, team_id, sum(credits), sum(input_credits), sum(runs), 1 - sum(errors) / sum(requests) "
        "from marts.mart_usage_daily where tenant_id = 'acme' and usage_date between $1 and $2 "
        "group by all order by 3 desc",
    )
    found = [(*row[:2], *map(Decimal, row[3:])) for row in rows]
    assert found == [(*row[:-1], round(Decimal(row[-1]), 6)) for row in expected]
    heads, *days = acme.csv("trend", tmp_path)
    assert heads == ["from", "credits", "input_credits", "runs", "success_rate"] and len(days) == 28
    assert sum(Decimal(day[2]) for day in days) == sum(row[3] for row in expected)


def test_pictures_are_svg_and_png(acme: Driver, tmp_path: Path) -> None:
    acme.open(**FEBRUARY, split="team", stack="on")
    for chart in ("trend", "parts", "week"):
        svg = ElementTree.parse(acme.saved(f"{chart}.svg", tmp_path)).getroot()
        title = svg.find("{http://www.w3.org/2000/svg}title")
        assert title is not None and (title.text or "").startswith("Credits by ")
        assert "2026-02-02 to 2026-03-01" in (title.text or "")
        png = acme.saved(f"{chart}.png", tmp_path).read_bytes()
        width, height = struct.unpack(">II", png[16:24])
        assert png.startswith(b"\x89PNG") and width > 1000 and height > 300
    legend = acme.page.locator("#trend .role-legend-label text").all_text_contents()
    assert {"Quokka team-0", "Quokka team-1", "No team"} <= set(legend)
    assert acme.faults == []


def test_dates_without_data_are_said_to_be(acme: Driver) -> None:
    acme.open(**{"from": "2025-01-01", "to": "2025-02-01"})
    data = "data run from 2026-01-20 to 2026-03-05."
    note = acme.page.locator("#note")
    assert note.text_content() == f"No data for 2025-01-01 – 2025-02-01: {data}"
    assert [acme.page.locator(f"[name={name}]").input_value() for name in ("from", "to")] == [
        "2025-01-01",
        "2025-02-01",
    ]
    assert acme.page.locator("#results").is_hidden() and acme.page.locator("svg").count() == 0
    acme.open(**{"from": "2026-01-18", "to": "2026-01-21"})
    assert note.text_content() == f"Not all of these dates have data: {data}"
    rows = acme.table("trend-table")
    assert [row[1] for row in rows[:2]] == ["", ""] and all(Decimal(row[1]) for row in rows[2:])
    acme.open(**{"from": "2026-03-04", "to": "2099-12-31", "by": "month"})
    assert note.text_content() == f"Not all of these dates have data: {data}"
    assert acme.faults == []


def test_a_day_of_nothing_is_0_and_has_no_heat(acme: Driver) -> None:
    acme.open(**{"from": "2026-02-19", "to": "2026-02-19"})
    assert acme.page.locator("#note").text_content() == "No usage in these dates."
    assert tile(acme, "credits") == "0.000000" and tile(acme, "success") == ""
    assert acme.page.locator("#week svg").count() == 0
    assert acme.page.locator("#week-note").text_content() == "No usage in these dates."


def test_the_period_before_can_be_left_out(acme: Driver) -> None:
    acme.open(**FEBRUARY)
    assert "compared with" in (acme.page.locator("#period").text_content() or "")
    assert acme.page.locator("#tiles .before").count() > 0
    acme.after(acme.page.locator("[name=previous]").uncheck)
    assert "compared with" not in (acme.page.locator("#period").text_content() or "")
    assert acme.page.locator("#tiles .before").count() == 0
    assert {len(row) for row in acme.table("trend-table")} == {2}
    assert acme.page.locator("#trend .mark-line path").count() == 0


@pytest.mark.parametrize(
    ("label", "dates", "before"),
    [
        ("This month", "2026-03-01 – 2026-03-05", "2026-02-01 – 2026-02-05"),
        ("Last month", "2026-02-01 – 2026-02-28", "2026-01-01 – 2026-01-31 (data from 2026-01-20)"),
        ("All dates", "2026-01-20 – 2026-03-05", ""),
    ],
)
def test_months_are_compared_with_months(acme: Driver, label: str, dates: str, before: str) -> None:
    acme.open()
    acme.choose("range", label)
    assert acme.page.locator("#period").text_content() == dates + (f", compared with {before}" if before else "")


def test_stacked_parts_and_others_add_up(acme: Driver) -> None:
    acme.open(**FEBRUARY, split="user", stack="on")
    shown = acme.page.evaluate("""() => {
        const lengths = [...document.querySelectorAll("#trend .mark-rect path")].map(path => path.getBBox());
        const stacks = new Map();
        lengths.forEach(box => stacks.set(box.x, (stacks.get(box.x) || 0) + box.height));
        return [...stacks].sort((one, other) => one[0] - other[0]).map(([, height]) => height);
    }""")
    values = [float(row[1]) for row in acme.table("trend-table") if float(row[1])]
    assert len(shown) == 28
    shares = [height / max(shown) for height in shown if height > 0.5]
    assert shares == pytest.approx([value / max(values) for value in values], abs=0.02)


def test_points_between_days_are_joined_by_straight_lines(acme: Driver) -> None:
    acme.open(**FEBRUARY)
    line = acme.page.locator("#trend .mark-line path").get_attribute("d") or ""
    assert line.startswith("M") and "L" in line and "C" not in line


def test_a_bar_tells_its_value(acme: Driver) -> None:
    acme.open(**FEBRUARY, split="team")
    name = acme.table("parts-table")[0][0]
    acme.page.locator("#parts .mark-rect path").first.hover()
    told = acme.page.locator("#vg-tooltip-element.visible")
    told.wait_for()
    assert name in told.inner_text()


def test_what_is_typed_but_nobodys_name_changes_nothing(acme: Driver) -> None:
    acme.open(**FEBRUARY)
    whole = tile(acme, "credits")
    acme.page.locator("[name=user]").fill("nobody")
    acme.page.locator("[name=user]").press("Tab")
    assert acme.page.locator("[name=user]").evaluate("field => field.validationMessage") == "Choose one of the list."
    assert tile(acme, "credits") == whole and "user=" not in acme.page.url


def test_what_use_cost_the_publisher_is_shown_to_it_alone(acme: Driver, small_site: Path) -> None:
    acme.open(**FEBRUARY, metric="cost")
    assert acme.page.locator("[name=metric]").input_value() == "credits"
    assert not acme.page.get_by_text("cost (USD)").or_(acme.page.get_by_text("known price")).count()
    everyone = Driver(acme.page, small_site / "all/explore/index.html")
    everyone.open(**FEBRUARY, metric="cost")
    assert Decimal(tile(everyone, "cost") or "") > 0
    assert everyone.page.get_by_text("without a known price").count() == 1
    assert acme.faults == []
