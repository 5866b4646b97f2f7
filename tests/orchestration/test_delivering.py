"""The FOCUS export as dated files: in a folder and in an object store, the same bytes, whole or as before."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.cli import main
from orchestration.delivering import deliver_focus
from orchestration.errors import TallybookError
from orchestration.exporting import export_focus
from tests.orchestration.conftest import BUCKET

pytestmark = pytest.mark.usefixtures("few_cards")

PLACE = f"s3://{BUCKET}/finance"
FILES = ["focus-1.2-2026-10.csv", "focus-1.2-2026-11.csv"]


def _export(warehouse: Path, out: str, *more: str) -> int:
    return main(["export", "focus", "--warehouse", str(warehouse), "--out", out, "--json", *more])


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _objects(bucket: Any) -> dict[str, bytes]:
    found = {each.key.removeprefix("finance/"): each for each in bucket.objects.all()}
    return {key: each.get()["Body"].read() for key, each in found.items() if not key.startswith(".")}


def test_a_folder_has_a_file_of_each_month_and_a_manifest_of_them(tiny_built: Path, tmp_path: Path) -> None:
    assert _export(tiny_built / "w.duckdb", f"{tmp_path / 'out'}/") == 0
    assert sorted(_contents(tmp_path / "out")) == [*FILES, "manifest.json"]
    said = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (said["focus_version"], said["format"]) == ("1.2", "csv")
    rows = []
    for listed in said["files"]:
        content = (tmp_path / "out" / listed["path"]).read_bytes()
        of_file = list(csv.DictReader(content.decode("utf-8").splitlines()))
        assert (listed["bytes"], listed["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert listed["rows"] == len(of_file) > 0
        assert {row["x_ChargeDate"][:7] for row in of_file} == {listed["month"]}
        rows += of_file
    export_focus(tiny_built / "w.duckdb", tmp_path / "whole.csv", version="1.2", file_format="csv")
    with (tmp_path / "whole.csv").open(encoding="utf-8", newline="") as whole:
        assert sorted(row["x_ChargeId"] for row in csv.DictReader(whole)) == sorted(row["x_ChargeId"] for row in rows)


def test_an_object_store_has_the_same_bytes_and_is_written_only_where_they_differ(
    tiny_built: Path, tmp_path: Path, bucket: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    assert _export(tiny_built / "w.duckdb", str(tmp_path / "out")) == 0
    assert _export(tiny_built / "w.duckdb", f"{PLACE}/") == 0
    assert _objects(bucket) == _contents(tmp_path / "out")
    for out in (str(tmp_path / "out"), PLACE):
        assert _export(tiny_built / "w.duckdb", out) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["written"] == 0


@pytest.mark.parametrize("kind", ["folder", "store"])
def test_what_is_no_longer_exported_goes_and_what_is_not_ours_stays(
    kind: str, tiny_built: Path, tmp_path: Path, bucket: Any
) -> None:
    out = str(tmp_path / "out") if kind == "folder" else PLACE
    deliver_focus(tiny_built / "w.duckdb", f"{out}/", version="1.2", file_format="csv")
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    bucket.put_object(Key="finance/notes.txt", Body=b"mine")
    done = deliver_focus(tiny_built / "w.duckdb", out, version="1.2", file_format="parquet", first=date(2026, 11, 1))
    assert (done.files, done.written) == (1, 2)
    found = _contents(tmp_path / "out") if kind == "folder" else _objects(bucket)
    assert sorted(found) == ["focus-1.2-2026-11.parquet", "manifest.json", "notes.txt"]


def test_a_place_of_something_else_is_left_alone(tiny_built: Path, tmp_path: Path, bucket: Any) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "manifest.json").write_text('{"version": 1, "files": {}}', encoding="utf-8")
    bucket.put_object(Key="finance/manifest.json", Body=b"no JSON")
    for place in (str(tmp_path / "site"), PLACE):
        with pytest.raises(TallybookError, match="holds something else than a FOCUS export"):
            deliver_focus(tiny_built / "w.duckdb", place, version="1.2", file_format="csv")
    assert sorted(_contents(tmp_path / "site")) == ["manifest.json"]


@pytest.mark.parametrize("place", ["gs://bucket/prefix", "https://example.com/x", "s3://key:secret@bucket/x"])
def test_a_place_that_takes_no_export_is_named(
    place: str, tiny_built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _export(tiny_built / "w.duckdb", place) == 1
    said = capsys.readouterr().err
    assert "neither a folder nor s3://" in said or "user or password" in said
    assert "secret" not in said
