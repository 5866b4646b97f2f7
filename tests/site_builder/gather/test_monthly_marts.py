"""The marts of months say what the monthly reports say: the models' own SQL, over the marts that a site was made of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.site_builder.published import rows

MONTHS = ("2026-01", "2026-02", "2026-03")
MODELS = ("mart_credit_drivers_monthly", "mart_latency_monthly", "mart_user_efficiency_monthly")


@pytest.fixture(scope="module")
def months(
    tiny_built: Path, small_marts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small marts, with what dbt made of the models as views."""
    # Compiled models name the database, which is called after its file.
    copy = Path(shutil.copy(small_marts, tmp_path_factory.mktemp("months") / "w.duckdb"))
    compiled = tiny_built / "w.dbt/compiled/tallybook/models/marts/usage"
    with duckdb.connect(str(copy)) as con:
        for name in MODELS:
            sql = (compiled / f"{name}.sql").read_text(encoding="utf-8")
            con.execute(f"drop table marts.{name}; create view marts.{name} as {sql}")
        yield con


def reported(site: Path, month: str, card: str, columns: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in columns.split()) for row in rows(site, f"acme/monthly/{month}", card)]


def known(con: duckdb.DuckDBPyConnection, query: str, month: str) -> list[tuple[str, ...]]:
    result = con.execute(f"select cast(columns(*) as varchar) from ({query})", [month])
    return [tuple(value or "" for value in row) for row in result.fetchall()]


@pytest.mark.parametrize("month", MONTHS)
def test_drivers(months: duckdb.DuckDBPyConnection, small_site: Path, month: str) -> None:
    """January is the tenant's first month; March runs, and is compared with the first dates of February."""
    columns = "model_id previous_activity activity previous_credits credits volume mix price"
    query = """
        select model_id, activity_before, activity, credits_before, credits, volume, mix, price
        from marts.mart_credit_drivers_monthly where tenant_id = 'acme' and month = ?
    """
    found = known(months, query, month)
    assert sorted(found) == sorted(reported(small_site, month, "drivers", columns))
    assert bool(found) == (month != "2026-01")


@pytest.mark.parametrize("month", MONTHS)
def test_efficiency(months: duckdb.DuckDBPyConnection, small_site: Path, month: str) -> None:
    columns = "user_id successes credits credits_per_success"
    query = """
        select user_id, successes, credits, credits_per_success
        from marts.mart_user_efficiency_monthly where tenant_id = 'acme' and month = ? and is_judged
    """
    assert sorted(known(months, query, month)) == sorted(reported(small_site, month, "efficiency", columns))
    ratios = [
        {user: float(of_mean) for user, of_mean in given}
        for given in (
            reported(small_site, month, "efficiency", "user_id compared_with_mean"),
            known(months, query.replace("successes, credits, credits_per_success", "compared_with_mean"), month),
        )
    ]
    assert ratios[0] == pytest.approx(ratios[1])


@pytest.mark.parametrize("month", MONTHS)
def test_latency(months: duckdb.DuckDBPyConnection, small_site: Path, month: str) -> None:
    columns = "breakdown key answers fastest_ms slowest_ms avg_latency_ms p50_latency_ms p95_latency_ms"
    query = """
        select breakdown, breakdown_key, answers, fastest_ms, slowest_ms, avg_latency_ms, p50_latency_ms, p95_latency_ms
        from marts.mart_latency_monthly where tenant_id = 'acme' and month = ?
    """
    # What the card tells by date is of no month.
    of_the_month = [row for row in reported(small_site, month, "latency", columns) if row[0] != "date"]
    found, wanted = (
        {row[:2]: [float(value) for value in row[2:]] for row in given}
        for given in (known(months, query, month), of_the_month)
    )
    assert found.keys() == wanted.keys() and ("all", "all") in found
    for key, figures in wanted.items():
        assert found[key] == pytest.approx(figures, abs=1e-6), key
