"""Tenants that do anything: usage, jobs, billing, revisions and whole directories, one landing after the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

FIRST = date(2026, 10, 1)
MODELS = ("m0", "m1", "m2", "unheard-of")
ZONES = ("UTC", "Asia/Kolkata", "America/New_York", "Pacific/Auckland")
CURRENCIES = ("EUR", "USD", "SEK")
GRANTS = ("plan_grant", "topup", "promo_grant", "refund", "adjustment")
MONTHS = (("2026-10-01", "2026-11-01"), ("2026-11-01", "2026-12-01"), ("2026-09-15", "2026-10-15"))


class RandomArrivals:
    """A landing zone in `raw`. Each tenant is a case of its own; the burn order alone stays."""

    def __init__(self, raw: Path, seed: int, tenants: int) -> None:
        self.raw = raw
        self.random = Random(seed)
        self.tenants = [f"t{number:02}" for number in range(tenants)]
        self.known: dict[str, list[dict[str, Any]]] = {"usage": [], "billing": [], "jobs": []}
        self.terms = {tenant: self._terms() for tenant in self.tenants}

    def land(self, day: date) -> None:
        """A directory as it may be then, and files of a landing date: new rows of any date before, and revised ones."""
        self._directory(day)
        for source, make in (("usage", self._event), ("billing", self._bill), ("jobs", self._job)):
            rows = [make(tenant, day) for tenant in self.tenants for _ in range(self.random.randrange(5))]
            # Whoever lands nothing now may have been revised.
            revised = [self._revised(row, make) for row in self.known[source] if self.random.random() < 0.15]
            self.known[source] += rows
            path = self.raw / source / day.isoformat() / "rows.jsonl"
            path.parent.mkdir(parents=True)
            path.write_text("".join(json.dumps(row) + "\n" for row in (*rows, *revised)), encoding="utf-8")

    def _revised(self, row: dict[str, Any], make: Any) -> Mapping[str, Any]:
        key = next(name for name in ("event_id", "billing_id", "job_run_id") if name in row)
        row["revision"] = row.get("revision", 0) + 1
        new = make(row["tenant_id"], date(2026, 11, 3))
        kept = {key: row[key], "revision": row["revision"]}
        return new | kept | ({"kind": row["kind"]} if "kind" in row and self.random.random() < 0.7 else {})

    def _at(self, day: date) -> str:
        hours = self.random.randrange(((day - FIRST).days - 1) * 24)
        return f"{datetime.combine(FIRST, time(), UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}Z"

    def _id(self) -> str:
        return f"{self.random.getrandbits(64):016x}"

    def _amount(self, most: int) -> str:
        return f"{Decimal(self.random.randrange(most * 100)) / 100:f}"

    def _terms(self) -> dict[str, Any]:
        return {
            "timezone": self.random.choice(ZONES), "currency": self.random.choice(CURRENCIES),
            "credit_price": self.random.choice(("", "0.5", "0.013", "2")),
            "billing_mode": self.random.choice(("prepaid", "postpaid")),
        }  # fmt: skip

    def _event(self, tenant: str, day: date) -> dict[str, Any]:
        given = {"credits": self._amount(30)} if self.random.random() < 0.3 else {}
        cost = {"cost_usd": self._amount(3)} if self.random.random() < 0.3 else {}
        return {
            "event_id": self._id(), "tenant_id": tenant, "occurred_at": self._at(day),
            "model_id": self.random.choice(MODELS), "user_id": f"u{self.random.randrange(3)}",
            "item_id": self.random.choice(("flow", "chat", "")), "input_tokens": self.random.randrange(9_000),
            "output_tokens": self.random.randrange(9_000), "latency_ms": self.random.randrange(5_000),
            "status": self.random.choice(("success", "success", "error")),
        } | given | cost  # fmt: skip

    def _bill(self, tenant: str, day: date) -> dict[str, Any]:
        kind = self.random.choice((*GRANTS, "invoice", "invoice", "payment"))
        row = {"billing_id": self._id(), "tenant_id": tenant, "occurred_at": self._at(day), "kind": kind}
        if kind in GRANTS:
            sign = "-" if kind in ("refund", "adjustment") and self.random.random() < 0.5 else ""
            row |= {"credits": sign + self._amount(90)}
            row |= {"amount": sign + self._amount(50)} if self.random.random() < 0.7 else {}
            if not sign and self.random.random() < 0.5:
                row["expires_on"] = (FIRST + timedelta(self.random.randrange(70))).isoformat()
            return row
        number = f"I-{self.random.randrange(4)}"
        if kind == "payment":
            return row | {"amount": self._amount(50), "invoice_id": number}
        start, end = self.random.choice(MONTHS)
        row |= {"amount": self._amount(50), "credits": self._amount(90), "period_start": start, "period_end": end}
        if self.random.random() < 0.25:
            return row | {"amount": f"-{row['amount']}", "credits": f"-{row['credits']}", "corrects_invoice_id": number}
        return row | ({"invoice_id": number} if self.random.random() < 0.6 else {})

    def _job(self, tenant: str, day: date) -> dict[str, Any]:
        started_at = self._at(day)
        return {
            "job_run_id": self._id(), "job_id": f"j{self.random.randrange(2)}", "job_type": "asset",
            "status": "success", "tenant_id": tenant, "started_at": started_at, "ended_at": started_at,
            "credits": self._amount(9),
        }  # fmt: skip

    def _directory(self, day: date) -> None:
        for tenant in self.tenants:
            if self.random.random() < 0.3:
                self.terms[tenant] = self._terms()
        since = [(FIRST + timedelta(days)).isoformat() for days in range(-30, 60, 15)]
        tables: dict[str, list[str]] = {
            "tenants": ["tenant_id,tenant_name,timezone,currency,credit_price,billing_mode"],
            "users": ["tenant_id,user_id,user_name,signed_up_at"], "rates": ["model_id,valid_from,multiplier"],
            "items": ["tenant_id,item_id,item_type,item_name,created_at"], "models": ["model_id,model_name,provider"],
            "prices": ["model_id,valid_from,usd_per_m_input,usd_per_m_output"],
            "credit_prices": ["tenant_id,valid_from,credit_price"], "fx_rates": ["date,currency,usd_per_unit"],
        }  # fmt: skip
        for tenant, terms in self.terms.items():
            tables["tenants"].append(f"{tenant},{tenant} of {day},{','.join(terms.values())}")
            tables["users"] += [f"{tenant},u{number},User of {day},2026-10-{number + 5:02}" for number in range(3)]
            kind = self.random.choice(("workflow", "agent", "app"))
            tables["items"].append(f"{tenant},flow,{kind},Flow of {day},2026-10-0{self.random.randrange(1, 9)}")
            if self.random.random() < 0.5:
                tables["credit_prices"].append(f"{tenant},{self.random.choice(since)},{self._amount(3)}")
        for model in MODELS[:3]:
            tables["models"].append(f"{model},Model of {day},maker")
            for name, row in (("rates", "{}"), ("prices", "{0},{0}")):
                chosen = sorted(self.random.sample(since, self.random.randrange(1, 4)))
                tables[name] += [f"{model},{first},{row.format(self.random.randrange(1, 9))}" for first in chosen]
        tables["fx_rates"] += [f"2026-09-01,{currency},{self.random.randrange(1, 9)}" for currency in CURRENCIES[:2]]
        (self.raw / "directory").mkdir(parents=True, exist_ok=True)
        for name, lines in tables.items():
            (self.raw / "directory" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
