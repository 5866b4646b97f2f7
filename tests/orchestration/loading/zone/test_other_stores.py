"""Landing zones in Google's and Azure's object stores, by their own libraries, against servers much like them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec.config
import pytest

from orchestration.loading.load import load
from orchestration.loading.zone.landing import LandingError
from tests.orchestration.fake_stores import ACCOUNT, BUCKET, Azure, FakeStore, Google, serving
from tests.orchestration.loading.zones import ZoneFolder, usage

ODD_NAMES = ("a b+é.jsonl", "a#b.jsonl", "a%20b.jsonl", "who?.jsonl", "[x]*.jsonl", "q'u&o.jsonl")


@pytest.fixture(params=["gs", "abfss"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FakeStore, str]]:
    """A server, and the URL of its bucket."""
    with serving(Google if request.param == "gs" else Azure) as server:
        if request.param == "gs":
            monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
            monkeypatch.setitem(fsspec.config.conf, "gs", {"token": "anon"})
            yield server, f"gs://{BUCKET}"
        else:
            place = f"BlobEndpoint={server.url}/{ACCOUNT};AccountName={ACCOUNT};AccountKey=a2V5"
            monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", place)
            yield server, f"abfss://{BUCKET}@{ACCOUNT}.dfs.core.windows.net"


def test_a_prefix_loads_like_the_folder_it_mirrors_and_once(
    store: tuple[FakeStore, str], zone: ZoneFolder, tmp_path: Path
) -> None:
    server, place = store
    for number, name in enumerate(ODD_NAMES):
        zone.lines(f"usage/2026-03-01/{name}", usage(f"e{number}"))
    zone.lines("usage/stray.jsonl", usage("e9"))
    for file in zone.raw.rglob("*"):
        if file.is_file():
            server.objects[f"deep/zone/{file.relative_to(zone.raw).as_posix()}"] = file.read_bytes()
    server.objects["deep/zone-next-door/usage/2026-03-01/a.jsonl"] = b"{}"
    zone.load()
    mirror = ZoneFolder(tmp_path / "mirror")
    summary = load(f"{place}/deep/zone", mirror.warehouse)
    assert mirror.state() == zone.state()
    assert list(summary.files_outside) == ["usage/stray.jsonl"]
    pages = (len(ODD_NAMES) + 2) // 2
    assert server.asked.count("list") == pages
    assert len(server.asked) == pages + len(ODD_NAMES) + 1
    server.asked.clear()
    assert load(f"{place}/deep/zone", mirror.warehouse).changed is False
    assert server.asked == ["list"] * pages


def test_a_bucket_that_is_not_there_is_named(store: tuple[FakeStore, str], zone: ZoneFolder) -> None:
    place = store[1].replace(f"//{BUCKET}", "//no-such-bucket")
    with pytest.raises(LandingError, match="no-such-bucket"):
        load(f"{place}/raw", zone.warehouse)
