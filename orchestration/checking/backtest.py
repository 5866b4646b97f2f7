"""How good the projections of budgets were, for `tallybook check --backtest`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import TallybookError
from orchestration.warehouse import opened

_WHOLE, _BY_DAY = "mart_budget_backtest_summary", "mart_budget_backtest"
_HEAD = f"{'':<8} {'months':>7} {'projection':>11} {'compared':>9} {'run rate':>9} {'closer':>9} {'in band':>8}"


def backtest(warehouse: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of the back-test, `by_scope` and `by_day` of the month; both empty before any budgeted month is over."""
    with opened(warehouse, read_only=True) as con:
        try:
            return {
                "by_scope": _rows(con, f"select * from marts.{_WHOLE} order by scope"),
                "by_day": _rows(con, f"select * from marts.{_BY_DAY} order by scope, day_of_month"),
            }
        except duckdb.CatalogException as error:
            raise TallybookError(f"{warehouse} has no back-test yet; build it first: tallybook build") from error


def backtest_lines(found: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[str]:
    """The back-test as a table to read."""
    by_scope = list(found["by_scope"])
    if not by_scope:
        return ["Backtest no budgeted month is over yet"]
    return [
        "Backtest of the budgets' projections, from what had landed by then: mean error in % of what the month came",
        "         to, of all and of those beside which a run rate could be made; how often the projection was closer",
        "         than it; how often the month ended within the band (the band promises 80%)",
        _HEAD,
        *(_line(row["scope"], row) for row in by_scope),
        *(_line(f"day {row['day_of_month']}", row) for row in found["by_day"] if row["scope"] == "all"),
    ]


def _line(label: str, row: Mapping[str, Any]) -> str:
    closer = f"{row['projection_closer']}:{row['run_rate_closer']}"
    names = ("projection_error_pct", "compared_error_pct", "run_rate_error_pct", "in_band_pct")
    error, compared, run_rate, band = ("–" if row[name] is None else f"{row[name]:.1f}" for name in names)
    return f"{label:<8} {row['months']:>7,} {error:>11} {compared:>9} {run_rate:>9} {closer:>9} {band:>8}"


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = con.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
