"""Bytes from where the landing zone lies: a folder as it is, or an object store by way of a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration.errors import TallybookError
from orchestration.object_stores import faults_named, file_system, path_of

CHUNK_BYTES = 8 << 20
PARALLEL_FETCHES = 8
# Where file systems say when an object was written.
_MODIFIED = ("LastModified", "mtime", "last_modified", "created")


class StorageError(TallybookError):
    """An object store refused, or an object went away between being listed and being read."""


def list_objects(prefix: str) -> list[tuple[str, int, int]]:
    """(URL, bytes, modified in ns since the epoch) of every object below `prefix`, but for folders.

    A folder is an object without content whose name ends in '/'. Whatever else a key is made of, '//', '?' or a line
    end, is the name of a file. Raises StorageError.
    """
    root = path_of(prefix)
    with faults_named(prefix, StorageError):
        fs = file_system(prefix)
        listing = _s3_listing(fs, root) if _is_s3(prefix) else _listing(fs, root)
        return [
            (prefix + path.removeprefix(root), size, round(modified.timestamp() * 1000) * 1_000_000)
            for path, size, modified in listing
            if not (path.endswith("/") and size == 0)
        ]


def fetch(objects: Sequence[tuple[str, int]], folder: Path) -> list[Path]:
    """Copy (URL, number) objects of one store into `folder`, several at a time, and return where each one is.

    The files of a landing zone may be larger than memory: their bytes stream. Raises StorageError naming the object.
    """
    if not objects:
        return []
    with faults_named(objects[0][0], StorageError):
        fs = file_system(objects[0][0])
    copy_to = _copier(fs, objects[0][0])

    def copy(item: tuple[str, int]) -> Path:
        url, number = item
        path = path_of(url)
        target = folder / f"{number}{''.join(PurePosixPath(path).suffixes[-2:])[-24:]}"
        with faults_named(url, StorageError):
            copy_to(path, target)
        return target

    with ThreadPoolExecutor(PARALLEL_FETCHES) as pool:
        return list(pool.map(copy, objects))


def _is_s3(url: str) -> bool:
    return url.startswith("s3://")


def _listing(fs: Any, root: str) -> Iterator[tuple[str, int, datetime]]:
    """(path, bytes, modified) of all objects below `root`."""
    # Some file systems answer for a place that is not there as for one that is empty.
    bucket = root.partition("/")[0]
    found = fs.find(root.rstrip("/"), detail=True)
    if not found and not fs.exists(bucket):
        raise FileNotFoundError(f"there is no {bucket}")
    for path, info in found.items():
        yield path.lstrip("/"), info["size"], next(info[name] for name in _MODIFIED if info.get(name))


def _s3_listing(fs: Any, root: str) -> Iterator[tuple[str, int, datetime]]:
    # Not fs.find: that takes "//" and "?versionId=" in a key for something else.
    bucket, _, start = root.partition("/")
    page: dict[str, Any] = {"NextContinuationToken": None}
    while "NextContinuationToken" in page:
        token = page["NextContinuationToken"]
        more = {"ContinuationToken": token} if token else {}
        page = fs.call_s3("list_objects_v2", Bucket=bucket, Prefix=start, **more)
        for item in page.get("Contents", ()):
            yield f"{bucket}/{item['Key']}", item["Size"], item["LastModified"]


def _copier(fs: Any, url: str) -> Callable[[str, Path], None]:
    """What copies one object, in one request where the store's library lets it."""
    if _is_s3(url):
        return _s3_copier(fs)
    # In parts side by side gcsfs asks for an object's size first; here objects go side by side.
    return partial(fs.get_file, concurrency=1) if url.startswith("gs://") else fs.get_file


def _s3_copier(fs: Any) -> Callable[[str, Path], None]:
    """What copies one object in one request, whatever its key is made of."""
    from fsspec.asyn import sync

    async def stream(path: str, target: Path) -> None:
        bucket, _, key = path.partition("/")
        answer = await fs._call_s3("get_object", Bucket=bucket, Key=key)
        with target.open("wb") as sink:
            async with answer["Body"] as content:
                while chunk := await content.read(CHUNK_BYTES):
                    sink.write(chunk)

    return lambda path, target: sync(fs.loop, stream, path, target)
