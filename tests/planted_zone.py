"""A landing zone of which every tenant has its own unmistakable word in every field, amid everything hostile."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST = date(2026, 10, 26)
DAYS = 9
WORDS = ("Quokka", "Wombat", "Numbat")
# Markup, template syntax, path tricks, formulas, SQL, control and bidirectional characters, and the rest of an essay.
HOSTILE = (
    "<script>alert(1)</script>", "{{ 7 * 7 }}{% raw %}", "../../../etc/passwd", "=HYPERLINK(\"http://x\")", "@SUM(1)",
    "'; drop table marts.dim_users; --", "\u202egnp.exe\u202c", "\u2066\u2069\u200f", "#set page(width: 1pt)",
    "]]><!ENTITY x SYSTEM \"file:///etc/passwd\">", "</style><svg onload=alert(1)>", "$(reboot)`id`", "a\tb", "%s%n{0}",
    "\u0001\u001b[31m", "x" * 10_000,
)  # fmt: skip


def named(word: str, place: int, what: str) -> str:
    """A hostile name that says whose it is."""
    return f"{word} {what} {HOSTILE[place % len(HOSTILE)]}"


def put_zone(zone: Path) -> Path:
    """Three tenants and nine days: usage, billing, jobs and directory, each with something in each field."""
    usage: dict[date, list[dict[str, Any]]] = {}
    billing, jobs = [], []
    tables: dict[str, list[dict[str, Any]]] = {}
    for number, word in enumerate(WORDS):
        tenant = f"{word}/../<b>{number}"
        _directory(tables, tenant, word)
        for offset in range(DAYS):
            day = FIRST + timedelta(days=offset)
            usage.setdefault(day, []).extend(_events(tenant, word, day, number))
            jobs.append({
                "job_run_id": f"{word}-{offset}", "job_id": named(word, offset, "job"), "job_type": "scheduler",
                "job_name": named(word, offset + 1, "job name"), "tenant_id": tenant, "started_at": f"{day}T01:00:00Z",
                "ended_at": f"{day}T01:01:00Z", "status": "error" if offset % 2 else "success", "credits": 1,
                "error_message": named(word, offset + 2, "error"),
            })  # fmt: skip
        for kind in ("plan_grant", "topup", "promo_grant"):
            billing.append({
                "billing_id": f"{word}-{kind}", "occurred_at": f"{FIRST}T00:00:00Z", "tenant_id": tenant, "kind": kind,
                "credits": 300, "amount": 30, "description": named(word, len(kind), "grant"),
            })  # fmt: skip
        billing.append({
            "billing_id": f"{word}-invoice", "occurred_at": "2026-11-01T00:00:00Z", "tenant_id": tenant, "amount": 30,
            "kind": "invoice", "invoice_id": f"{word}-INV", "period_start": "2026-10-01", "period_end": "2026-11-01",
            "description": named(word, 5, "invoice"),
        })  # fmt: skip
    for day, events in usage.items():
        _lines(zone / f"usage/{day}/events.jsonl", events)
    _lines(zone / "billing/2026-11-01/billing.jsonl", billing)
    _lines(zone / "jobs/2026-11-03/jobs.jsonl", jobs)
    for name, rows in tables.items():
        _table(zone / f"directory/{name}.csv", rows)
    return zone


def _events(tenant: str, word: str, day: date, number: int) -> Iterable[dict[str, Any]]:
    for hour in range(8, 20):
        yield {
            "event_id": f"{word}-{day}-{hour}", "occurred_at": f"{day}T{hour:02d}:30:00Z", "tenant_id": tenant,
            "channel": ("chat", "agent", "workflow", "app")[hour % 4], "team_id": f"{word} team {hour % 3}",
            "user_id": f"{word} user {hour % 7}", "item_id": f"{word} item {hour % 5}",
            "project_id": named(word, hour, "project"), "task_category": named(word, hour + 3, "task"),
            "model_id": f"{word} model {hour % 2}", "provider": f"{word} maker", "input_tokens": 100 * hour,
            "output_tokens": 40 + number, "credits": hour, "latency_ms": 900 + hour, "user_rating": 1 + hour % 5,
        }  # fmt: skip
        yield {
            "event_id": f"{word}-{day}-{hour}-run", "occurred_at": f"{day}T{hour:02d}:31:00Z", "tenant_id": tenant,
            "event_type": "run", "channel": "agent", "item_id": f"{word} item {hour % 5}", "user_id": f"{word} user 1",
        }  # fmt: skip


def _directory(tables: dict[str, list[dict[str, Any]]], tenant: str, word: str) -> None:
    def add(name: str, **row: Any) -> None:
        tables.setdefault(name, []).append(row)

    add("tenants", tenant_id=tenant, tenant_name=named(word, 0, "Ltd"), timezone="Asia/Kolkata", plan=f"{word} plan",
        credit_price="0.1", seats=9, item_slots=9, admin_email=f"admin@{word.lower()}.example")  # fmt: skip
    for place in range(3):
        add("teams", tenant_id=tenant, team_id=f"{word} team {place}", team_name=named(word, place, "team"),
            department=named(word, place + 1, "department"))  # fmt: skip
    for place in range(9):
        add("users", tenant_id=tenant, user_id=f"{word} user {place}", user_name=named(word, place, "user"),
            email=f"u{place}@{word.lower()}.example", team_id=f"{word} team 0", role=f"{word} role",
            signed_up_at="2026-10-27T09:00:00")  # fmt: skip
        add("trainings", tenant_id=tenant, user_id=f"{word} user {place}", training_id=f"{word} training",
            training_name=named(word, place, "training"),
            completed_at="2026-10-28T09:00:00" if place % 2 else "")  # fmt: skip
    kinds = ("assistant", "agent", "workflow", "app", "phone_agent", "assistant")
    for place, kind in enumerate(kinds):
        add("items", tenant_id=tenant, item_id=f"{word} item {place}", item_type=kind,
            item_name=named(word, place + 7, "item"), created_by=f"{word} user 2",
            created_at="2026-10-27T10:00:00")  # fmt: skip
    for place in range(2):
        add("models", model_id=f"{word} model {place}", model_name=named(word, place + 5, "model"),
            provider=f"{word} maker", family=f"{word} family")  # fmt: skip
        add("rates", model_id=f"{word} model {place}", valid_from="2026-01-01", multiplier=place + 1)
    for scope, scope_id in (("tenant", ""), ("team", f"{word} team 0"), ("user", f"{word} user 3")):
        add("budgets", tenant_id=tenant, scope=scope, scope_id=scope_id, month="*", credits=500)
    add("subscriptions", email=f"ceo@{word.lower()}.example", scope="tenant", tenant_id=tenant, cadence="weekly")


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _table(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
