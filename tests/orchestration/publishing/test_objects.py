"""Publishing into an object store: against a local S3 server."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from orchestration.publishing import object_lock
from orchestration.publishing import objects as objects_module
from orchestration.publishing.headers import cache_control
from orchestration.publishing.objects import OWN, ObjectTarget, State
from orchestration.publishing.release import PublishingError
from orchestration.publishing.targets import publish_site, roll_back
from site_builder import manifest
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


def test_a_bucket_that_is_not_there_is_named(bucket: Any, tmp_path: Path) -> None:
    with pytest.raises(PublishingError, match=r"^s3://no-such-bucket/x: "):
        publish_site(put_site(tmp_path / "site", FIRST), "s3://no-such-bucket/x")
