"""The list in force: which models are looked up, when, and that what was found stays."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.closing.journal import JOURNAL
from orchestration.loading import listed_models
from orchestration.pricing import price_list
from orchestration.pricing.price_list import BEGINNING, END, MOST_TOKENS, ListedModel, ListPrice
from orchestration.repricing.reprice import open_span, take
from tests.orchestration.loading.zones import ZoneFolder, usage

MODELS = "select provider, model_id, list_model, list_version from lake.list_models order by all"
WRITE_PRICES = (
    "select model_id, usd_per_m_input, usd_per_m_cache_write, usd_per_m_cache_write_1h "
    "from lake.list_prices order by all"
)
METER_PRICES = "select model_id, usd_per_m_meters from lake.list_prices order by all"
PRICES = "select provider, model_id, usd_per_m_input from lake.list_prices order by all"


@pytest.fixture
def zone(tmp_path: Path) -> ZoneFolder:
    return ZoneFolder(tmp_path)


def list_that_says(monkeypatch: pytest.MonkeyPatch, usd: str, version: str) -> list[tuple[str, str]]:
    """Install a list on which every model but `nobodys` has this price; the models that are looked up in it."""
    asked: list[tuple[str, str]] = []

    def find_model(provider: str, model_id: str) -> ListedModel | None:
        asked.append((provider, model_id))
        meters = '{"input_audio_tokens": "9"}' if model_id == "m1" else "{}"
        usd_per_m = (Decimal(usd), None, Decimal(usd), None, None, None, None, meters)
        price = ListPrice(BEGINNING, END, 0, 86_400, 0, MOST_TOKENS, *usd_per_m)
        return None if model_id == "nobodys" else ListedModel("p", model_id.upper(), (price,))

    monkeypatch.setattr(listed_models, "find_model", find_model)
    monkeypatch.setattr(price_list, "version", lambda package: version)
    return asked


def test_models_without_a_reported_cost_are_looked_up_once(zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list_that_says(monkeypatch, "1", "v1")
    zone.lines(
        "usage/2026-03-01/a.jsonl",
        usage("e1", provider="p"),
        usage("e2"),
        usage("e3", model_id="nobodys"),
        usage("e4", model_id="reported", cost_usd=1),
        usage("e5", event_type="run", model_id=None),
    )
    zone.lines(
        "litellm/2026-03-01/a.jsonl",
        {
            "request_id": "l1",
            "startTime": "2026-03-01T10:00:00Z",
            "model": "house/m",
            "spend": 0,
            "custom_llm_provider": "house",
        },
        {"request_id": "l2", "startTime": "2026-03-01T10:00:00Z", "model": "priced", "spend": 0.5},
    )
    zone.load()
    assert asked == [("", "m1"), ("", "nobodys"), ("house", "house/m"), ("p", "m1")]
    assert zone.query(PRICES) == [("", "m1", 1), ("house", "house/m", 1), ("p", "m1", 1)]
    asked.clear()
    zone.lines("usage/2026-03-02/b.jsonl", usage("e9"), usage("e10", model_id="reported"))
    zone.load()
    assert asked == [("", "reported")]


def test_prices_found_before_some_kinds_of_them_were_read_get_those_of_an_entry_that_is_as_it_was(
    zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_that_says(monkeypatch, "1", "v1")
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e2", model_id="other_now"))
    zone.load()
    with duckdb.connect(str(zone.warehouse)) as con:
        con.execute("alter table lake.list_prices drop column usd_per_m_cache_write")
        con.execute("alter table lake.list_prices drop column usd_per_m_cache_write_1h")
        con.execute("alter table lake.list_prices drop column usd_per_m_meters")
        con.execute("update lake.list_prices set usd_per_m_input = 7 where model_id = 'other_now'")
        con.execute("update lake.readings set reading = reading - 1")
    zone.load()
    assert zone.query(WRITE_PRICES) == [("m1", 1, 1, None), ("other_now", 7, None, None)]
    assert zone.query(METER_PRICES) == [("m1", '{"input_audio_tokens": "9"}'), ("other_now", None)]
    with duckdb.connect(str(zone.warehouse)) as con:
        assert take(con, open_span(con, None, None)).changed == (("", "other_now"),)
    assert zone.query(WRITE_PRICES) == [("m1", 1, 1, None), ("other_now", 1, 1, None)]
    assert zone.query(METER_PRICES) == [("m1", '{"input_audio_tokens": "9"}'), ("other_now", "{}")]


def test_dates_closed_before_meters_were_read_have_none_priced_apart(
    zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_that_says(monkeypatch, "1", "v1")
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    with duckdb.connect(str(zone.warehouse)) as con:
        con.execute(JOURNAL)
        con.execute("insert into audit.month_closings (entry_no, action, month) values (1, 'close', '2026-02')")
        con.execute("update lake.list_prices set usd_per_m_meters = null; update lake.readings set reading = 1")
    for _ in range(2):
        zone.load(full_refresh=True)
        dated = "select first_date::varchar, last_date::varchar, usd_per_m_input::int, usd_per_m_meters"
        assert zone.query(f"{dated} from lake.list_prices order by all") == [
            ("0001-01-01", "2026-02-28", 1, "{}"), ("2026-03-01", "9999-12-31", 1, '{"input_audio_tokens": "9"}'),
        ]  # fmt: skip


def test_what_was_found_outlives_an_upgrade_of_the_list_and_a_full_refresh(
    zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_that_says(monkeypatch, "1", "v1")
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e2", model_id="nobodys"))
    zone.load()
    list_that_says(monkeypatch, "2", "v2")
    zone.lines("usage/2026-03-02/b.jsonl", usage("e3"), usage("e4", model_id="m2"))
    zone.load()
    zone.load(full_refresh=True)
    assert zone.query(PRICES) == [("", "m1", 1), ("", "m2", 2)]
    assert zone.query(MODELS) == [("", "m1", "M1", "v1"), ("", "m2", "M2", "v2"), ("", "nobodys", None, "v1")]
