"""What input and what output took stands beside what came in and went out, and by day in the trend."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from site_builder.build import build_site
from tests.site_builder.published import rows

_SPLIT = """
    select usage_date::varchar, input_credits, output_credits from marts.mart_tenant_daily
    where tenant_id = 'acme' and usage_date between '2026-02-01' and '2026-02-28' order by all
"""


@pytest.fixture(scope="module")
def split(small_marts: Path) -> list[tuple[str, Decimal, Decimal]]:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        return con.execute(_SPLIT).fetchall()


def test_usage_goes_out_as_input_and_output(small_site: Path, split: list[tuple[str, Decimal, Decimal]]) -> None:
    table = {row["kind"]: Decimal(row["credits"]) for row in rows(small_site, "acme/monthly/2026-02", "in_out")}
    assert "usage" not in table
    assert table["usage_input"] == sum(row[1] for row in split) > 0
    assert table["usage_output"] == sum(row[2] for row in split) > 0
    page = (small_site / "acme/monthly/2026-02/index.html").read_text("utf-8")
    assert "Input and output by day" in page


def test_the_trend_has_both_by_day(small_site: Path, split: list[tuple[str, Decimal, Decimal]]) -> None:
    trend = rows(small_site, "acme/monthly/2026-02", "credit_trend")
    found = [(row["usage_date"], Decimal(row["input_credits"]), Decimal(row["output_credits"])) for row in trend]
    assert found == split
    january = {
        row["usage_date"]: row["input_credits"] for row in rows(small_site, "acme/monthly/2026-01", "credit_trend")
    }
    before = [row for row in trend if row["previous_usage_date"]]
    assert before and all(row["previous_input_credits"] == january[row["previous_usage_date"]] for row in before)
    assert "input_credits" not in rows(small_site, "acme/daily/2026-02-03", "credit_trend")[0]


def test_usage_that_its_parts_do_not_come_to_stays_whole(small_marts: Path, tmp_path: Path) -> None:
    marts = tmp_path / "w.duckdb"
    marts.write_bytes(small_marts.read_bytes())
    with duckdb.connect(str(marts)) as con:
        con.execute("update marts.mart_tenant_daily set input_credits = 0")
    build_site(marts, tmp_path / "site", first=date(2026, 3, 5))
    table = {row["kind"] for row in rows(tmp_path / "site", "acme/daily/2026-03-05", "in_out")}
    assert "usage" in table and not {"usage_input", "usage_output"} & table
