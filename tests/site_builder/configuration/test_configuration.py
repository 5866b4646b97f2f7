"""tallybook.toml: which cards where, what an hour is worth; what is wrong is named with file and line."""

import json
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from site_builder.build import build_site
from site_builder.cards.roi import build
from site_builder.configuration.roi import Roi
from site_builder.configuration.schema import DEFAULT, Configuration, ConfigurationError, read_configuration
from site_builder.gather.view import Slice, View
from site_builder.gather.work import Task, TaskSpend
from site_builder.pages.elements import Card
from site_builder.planning import periods
from site_builder.planning.schedule import Interval
from site_builder.planning.scopes import Scope

README = Path(__file__).parents[3] / "site_builder" / "README.md"
TAG = "[virtual_tags.k]\nrules = [{ value = 'b' }]\n"
HEAD = '[roi]\nhourly_rate = 50\ncurrency = "EUR"\n'


def configuration(tmp_path: Path, text: str) -> Configuration:
    path = tmp_path / "tallybook.toml"
    path.write_text(text, encoding="utf-8")
    return read_configuration(path)


def test_the_example_of_the_readme_is_read(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert example
    found = configuration(tmp_path, example[1])
    assert found.cards["tenant", "daily"][0] == "kpis"
    assert (found.brand.name, found.notation.locale) == ("Example Platform", "de-DE")
    assert found.tenants_see_cost and found.finance == {"finance@acme.example"}
    assert list(found.links) == ["Manage users", "Billing portal"]
    assert found.exchange_rate_of == "month" and DEFAULT.exchange_rate_of is None
    assert found.schedule.editions == ("billing", "quarterly")
    assert found.schedule.intervals == (
        Interval("Pilot", date(2026, 11, 3), date(2026, 11, 19), tenants=("acme",)),
        Interval("Sprint", date(2026, 9, 7), weeks=2),
    )
    assert found.roi == Roi(Decimal("55.50"), "EUR", {"drafting": Decimal(6), "support reply": Decimal("2.5")})
    [tag] = json.loads(found.virtual_tags or "[]")
    assert (tag["key"], tag["shared"], tag["shares"]) == ("cost_center", ["Platform", "(none)"], {})
    assert tag["rules"][1] == {"value": "Sales", "match": {"item_name": ["Sales *"], "channel": ["chat", "agent"]}}
    assert [rule["value"] for rule in tag["rules"]] == ["Research", "Sales", "Platform"]


def test_a_file_without_virtual_tags_has_none_and_no_file_leaves_them(tmp_path: Path) -> None:
    assert (configuration(tmp_path, "").virtual_tags, DEFAULT.virtual_tags) == ("[]", None)
    given = '[virtual_tags.k]\nshared = "x"\nshares = { b = 33.3, a = 66.7 }\nrules = [{ value = "x" }]'
    [tag] = json.loads(configuration(tmp_path, given).virtual_tags or "[]")
    assert (tag["shares"], tag["rules"]) == ({"a": "66.7", "b": "33.3"}, [{"value": "x", "match": {}}])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[links]\nbilling_portal = "javascript:alert(1)"', 2, "begins with https://"),
        ('[links]\nbilling_portal = "https://x.example/<script>"', 2, "begins with https://"),
        ('[links]\nhome = "https://x.example"', 2, "links.home: there is no such key"),
        ('[mail]\nfinance = "a@b.example"', 2, "a list of mail addresses is wanted"),
        ("[money]\ntenants_see_cost = 1", 2, "true or false is wanted"),
        ("[cards.tenant]\n\n[brands]\nname = 1", 3, "brands: there is no such key"),
        ("[brand]\nname = 1", 2, "brand.name: a name of at most 60"),
        ('[brand]\nname = "A"\ncolour = "#000000"', 3, "brand.colour: there is no such key"),
        ('[brand]\naccent = "red"', 2, "brand.accent: a colour is wanted"),
        ('[brand]\naccent = "#f0a6d6"', 2, "its contrast on the light page is 1."),
        ('[brand]\nname = "A"\nlogo = "none.svg"', 3, "none.svg cannot be read: No such file"),
        ('[brand]\nlogo = "tallybook.svg"', 2, "a logo needs a name"),
        ('[brand]\nname = "A"\nlogo = "tallybook.toml"', 3, "the path of an .svg or .png"),
        ('[format]\nlocale = "german"', 2, "format.locale: a locale that the CLDR knows"),
        ('[format]\nlocale = "xx-YY"', 2, "format.locale: a locale that the CLDR knows"),
        ("[cards.tenant]\n# why\ndialy = []", 3, "cards.tenant.dialy: there is no such key"),
        ('[cards.tenant]\ndaily = ["kpis",\n  "margin"]', 2, "there is no card 'margin' in daily reports"),
        ('[cards.tenant]\nmonthly = ["kpis", "margin"]', 2, "there is no card 'margin' in monthly reports"),
        ('[cards.all]\nmonthly = ["kpis", "margin", "roi"]', 2, "there is no card 'roi'"),
        ('[cards.all]\nweekly = ["models"]', 2, "'kpis' cannot be left out"),
        ('[cards.all]\nweekly = ["kpis", "kpis"]', 2, "named twice"),
        ('[cards.all]\nweekly = "kpis"', 2, "a list of card names"),
        ("cards = 3", 1, "a table is wanted"),
        ('[roi]\nhourly_rate = 50\ncurrency = "euro"\n', 1, "minutes_saved is missing"),
        (f"{HEAD}minutes_saved = {{ drafting = 0 }}", 4, "roi.minutes_saved.drafting: a number above 0"),
        (f'{HEAD}[roi.minutes_saved]\n"support reply" = true', 5, "a number above 0"),
        (f"{HEAD}[roi.minutes_saved]\ncoding = 1441", 5, "more minutes than a day has"),
        (f"{HEAD}[roi.minutes_saved]\ncoding = nan", 5, "a number above 0"),
        (f"{HEAD}[roi.minutes_saved]\ncoding = 0.00001", 5, "at most four decimals"),
        ('[roi]\ncurrency = "euro"\nhourly_rate = 1\nminutes_saved.x = 1', 2, "three capitals"),
        ('[margin]\nexchange_rate_of = "use"', 2, "margin.exchange_rate_of: one of 'purchase', 'month' is wanted"),
        (
            "[editions]\nweekly = false",
            2,
            "editions.weekly: there is no such key; there are billing, ",
        ),
        ('[editions]\nyearly = "no"', 2, "editions.yearly: true or false"),
        ('[cards.all]\nbilling = ["kpis"]', 2, "cards.all.billing: there is no such key"),
        ('[[custom]]\nname = "A"\nlast = 2026-11-03', 1, "custom.1.first: the first date is missing"),
        ('[[custom]]\nname = "A"\nfirst = 2026-11-03', 1, "custom.1.last: the last date is missing"),
        ('[[custom]]\nname = "A"\nfirst = "2026-11-03"\nlast = 2026-11-04', 3, "without quotes"),
        ('[[custom]]\nname = "A"\nfirst = 1999-11-03\nlast = 2026-11-04', 3, "a date from 2000-01-01 on"),
        ('[[custom]]\nname = "A"\nfirst = 2026-11-03\nlast = 2026-11-02', 4, "custom.1.last: the last date is before"),
        ('[[custom]]\nname = ""\nfirst = 2026-11-03\nlast = 2026-11-04', 2, "custom.1.name: a name of at most 60"),
        ('[[custom]]\nname = "A"\nfirst = 2026-11-03\nweeks = 0', 4, "custom.1.weeks: a whole number of weeks"),
        ('[[custom]]\nname = "A"\nfirst = 2026-11-03\nweeks = 1\ntenants = "acme"', 5, "a list of tenant ids"),
        ('[[custom]]\nname = "A"\nfirst = 2026-11-03\nevery = 1', 4, "custom.1.every: there is no such key"),
        (
            '[[custom]]\nname = "A"\nfirst = 2026-11-03\nweeks = 1\n\n'
            '[[custom]]\nname = "B"\nfirst = 2026-11-03\nweeks = 1',
            8,
            "custom.2.first: these dates are named twice",
        ),
        ("[custom]\nfirst = 2026-11-03", 1, "each under a line [[custom]]"),
        ("[virtual_tags.k]\nshared = ['x']", 1, "virtual_tags.k: rules are wanted"),
        ("\n[[virtual_tags.k.rules]]\nteam_id = 'x'", 2, "virtual_tags.k.rules: rule 1 needs a value"),
        ("[[virtual_tags.k.rules]]\nvalue = 'x'\nteam = 'y'", 1, "rule 1: usage has no 'team' to go by"),
        (f"{TAG}shared = 3", 3, "virtual_tags.k.shared: a text or a list of texts"),
        (f"{TAG}shared = []", 3, "virtual_tags.k.shared: at least one text"),
        (f"{TAG}shares = {{ a = 100 }}", 3, "virtual_tags.k.shares: there is nothing to divide"),
        (f"{TAG}shared = 'b'\nshares = {{ a = 60, c = 30 }}", 4, "the shares add up to 90, not to 100"),
        (f"{TAG}shared = 'b'\nshares.b = 100", 4, "a value whose credits are divided gets none of them"),
        ("[roi]\nhourly_rate = 1 2", 2, "Expected newline"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(ConfigurationError) as fault:
        configuration(tmp_path, text)
    assert str(fault.value).startswith(f"{tmp_path / 'tallybook.toml'}, line {line}: ")
    assert reason in str(fault.value)


def test_nothing_set_changes_nothing(tmp_path: Path) -> None:
    assert configuration(tmp_path, "# nothing\n[cards.tenant]\n") == DEFAULT
    assert str(DEFAULT) == ""
    assert read_configuration(None) == DEFAULT


def test_cards_stand_as_named_and_another_configuration_publishes_anew(
    small_marts: Path, small_site: Path, tmp_path: Path
) -> None:
    site = shutil.copytree(small_site, tmp_path / "site")
    chosen = Configuration(
        {("tenant", "monthly"): ("kpis", "roi", "models")},
        Roi(Decimal("50"), "EUR", {"unheard of": Decimal(5)}),
    )

    def cards(folder: str) -> list[str]:
        return list(json.loads((site / folder / "monthly/2026-02/report.json").read_text("utf-8"))["cards"])

    assert "roi" not in cards("acme") and "roi" not in cards("all")
    first = build_site(small_marts, site, configuration=chosen, changed={})
    valued = {"monthly", "billing", "quarterly", "yearly"}
    assert {report.edition for report in first.reports} == valued
    assert cards("acme") == ["kpis", "roi", "models"]
    assert {"roi", "margin", "users"} <= set(cards("all"))
    assert {path.stem for path in (site / "acme/monthly/2026-02/data").iterdir()} == {"kpis", "roi", "models"}
    unchanged = build_site(small_marts, site, configuration=chosen, changed={})
    assert (len(unchanged.reports), unchanged.unchanged) == (0, 0)
    again = build_site(small_marts, site, changed={})
    assert {report.edition for report in again.reports} == valued
    assert "roi" not in cards("acme") and "roi" not in cards("all")


def test_time_saved_is_messages_times_minutes_times_worth() -> None:
    def task(name: str, tier: str, requests: int, errors: int, credits: str) -> Task:
        return Task(name, tier, requests, errors, 0, Decimal(credits), 0, 0)

    roi = Roi(Decimal(50), "EUR", {"coding": Decimal(1), "drafting": Decimal("6.5"), "unheard of": Decimal(5)})
    tasks = (
        task("drafting", "premium", 7, 1, "2.5"), task("drafting", "economy", 5, 0, "0.5"),
        task("coding", "economy", 2, 0, "1"), task("(none)", "economy", 900, 0, "90"),
    )  # fmt: skip
    spends = (TaskSpend("drafting", "EUR", Decimal("9.583333")), TaskSpend("coding", "EUR", Decimal("2.0")))
    card = _card(roi, Slice(tasks=tasks, task_spends=spends))
    # 11 × 6.5 = 71.5 minutes, and 2 of coding.
    assert [row[:6] for row in card.table.rows] == [
        ("drafting", 11, Decimal("6.5"), Decimal("1.191667"), 50, Decimal("59.583333")),
        ("coding", 2, 1, Decimal("0.033333"), 50, Decimal("1.666667")),
        ("unheard of", 0, 5, 0, 50, 0),
    ]
    assert [row[6:8] for row in card.table.rows] == [("EUR", 3), ("EUR", 1), ("EUR", 0)]
    # What coding cost is more than it was worth; what nobody used cost nothing, and returns nothing that can be told.
    assert [row[8:11] for row in card.table.rows] == [
        (Decimal("9.583333"), "EUR", 50), (2, "EUR", Decimal("-0.333333")), (0, "EUR", 0)
    ]  # fmt: skip
    assert [row[11] for row in card.table.rows] == [pytest.approx(5.21739), pytest.approx(-0.1666665), None]
    assert card.title == "1.23 hours saved, worth 61.25 EUR, 49.67 net of cost"
    assert card.facts[2].text == "61.25 − 11.58 = 49.67 EUR, 4.3 times the cost"
    assert card.facts[0].text == "11 messages × 6.5 min ÷ 60 × 50 EUR = 59.58 EUR"
    assert _card(roi, Slice()).is_empty
    # Unknown of one task, of another in dollars: neither is net of its cost.
    unknown = (TaskSpend("drafting", "EUR", None), TaskSpend("coding", "USD", Decimal(2)))
    card = _card(roi, Slice(tasks=tasks, task_spends=unknown))
    assert [row[8:] for row in card.table.rows[:2]] == [(None, None, None, None), (2, "USD", None, None)]
    assert card.title == "1.23 hours saved, worth 61.25 EUR" and len(card.facts) == 2


def _card(roi: Roi, now: Slice) -> Card:
    span = periods.month_of(date(2026, 2, 1))
    scope = Scope("acme", "Acme", "acme", "UTC", span.first, span.last, ("acme",))
    period = periods.cut("monthly", span, span.last)
    return build(View(scope, period, periods.previous(period), now, Slice(), {}, {}, roi=roi))
