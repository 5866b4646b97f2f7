"""Sound and pictures from logs of two sources to the marts: counted by meter, and priced as the list prices them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from comparing import build_parts, differences_from_full_refresh, rows_of

from orchestration.pricing.price_list import find_model
from tests.orchestration.loading.foreign.litellm_records import table_row
from tests.orchestration.loading.zones import ZoneFolder, usage
from tests.parts import built_for

MODEL = "gemini-2.5-flash"
METERS = (
    "select tenant_id, usage_date::varchar, model_id, meter, events::int, quantity::int "
    "from marts.mart_meter_daily order by all"
)
COSTS = "select tenant_id, model_id, cost_usd, uncosted_requests from marts.mart_model_daily order by all"


@pytest.fixture(scope="module", autouse=True)
def part() -> Iterator[None]:
    with built_for("mart_meter_daily", "mart_model_daily", "mart_item_daily"):
        yield


def test_sound_is_counted_and_priced_apart(tmp_path: Path) -> None:
    zone = ZoneFolder(tmp_path)
    spoken = {"model_id": MODEL, "provider": "google", "input_tokens": 1000, "output_tokens": 10}
    at = {"occurred_at": "2026-03-01T10:00:00Z"}
    zone.lines("usage/2026-03-02/a.jsonl",
        usage("a", **at, **spoken, meters={"input_audio_tokens": 300, "web_searches": 2}),
        usage("b", **at, **spoken, meters={"input_audio_tokens": 700, "output_video_tokens": 0}),
        usage("c", **at, **spoken),
        usage("d", **at, **spoken, environment="playground", meters={"input_audio_tokens": 1}),
    )  # fmt: skip
    details = {"usage_object": {"prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 400, "image_tokens": 0}}}
    zone.lines("litellm/2026-03-02/a.jsonl", table_row(
        startTime="2026-03-01T10:00:00Z", endTime="2026-03-01T10:00:01Z", model=MODEL, model_group=MODEL, spend=0,
        custom_llm_provider="google", api_base=None, prompt_tokens=1000, completion_tokens=10, total_tokens=1010,
        metadata=details, organization_id="org",
    ))  # fmt: skip
    zone.load()
    build_parts(zone.warehouse, None)
    assert rows_of(zone.warehouse, METERS) == [
        ("org", "2026-03-01", MODEL, "input_audio_tokens", 1, 400),
        ("t1", "2026-03-01", MODEL, "input_audio_tokens", 2, 1000),
        ("t1", "2026-03-01", MODEL, "web_searches", 1, 2),
    ]
    listed = find_model("google", MODEL)
    assert listed
    price = listed.prices[-1]
    usd_text, usd_out = price.usd_per_m_input or Decimal(0), price.usd_per_m_output or Decimal(0)
    usd_audio = Decimal(json.loads(price.usd_per_m_meters or "")["input_audio_tokens"])
    assert usd_audio != usd_text
    costs = {
        audio: round((usd_text * (1000 - audio) + usd_audio * audio + usd_out * 10) / 1_000_000, 6)
        for audio in (0, 300, 400, 700)
    }
    assert rows_of(zone.warehouse, COSTS) == [
        ("org", MODEL, costs[400], 0), ("t1", MODEL, costs[0] + costs[300] + costs[700], 0),
    ]  # fmt: skip

    zone.lines("usage/2026-03-03/late.jsonl", usage("e", **at, **spoken, meters={"input_audio_tokens": 5}))
    zone.load()
    assert build_parts(zone.warehouse, None)
    assert ("t1", "2026-03-01", MODEL, "input_audio_tokens", 3, 1005) in rows_of(zone.warehouse, METERS)
    assert differences_from_full_refresh(zone.warehouse, None) == {}
