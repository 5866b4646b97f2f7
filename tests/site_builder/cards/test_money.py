"""Tiles and tables say what use cost the tenant, in one currency, to the last digit of the marts."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import duckdb

FEBRUARY = "usage_date between '2026-02-01' and '2026-02-28'"


def _rows(site: Path, scope: str, card: str) -> list[dict[str, str]]:
    with (site / scope / f"monthly/2026-02/data/{card}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _kpis(site: Path, scope: str) -> dict[str, str]:
    return {row["figure"]: row["value"] for row in _rows(site, scope, "kpis")}


def test_a_tenants_spend_is_in_its_currency_and_adds_up(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        [(amount, unknown)] = con.execute(
            "select sum(spend_amount), sum(unknown_credits) from marts.mart_spend_daily "
            f"where tenant_id = 'acme' and {FEBRUARY}"
        ).fetchall()
    figures = _kpis(small_site, "acme")
    assert (figures["spend_amount"], figures["spend_currency"]) == (str(amount), "EUR")
    assert figures["unknown_credits"] == str(unknown)
    for card in ("models", "teams", "users"):
        rows = _rows(small_site, "acme", card)
        assert sum(Decimal(row["spend_amount"] or 0) for row in rows) == amount, card
        assert sum(Decimal(row["unknown_credits"]) for row in rows) == unknown, card
        assert {row["spend_currency"] for row in rows} == {"EUR"}
    models = {row["model_id"]: row["spend_amount"] for row in _rows(small_site, "acme", "models")}
    assert models["model-2"] == "" and Decimal(models["model-0"]) > 0


def test_tenants_together_are_told_in_dollars_with_the_rate_and_its_date(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        [(dollars,)] = con.execute(f"select sum(spend_usd) from marts.mart_spend_daily where {FEBRUARY}").fetchall()
    figures = _kpis(small_site, "all")
    assert (figures["spend_amount"], figures["spend_currency"]) == (str(dollars), "USD")
    page = (small_site / "all/monthly/2026-02/index.html").read_text("utf-8")
    assert "In USD at these exchange rates: EUR 1.5 (of 30 Jan 2026)." in page
    assert "credits cost is not known and not in the spend." in page
    assert "exchange rates: " not in (small_site / "acme/monthly/2026-02/index.html").read_text("utf-8")
