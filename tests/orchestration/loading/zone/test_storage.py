"""A landing zone in an object store, against a local S3 server."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.loading.load import load
from orchestration.loading.zone import arrivals
from orchestration.loading.zone.landing import LandingError
from orchestration.loading.zone.storage import S3Access, StorageError, fetch
from tests.orchestration.loading.zones import ZoneFolder, usage

BUCKET = "zone"


def upload(bucket: Any, zone: ZoneFolder, prefix: str) -> None:
    for file in sorted(zone.raw.rglob("*")):
        if file.is_file():
            bucket.put_object(Key=f"{prefix}{file.relative_to(zone.raw)}", Body=file.read_bytes())


def test_a_prefix_loads_like_the_folder_it_mirrors(
    bucket: Any, zone: ZoneFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every object in a batch of its own.
    monkeypatch.setattr(arrivals, "SPOOL_BYTES", 1)
    zone.lines("usage/2026-03-01/a b+é.jsonl", usage("e1"), usage("e2"), "{bad")
    zone.lines("usage/2026-03-01/_tmp/x.jsonl", usage("e9"))
    zone.lines("usage/stray.jsonl", usage("e9"))
    zone.put("usage/2026-03-02/empty.csv", b"")
    zone.put("usage/2026-03-02/c.jsonl.gz", gzip.compress(json.dumps(usage("e3")).encode()))
    zone.put("usage/2026-03-02/what.ever", b"?")
    upload(bucket, zone, "deep/zone/")
    bucket.put_object(Key="deep/zone/usage/2026-03-03/", Body=b"")
    bucket.put_object(Key="deep/zone-next-door/usage/2026-03-01/a.jsonl", Body=b"{}")
    zone.load(quarantine_limit_pct=50)
    mirror = ZoneFolder(tmp_path / "mirror")
    summary = load(f"s3://{BUCKET}/deep/zone", mirror.warehouse, quarantine_limit_pct=50)
    assert mirror.state() == zone.state()
    assert list(summary.files_outside) == ["usage/stray.jsonl"]
    assert summary.unreadable == ["usage/2026-03-02/what.ever"]


def test_objects_are_read_once_and_again_when_they_change(
    bucket: Any, zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.loading.zone.landing.S3_CLOCK_GRAIN_NS", -(10**12))
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.lines("usage/2026-03-01/b.jsonl", usage("e2"))
    upload(bucket, zone, "")
    fetched: list[str] = []

    def watch(objects: Any, folder: Path) -> list[Path]:
        fetched.extend(url.removeprefix(f"s3://{BUCKET}/") for url, _ in objects)
        return fetch(objects, folder)

    monkeypatch.setattr(arrivals, "fetch", watch)
    load(f"s3://{BUCKET}/", zone.warehouse)
    assert sorted(fetched) == ["directory/tenants.csv", "usage/2026-03-01/a.jsonl", "usage/2026-03-01/b.jsonl"]
    fetched.clear()
    assert load(f"s3://{BUCKET}", zone.warehouse).changed is False
    assert fetched == []
    bucket.put_object(Key="usage/2026-03-01/b.jsonl", Body=b"")
    bucket.Object("usage/2026-03-01/a.jsonl").delete()
    summary = load(f"s3://{BUCKET}", zone.warehouse)
    assert fetched == ["usage/2026-03-01/b.jsonl"]
    assert (summary.files_loaded, summary.files_vanished) == (1, ["usage/2026-03-01/a.jsonl"])
    assert zone.query("select event_id from lake.usage_events") == [("e1",)]


ODD_NAMES = (
    "a//b.jsonl",
    "//c.jsonl",
    "who?.jsonl",
    "a#b.jsonl",
    "a%20b.jsonl",
    "a*b.jsonl",
    "[x].jsonl",
    "é😀.jsonl",
    "a b+c.jsonl",
    " sp .jsonl",
    "q'u\"o&<>.jsonl",
    "back\\slash.jsonl",
    "tab\t.jsonl",
    "x{a,b}.jsonl",
    "a=b;c.jsonl",
    "version?versionId=1&x.jsonl",
    "plain.jsonl",
)


def test_an_object_may_be_called_anything(bucket: Any, zone: ZoneFolder) -> None:
    upload(bucket, zone, "odd/")
    for number, name in enumerate(ODD_NAMES):
        bucket.put_object(Key=f"odd/usage/2026-03-01/{name}", Body=json.dumps(usage(f"e{number}")).encode())
    for marker in ("odd/", "odd/usage/", "odd/usage/2026-03-01/", "odd/usage/2026-03-01//"):
        bucket.put_object(Key=marker, Body=b"")
    for hidden in (".", "..", ".x", "_y"):
        bucket.put_object(Key=f"odd/usage/2026-03-01/{hidden}/e.jsonl", Body=b"{}")
    for stray in ("odd//usage/2026-03-01/x.jsonl", "odd/usage//2026-03-01/x.jsonl", "odd/usage/2026-03-01/a.jsonl/"):
        bucket.put_object(Key=stray, Body=b"{}")
    summary = load(f"s3://{BUCKET}/odd", zone.warehouse)
    assert zone.query("select count(*), count(distinct event_id) from lake.usage_events") == [(len(ODD_NAMES),) * 2]
    assert zone.query("select count(*) from audit.quarantine") == [(0,)]
    assert {row[0] for row in zone.query("select file from audit.load_audit")} == {
        f"usage/2026-03-01/{name}" for name in ODD_NAMES
    }
    assert summary.files_outside == {
        "/usage/2026-03-01/x.jsonl": "lies in no source's landing date",
        "usage//2026-03-01/x.jsonl": "lies in no source's landing date",
        "usage/2026-03-01/a.jsonl/": "has the name of a folder and yet a content",
    }
    assert load(f"s3://{BUCKET}/odd", zone.warehouse).changed is False


def test_a_large_object_streams_in_chunks(bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.loading.zone.storage.CHUNK_BYTES", 1000)
    content = bytes(range(256)) * 100
    bucket.put_object(Key="a/what? [1]*.jsonl.gz", Body=content)
    (copy,) = fetch([(f"s3://{BUCKET}/a/what? [1]*.jsonl.gz", 7)], tmp_path)
    assert copy.read_bytes() == content
    assert copy.name == "7.jsonl.gz"


def test_what_the_store_refuses_is_named(bucket: Any, zone: ZoneFolder, tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="s3://no-such-bucket"):
        load("s3://no-such-bucket/raw", zone.warehouse)
    with pytest.raises(StorageError, match=f"s3://{BUCKET}/gone.jsonl"):
        fetch([(f"s3://{BUCKET}/gone.jsonl", 1)], tmp_path)


def test_access_comes_from_the_usual_variables() -> None:
    assert S3Access.from_env({}) == S3Access(None, None, None, "us-east-1", None, False)
    assert S3Access.from_env(
        {
            "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_SESSION_TOKEN": "t",
            "AWS_DEFAULT_REGION": "r",
            "AWS_ENDPOINT_URL": "http://a:1",
            "AWS_ENDPOINT_URL_S3": "https://b:2",
        }
    ) == S3Access("k", "s", "t", "r", "b:2", False)
