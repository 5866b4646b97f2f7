"""A landing zone that changes in every way a real one does, day by day, the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

FIRST_DAY = date(2026, 9, 20)  # clocks change in Lord Howe on 4 October, in New York on 1 November
ZONES = {
    "utc": "UTC",
    "york": "America/New_York",
    "kolkata": "Asia/Kolkata",
    "howe": "Australia/Lord_Howe",
    "apia": "Pacific/Apia",
}
GHOST = "ghost"  # a tenant that only events name
MODELS = ("m-eco", "m-std", "m-prem", "m-free", "deepseek-chat")  # the last one is on the public price list
ITEMS = ("flow", "agent", "app", "unlisted")


class ChangingZone:
    """Writes landing dates one after the other into `raw`; keeps the events so that later files can revise them."""

    def __init__(self, raw: Path, seed: int) -> None:
        self.raw = raw
        self.day = FIRST_DAY
        self._random = random.Random(seed)
        self._events: list[dict[str, Any]] = []
        self._accounts: dict[date, dict[str, Any]] = {}
        self._team_of = {(tenant, user): f"team-{int(user) % 2}" for tenant in ZONES for user in "0123"}
        self._type_of = {"flow": "workflow", "agent": "agent", "app": "app"}
        self._rates = [
            ("m-eco", "2026-01-01", "0.25", "0.1", ""),
            ("m-std", "2026-01-01", "1", "", "0.333333"),
            ("m-prem", "2026-01-01", "3", "", ""),
        ]
        self._prices = [("m-std", "2026-01-01", "2.5", "0.25", "3.125", "5", "10", "")]
        self._created = {"flow": "2026-09-25T23:40:00Z", "agent": "2026-10-01T04:10:00Z", "app": ""}
        self._write_directory()

    def continued_in(self, raw: Path) -> ChangingZone:
        """The same zone, going on in a copy of its folder."""
        copied = deepcopy(self)
        copied.raw = raw
        return copied

    def land(self, days: int, events_a_day: int = 30) -> None:
        """Ordinary days: new events, some late, a billing event and a job run each."""
        for _ in range(days):
            rows = [self._event(late=self._random.random() < 0.1) for _ in range(events_a_day)]
            self._put("usage", "new.jsonl", rows)
            self._accounts[self.day] = self._billing(f"b{self.day}", self.day)
            self._put("billing", "new.jsonl", [self._accounts[self.day]])
            self._put("jobs", "new.jsonl", [self._job(f"r{self.day}", self.day)])
            self.day += timedelta(days=1)

    def land_history(self, days_ago: int, events: int) -> None:
        """One landing date with very late events, some of them before anything known so far."""
        rows = [self._event(age=timedelta(days=days_ago, hours=self._random.randrange(48))) for _ in range(events)]
        self._put("usage", "history.jsonl", rows)
        self.day += timedelta(days=1)

    def land_revisions(self, events: int) -> None:
        """One landing date that changes known events: other amount, user, item or time, withdrawn, or sent again."""
        rows = [self._revised(event) for event in self._random.sample(self._events, events)]
        self._put("usage", "revised.jsonl", rows)
        self.day += timedelta(days=1)

    def land_late_accounts(self, days_ago: int) -> None:
        """One landing date with late billing and job runs of some days ago, and revisions of what was known of then."""
        then = self.day - timedelta(days=days_ago)
        known = then - timedelta(days=2)
        late = [
            self._billing(f"late-{then}-{given['kind']}", then, **given)
            for given in (
                {"tenant_id": "utc", "kind": "topup", "credits": 50, "expires_on": "2027-01-31"},
                {"tenant_id": "york", "kind": "promo_grant", "credits": 5, "expires_on": str(then)},
                {"tenant_id": "howe", "kind": "refund", "credits": -2.5},
                {"tenant_id": "utc", "kind": "invoice", "credits": None, "amount": "7.5"},
            )
        ]
        revised = self._accounts[known] | {"credits": "41.5", "amount": "4", "revision": 1}
        self._put("billing", "late.jsonl", [*late, revised])
        runs = [self._job(f"late-{then}", then), self._job(f"r{known}", known, quantity="9", revision=1)]
        self._put("jobs", "late.jsonl", runs)
        self.day += timedelta(days=1)

    def land_settlements(self, credits: int) -> None:
        """One landing date on which every tenant buys enough to pay off what it owes."""
        given = {"kind": "topup", "credits": credits, "amount": str(credits), "currency": "USD"}
        self._put(
            "billing",
            "settlements.jsonl",
            [
                self._billing(f"settles-{self.day}-{tenant}", self.day, tenant_id=tenant, **given)
                for tenant in (*ZONES, GHOST, "worker")
            ],
        )
        self.day += timedelta(days=1)

    def withdraw_first_days(self, tenant: str, days: int) -> None:
        """One landing date that takes a tenant's first days of usage back."""
        mine = [event for event in self._events if event["tenant_id"] == tenant]
        until = min(event["occurred_at"] for event in mine)[:10]
        until = (date.fromisoformat(until) + timedelta(days=days)).isoformat()
        gone = [event for event in mine if event["occurred_at"] < until]
        self._put("usage", "withdrawn.jsonl", [self._next(event, environment="playground") for event in gone])
        self.day += timedelta(days=1)

    def change_directory(self) -> None:
        """Another team, item type, creation time, rate and contract price; a landing date without files goes by."""
        key = self._random.choice(sorted(self._team_of))
        self._team_of[key] = "team-2"
        self._type_of |= {"app": "workflow", "flow": "agent"}
        self._created |= {"app": "2026-10-06T15:50:00Z", "agent": ""}
        self._rates.append(("m-std", "2026-10-12T15:00:00Z", "2.000001", "", "0.5"))
        self._prices += [
            ("m-std", "2026-10-11T09:30:00Z", "", "", "", "", "", "0.01"),
            ("deepseek-chat", "2026-10-14", "0.1", "", "", "0.2", "0.3", ""),
        ]
        self._write_directory()
        self.day += timedelta(days=1)

    def _event(self, *, late: bool = False, age: timedelta | None = None) -> dict[str, Any]:
        pick = self._random
        age = age or timedelta(days=pick.randrange(1, 9) if late else 0)
        moment = datetime.combine(self.day, datetime.min.time(), UTC) + timedelta(seconds=pick.randrange(86_400)) - age
        kind = pick.choice(("request", "request", "request", "run", "call"))
        tokens = pick.randrange(5_000)
        event = {
            "event_id": f"e{len(self._events)}",
            "tenant_id": pick.choice([*ZONES, *ZONES, GHOST]),
            "event_type": kind,
            "occurred_at": moment.isoformat().replace("+00:00", "Z"),
            "model_id": pick.choice(MODELS),
            "user_id": pick.choice(("", "0", "1", "2", "3", "stranger")),
            "team_id": pick.choice(("", "", "team-9")),
            "item_id": pick.choice(("", *ITEMS)),
            "channel": pick.choice(("chat", "api", "fax", "")),
            "status": pick.choice(("success", "success", "error")),
            "input_tokens": tokens,
            "cached_input_tokens": tokens // 3,
            "cache_write_input_tokens": tokens // 5,
            "cache_write_1h_input_tokens": tokens // 7,
            "output_tokens": pick.randrange(900),
            "latency_ms": pick.choice((None, tokens)),
            "user_rating": pick.choice((None, 1, 5)),
            "duration_s": 60 if kind == "call" else None,
            "error_type": ("", "timeout", "x" * 150)[tokens % 3],
            "tags": ({}, {"env": "prod"}, {"env": "", "stage": "(none)"}, {"stage": f"s{tokens % 5}"})[tokens % 4],
        }
        if pick.random() < 0.4:
            event["credits"] = f"{pick.choice((0.5, 2, 90)) * pick.random():.6f}"
        if pick.random() < 0.5:
            event["cost_usd"] = f"{pick.random():.6f}"
        self._events.append(event)
        return event

    def _revised(self, event: dict[str, Any]) -> dict[str, Any]:
        moment = datetime.fromisoformat(event["occurred_at"]) - timedelta(hours=self._random.randrange(1, 60))
        return self._next(
            event,
            **self._random.choice(
                (
                    {"credits": "33.000001"},
                    {"user_id": "1"},
                    {"item_id": "agent"},
                    {"environment": "playground"},
                    {"occurred_at": moment.isoformat().replace("+00:00", "Z")},
                    {"model_id": "m-prem"},
                )
            ),
        )

    def _next(self, event: dict[str, Any], **changes: Any) -> dict[str, Any]:
        changed = event | changes | {"revision": event.get("revision", 0) + 1}
        self._events[self._events.index(event)] = changed
        return changed

    def _billing(self, billing_id: str, day: date, **given: Any) -> dict[str, Any]:
        kind = self._random.choice(("topup", "refund", "plan_grant", "invoice"))
        amount = {"topup": 100, "refund": -3.5, "plan_grant": 20, "invoice": 300}[kind]
        period = {"period_start": f"{day - timedelta(days=12)}", "period_end": f"{day - timedelta(days=2)}"}
        return {
            "billing_id": billing_id,
            "tenant_id": self._random.choice([*ZONES, "payer"]),
            "kind": kind,
            "occurred_at": f"{day}T14:00:00Z",
            "credits": amount,
            **(period if kind == "invoice" else {}),
        } | given

    def _job(self, job_run_id: str, day: date, **given: Any) -> dict[str, Any]:
        return {
            "job_run_id": job_run_id,
            "job_id": self._random.choice("ab"),
            "job_type": "asset",
            "tenant_id": self._random.choice([*ZONES, "worker"]),
            "started_at": f"{day}T13:00:00Z",
            "ended_at": f"{day}T13:00:01.5Z",
            "status": self._random.choice(("success", "error", "running")),
            "quantity": "1.5",
            "unit_price_credits": "0.333333",
            "error_message": "no luck",
        } | given

    def _put(self, source: str, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        folder = self.raw / source / self.day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def _write_directory(self) -> None:
        self._csv("tenants", "tenant_id,tenant_name,timezone", [(name, name, zone) for name, zone in ZONES.items()])
        self._csv("users", "tenant_id,user_id,team_id", [(*key, team) for key, team in self._team_of.items()])
        self._csv(
            "items",
            "tenant_id,item_id,item_type,item_name,created_at",
            [
                (tenant, item, kind, item, self._created[item])
                for tenant in ZONES
                for item, kind in self._type_of.items()
            ],
        )
        self._csv(
            "prices",
            "model_id,valid_from,usd_per_m_input,usd_per_m_cached_input,usd_per_m_cache_write,usd_per_m_cache_write_1h,"
            "usd_per_m_output,usd_per_request",
            self._prices,
        )
        self._csv("rates", "model_id,valid_from,multiplier,credits_per_1k_input,credits_per_1k_output", self._rates)

    def _csv(self, name: str, header: str, rows: Sequence[Sequence[str]]) -> None:
        folder = self.raw / "directory"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [header, *(",".join(map(str, row)) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
