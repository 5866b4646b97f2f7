"""Which version of a row counts, and that the way files come in does not matter."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.loading.lake.lake import Lake
from tests.orchestration.loading.zones import ZoneFolder, day, job, usage

MakeZone = Callable[[str], ZoneFolder]
USAGE = "select event_id, revision, landing_date::varchar, model_id, line_no from lake.usage_events order by all"
DUPLICATES = "select file, accepted, duplicates from audit.load_audit order by file"


def test_the_highest_revision_counts(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1", model_id="old"), usage("e2"))
    zone.lines("usage/2026-03-02/a.jsonl", usage("e1", model_id="new", revision=2))
    zone.lines("usage/2026-03-03/a.jsonl", usage("e1", model_id="late", revision=1))
    zone.load()
    assert zone.query(USAGE) == [("e1", 2, "2026-03-02", "new", 1), ("e2", 0, "2026-03-01", "m1", 2)]
    assert [row[1:] for row in zone.query(DUPLICATES)] == [(1, 1), (1, 0), (0, 1)]


def test_among_equals_the_first_that_landed_counts(zone: ZoneFolder) -> None:
    # Paths compare byte for byte: part-10 before part-9, Z before a.
    zone.lines("usage/2026-03-02/part-9.jsonl", usage("e1", model_id="nine"))
    zone.lines("usage/2026-03-02/part-10.jsonl", usage("e1", model_id="ten"), usage("e1", model_id="ten again"))
    zone.lines("usage/2026-03-02/a/x.jsonl", usage("e2", model_id="a"))
    zone.lines("usage/2026-03-02/Z/x.jsonl", usage("e2", model_id="Z"))
    zone.load()
    assert zone.query("select event_id, model_id, line_no from lake.usage_events order by 1") == [
        ("e1", "ten", 1),
        ("e2", "Z", 1),
    ]


def test_identity_is_of_source_tenant_and_id(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e1", tenant_id="t2"), usage("E1"), usage("e1 "))
    zone.load()
    assert zone.query("select count(*) from lake.usage_events") == [(4,)]


def test_a_finished_job_beats_a_running_one(zone: ZoneFolder) -> None:
    zone.lines("jobs/2026-03-01/a.jsonl", job("r1", status="running"), job("r2", status="running", revision=1))
    zone.lines("jobs/2026-03-02/a.jsonl", job("r1", status="error"), job("r1"), job("r2"))
    zone.load()
    assert zone.query("select job_run_id, status, revision from lake.job_runs order by 1") == [
        ("r1", "error", 0),
        ("r2", "running", 1),
    ]


def test_a_loser_comes_back_when_the_file_of_its_rival_is_replaced(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1", model_id="first"))
    zone.lines("usage/2026-03-02/a.jsonl", usage("e1", model_id="second", revision=1), usage("e2"))
    zone.load()
    zone.lines("usage/2026-03-02/a.jsonl", usage("e2"))
    summary = zone.load()
    assert (summary.files_loaded, summary.accepted, summary.duplicates) == (1, 1, 0)
    assert zone.query("select event_id, model_id from lake.usage_events order by 1") == [("e1", "first"), ("e2", "m1")]
    assert [row[1:] for row in zone.query(DUPLICATES)] == [(1, 0), (1, 0)]


def test_equal_hashes_of_different_keys_stay_apart(zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.loading.identity import Resolver

    original = Resolver.__init__

    def with_poor_hash(self: Resolver, *args: Any) -> None:
        original(self, *args)
        self._fresh = self._fresh.replace(self._key_hash, "cast(7 as ubigint)")
        self._key_hash = "cast(7 as ubigint)"

    monkeypatch.setattr(Resolver, "__init__", with_poor_hash)
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e2"), usage("e1"))
    zone.load()
    zone.lines("usage/2026-03-02/a.jsonl", usage("e2", revision=1), usage("e3"))
    zone.load()
    assert [row[:2] for row in zone.query(USAGE)] == [("e1", 0), ("e2", 1), ("e3", 0)]


def test_a_lake_written_with_another_hash_is_still_searched(zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e2"))
    zone.load()
    original = Lake.__init__

    def of_another_duckdb(self: Lake, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        self._hash_version += 1

    monkeypatch.setattr(Lake, "__init__", of_another_duckdb)
    zone.lines("usage/2026-03-02/a.jsonl", usage("e1", revision=1))
    zone.load()
    assert [row[:2] for row in zone.query(USAGE)] == [("e1", 1), ("e2", 0)]


class RandomZone:
    """Files of random rows over a few keys, so that versions collide, move between dates and turn bad."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.files = {path: self.rows(path) for path in self.paths()}

    def paths(self) -> list[str]:
        return [
            f"{source}/2026-03-0{landed}/{name}.jsonl"
            for landed in range(1, 6)
            for source in ("usage", "jobs")
            for name in ("b/x", "part-10", "part-9")
            if self.random.random() < 0.7
        ]

    def rows(self, path: str) -> list[dict[str, Any] | str]:
        chance = self.random.choice([0.0, 0.0, 0.0, 0.2])
        return ["{bad" if self.random.random() < chance else self.row(path) for _ in range(self.random.randrange(12))]

    def row(self, path: str) -> dict[str, Any]:
        pick = self.random
        at = f"2026-0{pick.choice(['2-28', '3-01', '3-02'])}T{pick.randint(0, 23):02}:30:00Z"
        shared = {"tenant_id": pick.choice(["t1", "t2"]), "revision": pick.choice([0, 0, 0, 1, 2])}
        if path.startswith("usage"):
            return usage(f"e{pick.randrange(15)}", occurred_at=at, model_id=f"m{pick.randrange(99)}", **shared)
        status = pick.choice(["running", "error", "success"])
        return job(f"r{pick.randrange(9)}", started_at=at, status=status, **shared)

    def expected(self, limit: float) -> dict[str, list[tuple[Any, ...]]]:
        """By hand: (source, tenant, id, path, line) of what counts, and (path, read, accepted, duplicates, bad)."""
        read, bad = defaultdict(int), defaultdict(int)
        for path, rows in self.files.items():
            read[path.split("/")[1]] += len(rows)
            bad[path.split("/")[1]] += rows.count("{bad")
        held = {landed for landed in read if bad[landed] * 100 > limit * read[landed]}
        versions: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
        for path, rows in self.files.items():
            source, landed, _ = path.split("/", 2)
            for line, row in enumerate(rows, start=1):
                if isinstance(row, dict) and landed not in held:
                    key = (source, row["tenant_id"], row.get("event_id") or row["job_run_id"])
                    order = (-row["revision"], row.get("status") == "running", landed, path.encode(), line)
                    versions[key].append((order, path, line))
        counting = [(*key, *min(found)[1:]) for key, found in versions.items()]
        accepted = defaultdict(int)
        for row in counting:
            accepted[row[3]] += 1
        audit = []
        for path, rows in self.files.items():
            good = len(rows) - rows.count("{bad")
            taken = good if path.split("/")[1] in held else accepted[path]
            audit.append((path, len(rows), taken, good - taken, rows.count("{bad"), path.split("/")[1] in held))
        return {"counting": sorted(counting), "audit": sorted(audit)}


def found(zone: ZoneFolder) -> dict[str, list[tuple[Any, ...]]]:
    counting = zone.query(
        "select events.source, tenant_id, id, path, line_no from ("
        "select source, tenant_id, event_id as id, file_id, line_no from lake.usage_events union all "
        "select source, tenant_id, job_run_id, file_id, line_no from lake.job_runs) as events "
        "join lake.files as files on files.file_id = events.file_id"
    )
    audit = zone.query("select file, rows_read, accepted, duplicates, quarantined, held_back from audit.load_audit")
    return {"counting": sorted(counting), "audit": sorted(audit)}


@pytest.mark.parametrize("seed", range(4))
def test_order_and_grouping_of_files_do_not_matter(seed: int, make_zone: MakeZone) -> None:
    last = RandomZone(seed)
    once, bit_by_bit = make_zone("once"), make_zone("bit_by_bit")
    for path, rows in last.files.items():
        once.lines(path, *rows)
    once.load(quarantine_limit_pct=10)
    pick = random.Random(seed + 1000)
    pending = list(last.files)
    pick.shuffle(pending)
    replaced = [path for path in pending if pick.random() < 0.3]
    for path in replaced:
        bit_by_bit.lines(path, *last.rows(path), usage("gone") if path.startswith("usage") else job("gone"))
    bit_by_bit.load(quarantine_limit_pct=10)
    while pending:
        for path in [pending.pop() for _ in range(min(len(pending), pick.randint(1, 6)))]:
            bit_by_bit.lines(path, *last.files[path])
        bit_by_bit.load(quarantine_limit_pct=10)
    assert found(once) == last.expected(10)
    assert bit_by_bit.state() == once.state()
    bit_by_bit.load(full_refresh=True, quarantine_limit_pct=10)
    assert bit_by_bit.state() == once.state()


def test_one_landing_date_at_a_time_backwards(make_zone: MakeZone) -> None:
    content = RandomZone(77)
    once, by_date = make_zone("once"), make_zone("by_date")
    for zone in (once, by_date):
        for path, rows in content.files.items():
            zone.lines(path, *rows)
    once.load()
    for landed in range(5, 0, -1):
        date = day(f"2026-03-0{landed}")
        by_date.load(landing_dates=(date, date))
    assert by_date.state() == once.state()
    assert by_date.load().changed is False


def test_changes_name_every_hour_whose_counting_rows_changed(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e2", occurred_at="2026-03-01T11:59:59Z"))
    zone.load()
    zone.lines(
        "usage/2026-03-02/a.jsonl",
        usage("e1", revision=1, occurred_at="2026-03-01T15:00:00Z"),
        usage("e2", occurred_at="2026-03-01T16:00:00Z"),
        usage("e3", tenant_id="t2"),
    )
    second = zone.load()
    changes = "select tenant_id, hour(event_hour) from lake.changes where load_id = {} order by all"
    assert zone.query(changes.format(second.load_id)) == [("t1", 10), ("t1", 15), ("t2", 10)]
    zone.lines("usage/2026-03-02/a.jsonl", usage("e3", tenant_id="t2"))
    third = zone.load()
    assert zone.query(changes.format(third.load_id)) == [("t1", 10), ("t1", 15), ("t2", 10)]
