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
# Whose longest names have 100 kB; all of it would be half a gigabyte of site with those of all.
LONGEST = "Wombat"
# Markup, template syntax, path tricks, formulas, SQL, control and bidirectional characters, and the rest of an essay.
HOSTILE = (
    "<script>alert(1)</script>", "{{ 7 * 7 }}{% raw %}", "../../../etc/passwd", "=HYPERLINK(\"http://x\")", "@SUM(1)",
    "'; drop table marts.dim_users; --", "\u202egnp.exe\u202c", "\u2066\u2069\u200f", "#set page(width: 1pt)",
    "]]><!ENTITY x SYSTEM \"file:///etc/passwd\">", "</style><svg onload=alert(1)>", "$(reboot)`id`", "a\tb", "%s%n{0}",
    "\u0001\u001b[31m", "a\r\nBcc: all@platform.example", "nul \x00.", "\u2028x\u2029\u0085",
    "<img src=http://evil.example/x.png onerror=alert(1)>", "[a](http://evil.example) <!channel>", "x" * 1000,
)  # fmt: skip
# What a spreadsheet takes for the start of a formula, the apostrophe that tells it not to, and what is neither.
STARTS = ("=", "+", "-", "@", "\t", "\r", "'", "'=", "\n=", "\ufeff=", "[", "<b>", "")

# What an id may be besides: a tenant's has no more than 100 characters.
TENANTS = ("\r\nBcc: x@y.example", "\u202e\u2028\x00\"'&", "t" * 80)
# What a file system takes for a name.
FILES = ("<script>alert(1)<", "=a\r\nb", "\u202ec\u2028", "\"'; drop table x; --", "\x1b[31m{{ 7 }}", "f" * 249)


def named(word: str, place: int, what: str) -> str:
    """A hostile name that says whose it is."""
    hostile = HOSTILE[place % len(HOSTILE)]
    more = "x" * 99_000 if word == LONGEST and hostile is HOSTILE[-1] else ""
    return f"{STARTS[place % len(STARTS)]}{word} {what} {hostile}{more}"


def put_zone(zone: Path) -> Path:
    """Three tenants and nine days: usage, billing, jobs and directory, each with something in each field."""
    usage: dict[date, list[dict[str, Any]]] = {}
    billing, jobs = [], []
    tables: dict[str, list[dict[str, Any]]] = {}
    for number, word in enumerate(WORDS):
        tenant = tenant_of(word)
        _directory(tables, tenant, word)
        for offset in range(DAYS):
            day = FIRST + timedelta(days=offset)
            usage.setdefault(day, []).extend(_events(tenant, word, day, number))
            jobs.append({
                "job_run_id": f"{word}-{offset}", "job_id": named(word, offset, "job"), "job_type": "scheduler",
                "job_name": named(word, offset + 1, "job name"), "tenant_id": tenant, "started_at": f"{day}T01:00:00Z",
                "ended_at": f"{day}T01:01:00Z", "status": "error" if offset % 2 else "success", "credits": 1,
                "error_message": named(word, offset + 15, "error"),
            })  # fmt: skip
        for place, kind in enumerate(("plan_grant", "topup", "promo_grant")):
            billing.append({
                "billing_id": named(word, place, kind), "occurred_at": f"{FIRST}T00:00:00Z", "tenant_id": tenant,
                "kind": kind, "credits": 300, "amount": 30, "description": named(word, place + 18, "grant"),
            })  # fmt: skip
        billing.append({
            "billing_id": f"{word}-invoice", "occurred_at": "2026-11-01T00:00:00Z", "tenant_id": tenant, "amount": 30,
            "kind": "invoice", "invoice_id": named(word, 10, "INV"), "period_start": "2026-10-01",
            "period_end": "2026-11-01", "description": named(word, 5, "invoice"),
        })  # fmt: skip
    for place, (day, events) in enumerate(usage.items()):
        _lines(zone / f"usage/{day}/{FILES[place % len(FILES)]}.jsonl", events)
    _lines(zone / "billing/2026-11-01/billing.jsonl", billing)
    _lines(zone / "jobs/2026-11-03/jobs.jsonl", jobs)
    for name, rows in tables.items():
        _table(zone / f"directory/{name}.csv", rows)
    return zone


def _events(tenant: str, word: str, day: date, number: int) -> Iterable[dict[str, Any]]:
    for hour in range(8, 20):
        is_error = hour % 5 == 0
        yield {
            "event_id": f"{word}-{day}-{hour}", "occurred_at": f"{day}T{hour:02d}:30:00Z", "tenant_id": tenant,
            "channel": ("chat", "agent", "workflow", "app")[hour % 4], "team_id": _team(word, hour % 3),
            "user_id": user_of(word, hour % 7), "item_id": _item(word, hour % 5),
            "project_id": named(word, hour, "project"), "task_category": named(word, hour + 3, "task"),
            "model_id": _model(word, hour % 2), "provider": named(word, 6, "maker"), "input_tokens": 100 * hour,
            "output_tokens": 40 + number, "credits": hour, "latency_ms": 900 + hour, "user_rating": 1 + hour % 5,
            "status": "error" if is_error else "success",
            "error_type": named(word, hour, "fault")[:100] if is_error else None,
            "tags": {named(word, hour % 2, "tag"): named(word, hour, "value")}, named(word, hour % 4, "unknown"): 1,
        }  # fmt: skip
        yield {
            "event_id": f"{word}-{day}-{hour}-run", "occurred_at": f"{day}T{hour:02d}:31:00Z", "tenant_id": tenant,
            "event_type": "run", "channel": "agent", "item_id": _item(word, hour % 5), "user_id": user_of(word, 1),
        }  # fmt: skip


def _team(word: str, number: int) -> str:
    return named(word, 18 + number, f"team {number}")


def user_of(word: str, number: int) -> str:
    """The id of a user."""
    return named(word, 14 + number, f"user {number}")


def _item(word: str, number: int) -> str:
    return named(word, 15 + number, f"item {number}")


def _model(word: str, number: int) -> str:
    return named(word, 10 + number, f"model {number}")


def tenant_of(word: str) -> str:
    """The id of a tenant."""
    number = WORDS.index(word)
    return f"{word}/../<b>{number}{TENANTS[number]}"


def _directory(tables: dict[str, list[dict[str, Any]]], tenant: str, word: str) -> None:
    def add(name: str, **row: Any) -> None:
        tables.setdefault(name, []).append(row)

    place = WORDS.index(word)
    add("tenants", tenant_id=tenant, tenant_name=named(word, (0, 20, 15)[place], "Ltd"), timezone="Asia/Kolkata",
        plan=named(word, place, "plan"), credit_price="0.1", seats=9, item_slots=9,
        admin_email=f"admin@{word.lower()}.example")  # fmt: skip
    for place in range(3):
        add("teams", tenant_id=tenant, team_id=_team(word, place), team_name=named(word, place + 18, "team"),
            department=named(word, place + 1, "department"))  # fmt: skip
    for place in range(9):
        add("users", tenant_id=tenant, user_id=user_of(word, place), user_name=named(word, place + 12, "user"),
            email=f"{STARTS[place]}u{place}<b>@{word.lower()}.example", team_id=_team(word, 0),
            role=named(word, place, "role"), signed_up_at="2026-10-27T09:00:00")  # fmt: skip
        add("trainings", tenant_id=tenant, user_id=user_of(word, place), training_id=named(word, 9, "training"),
            training_name=named(word, place, "training"),
            completed_at="2026-10-28T09:00:00" if place % 2 else "")  # fmt: skip
    kinds = ("assistant", "agent", "workflow", "app", "phone_agent", "assistant")
    for place, kind in enumerate(kinds):
        add("items", tenant_id=tenant, item_id=_item(word, place), item_type=kind,
            item_name=named(word, place + 15, "item"), created_by=user_of(word, 2),
            created_at="2026-10-27T10:00:00")  # fmt: skip
    for place in range(2):
        add("models", model_id=_model(word, place), model_name=named(word, place + 20, "model"),
            provider=named(word, 6, "maker"), family=named(word, place + 7, "family"))  # fmt: skip
        add("rates", model_id=_model(word, place), valid_from="2026-01-01", multiplier=place + 1)
    for scope, scope_id in (("tenant", ""), ("team", _team(word, 2)), ("user", user_of(word, 6))):
        add("budgets", tenant_id=tenant, scope=scope, scope_id=scope_id, month="*", credits=500)
    for email in (f"ceo@{word.lower()}.example", f"x@{word.lower()}.example\r\nBcc: all@platform.example"):
        add("subscriptions", email=email, scope="tenant", tenant_id=tenant, cadence="weekly")


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _table(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
