"""A newer tzdata: only what it dates otherwise is computed again, as a full refresh would, and closed months stand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from closed_zone import close, reopen
from comparing import build_parts, differences_from_full_refresh, rows_of

from orchestration.closing.close import forget_reopened
from orchestration.loading.load import load
from orchestration.zones import rules
from orchestration.zones.spans import ALL_TIME_END, ALL_TIME_START, Span

MOVED, OTHER = "Africa/Casablanca", "Asia/Kathmandu"
CHANGE = datetime.fromisoformat("2026-09-15T02:00")
OLDER = (Span(ALL_TIME_START, ALL_TIME_END, 3600),)
NEWER = (Span(ALL_TIME_START, CHANGE, 3600), Span(CHANGE, ALL_TIME_END, 0))
PARTS = "select tenant_id, usage_date from intermediate.int_parts_to_build where is_changed order by all"
HOURS = "select tenant_id, usage_hour, usage_date, local_hour from marts.fct_usage_hourly order by all"
# In the UTC hour before midnight the older rules show the next date.
TIMES = ("2026-09-14T23:30", "2026-09-20T23:30", "2026-09-28T10:00", "2026-09-30T23:30", "2026-10-05T10:00",
         "2026-10-08T23:30", "2026-10-12T10:00")  # fmt: skip
DIRECTORY = {
    "tenants": f"tenant_id,tenant_name,timezone\nmoved,M,{MOVED}\nother,O,{OTHER}\n",
    "items": "tenant_id,item_id,item_type,item_name,created_at,retired_at\n"
             "moved,bare,app,Bare,2026-10-07,\nmoved,exact,app,Exact,2026-10-08T23:30:00Z,9999-12-31\n",
    "users": "tenant_id,user_id,signed_up_at\nmoved,u,2026-10-06T23:30:00Z\n",
}  # fmt: skip


@contextmanager
def installed(version: str, moved: tuple[Span, ...]) -> Iterator[None]:
    """As if tzdata were installed in this version, and said this of the zone MOVED."""
    real = rules.installed_spans
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "installed_version", lambda: version)
        patch.setattr(rules, "installed_spans", lambda name: moved if name == MOVED else real(name))
        yield


def take_in(warehouse: Path) -> bool:
    """Load and build; whether it was an incremental build."""
    load(str(warehouse.with_name("raw")), warehouse)
    return build_parts(warehouse, None)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse built by the older rules."""
    folder = tmp_path_factory.mktemp("older")
    events = [
        {"event_id": f"{tenant}{at}", "occurred_at": f"{at}:00Z", "tenant_id": tenant, "model_id": "m", "credits": 1}
        for tenant in ("moved", "other") for at in TIMES
    ]  # fmt: skip
    for name, text in DIRECTORY.items():
        _put(folder / f"raw/directory/{name}.csv", text)
    _put(folder / "raw/usage/2026-10-14/a.jsonl", "".join(json.dumps(event) + "\n" for event in events))
    grant = {"billing_id": "b", "occurred_at": "2026-10-09T23:30:00Z", "tenant_id": "moved", "kind": "topup",
             "credits": 9}  # fmt: skip
    _put(folder / "raw/billing/2026-10-14/b.jsonl", json.dumps(grant) + "\n")
    with installed("2026.1", OLDER):
        take_in(folder / "w.duckdb")
    return folder / "w.duckdb"


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def copied(warehouse: Path, folder: Path) -> Path:
    shutil.copytree(warehouse.parent, folder, dirs_exist_ok=True)
    return folder / warehouse.name


def days(tenant: str, *texts: str) -> list[tuple[str, date]]:
    return [(tenant, date.fromisoformat(text)) for text in texts]


def test_only_what_other_rules_date_otherwise_is_computed_anew(older: Path, tmp_path: Path) -> None:
    warehouse = copied(older, tmp_path)
    with installed("2026.2", NEWER):
        assert take_in(warehouse)
        assert rows_of(warehouse, PARTS) == days(
            "moved", "2026-09-20", "2026-09-21", "2026-09-28", "2026-09-30", "2026-10-01", "2026-10-05", "2026-10-06",
            "2026-10-07", "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12",
        )  # fmt: skip
        assert differences_from_full_refresh(warehouse, None) == {}
        moved = [row[1:] for row in rows_of(warehouse, HOURS) if row[0] == "moved"]
        assert [(str(day), hour) for _, day, hour in moved] == [
            ("2026-09-15", 0), ("2026-09-20", 23), ("2026-09-28", 10), ("2026-09-30", 23), ("2026-10-05", 10),
            ("2026-10-08", 23), ("2026-10-12", 10),
        ]  # fmt: skip
        items = "select item_id, created_at, created_on, retired_on from marts.dim_items order by all"
        assert [tuple(map(str, row)) for row in rows_of(warehouse, items)] == [
            ("bare", "2026-10-07 00:00:00", "2026-10-07", "None"),
            ("exact", "2026-10-08 23:30:00", "2026-10-08", "9999-12-31"),
        ]
        assert rows_of(warehouse, "select signed_up_on from marts.mart_user_activation") == [(date(2026, 10, 6),)]
        assert rows_of(warehouse, "from marts.mart_audit_zone_rules") == [("2026.2", None)]
    # A version that says the same of these zones is named, and moves nothing.
    with installed("2026.3", NEWER):
        assert take_in(warehouse) and rows_of(warehouse, PARTS) == []
        assert rows_of(warehouse, "from marts.mart_audit_zone_rules") == [("2026.3", None)]
        assert not load(str(tmp_path / "raw"), warehouse).changed


def test_a_closed_month_stands_by_the_rules_that_it_was_closed_with(older: Path, tmp_path: Path) -> None:
    warehouse = copied(older, tmp_path)
    of_september = f"select * from ({HOURS}) where usage_date < '2026-10-01'"
    with installed("2026.1", OLDER):
        assert close(warehouse, date(2026, 9, 1)) == (date(2026, 9, 1),)
        build_parts(warehouse, None)
        closed = rows_of(warehouse, of_september)
    with installed("2026.2", NEWER):
        assert take_in(warehouse)
        assert rows_of(warehouse, PARTS)[0] == ("moved", date(2026, 10, 5))
        assert rows_of(warehouse, of_september) == closed
        # What began October by the older rules is not September's now, nor posted as an adjustment.
        assert rows_of(warehouse, "select count(*) from marts.mart_closing_adjustments") == [(0,)]
        assert rows_of(warehouse, "select sum(credits) from marts.fct_usage_daily") == [(2 * len(TIMES),)]
        assert rows_of(warehouse, "from marts.mart_audit_zone_rules") == [("2026.2", date(2026, 9, 30))]
        assert differences_from_full_refresh(warehouse, None) == {}
        # Opened again, it takes the newer rules with the next load.
        reopen(warehouse, date(2026, 9, 1))
        build_parts(warehouse, None)
        forget_reopened(warehouse)
        assert take_in(warehouse) and ("moved", date(2026, 9, 20)) in rows_of(warehouse, PARTS)
        assert rows_of(warehouse, "from marts.mart_audit_zone_rules") == [("2026.2", None)]
        assert differences_from_full_refresh(warehouse, None) == {}
