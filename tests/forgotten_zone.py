"""A landing zone of two tenants: a person of unmistakable name in every field, and one with a namesake elsewhere."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST = date(2026, 10, 31)
DAYS = 4
ANNIKA = {"tenant_id": "acme", "user_id": "annika.quux", "user_name": "Ännika O'Quux",
          "email": "Annika.Quux@acme.example"}  # fmt: skip
TWIN = {"user_id": "sam.twin", "user_name": "Sam Twinley"}


def put_zone(zone: Path) -> Path:
    """Four days around the end of a month: usage, LiteLLM, jobs, billing, directory, and a line that is refused."""
    for offset in range(DAYS):
        land(zone, FIRST + timedelta(days=offset))
    day = FIRST + timedelta(days=DAYS - 1)
    _lines(zone / f"jobs/{day}/jobs.jsonl", [{
        "job_run_id": "j1", "job_id": "digest", "job_type": "notification", "tenant_id": "acme", "status": "error",
        "job_name": "Digest for Ännika O'Quux", "started_at": f"{FIRST}T01:00:00Z", "ended_at": f"{FIRST}T01:01:00Z",
        "credits": 1, "error_message": "mailbox of annika.quux@ACME.example is full",
    }])  # fmt: skip
    _lines(zone / f"billing/{FIRST}/billing.jsonl", [
        {"billing_id": f"{tenant}-b", "occurred_at": f"{FIRST}T00:00:00Z", "tenant_id": tenant, "kind": "topup",
         "credits": 500, "amount": 50, "description": f"paid by {name}"}
        for tenant, name in (("acme", "Ännika O'Quux"), ("zeta", "Sam Twinley"))
    ])  # fmt: skip
    put_directory(zone)
    return zone


def land(zone: Path, day: date, *, name: str = "events", more: int = 0) -> None:
    """One landing date; `more` further events of the person."""
    events = []
    for tenant, users in (("acme", ("annika.quux", "sam.twin")), ("zeta", ("sam.twin", "zoe"))):
        for place, user in enumerate(users):
            for hour in range(9, 12):
                events.append(_event(f"{tenant}-{name}-{day}-{place}-{hour}", tenant, user, day, hour, 5 - place))
    events += [_event(f"acme-{name}-{day}-more-{turn}", "acme", "annika.quux", day, 13, 7) for turn in range(more)]
    _lines(zone / f"usage/{day}/{name}.jsonl", [
        *events,
        {"tenant_id": "acme", "user_id": "annika.quux", "event_id": f"bad-{name}-{day}", "occurred_at": "never"},
        {"tenant_id": "zeta", "user_id": "sam.twin", "event_id": f"bad-zeta-{name}-{day}", "occurred_at": "never"},
    ])  # fmt: skip
    _lines(zone / f"litellm/{day}/{name}.jsonl", [{
        "request_id": f"r-{name}-{day}", "startTime": f"{day}T14:00:00Z", "endTime": f"{day}T14:00:01Z",
        "model": "m1", "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "spend": 0.5,
        "user": "annika.quux", "organization_id": "acme", "status": "success", "call_type": "acompletion",
    }])  # fmt: skip


def put_directory(zone: Path, *, with_person: bool = True) -> None:
    """The reference data; without the person as whoever deleted their rows leaves it."""
    people = [{**TWIN, "tenant_id": tenant, "email": f"sam@{tenant}.example"} for tenant in ("acme", "zeta")]
    people += [ANNIKA] if with_person else []
    _table(zone, "users", [{**each, "team_id": "t1", "signed_up_at": "2026-10-31T08:00:00"} for each in people])
    _table(zone, "tenants", [
        {"tenant_id": tenant, "tenant_name": tenant.title(), "credit_price": "0.1",
         "admin_email": ANNIKA["email"] if tenant == "acme" and with_person else f"boss@{tenant}.example"}
        for tenant in ("acme", "zeta")
    ])  # fmt: skip
    if not with_person:
        return
    _table(zone, "teams", [{"tenant_id": "acme", "team_id": "t1", "team_name": "Ännika O'Quux and friends"}])
    _table(zone, "items", [{
        "tenant_id": "acme", "item_id": "i1", "item_type": "agent", "item_name": "Agent of ÄNNIKA O'QUUX",
        "created_by": "annika.quux", "created_at": "2026-10-31T08:00:00",
    }])  # fmt: skip
    _table(zone, "budgets", [
        {"tenant_id": tenant, "scope": "user", "scope_id": user, "month": "*", "credits": 20}
        for tenant, user in (("acme", "annika.quux"), ("zeta", "sam.twin"))
    ])  # fmt: skip
    _table(zone, "alert_mutes", [
        {"tenant_id": "acme", "kind": "*", "subject_type": "user", "subject_id": "annika.quux",
         "muted_from": "2027-01-01", "muted_by": "Ännika O'Quux", "note": "annika.quux knows"}
    ])  # fmt: skip
    _table(zone, "trainings", [{"tenant_id": "acme", "user_id": "annika.quux", "training_id": "t",
                                "training_name": "Basics", "completed_at": "2026-10-31T08:00:00"}])  # fmt: skip
    _table(zone, "subscriptions", [
        {"email": email, "scope": "tenant", "tenant_id": "acme", "cadence": "weekly"}
        for email in (ANNIKA["email"], "boss@acme.example")
    ])  # fmt: skip


def _event(event_id: str, tenant: str, user: str, day: date, hour: int, credits: int) -> dict[str, Any]:
    return {
        "event_id": event_id, "occurred_at": f"{day}T{hour:02d}:00:00Z", "tenant_id": tenant, "user_id": user,
        "channel": "agent", "item_id": "i1", "model_id": "m1", "input_tokens": 100, "output_tokens": 10,
        "credits": credits, "latency_ms": 900, "tags": {"asked": ANNIKA["email"] if user == "annika.quux" else "x"},
        "project_id": f"p of {user}", "status": "error" if hour == 11 else "success",
        "error_type": f"quota of {user}" if hour == 11 else None,
    }  # fmt: skip


def _lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _table(zone: Path, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    path = zone / f"directory/{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
