"""A small warehouse that has a charge of every kind, worked out by hand in test_charges.py."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestration.building.build import build
from orchestration.loading.load import load

# The text of 1.4 asks for an ISO 4217 code in every currency column, and elsewhere for virtual ones in this.
CONTRADICTIONS = {("bad_currency", "PricingCurrency")}
CONDITIONS = ["SupportsUnitPricing", "SupportsMultiplePricingCategories"]
TENANTS = """tenant_id,tenant_name,timezone,currency,credit_price
north,North & Søn,America/New_York,USD,0.05
idle,Idle,UTC,EUR,
"""
RATES = "model_id,valid_from,multiplier,credits_per_1k_input,credits_per_1k_output\nrated,2026-01-01,1,0.5,2\n"
TEAMS = "tenant_id,team_id,team_name\nnorth,t1,Team One\n"
BILLING: list[dict[str, Any]] = [
    {
        "billing_id": "october",
        "occurred_at": "2026-10-31T15:00:00Z",
        "kind": "plan_grant",
        "credits": "12",
        "amount": "1.2",
        "expires_on": "2026-10-31",
    },
    {
        "billing_id": "pack",
        "occurred_at": "2026-11-01T15:00:00Z",
        "kind": "topup",
        "credits": "100",
        "amount": "3",
        "expires_on": "2026-11-05",
        "invoice_id": "INV-1",
        "description": "Pack of 100",
    },
    {
        "billing_id": "promo",
        "occurred_at": "2026-11-01T16:00:00Z",
        "kind": "promo_grant",
        "credits": "10",
        "expires_on": "2026-11-03",
    },
    {
        "billing_id": "seats",
        "occurred_at": "2026-11-01T17:00:00Z",
        "kind": "plan_grant",
        "credits": "0",
        "amount": "49",
    },
    {"billing_id": "back", "occurred_at": "2026-11-03T15:00:00Z", "kind": "refund", "credits": "-20", "amount": "-0.6"},
    {"billing_id": "sorry", "occurred_at": "2026-11-04T15:00:00Z", "kind": "adjustment", "credits": "5"},
    {
        "billing_id": "bill",
        "occurred_at": "2026-11-05T15:00:00Z",
        "kind": "invoice",
        "amount": "52",
        "invoice_id": "INV-1",
    },
    {
        "billing_id": "more",
        "occurred_at": "2026-11-07T15:00:00Z",
        "kind": "auto_recharge",
        "credits": "50",
        "amount": "1",
    },
]
USAGE: list[dict[str, Any]] = [
    {
        "event_id": "tokens",
        "occurred_at": "2026-11-02T15:00:00Z",
        "model_id": "m",
        "credits": "30",
        "input_tokens": 1000,
        "output_tokens": 500,
    },
    {
        "event_id": "rated",
        "occurred_at": "2026-11-04T15:00:00Z",
        "model_id": "rated",
        "input_tokens": 1000,
        "output_tokens": 500,
        "team_id": "t1",
        "user_id": "u1",
        "project_id": "p1",
        "item_id": "i1",
        "tags": {"env": "x", "cost centre": "7"},
    },
    {
        "event_id": "started",
        "occurred_at": "2026-11-04T15:00:00Z",
        "event_type": "run",
        "team_id": "t2",
        "item_id": "i1",
        "channel": "agent",
    },
    {"event_id": "call", "occurred_at": "2026-11-06T15:00:00Z", "event_type": "call", "credits": "8", "duration_s": 60},
    {"event_id": "free", "occurred_at": "2026-11-06T16:00:00Z", "model_id": "m", "credits": "0", "input_tokens": 7},
]
JOBS: list[dict[str, Any]] = [
    {
        "job_run_id": "run",
        "job_id": "nightly",
        "job_type": "scheduler",
        "started_at": "2026-11-04T15:00:00Z",
        "status": "success",
        "credits": "4",
    },
]


@pytest.fixture(scope="session")
def charged_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built warehouse of eight days."""
    folder = tmp_path_factory.mktemp("focus")
    rows = {
        source: [{"tenant_id": "north"} | row for row in of_source]
        for source, of_source in {"billing": BILLING, "usage": USAGE, "jobs": JOBS}.items()
    }
    return built(folder, {"tenants": TENANTS, "rates": RATES, "teams": TEAMS}, rows, "2026-11-08")


def built(
    folder: Path, directory: Mapping[str, str], rows: Mapping[str, Sequence[Mapping[str, Any]]], landed_on: str
) -> Path:
    """The warehouse of a landing zone. directory: name → CSV; rows: source → what landed on that date."""
    raw, warehouse = folder / "raw", folder / "w.duckdb"
    (raw / "directory").mkdir(parents=True)
    for name, content in directory.items():
        (raw / "directory" / f"{name}.csv").write_text(content, encoding="utf-8")
    land(raw, rows, landed_on)
    load(str(raw), warehouse)
    build(warehouse, folder / "dbt")
    return warehouse


def land(raw: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]], landed_on: str) -> None:
    """Write rows, by source, as what landed on a date."""
    for source, of_source in rows.items():
        landed = raw / source / landed_on / "rows.jsonl"
        landed.parent.mkdir(parents=True)
        landed.write_text("".join(json.dumps(row) + "\n" for row in of_source), encoding="utf-8")
