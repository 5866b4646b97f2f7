"""A published site with two scopes made by hand, and subscriptions to them."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import Settings
from site_builder.files import manifest
from site_builder.files.manifest import FileRecord, Manifest, PublishedReport, PublishedScope

MONDAY = date(2026, 11, 9)
Row = tuple[str, str, str | None, str] | tuple[str, str, str | None, str, str]
SUBSCRIPTIONS: tuple[Row, ...] = (
    ("ceo@acme.example", "tenant", "acme", "weekly"), ("board@platform.example", "all", None, "weekly"),
    ("ops@acme.example", "tenant", "acme", "daily"),
)  # fmt: skip


def document(name: str, headline: str) -> dict[str, Any]:
    days = [(MONDAY + timedelta(days=offset)).isoformat() for offset in range(7)]
    trend = [[day, f"{100 + place}.500000", "90.000000", place == 6] for place, day in enumerate(days)]
    return {
        "scope_name": name, "timezone": "Europe/Berlin", "label": "Week 46, 2026", "headline": headline,
        "lines": {"why": "A one-off: \u2068Bot\u2069 took 90 credits", "at_risk": "Nothing", "to_do": "Look into it"},
        "first_date": days[0], "last_date": days[-1],
        "cards": {
            "kpis": {"subject": "Key figures", "title": "x", "columns": ["figure", "value", "previous", "change_pct"],
                     "rows": [["credits", "724.500000", "630.000000", 15.0], ["requests", 744, 649, 14.637904],
                              ["active_users", 30, 31, -3.2], ["cost_usd", None, None, None]]},
            "credit_trend": {"subject": "Credit trend", "title": "Use peaked on Sunday: 106.5 credits",
                             "columns": ["usage_date", "credits", "previous_credits", "is_high_usage_day"],
                             "rows": trend},
            "alerts": {"subject": "Alerts", "title": "\u2068Bot\u2069 ran away", "columns": ["kind"], "rows": [["x"]]},
            "budgets": {"subject": "Budgets", "title": "No budget", "columns": ["scope"], "rows": []},
        },
    }  # fmt: skip


def put_site(site: Path, *, name: str = "Acme", headline: str = "724.5 credits used", revision: int = 1) -> Path:
    """Weekly reports of all and of acme, over; a week of acme that still runs; no daily one."""
    reports, files = {}, {}
    for folder, scope, whose in (("all", None, "All tenants"), ("acme", "acme", name)):
        report = f"{folder}/weekly/2026-W46"
        (site / report).mkdir(parents=True, exist_ok=True)
        text = json.dumps(document(whose, headline if scope else "9 000 credits used"))
        (site / report / "report.json").write_text(text, encoding="utf-8")
        files[f"{report}/report.pdf"] = FileRecord(f"{report}/report.pdf", 1, "0")
        (site / report / "report.pdf").write_bytes(f"%PDF of {report}".encode())
        if scope:
            files[f"{report}/statement.pdf"] = FileRecord(f"{report}/statement.pdf", 1, "0")
        sunday = MONDAY + timedelta(days=6)
        reports[report] = PublishedReport(
            report, folder, "weekly", "2026-W46", "Week 46, 2026", MONDAY, sunday, sunday, revision, headline, "f"
        )
    running = "acme/weekly/2026-W47"
    first = MONDAY + timedelta(days=7)
    reports[running] = PublishedReport(
        running, "acme", "weekly", "2026-W47", "Week 47, 2026", first, first, first + timedelta(days=6), 1, "h", "f"
    )
    scopes = {
        folder: PublishedScope(folder, tenant, whose, "UTC")
        for folder, tenant, whose in (("all", None, "All tenants"), ("acme", "acme", name))
    }
    content = manifest.to_bytes(Manifest(scopes=scopes, reports=reports, files=files))
    (site / manifest.FILE_NAME).write_bytes(content)
    return site


def settings_for(folder: Path, subscriptions: Sequence[Row] = SUBSCRIPTIONS, **site: Any) -> Settings:
    """A site and a warehouse that knows of nothing but subscriptions."""
    warehouse = folder / "w.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("create schema if not exists marts")
        con.execute(
            "create or replace table marts.dim_subscriptions "
            "(email varchar, scope varchar, tenant_id varchar, cadence varchar, attach varchar)"
        )
        rows = [[*row, None][:5] for row in subscriptions]
        con.executemany("insert into marts.dim_subscriptions values (?, ?, ?, ?, ?)", rows)
    return Settings(raw=str(folder), warehouse=warehouse, site=put_site(folder / "site", **site))
