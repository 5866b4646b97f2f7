"""The whole site of a tiny landing zone, to the byte. `--snapshot-update` accepts a change; look at what changed first.

The listing has every file's hash; one report is kept whole, so that a change of pages can be read as a difference.
"""

import hashlib
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from site_builder.build import build_site


class Page(SingleFileSnapshotExtension):
    """A page kept as a file that a browser opens."""

    file_extension = "html"
    _write_mode = WriteMode.TEXT


@pytest.fixture(scope="module")
def tiny_site(tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("tiny-site") / "site"
    build_site(tiny_built / "w.duckdb", site)
    return site


def test_every_file_is_as_it_was(tiny_site: Path, snapshot: SnapshotAssertion) -> None:
    def line(path: Path) -> str:
        content = path.read_bytes()
        return f"{hashlib.sha256(content).hexdigest()[:20]} {len(content):>7} {path.relative_to(tiny_site).as_posix()}"

    # The manifest names the code that made it, every change of which would be one here.
    files = sorted(path for path in tiny_site.rglob("*") if path.is_file() and path.name != "manifest.json")
    assert [line(path) for path in files] == snapshot


def test_a_report_is_as_it_was(tiny_site: Path, snapshot: SnapshotAssertion) -> None:
    page = sorted(tiny_site.glob("[!a]*/daily/*/index.html"))[0]
    assert page.read_text("utf-8") == snapshot(extension_class=Page)
