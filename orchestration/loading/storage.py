"""Bytes from where the landing zone lies: a folder as it is, or an s3:// prefix by way of a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import duckdb

from orchestration.errors import TallybookError
from orchestration.loading.lake import glob_quoted, sql_quoted

CHUNK_BYTES = 8 << 20
PARALLEL_FETCHES = 8


class StorageError(TallybookError):
    """An object store refused, or an object went away between being listed and being read."""


@dataclass(frozen=True)
class S3Access:
    """How to reach the object store: what the usual AWS_* variables say. Without a key requests are unsigned."""

    key: str | None
    secret: str | None
    token: str | None
    region: str
    endpoint: str | None
    is_plain_http: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> S3Access:
        env = os.environ if env is None else env
        url = urlsplit(env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL") or "")
        return cls(
            key=env.get("AWS_ACCESS_KEY_ID") or None,
            secret=env.get("AWS_SECRET_ACCESS_KEY") or None,
            token=env.get("AWS_SESSION_TOKEN") or None,
            region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or "us-east-1",
            endpoint=url.netloc or None,
            is_plain_http=url.scheme == "http",
        )


def is_s3(raw: str) -> bool:
    return raw.startswith("s3://")


def list_objects(con: duckdb.DuckDBPyConnection, prefix: str) -> list[tuple[str, int, int]]:
    """(URL, bytes, modified in ns since the epoch) of every object below `prefix`. Raises duckdb.Error."""
    _allow_s3(con, S3Access.from_env())
    # Size and time come with the listing itself: no request per object as long as `content` is not asked for.
    query = "select filename, size, epoch_ns(last_modified) from read_blob(?) where not ends_with(filename, '/')"
    return con.execute(query, [f"{glob_quoted(prefix)}**"]).fetchall()


def fetch(objects: Sequence[tuple[str, int]], folder: Path) -> list[Path]:
    """Copy (URL, number) objects into `folder`, several at a time, and return where each one is.

    httpfs can only hand over an object as one value, whole in memory; the files of a landing zone may be larger than
    that, so their bytes stream through Arrow's S3 client. Raises StorageError naming the object.
    """
    from pyarrow import fs

    access = S3Access.from_env()
    store = fs.S3FileSystem(
        access_key=access.key, secret_key=access.secret, session_token=access.token, anonymous=access.key is None,
        region=access.region, endpoint_override=access.endpoint, scheme="http" if access.is_plain_http else "https",
    )

    def copy(item: tuple[str, int]) -> Path:
        url, number = item
        key = url.removeprefix("s3://")
        target = folder / f"{number}{''.join(PurePosixPath(key).suffixes[-2:])[-24:]}"
        try:
            # Bytes as they are: by default Arrow would unpack what is named .gz, whose hash and ending count here.
            with store.open_input_stream(key, compression=None) as source, target.open("wb") as sink:
                while chunk := source.read(CHUNK_BYTES):
                    sink.write(chunk)
        except OSError as error:
            raise StorageError(f"{url}: {str(error).splitlines()[0]}") from error
        return target

    with ThreadPoolExecutor(PARALLEL_FETCHES) as pool:
        return list(pool.map(copy, objects))


def _allow_s3(con: duckdb.DuckDBPyConnection, access: S3Access) -> None:
    """Load httpfs from its own package, so that nothing is ever downloaded, and give it what it needs to sign."""
    import duckdb_extension_httpfs

    folder = Path(duckdb_extension_httpfs.__file__).parent
    extension = next(folder.rglob("httpfs.duckdb_extension"))
    con.execute(f"load '{sql_quoted(str(extension))}'")
    options = {"region": access.region, "key_id": access.key, "secret": access.secret, "session_token": access.token,
               "endpoint": access.endpoint, "url_style": "path" if access.endpoint else None}
    given = "".join(f", {name} '{sql_quoted(value)}'" for name, value in options.items() if value)
    con.execute(f"create or replace temporary secret landing_zone (type s3, provider config{given}, "
                f"use_ssl {not access.is_plain_http})")
