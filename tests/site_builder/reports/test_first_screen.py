"""What a report says first: the change with its largest cause, a one-off as such; why, what is at risk, what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from site_builder.cards import alerts, budgets, causes, drivers, recommendations
from site_builder.gather.alerts import Alert
from site_builder.gather.causes import Runaway, RunawayPart, Use
from site_builder.gather.shares import ModelUse
from site_builder.gather.usage import NO_TOTALS
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card
from site_builder.planning import periods
from site_builder.planning.scopes import Scope
from site_builder.reports.first_screen import headline, lines

WEDNESDAY = date(2026, 2, 11)


def used(credits: str, **items: str) -> Slice:
    """A week of credits, of which items took some; all by one model, team and user."""
    whole = Decimal(credits)
    by_item = {key: Decimal(part) for key, part in items.items()}
    by_item["(none)"] = whole - sum(by_item.values(), Decimal(0))
    uses = [Use("item", "acme", key, key.title(), 10, part) for key, part in by_item.items()]
    uses += [Use(name, "acme", "(none)", "(none)", 10 * len(by_item), whole) for name in ("team", "user")]
    model = ModelUse("acme", "m", "Model", 10 * len(by_item), whole)
    totals = NO_TOTALS._replace(requests=10 * len(by_item), credits=whole)
    return Slice(totals=totals, model_uses=(model,), uses=tuple(uses))


def ran_away(part: Slice, item: str, credits: str, excess: str) -> Slice:
    """The week in which an item ran away on Wednesday."""
    parts = [
        RunawayPart("acme", item, WEDNESDAY, dimension, key, 5, Decimal(credits))
        for dimension, key in (("item", item), ("team", "(none)"), ("user", "(none)"), ("model", "m"))
    ]
    runaway = Runaway("acme", item, item.title(), WEDNESDAY, Decimal(credits), Decimal(excess))
    return replace(part, runaways=(runaway,), runaway_parts=tuple(parts))


def view_of(now: Slice, past: Slice, tenants: tuple[str, ...] = ("acme",)) -> View:
    span = periods.week_of(WEDNESDAY)
    tenant = "acme" if len(tenants) == 1 else None
    scope = Scope(tenant, "Acme", "acme", "UTC", date(2026, 1, 1), span.last, tenants)
    period = periods.cut("weekly", span, span.last)
    return View(scope, period, periods.previous(period), now, past, {}, {name: name.title() for name in tenants})


def plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "").replace("\u202f", " ")


def test_a_one_off_is_named_with_its_date_and_the_trend_without_it() -> None:
    view = view_of(ran_away(used("1213", agent="760"), "agent", "756", "750"), used("485", agent="4"))
    assert plain(headline(view)) == "1,213 credits, 150% more: 756 of them Agent on 11 Feb"
    why = lines(view, [drivers.build(view)])[0]
    assert plain(why.text) == (
        "A one-off: Agent on 11 Feb took 756.0 credits, 750.0 above its usual. Without it, 463.0, 4.5% less than the "
        "week before"
    )
    assert (why.name, why.card) == ("why", "drivers")


@pytest.mark.parametrize(
    ("now", "past", "said"),
    [
        (used("120", bot="60"), used("100", bot="45"), "120.0 credits, 20.0% more: Bot took 15 more"),
        (used("80", bot="25"), used("100", bot="45"), "80.00 credits, 20.0% less: Bot took 20 less"),
        # Nobody made a part of it that would be worth a name but the only model.
        (used("120", bot="46"), used("100", bot="45"), "120.0 credits, 20.0% more: Model took 20 more"),
        (
            ran_away(used("90", bot="20"), "bot", "20", "19"),
            used("100"),
            "90.00 credits, 10.0% less, despite 20 of Bot",
        ),
        (used("100"), used("100"), "100.0 credits, the same as the week before"),
        (used("5"), Slice(), "5.00 credits used in week 7 of 2026, after none in the week before"),
        (Slice(), used("5"), "No usage in week 7 of 2026"),
    ],
)
def test_the_largest_cause_is_named(now: Slice, past: Slice, said: str) -> None:
    assert plain(headline(view_of(now, past))).startswith(said)


def test_of_all_tenants_it_says_whose_it_is() -> None:
    now = ran_away(used("1213", agent="760"), "agent", "756", "750")
    assert "Agent (Acme) on 11 Feb" in plain(headline(view_of(now, used("485"), ("acme", "other"))))


def alert(kind: str, severity: str, amount: str, reference: str, sentence: str, excess: str | None = None) -> Alert:
    about = ("item", "agent", "Agent") if kind == "runaway_item" else ("team", "t", "Support")
    number, of = Decimal(amount), Decimal(reference)
    return Alert(
        "acme", kind, severity, *about, WEDNESDAY, WEDNESDAY, 1, number, of, number, number, of,
        None if excess is None else Decimal(excess), None, sentence, None, False, None, None, None,
    )  # fmt: skip


def test_the_largest_excess_comes_first_of_each_severity() -> None:
    found = [
        alert("budget_at_risk", "warning", "130", "100", "{} is projected to go over its budget"),
        alert("runaway_item", "warning", "60", "90", "{} ran away", "50"),
        alert("budget_100", "critical", "101", "100", "{} used up its budget"),
        alert("runaway_item", "critical", "400", "90", "{} ran away", "300"),
    ]
    view = view_of(replace(used("1"), alerts=tuple(found)), used("1"))
    card = alerts.build(view)
    kinds = [(row[1], row[3]) for row in card.table.rows]
    assert kinds == [
        ("critical", "runaway_item"), ("critical", "budget_100"), ("warning", "runaway_item"),
        ("warning", "budget_at_risk"),
    ]  # fmt: skip
    assert [notice.card for notice in card.notices] == ["items", "budgets", "items", "budgets"]
    assert plain(card.title) == "Agent ran away: 300.0 credits above its median; 3 more alerts"
    risk = lines(view, [card, budgets.build(view)])[1]
    # What is over is no risk; a card that has nothing to show is not led to.
    assert plain(risk.text).startswith("Support used up its budget: 101.0 of 100.0 credits; ") and risk.card == ""
    assert risk.is_marked


def test_where_nothing_is_there_each_line_says_so() -> None:
    view = view_of(used("100"), used("90"))
    cards: list[Card] = [build(view) for build in (drivers.build, causes.build, recommendations.build)]
    found = lines(view, cards)
    said = {line.name: (line.text, line.card) for line in found}
    assert not any(line.is_marked for line in found)
    assert said["at_risk"] == ("Nothing that the data show", "")
    assert said["to_do"] == ("Nothing: the data show no saving", "") and said["why"][1] == "drivers"
