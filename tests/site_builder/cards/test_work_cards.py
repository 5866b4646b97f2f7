"""The cards about work itself, against figures worked out from the marts row by row."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from tests.site_builder.published import card_of, rows

MONTH = "acme/monthly/2026-02"
EMPTY = "acme/daily/2026-02-19"
FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


@pytest.fixture(scope="module")
def used(small_marts: Path) -> list[dict]:
    """What acme used in February, row by row."""
    with duckdb.connect(str(small_marts), read_only=True) as con:
        found = con.execute(
            "select * from marts.mart_usage_daily where tenant_id = 'acme' and usage_date between $1 and $2",
            [FIRST, LAST],
        )
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def times(small_marts: Path) -> list[tuple[date, int, str, str, int]]:
    """How long each of acme's answers of February took: (date, hour, model, user, ms)."""
    with duckdb.connect(str(small_marts), read_only=True) as con:
        return con.execute(
            "select usage_date, local_hour, model_id, user_id, latency_ms from marts.mart_usage_events "
            "where latency_ms is not null and tenant_id = 'acme' and usage_date between $1 and $2",
            [FIRST, LAST],
        ).fetchall()


def per(amount: Decimal, units: int) -> Decimal:
    return (amount / units).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def percentile(values: list[int], share: float) -> float:
    """Linearly interpolated, as the contract says."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def test_tasks_divide_all_credits_by_category_and_tier(small_site: Path, used: list[dict]) -> None:
    expected: dict[str, list] = defaultdict(lambda: [0, Decimal(0), 0, 0])
    for row in used:
        sums = expected[row["task_category"]]
        for place, name in enumerate(("requests", "credits", "rating_sum", "rating_count")):
            sums[place] += row[name]
    found = rows(small_site, MONTH, "tasks")
    assert {row["task_category"]: [int(row["requests"]), Decimal(row["credits"])] for row in found} == {
        task: sums[:2] for task, sums in expected.items()
    }
    for row in found:
        requests, credits, rating_sum, rating_count = expected[row["task_category"]]
        assert row["tier"] == "standard"
        assert row["credits_per_request"] == (str(per(credits, requests)) if requests else "")
        assert row["avg_rating"] == (str(per(Decimal(rating_sum), rating_count)) if rating_count else "")
    assert sum(Decimal(row["credits_share"]) for row in found) == pytest.approx(1)
    assert len(found) == 4 and any(row["avg_rating"] for row in found)


def test_users_are_ranked_by_messages_with_the_model_that_took_most(small_site: Path, used: list[dict]) -> None:
    messages: dict[str, int] = defaultdict(int)
    by_model: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(lambda: [Decimal(0), 0]))
    for row in used:
        messages[row["user_id"]] += row["requests"]
        by_model[row["user_id"]][row["model_id"]][0] += row["credits"]
        by_model[row["user_id"]][row["model_id"]][1] += row["requests"]
    found = rows(small_site, MONTH, "users")
    assert "(none)" in messages and len(found) == len(messages)
    assert [int(row["requests"]) for row in found[:-1]] == sorted(
        (number for user, number in messages.items() if user != "(none)"), reverse=True
    )
    # What names nobody has no rank, and is there: the CSV adds up to the tenant.
    assert (found[-1]["user_id"], found[-1]["rank"], found[-2]["rank"]) == ("(none)", "", str(len(found) - 1))
    assert sum(Decimal(row["credits"]) for row in found) == sum(row["credits"] for row in used)
    for row in found:
        models = by_model[row["user_id"]]
        credits = sum((sums[0] for sums in models.values()), Decimal(0))
        named = {model: sums for model, sums in models.items() if model != "(none)"}
        assert row["top_model_id"] == min(named, key=lambda model: (-named[model][0], -named[model][1], model))
        assert Decimal(row["credits"]) == credits
        assert row["credits_per_request"] == str(per(credits, messages[row["user_id"]]))


def test_efficiency_is_credits_by_success_of_those_with_ten(small_site: Path, used: list[dict]) -> None:
    for report, days in ((MONTH, 28), ("acme/daily/2026-02-03", 1)):
        sums: dict[str, list] = defaultdict(lambda: [Decimal(0), 0])
        for row in used:
            if days > 1 or row["usage_date"] == date(2026, 2, 3):
                sums[row["user_id"]][0] += row["credits"]
                sums[row["user_id"]][1] += row["requests"] - row["errors"]
        judged = {user: (per(*each), each[1]) for user, each in sums.items() if user != "(none)" and each[1] >= 10}
        found = rows(small_site, report, "efficiency")
        assert [row["user_id"] for row in found] == sorted(judged, key=lambda user: (judged[user][0], user))
        assert all(Decimal(row["credits_per_success"]) == judged[row["user_id"]][0] for row in found)
    assert found == [] and card_of(small_site, report, "efficiency")["title"] == "Nobody had 10 successful messages"


def test_phone_calls_by_hand(small_site: Path) -> None:
    found = [tuple(row.values())[:7] for row in rows(small_site, MONTH, "phone")]
    assert found == [
        ("inbound", "4", "1", "240", "1.000000", "5.500000", "2"),
        ("outbound", "2", "0", "45", "0.375000", "0.250000", "0"),
        ("(none)", "1", "0", "0", "0.000000", "0.000000", "0"),
    ]
    assert card_of(small_site, MONTH, "phone")["title"] == "7 calls took 4.8\u202fmin; 57% were inbound"


def test_percentiles_are_of_every_answer_of_the_period(small_site: Path, times: list[tuple]) -> None:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for day, hour, model, user, taken in times:
        part = "weekend" if day.isoweekday() > 5 else "peak" if 9 <= hour < 17 else "off_peak"
        keys = [("all", "all"), ("model", model), ("hour", f"{hour:02d}"), ("time", part), ("date", day.isoformat())]
        for key in [*keys, ("user", user)] if user != "(none)" else keys:
            groups[key].append(taken)
    found = rows(small_site, MONTH, "latency")
    assert {(row["breakdown"], row["key"]) for row in found} == set(groups)
    for row in found:
        values = groups[row["breakdown"], row["key"]]
        assert (int(row["answers"]), float(row["fastest_ms"]), float(row["slowest_ms"])) == (
            len(values),
            min(values),
            max(values),
        )
        assert float(row["avg_latency_ms"]) == pytest.approx(sum(values) / len(values), abs=1e-6)
        assert float(row["p50_latency_ms"]) == pytest.approx(percentile(values, 0.5), abs=1e-6)
        assert float(row["p95_latency_ms"]) == pytest.approx(percentile(values, 0.95), abs=1e-6)
        assert float(row["p99_latency_ms"]) == pytest.approx(percentile(values, 0.99), abs=1e-6)
        assert bool(row["success_rate"]) == (row["breakdown"] in ("model", "user"))


def test_what_the_scope_has_is_as_of_the_last_date(small_site: Path, times: list[tuple]) -> None:
    """user-3 signs up on 28 February in UTC, which is 1 March in Kolkata."""
    february = {row["figure"]: row["value"] for row in rows(small_site, MONTH, "kpis")}
    march = {row["figure"]: row["value"] for row in rows(small_site, "acme/daily/2026-03-01", "kpis")}
    assert int(march["users"]) == int(february["users"]) + 1
    assert (february["seats"], february["item_slots"], february["workflows"]) == ("50", "10", "0")
    calls = sum(int(row["call_seconds"]) for row in rows(small_site, MONTH, "phone"))
    assert Decimal(february["time_spent_s"]) == calls + Decimal(sum(row[4] for row in times)) / 1000
    tiles = (small_site / MONTH / "index.html").read_text("utf-8")
    assert f"{february['users']} of 50" in tiles and f"{february['active_users']} of {february['users']}" in tiles


def test_stickiness_looks_back_over_four_weeks(small_marts: Path, small_site: Path) -> None:
    last = date(2026, 2, 10)
    with duckdb.connect(str(small_marts), read_only=True) as con:
        active = con.execute(
            "select usage_date, user_id from marts.mart_user_daily where tenant_id = 'acme' and user_id <> '(none)' "
            "and usage_date <= $1",
            [last],
        ).fetchall()
    month = {(day, user) for day, user in active if day > last - timedelta(28)}
    week = {user for day, user in month if day > last - timedelta(7)}
    users = {user for _, user in month}
    facts = card_of(small_site, "acme/daily/2026-02-10", "active_users")["facts"]
    assert f"{round(100 * len(month) / 28 / len(users))}%" in facts["Stickiness"]
    assert {str(len(week)), str(len(users))} <= set(facts.values())


def test_without_usage_each_says_so(small_site: Path) -> None:
    titles = {name: card_of(small_site, EMPTY, name)["title"] for name in ("tasks", "users", "phone", "latency")}
    assert titles == {
        "tasks": "No usage in this period",
        "users": "No user sent a message",
        "phone": "No phone calls in this period",
        "latency": "No message says how long it took",
    }
    assert all(rows(small_site, EMPTY, name) == [] for name in titles)
