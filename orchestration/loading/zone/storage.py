"""Bytes from where the landing zone lies: a folder as it is, or an s3:// prefix by way of a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import TallybookError

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


def list_objects(prefix: str) -> list[tuple[str, int, int]]:
    """(URL, bytes, modified in ns since the epoch) of every object below `prefix`, but for folders.

    A folder is an object without content whose name ends in '/'. Whatever else a key is made of, '//', '?' or a line
    end, is the name of a file. Raises StorageError.
    """
    bucket, start = _bucket_and_key(prefix)
    found = []
    try:
        pages = _client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=start)
        for page in pages:
            for item in page.get("Contents", ()):
                if not (item["Key"].endswith("/") and item["Size"] == 0):
                    modified = item["LastModified"].timestamp()
                    found.append((f"s3://{bucket}/{item['Key']}", item["Size"], round(modified * 1000) * 1_000_000))
    except (BotoCoreError, ClientError) as error:
        raise StorageError(f"{prefix}: {_in_one_line(error)}") from error
    return found


def fetch(objects: Sequence[tuple[str, int]], folder: Path) -> list[Path]:
    """Copy (URL, number) objects into `folder`, several at a time, and return where each one is.

    The files of a landing zone may be larger than memory: their bytes stream. Raises StorageError naming the object.
    """
    client = _client()

    def copy(item: tuple[str, int]) -> Path:
        url, number = item
        bucket, key = _bucket_and_key(url)
        target = folder / f"{number}{''.join(PurePosixPath(key).suffixes[-2:])[-24:]}"
        try:
            content = client.get_object(Bucket=bucket, Key=key)["Body"]
            with target.open("wb") as sink:
                while chunk := content.read(CHUNK_BYTES):
                    sink.write(chunk)
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"{url}: {_in_one_line(error)}") from error
        return target

    with ThreadPoolExecutor(PARALLEL_FETCHES) as pool:
        return list(pool.map(copy, objects))


def _bucket_and_key(url: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _client() -> Any:
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.session import Session

    access = S3Access.from_env()
    config = Config(
        signature_version=None if access.key else UNSIGNED,
        max_pool_connections=PARALLEL_FETCHES,
        s3={"addressing_style": "path" if access.endpoint else "auto"},
        response_checksum_validation="when_required",
    )
    scheme = "http" if access.is_plain_http else "https"
    return Session().create_client(
        "s3",
        region_name=access.region,
        aws_access_key_id=access.key,
        aws_secret_access_key=access.secret,
        aws_session_token=access.token,
        config=config,
        endpoint_url=f"{scheme}://{access.endpoint}" if access.endpoint else None,
    )
