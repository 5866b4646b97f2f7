"""Publishing into an object store: against a local S3 server."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from orchestration.publishing import object_lock
from orchestration.publishing import objects as objects_module
from orchestration.publishing.headers import cache_control
from orchestration.publishing.object_lock import ObjectLock
from orchestration.publishing.objects import OWN, ObjectTarget, State
from orchestration.publishing.release import PublishingError
from orchestration.publishing.targets import publish_site, roll_back
from site_builder.files import manifest
from tests.orchestration.conftest import BUCKET
from tests.orchestration.publishing.sites import FIRST, SECOND, put_site

PLACE = f"s3://{BUCKET}/www"
OLD_CSS = {"acme/assets/report.0123456789.css": "css 1"}


def objects(bucket: Any) -> dict[str, str]:
    """What readers see, but for the manifest."""
    found = {each.key.removeprefix("www/"): each for each in bucket.objects.all()}
    return {
        key: each.get()["Body"].read().decode()
        for key, each in found.items()
        if not key.startswith(OWN) and key != manifest.FILE_NAME
    }


def test_a_release_is_whole_and_old_links_open(bucket: Any, tmp_path: Path) -> None:
    first = publish_site(put_site(tmp_path / "site", FIRST), PLACE)
    assert (first.release, first.sent) == (1, len(FIRST) + 1)
    assert objects(bucket) == FIRST
    second = publish_site(put_site(tmp_path / "site", SECOND), PLACE)
    assert (second.release, second.sent) == (2, 6)
    assert objects(bucket) == SECOND | OLD_CSS
    assert publish_site(tmp_path / "site", PLACE).sent == 0


def test_readers_are_told_type_and_how_long_to_keep_it(bucket: Any, tmp_path: Path) -> None:
    publish_site(put_site(tmp_path / "site", FIRST), PLACE)
    told = {
        path: (head["ContentType"], head["CacheControl"])
        for path in FIRST
        for head in [bucket.Object(f"www/{path}").get()]
    }
    assert told["index.html"] == ("text/html; charset=utf-8", "no-cache")
    assert told["acme/daily/2026-11-20/report.pdf"] == ("application/pdf", "no-cache")
    assert told["acme/assets/report.0123456789.css"] == (
        "text/css; charset=utf-8", "public, max-age=31536000, immutable")  # fmt: skip


@pytest.mark.parametrize("crash_at", [1, 3, 6])
def test_a_crash_while_sending_leaves_the_old_site(bucket: Any, tmp_path: Path, crash_at: int) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, PLACE)
    put_site(site, SECOND)

    def crash(step: str, done: int, total: int) -> None:
        if done >= crash_at:
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        publish_site(site, PLACE, progress=crash)
    assert objects(bucket) == FIRST
    assert publish_site(site, PLACE).release == 2
    assert objects(bucket) == SECOND | OLD_CSS


def test_an_exchange_that_broke_off_is_finished_by_whoever_publishes_next(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, PLACE)
    put_site(site, SECOND)

    def dead_line(path: str) -> str:
        if path == "acme/index.html":
            raise OSError("the line is dead")
        return cache_control(path)

    with monkeypatch.context() as patch:
        patch.setattr(objects_module, "cache_control", dead_line)
        with pytest.raises(PublishingError, match="the line is dead"):
            publish_site(site, PLACE)
    # What pages show and new reports are there; what leads to them is as before.
    assert objects(bucket)["acme/daily/2026-11-21/index.html"] == "day 21"
    assert objects(bucket)["acme/index.html"] == "acme 1"
    assert ObjectTarget.at(PLACE)._state() == State(1, becoming=2)
    third = SECOND | {"index.html": "front 3"}
    assert publish_site(put_site(site, third), PLACE).release == 3
    assert objects(bucket) == third | OLD_CSS
    assert ObjectTarget.at(PLACE)._state() == State(3)


def test_going_back_shows_the_release_before_whole(bucket: Any, tmp_path: Path) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, PLACE)
    publish_site(put_site(site, SECOND), PLACE)
    assert roll_back(PLACE).release == 1
    assert objects(bucket) == FIRST | {"acme/assets/report.abcdef0123.css": "css 2"}
    with pytest.raises(PublishingError, match="no release before"):
        roll_back(PLACE)


def test_what_no_kept_release_needs_is_removed(bucket: Any, tmp_path: Path) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, PLACE, keep=1)
    assert publish_site(put_site(site, SECOND), PLACE, keep=1).removed_releases == 1
    assert objects(bucket) == SECOND
    stored = [each.key for each in bucket.objects.filter(Prefix=f"www/{OWN}/objects/")]
    assert len(stored) == len(set(SECOND.values())) + 1


def test_somebody_elses_files_stay(bucket: Any, tmp_path: Path) -> None:
    bucket.put_object(Key="www/robots.txt", Body=b"User-agent: *")
    publish_site(put_site(tmp_path / "site", FIRST), PLACE, keep=1)
    publish_site(put_site(tmp_path / "site", SECOND), PLACE, keep=1)
    assert objects(bucket)["robots.txt"] == "User-agent: *"


def test_two_at_once_are_refused_and_the_dead_are_not_waited_for(bucket: Any, tmp_path: Path) -> None:
    site = put_site(tmp_path / "site", FIRST)
    lock = {"token": "t", "host": "elsewhere", "process": 7, "alive": time.time()}
    bucket.put_object(Key=f"www/{OWN}/lock", Body=json.dumps(lock).encode())
    with pytest.raises(PublishingError, match="somebody else is publishing .*process 7 on elsewhere"):
        publish_site(site, PLACE)
    assert objects(bucket) == {}
    lock["alive"] = time.time() - object_lock.STALE_SECONDS - 1
    bucket.put_object(Key=f"www/{OWN}/lock", Body=json.dumps(lock).encode())
    assert publish_site(site, PLACE).release == 1
    assert not list(bucket.objects.filter(Prefix=f"www/{OWN}/lock"))


def two_locks() -> tuple[ObjectLock, ObjectLock]:
    target = ObjectTarget.at(PLACE)
    return ObjectLock(target.fs, f"{target.own}/lock"), ObjectLock(target.fs, f"{target.own}/lock")


def test_of_two_who_take_over_a_dead_ones_lock_one_loses(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = {"token": "t", "host": "elsewhere", "process": 7, "alive": time.time() - object_lock.STALE_SECONDS - 1}
    bucket.put_object(Key=f"www/{OWN}/lock", Body=json.dumps(dead).encode())
    one, other = two_locks()
    read = one._read

    def read_and_be_overtaken() -> dict[str, Any] | None:
        held = read()
        assert other.acquire()
        return held

    with monkeypatch.context() as patch:
        patch.setattr(one, "_read", read_and_be_overtaken)
        assert not one.acquire()
    held = read()
    assert held is not None and held["token"] == other.token


def test_who_was_taken_for_dead_stops(bucket: Any) -> None:
    one, other = two_locks()
    assert one.acquire() and not other.acquire()
    bucket.Object(f"www/{OWN}/lock").delete()
    assert other.acquire()
    one._beaten = 0.0
    with pytest.raises(PublishingError, match="somebody else took over publishing"):
        one.beat()
    one.release()
    held = other._read()
    assert held is not None and held["token"] == other.token


def test_the_way_back_is_to_what_readers_saw(bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, PLACE)
    put_site(site, SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(ObjectTarget, "_exchange", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish_site(site, PLACE)
    assert publish_site(site, PLACE).release == 3
    assert roll_back(PLACE).release == 1
    assert objects(bucket)["index.html"] == "front 1"


@pytest.mark.parametrize("texts", [FIRST, SECOND])
def test_a_file_that_was_lost_at_the_target_comes_back(bucket: Any, tmp_path: Path, texts: dict[str, str]) -> None:
    publish_site(put_site(tmp_path / "site", FIRST), PLACE)
    bucket.Object("www/acme/data/mart_x.parquet").delete()
    publish_site(put_site(tmp_path / "site", texts), PLACE)
    assert objects(bucket)["acme/data/mart_x.parquet"] == "PAR1"


def test_a_file_without_a_type_is_refused_before_anything_is_sent(bucket: Any, tmp_path: Path) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, PLACE)
    with pytest.raises(PublishingError, match=r"acme/x\.txt: nothing is known"):
        publish_site(put_site(site, SECOND | {"acme/x.txt": "?"}), PLACE)
    assert objects(bucket) == FIRST
    assert publish_site(put_site(site, SECOND), PLACE).release == 2


def test_what_names_every_folder_is_at_no_address_that_can_be_guessed(bucket: Any, tmp_path: Path) -> None:
    publish_site(put_site(tmp_path / "site", FIRST), PLACE, tenants_only=True)
    naming = [each for each in bucket.objects.filter(Prefix=f"www/{OWN}/") if b"acme/" in each.get()["Body"].read()]
    assert len(naming) == 1
    digest = hashlib.sha256(naming[0].get()["Body"].read()).hexdigest()
    assert naming[0].key == f"www/{OWN}/releases/000001-{digest}.json"


def test_a_bucket_that_is_not_there_is_named(bucket: Any, tmp_path: Path) -> None:
    with pytest.raises(PublishingError, match=r"^s3://no-such-bucket/x: "):
        publish_site(put_site(tmp_path / "site", FIRST), "s3://no-such-bucket/x")
