"""The checked-in sample, loaded once for all tests of it."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.generating.generate import FOLDERS
from orchestration.loading.load import load
from orchestration.loading.summary import LoadSummary

# What a request costs by the rate in effect, and what the log says where it says something.
LIVE = """
    create temp table live as
    select e.*, timezone(t.timezone, timezone('UTC', e.occurred_at)) as wall,
           coalesce(e.credits, case when e.event_type = 'request' and e.status = 'success' then round(
               coalesce(r.multiplier, 0)
               + coalesce(r.credits_per_1k_input, 0) * e.input_tokens / 1000
               + coalesce(r.credits_per_1k_output, 0) * e.output_tokens / 1000, 6) else 0 end) as charge
    from lake.usage_events e
    join lake.directory_tenants t using (tenant_id)
    asof left join lake.directory_rates r on e.model_id = r.model_id and e.occurred_at >= r.valid_from
    where e.environment = 'live'
"""


@pytest.fixture(scope="session")
def raw(project_dir: Path) -> Path:
    return project_dir / "raw"


@pytest.fixture(scope="session")
def loaded(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[duckdb.DuckDBPyConnection, LoadSummary]:
    zone = tmp_path_factory.mktemp("zone")
    # The native folders only: other sources that may stand beside them are not the generator's.
    for name in FOLDERS:
        shutil.copytree(raw / name, zone / name)
    warehouse = tmp_path_factory.mktemp("warehouse") / "sample.duckdb"
    summary = load(str(zone), warehouse)
    database = duckdb.connect(str(warehouse))
    database.execute("set timezone = 'UTC'")
    database.execute(LIVE)
    return database, summary
