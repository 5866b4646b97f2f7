"""`tallybook load --landed-to`: what a load knew at an earlier time; the next one takes the rest."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main


def test_a_load_takes_what_had_landed_and_the_next_one_the_rest(
    tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = sorted(path.name for path in (tiny_zone / "usage").iterdir())
    words = ["load", "--raw", str(tiny_zone), "--warehouse", str(tmp_path / "w.duckdb"), "--json"]

    def loaded(*more: str) -> tuple[int, set[str]]:
        assert main([*words, *more]) == 0
        read = json.loads(capsys.readouterr().out.splitlines()[-1])["rows_read"]
        with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as con:
            dates = con.execute("select distinct landing_date::varchar from lake.files").fetchall()
        return read, {day for (day,) in dates} & set(days)

    first, dates = loaded("--landed-to", days[2])
    assert first and dates == set(days[:3])
    rest, dates = loaded()
    assert rest and dates == set(days)
    assert loaded() == (0, set(days))
