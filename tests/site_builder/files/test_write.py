"""A draft takes its place whole or not at all, wherever the process that moves it dies."""

import shutil
from pathlib import Path

import pytest

from site_builder.failures import PlaceError, SiteError
from site_builder.files import manifest, write
from site_builder.files.manifest import FileRecord, Manifest

BEFORE = {"index.html": "front", "acme/index.html": "acme", "acme/data/gone.csv": "x", "acme/daily/1/index.html": "day"}
AFTER = {
    "index.html": "front 2", "acme/index.html": "acme 2", "acme/daily/1/index.html": "day", "acme/daily/2/a.csv": "b",
    "acme/daily/2/index.html": "day 2",
}  # fmt: skip


class Killed(BaseException):
    """Instead of a signal that nobody can catch."""


def tree(site: Path) -> dict[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*") if path.is_file()}


def put(site: Path, texts: dict[str, str]) -> None:
    with write.draft_of(site) as draft:
        records: dict[str, FileRecord] = {path: draft.put(path, text.encode()) for path, text in texts.items()}
        draft.commit(Manifest(files=records))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    put(tmp_path / "site", BEFORE)
    return tmp_path / "site"


def kill_at(patch: pytest.MonkeyPatch, function: str, call: int) -> list[int]:
    """Die at the so-manyth call of a function of the module; the calls that there were."""
    real, calls = getattr(write, function), [0]

    def counted(*args: object) -> object:
        calls[0] += 1
        if calls[0] == call:
            raise Killed
        return real(*args)

    patch.setattr(write, function, counted)
    return calls


def test_nothing_of_a_draft_shows_before_all_of_it_is_there(site: Path) -> None:
    before = tree(site)
    with pytest.raises(Killed), write.draft_of(site) as draft:
        for path, text in AFTER.items():
            draft.put(path, text.encode())
        raise Killed
    assert tree(site) == before


def test_wherever_it_dies_the_next_build_finishes_it(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = kill_at(monkeypatch, "_move", -1)
    undisturbed = Path(shutil.copytree(site, tmp_path / "undisturbed"))
    put(undisturbed, AFTER)
    moves = calls[0]
    assert moves == 5 and "acme/data/gone.csv" not in tree(undisturbed)
    for call in range(1, moves + 1):
        monkeypatch.undo()
        killed = Path(shutil.copytree(site, tmp_path / f"killed-{call}"))
        with monkeypatch.context() as patch:
            kill_at(patch, "_move", call)
            with pytest.raises(Killed):
                put(killed, AFTER)
        assert write.drafts(killed)
        write.finish(killed)
        assert tree(killed) == tree(undisturbed) and not (killed / "acme/data").exists(), call


def test_a_draft_of_another_site_never_takes_its_place(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        kill_at(patch, "_move", 1)
        with pytest.raises(Killed):
            put(site, AFTER)
    (site / manifest.FILE_NAME).write_bytes(manifest.to_bytes(Manifest(builder="of a backup")))
    before = {path: text for path, text in tree(site).items() if not path.startswith(write.DRAFT)}
    write.finish(site)
    assert tree(site) == before


def test_what_a_killed_writer_left_is_swept(site: Path) -> None:
    (site / "acme/.index.html.4711.tmp").write_text("half")
    (site / "acme/.mine.tmp").write_text("somebody's own")
    write.sweep(site)
    assert not (site / "acme/.index.html.4711.tmp").exists() and (site / "acme/.mine.tmp").exists()


def test_what_stands_in_a_files_way_is_named(site: Path) -> None:
    (site / "acme/daily/2").write_text("a file")
    with write.draft_of(site) as draft:
        with pytest.raises(PlaceError, match="acme/daily/2 is a file, and a folder belongs there"):
            draft.put("acme/daily/2/index.html", b"day 2")
        (site / "acme/index.html").unlink()
        (site / "acme/index.html").mkdir()
        draft.put("acme/index.html", b"an empty folder makes room")
        (site / "acme/index.html/mine.txt").write_text("mine")
        with pytest.raises(PlaceError, match="index.html is a folder, and a file belongs there"):
            draft.put("acme/index.html", b"again")


def test_a_site_whose_folder_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SiteError, match="cannot be written to .*file/site"), write.draft_of(tmp_path / "file/site"):
        pass
    with pytest.raises(Killed), write.draft_of(tmp_path / "new"):
        raise Killed
    assert not (tmp_path / "new").exists()
