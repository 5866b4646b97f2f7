"""Publishing into an object store, which can neither rename nor link.

    PREFIX/…                          what readers see: the site's own paths, so that a link stays good
    PREFIX/.tallybook/objects/SHA     each content once, whatever paths and releases have it
    PREFIX/.tallybook/releases/N-….json  what is in a release; its own hash in its name, for it names every folder
    PREFIX/.tallybook/state.json      which release readers see, and which one is taking its place
    PREFIX/.tallybook/lock            held by the one who publishes

Everything that is new goes to objects/ first, checked by the store against its hash: a publication that breaks off
there has changed nothing that readers see. Then the store itself copies to the readers' paths what differs, what is
linked to before what links to it. Whoever publishes next finishes an exchange that broke off.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from botocore.exceptions import BotoCoreError, ClientError

from orchestration.progress import Progress
from orchestration.publishing.headers import cache_control, content_type
from orchestration.publishing.object_lock import ObjectLock
from orchestration.publishing.release import (
    Content,
    Files,
    Publication,
    PublishingError,
    content_of,
    from_record,
    is_asset,
    outdated,
    to_record,
)
from site_builder.files import manifest

OWN = ".tallybook"
_AT_ONCE = 16
# The most that a store takes in one request that it checks by a hash.
_ONE_REQUEST = 32 << 20


@dataclass(frozen=True)
class State:
    """The `release` that readers see, and the one that is `becoming` it (0: none)."""

    release: int = 0
    becoming: int = 0


class ObjectTarget:
    """A bucket, or a prefix in one, behind a file system of fsspec."""

    def __init__(self, fs: Any, root: str) -> None:
        self.fs = fs
        self.root = root.rstrip("/")
        self.own = f"{self.root}/{OWN}"

    @classmethod
    def at(cls, place: str) -> ObjectTarget:
        """The target at `s3://bucket/prefix`; access as the AWS_* variables say."""
        fs = fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)
        return cls(fs, place.removeprefix("s3://"))

    def publish(self, site: Path, files: Files, *, keep: int, progress: Progress) -> Publication:
        """Make `files` of the site what readers see, and keep so many releases. Raises PublishingError."""
        for path in files:
            content_type(path)
        with self._faults_named(), self._locked() as lock:
            current = self._finish(lock)
            before = self._record(current) if current else {}
            is_new = dict(files) != dict(before)
            if not is_new and not self._damaged(files):
                return Publication(current, len(files), 0, 0, self._prune(current, keep))
            number = max(self._records(), default=0) + 1 if is_new else current
            sent = self._send(site, files, lock, progress)
            if is_new:
                self._keep_record(number, to_record(files))
            self._exchange(before, files, State(current, number), lock)
            size = sum(content.bytes for content in sent)
            return Publication(number, len(files), len(sent), size, self._prune(number, keep, (current, number)))

    def roll_back(self) -> Publication:
        """Readers see the release before the current one again. Raises PublishingError where none is kept."""
        with self._faults_named(), self._locked() as lock:
            current = self._finish(lock)
            earlier = [number for number in self._records() if number < current]
            if not earlier:
                raise PublishingError(f"s3://{self.root} has no release before the current one")
            after = self._record(max(earlier))
            self._exchange(self._record(current), after, State(current, max(earlier)), lock)
            return Publication(max(earlier), len(after), 0, 0)

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except (OSError, BotoCoreError, ClientError) as error:
            raise PublishingError(f"s3://{self.root}: {' '.join(str(error).split())}") from error

    @contextmanager
    def _locked(self) -> Iterator[ObjectLock]:
        lock = ObjectLock(self.fs, f"{self.own}/lock")
        if not lock.acquire():
            raise PublishingError(f"somebody else is publishing to s3://{self.root} ({lock.holder()}); try after that")
        try:
            yield lock
        finally:
            lock.release()

    def _state(self) -> State:
        try:
            return State(**json.loads(self.fs.cat_file(f"{self.own}/state.json")))
        except FileNotFoundError:
            return State()

    def _set_state(self, state: State) -> None:
        self.fs.pipe_file(f"{self.own}/state.json", json.dumps(vars(state)).encode())

    def _records(self) -> dict[int, str]:
        """Where the record of each release is, by its number."""
        paths = sorted(self.fs.find(f"{self.own}/releases"))
        return {int(path.rpartition("/")[2][:6]): path for path in paths}

    def _keep_record(self, number: int, record: bytes) -> None:
        # Readers can fetch whatever they can name below the prefix, and a record names every tenant's folder.
        digest = hashlib.sha256(record).hexdigest()
        self.fs.pipe_file(f"{self.own}/releases/{number:06d}-{digest}.json", record)

    def _record(self, number: int) -> Files:
        path = self._records().get(number)
        if path is None:
            raise PublishingError(
                f"s3://{self.root}: what release {number} is made of is not known, its record is gone"
            )
        return from_record(self.fs.cat_file(path), f"s3://{path}")

    def _damaged(self, files: Files) -> set[str]:
        """The paths where readers do not find what a release has there, by its size."""
        there = {path: info["size"] for path, info in self._found(self.root).items()}
        return {path for path, content in files.items() if there.get(f"{self.root}/{path}") != content.bytes}

    def _object(self, content: Content) -> str:
        return f"{self.own}/objects/{content.sha256}"

    def _finish(self, lock: ObjectLock) -> int:
        """Finish an exchange that broke off; the number of the release that readers see."""
        state = self._state()
        if not state.becoming:
            return state.release
        before = self._record(state.release) if state.release else {}
        self._exchange(before, self._record(state.becoming), state, lock)
        return state.becoming

    def _send(self, site: Path, files: Files, lock: ObjectLock, progress: Progress) -> list[Content]:
        """Put into objects/ what is not there yet; what was sent."""
        sizes = {path.rpartition("/")[2]: info["size"] for path, info in self._found(f"{self.own}/objects").items()}
        missing = {
            content: path for path, content in sorted(files.items()) if sizes.get(content.sha256) != content.bytes
        }
        done = 0

        def send(content: Content) -> None:
            nonlocal done
            self._put(site / missing[content], content)
            done += 1
            lock.beat()
            progress("publish", done, len(missing))

        _all_at_once(send, missing)
        return list(missing)

    def _put(self, source: Path, content: Content) -> None:
        target = self._object(content)
        if content.bytes <= _ONE_REQUEST:
            checksum = base64.b64encode(bytes.fromhex(content.sha256)).decode()
            self.fs.pipe_file(target, source.read_bytes(), ChecksumSHA256=checksum)
            return
        self.fs.put_file(str(source), target)
        if self.fs.info(target)["size"] != content.bytes or content_of(source) != content:
            raise PublishingError(f"{source} did not arrive as it was sent; what readers see is as before")

    def _exchange(self, before: Files, after: Files, state: State, lock: ObjectLock) -> None:
        """Copy to the readers' paths what differs, take away what is no more, and say so."""
        self._set_state(state)
        damaged = self._damaged(after)
        differing = [path for path, content in after.items() if before.get(path) != content or path in damaged]

        def copy(path: str) -> None:
            kinds = {"ContentType": content_type(path), "CacheControl": cache_control(path)}
            self.fs.cp_file(self._object(after[path]), f"{self.root}/{path}", MetadataDirective="REPLACE", **kinds)
            lock.beat()

        for rank in sorted({_rank(path) for path in differing}):
            _all_at_once(copy, [path for path in differing if _rank(path) == rank])
        for path in sorted(self._damaged(after)):
            raise PublishingError(f"s3://{self.root}/{path} did not arrive; the next publication copies it again")
        # Whoever has a page of the release before open still needs what it was made to look like.
        self._remove(path for path in before if path not in after and not is_asset(path))
        self._set_state(State(state.becoming))

    def _prune(self, current: int, keep: int, never_back_to: tuple[int, int] = (0, 0)) -> int:
        records = self._records()
        gone = outdated(sorted(records), current, keep, never_back_to)
        kept = [self._record(number) for number in records if number not in gone]
        for number in gone:
            self._remove(path for path in self._record(number) if not any(path in files for files in kept))
            self.fs.rm_file(records[number])
        if gone:
            needed = {content.sha256 for files in kept for content in files.values()}
            stored = self._found(f"{self.own}/objects")
            self._remove_all(path for path in stored if path.rpartition("/")[2] not in needed)
        return len(gone)

    def _found(self, folder: str) -> dict[str, dict[str, Any]]:
        return self.fs.find(folder, detail=True)

    def _remove(self, paths: Iterable[str]) -> None:
        self._remove_all(f"{self.root}/{path}" for path in paths)

    def _remove_all(self, paths: Iterable[str]) -> None:
        _all_at_once(self.fs.rm_file, list(paths))


def _rank(path: str) -> int:
    """When a path is exchanged: what pages show, then reports, then what leads to reports, then the manifest."""
    if path == manifest.FILE_NAME:
        return 3
    if not path.endswith(".html"):
        return 0
    return 1 if path.count("/") >= 3 and "/latest/" not in path else 2


def _all_at_once(work: Callable[[Any], None], things: Iterable[Any]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(work, things):
            pass
