"""A real LiteLLM log all the way to the marts: every team's and every model's sums are the table's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.building.build import build
from orchestration.loading.load import load

FORMS = ("LiteLLM_SpendLogs.csv", "LiteLLM_SpendLogs.jsonl", "standard_logging.jsonl")
ASKED = "coalesce(nullif(model_group, ''), model)"
OWN = f"""
    select coalesce(nullif(organization_id, ''), 'litellm-unassigned') as tenant_id, {{key}} as key, count(*),
           count(*) filter (status = 'failure'), sum(prompt_tokens), sum(completion_tokens), sum(spend),
           count(*) filter ({ASKED} = 'local-llama')
    from read_json('{{path}}', maximum_object_size = 100000000) group by all order by all"""
REPORTED = """
    select tenant_id, {key} as key, sum(requests)::bigint, sum(errors)::bigint, sum(input_tokens)::bigint,
           sum(output_tokens)::bigint, sum(cost_usd)::double, sum(uncosted_requests)::bigint
    from marts.fct_usage_daily group by all order by all"""


@pytest.fixture(scope="module")
def log(shared_dir: Path) -> Path:
    return shared_dir / "data" / "litellm" / "dev"


@pytest.fixture(scope="module")
def warehouse(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("marts")
    landing = folder / "raw" / "litellm" / "2026-11-02"
    landing.mkdir(parents=True)
    (folder / "raw" / "directory").mkdir()
    (folder / "raw" / "directory" / "tenants.csv").write_text("tenant_id,tenant_name\n", encoding="utf-8")
    for name in FORMS:
        shutil.copy(log / name, landing / name)
    warehouse = folder / "warehouse.duckdb"
    load(str(folder / "raw"), warehouse)
    build(warehouse, warehouse.with_suffix(".dbt"), to=None)
    return warehouse


@pytest.mark.parametrize(
    ("own_key", "reported_key"), [("coalesce(nullif(team_id, ''), '(none)')", "team_id"), (ASKED, "model_id")]
)
def test_sums_are_the_tables_own(log: Path, warehouse: Path, own_key: str, reported_key: str) -> None:
    own = duckdb.execute(OWN.format(key=own_key, path=log / "LiteLLM_SpendLogs.jsonl")).fetchall()
    with duckdb.connect(str(warehouse), read_only=True) as con:
        reported = con.execute(REPORTED.format(key=reported_key)).fetchall()
    assert [row[:6] + row[7:] for row in reported] == [row[:6] + row[7:] for row in own]
    for ours, theirs in zip(reported, own, strict=True):
        assert abs(ours[6] - theirs[6]) <= 0.0000005 * theirs[2] + 1e-9
