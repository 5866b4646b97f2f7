"""A landing zone with the largest values that are accepted, in every field that is a number, beside a plain tenant."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

MOST = 2**53 - 1
FULL = "999999999999.999999"
FIRST, DAYS = date(2026, 10, 26), 9
# So many counts of the largest kind are more than 64 bits hold.
MANY = 1100
GOOD, HUGE = "good", "huge"


def put_zone(zone: Path) -> Path:
    """Two tenants and nine days. The one of the largest values has its own zone, lots, jobs, budgets and prices."""
    for offset in range(DAYS):
        day = FIRST + timedelta(days=offset)
        rows = [*_good(day), *_huge(day), *(_many(day) if offset == DAYS - 2 else ())]
        _lines(zone / f"usage/{day}/events.jsonl", rows)
    _lines(zone / f"billing/{FIRST}/billing.jsonl", _billing())
    _lines(zone / f"jobs/{FIRST + timedelta(days=2)}/jobs.jsonl", _jobs())
    for name, text in _DIRECTORY.items():
        path = zone / f"directory/{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("FULL", FULL), encoding="utf-8")
    return zone


def _good(day: date) -> Iterable[dict[str, Any]]:
    for hour in range(8, 12):
        yield _event(GOOD, f"good-{day}-{hour}", day, hour) | {
            "model_id": "plain", "input_tokens": 1000, "output_tokens": 200, "latency_ms": 900, "user_rating": 4,
            "cost_usd": "0.01",
        }  # fmt: skip


def _huge(day: date) -> Iterable[dict[str, Any]]:
    """Every number alone at its most, then all of them at once; rated, priced, reported and split."""
    counts = {"input_tokens": MOST, "output_tokens": MOST, "latency_ms": MOST, "user_rating": 5}
    cases: list[dict[str, Any]] = [{name: value} for name, value in counts.items()]
    cases += [{name: FULL} for name in ("credits", "cost_usd")]
    cases += [{"input_tokens": MOST, "cached_input_tokens": MOST}, {"output_tokens": MOST, "reasoning_tokens": MOST}]
    cases += [
        {"input_tokens": MOST, name: MOST} for name in ("cache_write_input_tokens", "cache_write_1h_input_tokens")
    ]
    cases += [{"input_credits": FULL, "output_credits": FULL}, counts | {"credits": FULL, "cost_usd": FULL}]
    cases += [counts | {"cached_input_tokens": MOST, "reasoning_tokens": MOST}]
    cases += [counts | {"model_id": model} for model in ("dear", "listed", "flat")]
    cases += [{"revision": MOST}, {"event_type": "call", "model_id": None, "duration_s": MOST, "credits": FULL}]
    for place, case in enumerate(cases):
        yield _event(HUGE, f"huge-{day}-{place}", day, 8 + place % 12) | {"model_id": "plain"} | case


def _many(day: date) -> Iterable[dict[str, Any]]:
    for place in range(MANY):
        yield _event(HUGE, f"many-{place}", day, 9) | {
            "model_id": "plain", "input_tokens": MOST, "output_tokens": MOST, "cached_input_tokens": MOST,
            "reasoning_tokens": MOST, "latency_ms": MOST, "input_credits": FULL, "output_credits": FULL,
            "cost_usd": FULL,
        }  # fmt: skip
        yield _event(HUGE, f"many-call-{place}", day, 10) | {
            "event_type": "call", "duration_s": MOST, "direction": "inbound",
        }  # fmt: skip


def _event(tenant: str, event_id: str, day: date, hour: int) -> dict[str, Any]:
    return {
        "event_id": event_id, "occurred_at": f"{day}T{hour:02d}:30:00Z", "tenant_id": tenant, "team_id": "team",
        "user_id": "user", "item_id": "item", "project_id": "project", "task_category": "task", "provider": "openai",
        "tags": {"key": "value"},
    }  # fmt: skip


def _billing() -> Iterable[dict[str, Any]]:
    for tenant, credits, amount in ((GOOD, 100, 10), (HUGE, FULL, FULL)):
        bill = {"tenant_id": tenant, "occurred_at": f"{FIRST}T00:00:00Z"}
        for place, kind in enumerate(("plan_grant", "topup", "auto_recharge", "promo_grant", "refund", "adjustment")):
            yield bill | {
                "billing_id": f"{tenant}-{kind}", "kind": kind, "credits": credits, "amount": amount,
                "priority": MOST if place else -MOST, "expires_on": "9999-12-31" if place % 2 else "2000-01-01",
                "period_start": "2000-01-01", "period_end": "9999-12-31",
            }  # fmt: skip
        for kind in ("refund", "adjustment"):
            yield bill | {"billing_id": f"{tenant}-{kind}-back", "kind": kind, "credits": f"-{credits}",
                          "amount": f"-{amount}"}  # fmt: skip
        for place in range(3):
            yield bill | {
                "billing_id": f"{tenant}-invoice-{place}", "kind": "invoice", "credits": credits if place else None,
                "amount": amount, "period_start": "2026-10-01", "period_end": "2026-11-01",
                "invoice_id": f"{tenant}-{place % 2}",
            }  # fmt: skip
        yield bill | {"billing_id": f"{tenant}-payment", "kind": "payment", "amount": amount,
                      "invoice_id": f"{tenant}-0"}  # fmt: skip
        # A price per credit that is as large, and one as small, as there can be.
        tiny = "0.000001"
        yield bill | {"billing_id": f"{tenant}-dear", "kind": "topup", "credits": tiny, "amount": amount}
        yield bill | {"billing_id": f"{tenant}-cheap", "kind": "topup", "credits": credits, "amount": tiny}


def _jobs() -> Iterable[dict[str, Any]]:
    day = FIRST + timedelta(days=1)
    for tenant, number in ((GOOD, 3), (HUGE, FULL)):
        run = {"tenant_id": tenant, "job_id": "job", "job_type": "asset", "status": "success",
               "started_at": f"{day}T10:00:00Z", "ended_at": f"{day}T10:01:00Z"}  # fmt: skip
        yield run | {"job_run_id": f"{tenant}-given", "credits": number}
        yield run | {"job_run_id": f"{tenant}-rated", "quantity": number, "unit_price_credits": number}
        yield run | {"job_run_id": f"{tenant}-endless", "started_at": "2000-01-01T00:00:00Z" if tenant == HUGE else
                     f"{day}T11:00:00Z", "ended_at": "9999-12-30T23:59:59Z", "credits": number}  # fmt: skip


_DIRECTORY = {
    "tenants": "tenant_id,tenant_name,timezone,currency,credit_price,seats,item_slots,created_at,next_billing_date\n"
    "good,Good,UTC,USD,0.1,5,5,2026-01-01,2026-11-15\n"
    f"huge,Huge,Pacific/Kiritimati,EUR,FULL,{MOST},{MOST},0001-01-01,9999-12-31\n",
    "users": "tenant_id,user_id,user_name,signed_up_at\ngood,user,Ann,2026-10-27\nhuge,user,Bob,9999-12-30\n"
    "huge,early,Early,0001-01-02\n",
    "items": "tenant_id,item_id,item_type,item_name,created_at,retired_at\ngood,item,agent,Item,2026-10-27,\n"
    "huge,item,workflow,Item,0001-01-02,9999-12-30\n",
    "rates": "model_id,valid_from,multiplier,credits_per_1k_input,credits_per_1k_output\n"
    "plain,2026-01-01,1,0.5,1.5\ndear,0001-01-01,FULL,FULL,FULL\n",
    "prices": "model_id,valid_from,usd_per_m_input,usd_per_m_cached_input,usd_per_m_output,usd_per_request\n"
    "dear,0001-01-01,FULL,FULL,FULL,FULL\nflat,2026-01-01,,,,FULL\n",
    "budgets": "tenant_id,scope,scope_id,month,credits\ngood,tenant,,*,50\nhuge,tenant,,*,FULL\nhuge,user,user,*,FULL\n"
    "huge,team,team,2026-10,0.000001\nhuge,project,project,0001-01,1\nhuge,project,project,9999-12,1\n",
    "fx_rates": "date,currency,usd_per_unit\n0001-01-01,EUR,999999999999.999999999999\n",
    "trainings": "tenant_id,user_id,training_id,completed_at\nhuge,user,t,9999-12-30\n",
}


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
