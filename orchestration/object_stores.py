"""Object stores by their URLs: s3://, gs:// and abfss://, each by way of fsspec, with the credentials of its own tools.

S3: keys, profiles, roles, SSO (botocore's chain); Google: application default credentials; Azure: AZURE_STORAGE_* or
DefaultAzureCredential. What runs out while a load goes on is renewed by them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from orchestration.errors import TallybookError

CONNECTIONS = 16
# What libraries raise that they do not turn into an OSError, by module: only one that is imported can have raised it.
_FAULTS = {
    "botocore.exceptions": ("BotoCoreError", "ClientError"),
    "gcsfs.retry": ("HttpError",),
    "google.auth.exceptions": ("GoogleAuthError",),
    "aiohttp": ("ClientError",),
    "azure.core.exceptions": ("AzureError",),
}


class MissingExtraError(TallybookError):
    """What is asked for needs a package that is not installed; the message names the extra that brings it."""


@dataclass(frozen=True)
class Store:
    """What an object store needs: the `package` that reaches it, and the `extra` of Tallybook that brings that.

    takes_sites: whether a site can be published there, which needs writes that are made only on a condition.
    """

    package: str
    extra: str
    takes_sites: bool = False


STORES = {"s3": Store("s3fs", "s3", takes_sites=True), "gs": Store("gcsfs", "gcs"), "abfss": Store("adlfs", "azure")}
SCHEMES = ", ".join(f"{scheme}://" for scheme in STORES)


def is_url(place: str) -> bool:
    """Whether a place is in an object store, and no folder."""
    scheme, mark, _ = place.partition("://")
    return bool(mark) and scheme in STORES


def takes_sites(place: str) -> bool:
    """Whether a site can be published to a place: a folder, or an object store of those that can."""
    scheme, mark, _ = place.partition("://")
    return not mark or scheme in STORES and STORES[scheme].takes_sites


def file_system(place: str) -> Any:
    """The file system of fsspec that holds `place`, without a cache of listings. Raises TallybookError."""
    scheme = place.partition("://")[0]
    store = STORES[scheme]
    with faults_named(place, TallybookError):
        try:
            return {"s3": _s3, "gs": _gcs, "abfss": _azure}[scheme](place)
        except ImportError as error:
            raise missing_extra(f"{scheme}://", store.package, store.extra) from error


def missing_extra(what: str, package: str, extra: str) -> MissingExtraError:
    """The error that says which extra brings a package."""
    return MissingExtraError(f"{what} needs the package {package}: pip install 'tallybook[{extra}]'")


def path_of(url: str) -> str:
    """`bucket/key` of an object; of abfss://container@account.host/key `container/key`. The key is left as it is."""
    bucket, mark, key = url.partition("://")[2].partition("/")
    return f"{bucket.partition('@')[0]}{mark}{key}"


@contextmanager
def faults_named(place: str, error_type: type[TallybookError]) -> Iterator[None]:
    """Whatever the store or its library says is an error of that type which names the place."""
    try:
        yield
    except TallybookError:
        raise
    except _fault_types() as error:
        raise error_type(f"{place}: {' '.join(str(error).split()) or type(error).__name__}") from error


def _fault_types() -> tuple[type[Exception], ...]:
    named = [(module, types) for name, types in _FAULTS.items() if (module := sys.modules.get(name))]
    return (OSError, ValueError, *(getattr(module, type_name) for module, types in named for type_name in types))


def _gcs(place: str) -> Any:
    # What gcsfs registers with fsspec asks by another protocol of which kind a bucket is; nothing here depends on it.
    from gcsfs.core import GCSFileSystem

    return GCSFileSystem(use_listings_cache=False, skip_instance_cache=True)


def _azure(place: str) -> Any:
    from adlfs import AzureBlobFileSystem

    host = place.partition("://")[2].partition("/")[0].rpartition("@")[2]
    account, _, domain = host.partition(".")
    blob_host = "" if domain in ("", "dfs.core.windows.net") else f"{account}.{domain.replace('dfs.', 'blob.', 1)}"
    return AzureBlobFileSystem(
        account_name=account,
        account_host=blob_host or None,
        use_listings_cache=False,
        skip_instance_cache=True,
    )


def _s3(place: str) -> Any:
    import s3fs
    from fsspec.asyn import sync

    # botocore knows AWS_DEFAULT_REGION and the region of a profile by itself.
    region = os.environ.get("AWS_REGION")
    has_endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    options: dict[str, Any] = {
        "use_listings_cache": False,
        "skip_instance_cache": True,
        "client_kwargs": {"region_name": region} if region else {},
        "config_kwargs": {
            "max_pool_connections": CONNECTIONS,
            "response_checksum_validation": "when_required",
            "s3": {"addressing_style": "path" if has_endpoint else "auto"},
        },
    }
    fs = s3fs.S3FileSystem(**options)
    fs.connect()
    # Without any credentials requests are unsigned: public buckets need none.
    return fs if sync(fs.loop, fs.session.get_credentials) else s3fs.S3FileSystem(anon=True, **options)
