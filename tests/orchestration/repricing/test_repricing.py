"""`tallybook reprice --apply`: the installed list for the dates asked for, the one in force before for all others."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration import cli
from orchestration.building.build import build
from orchestration.loading.dated_rows import FIRST_DATE, LAST_DATE, DatedRows, spliced
from orchestration.pricing.price_list import BEGINNING, END, MOST_TOKENS, ListPrice
from tests.orchestration.loading.test_listed_models import list_that_says
from tests.orchestration.loading.zones import ZoneFolder, usage

COSTS = "select usage_date::varchar, model_id, cost_usd, estimated_cost_usd from marts.fct_usage_daily order by all"


def price(usd: int) -> tuple[ListPrice, ...]:
    return (ListPrice(BEGINNING, END, 0, 86_400, 0, MOST_TOKENS, Decimal(usd), *[None] * 6, "{}"),)


def priced(first: int, last: int, usd: int) -> DatedRows:
    return DatedRows(date(2026, 3, first), date(2026, 3, last), price(usd))


EVER = DatedRows(FIRST_DATE, LAST_DATE, price(1))


@pytest.mark.parametrize(("before", "new", "after"), [
    ([], EVER, [EVER]),
    ([EVER], EVER._replace(rows=price(2)), [EVER._replace(rows=price(2))]),
    ([EVER], priced(5, 9, 1), [EVER]),
    ([EVER], priced(5, 9, 2), [EVER._replace(last_date=date(2026, 3, 4)), priced(5, 9, 2),
                               EVER._replace(first_date=date(2026, 3, 10))]),
    ([EVER], priced(5, 9, 2)._replace(rows=()), [EVER._replace(last_date=date(2026, 3, 4)),
                                                   EVER._replace(first_date=date(2026, 3, 10))]),
    ([priced(1, 4, 1), priced(5, 9, 2), priced(10, 20, 1)], priced(5, 9, 1), [priced(1, 20, 1)]),
    ([priced(1, 4, 1), priced(5, 9, 2), priced(10, 20, 1)], priced(3, 12, 3),
     [priced(1, 2, 1), priced(3, 12, 3), priced(13, 20, 1)]),
    ([priced(1, 4, 1)], priced(6, 9, 1), [priced(1, 4, 1), priced(6, 9, 1)]),
])  # fmt: skip
def test_new_prices_take_their_dates_and_no_others(
    before: list[DatedRows], new: DatedRows, after: list[DatedRows]
) -> None:
    assert spliced(before, new) == after
    assert spliced(after, new) == after


def test_dates_asked_for_are_priced_anew_and_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    zone = ZoneFolder(tmp_path)
    zone.directory("tenants", "tenant_id,tenant_name,timezone\nt1,One,Asia/Tokyo\n")
    zone.lines(
        "usage/2026-03-05/a.jsonl",
        usage("e1", input_tokens=1_000_000, occurred_at="2026-03-02T14:59:59Z"),
        usage("e2", input_tokens=1_000_000, occurred_at="2026-03-02T15:00:00Z"),  # already 3 March in Tokyo
        usage("e3", input_tokens=1_000_000, occurred_at="2026-03-03T15:00:00Z"),
        usage("e4", occurred_at="2026-03-03T10:00:00Z", cost_usd=9, model_id="m2"),
    )
    list_that_says(monkeypatch, "1", "v1")
    zone.load()
    build(zone.warehouse, tmp_path / "dbt", to=date(2026, 3, 4))
    before = [
        ("2026-03-02", "m1", 1, 1),
        ("2026-03-03", "m1", 1, 1),
        ("2026-03-03", "m2", 9, 0),
        ("2026-03-04", "m1", 1, 1),
    ]
    assert zone.query(COSTS) == before

    list_that_says(monkeypatch, "2", "v2")
    assert cli.main(["load", "--raw", str(zone.raw), "--warehouse", str(zone.warehouse)]) == 0
    assert "list v1 is in force, v2 is installed" in capsys.readouterr().out
    command = [
        "reprice",
        "--warehouse",
        str(zone.warehouse),
        "--from",
        "2026-03-03",
        "--to",
        "2026-03-03",
        "--json",
        "--apply",
    ]
    assert cli.main(command) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["list_version"], said["versions"], said["models"], said["changed"]) == ("v2", ["v1"], 1, [["", "m1"]])
    after = [*before[:1], ("2026-03-03", "m1", 2, 2), *before[2:]]
    assert zone.query(COSTS) == after
    assert zone.query("select max(usage_date)::varchar from marts.mart_tenant_daily") == [("2026-03-04",)]

    assert cli.main(command) == 0
    again = capsys.readouterr().out
    assert "Priced   0 of 1 models" in again and "the marts are up to date" in again and "no figure changed" in again
    build(zone.warehouse, tmp_path / "dbt", to=date(2026, 3, 4), full_refresh=True)
    assert zone.query(COSTS) == after
