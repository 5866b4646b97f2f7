"""Object stores by their URLs, and what is said where the package of one is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.object_stores import MissingExtraError, file_system, is_url, path_of

PLACES = {
    "s3": ("s3://bucket/raw", "s3fs"),
    "gcs": ("gs://bucket/raw", "gcsfs"),
    "azure": ("abfss://box@acct.dfs.core.windows.net/raw", "adlfs"),
}


def test_a_url_is_of_a_known_store_and_a_path_is_none() -> None:
    assert all(is_url(place) for place, _ in PLACES.values())
    assert not any(is_url(place) for place in ("raw", "/data/s3", "s3:/x", "http://h/x", "C://x"))


def test_the_key_of_an_object_is_left_as_it_is() -> None:
    assert path_of("s3://bucket/a//b?x#y/") == "bucket/a//b?x#y/"
    assert path_of("abfss://box@acct.dfs.core.windows.net/a@b/c") == "box/a@b/c"
    assert path_of("gs://bucket") == "bucket"


@pytest.mark.parametrize("extra", PLACES)
def test_a_missing_extra_is_named(
    extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place, package = PLACES[extra]
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError):
        file_system(place)
    assert main(["load", "--raw", place, "--warehouse", str(tmp_path / "w.duckdb")]) == 1
    said = capsys.readouterr().err
    assert said == f"tallybook load: {place.partition('://')[0]}:// needs the package {package}: " + (
        f"pip install 'tallybook[{extra}]'\n"
    )
