"""Virtual tags: what usage counts under by rules, and how what is shared is divided, as a build is told of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from comparing import rows_of

from orchestration.building.build import NO_TAGS, build, built_variables
from tests.orchestration.loading.zones import ZoneFolder, usage
from tests.parts import built_for

DAYS = "select tag_key, tag_value, credits::double from marts.mart_virtual_tag_daily order by all"
MONTHS = (
    "select tag_value, own_credits::double, given_credits::double, credits::varchar "
    "from marts.mart_virtual_tag_monthly order by all"
)


@pytest.fixture(scope="module", autouse=True)
def part() -> Iterator[None]:
    with built_for("mart_virtual_tag_daily", "mart_virtual_tag_monthly"):
        yield


def tags(*rules: dict[str, object], shared: tuple[str, ...] = ()) -> str:
    return json.dumps([{"key": "cost_center", "rules": rules, "shared": shared, "shares": {}}])


def test_other_rules_build_again_and_none_stays_with_the_last(tmp_path: Path) -> None:
    zone = ZoneFolder(tmp_path)
    zone.directory("tenants", "tenant_id,tenant_name\nt1,One\n")
    zone.directory("items", "tenant_id,item_id,item_type,item_name\nt1,i1,agent,Sales agent\n")
    at = {"occurred_at": "2026-02-25T10:00:00Z"}
    zone.lines(
        "usage/2026-02-28/a.jsonl",
        usage("a", **at, credits=2, team_id="lab-1"),
        usage("b", **at, credits=1, team_id="ops", item_id="i1"),
        usage("c", **at, credits=1, team_id="ops"),
    )
    zone.load()
    warehouse, target = zone.warehouse, zone.warehouse.with_suffix(".dbt")
    research = {"value": "Research", "match": {"team_id": ["lab-*"]}}
    sales = {"value": "Sales", "match": {"item_name": ["Sales*"]}}
    given = tags(research, sales, shared=("(none)",))
    build(warehouse, target, virtual_tags=given)
    assert rows_of(warehouse, DAYS) == [
        ("cost_center", "(none)", 1.0), ("cost_center", "Research", 2.0), ("cost_center", "Sales", 1.0),
    ]  # fmt: skip
    # Two and one of three parts of a credit: 0.666666… and the rest.
    assert rows_of(warehouse, MONTHS) == [
        ("(none)", 1.0, 1.0, "0.000000"), ("Research", 2.0, 0.0, "2.666667"), ("Sales", 1.0, 0.0, "1.333333"),
    ]  # fmt: skip
    assert not build(warehouse, target).is_built
    assert built_variables(warehouse)["virtual_tags"] == json.loads(given)
    assert build(warehouse, target, virtual_tags=tags({"value": "All", "match": {}})).is_full_refresh
    assert rows_of(warehouse, DAYS) == [("cost_center", "All", 4.0)]
    assert build(warehouse, target, virtual_tags=NO_TAGS).is_full_refresh
    assert rows_of(warehouse, DAYS) == rows_of(warehouse, MONTHS) == []
