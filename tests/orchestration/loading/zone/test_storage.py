"""A landing zone in an object store, against a local S3 server."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fsspec.asyn import sync_wrapper
from s3fs import S3FileSystem

from orchestration.loading.load import load
from orchestration.loading.zone import arrivals
from orchestration.loading.zone.landing import LandingError
from orchestration.loading.zone.storage import StorageError, fetch, list_objects
from orchestration.object_stores import file_system
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
    monkeypatch.setattr("orchestration.loading.zone.landing.STORE_CLOCK_GRAIN_NS", -(10**12))
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


def profile(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    """Let credentials come from a profile alone, as those of roles and SSO do."""
    (folder / "config").write_text(f"[profile finance]\nregion = eu-central-1\n{lines}\n", encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_PROFILE", "finance")


def test_a_profile_is_enough(bucket: Any, tmp_path: Path, zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    profile(tmp_path, monkeypatch, "aws_access_key_id = of-profile\naws_secret_access_key = s")
    upload(bucket, zone, "")
    assert [url for url, _, _ in list_objects(f"s3://{BUCKET}/")] == [f"s3://{BUCKET}/directory/tenants.csv"]
    fs = file_system(f"s3://{BUCKET}/")
    assert fs.s3._request_signer._credentials.access_key == "of-profile"


def test_credentials_that_run_out_are_renewed_while_a_load_goes_on(
    bucket: Any, tmp_path: Path, zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile's own program gives them, as SSO and roles do, and each is about to run out."""
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    given = json.dumps(
        {"Version": 1, "AccessKeyId": "k", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": soon}
    )
    (tmp_path / "give").write_text(f"#!/bin/sh\necho given >> {tmp_path}/times\ncat <<'.'\n{given}\n.\n")
    (tmp_path / "give").chmod(0o755)
    profile(tmp_path, monkeypatch, f"credential_process = {tmp_path}/give")
    for number in range(3):
        zone.lines(f"usage/2026-03-01/{number}.jsonl", usage(f"e{number}"))
    upload(bucket, zone, "")
    objects = [(url, number) for number, (url, _, _) in enumerate(list_objects(f"s3://{BUCKET}/"))]
    asked = len((tmp_path / "times").read_text().split())
    fetch(objects, tmp_path)
    assert len((tmp_path / "times").read_text().split()) >= asked + len(objects)


def test_a_public_bucket_needs_no_credentials(
    bucket: Any, tmp_path: Path, zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile(tmp_path, monkeypatch, "")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    upload(bucket, zone, "")
    bucket.Object("directory/tenants.csv").Acl().put(ACL="public-read")
    (copy,) = fetch([(f"s3://{BUCKET}/directory/tenants.csv", 1)], tmp_path)
    assert copy.read_bytes() == (zone.raw / "directory/tenants.csv").read_bytes()


def test_a_page_is_one_request_and_a_new_object_one_more(
    bucket: Any, zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.loading.zone.landing.STORE_CLOCK_GRAIN_NS", -(10**12))
    asked: list[str] = []
    real = S3FileSystem._call_s3

    async def counted(self: Any, method: str, *args: Any, **more: Any) -> Any:
        asked.append(method)
        return await real(self, method, *args, **{**more, **({"MaxKeys": 2} if method == "list_objects_v2" else {})})

    monkeypatch.setattr(S3FileSystem, "_call_s3", counted)
    monkeypatch.setattr(S3FileSystem, "call_s3", sync_wrapper(counted))
    for number in range(3):
        zone.lines(f"usage/2026-03-01/{number}.jsonl", usage(f"e{number}"))
    upload(bucket, zone, "")
    load(f"s3://{BUCKET}", zone.warehouse)
    assert sorted(asked) == ["get_object"] * 4 + ["list_objects_v2"] * 2
    asked.clear()
    assert load(f"s3://{BUCKET}", zone.warehouse).changed is False
    assert asked == ["list_objects_v2"] * 2
