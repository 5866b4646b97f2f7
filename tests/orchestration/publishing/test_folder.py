"""Publishing into a folder: whole or not at all, old links open, nothing sent twice, and a way back."""

import fcntl
import os
import stat
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.publishing import folder as folder_module
from orchestration.publishing.headers import cache_control, content_type
from orchestration.publishing.release import PublishingError
from orchestration.publishing.targets import publish_site, roll_back
from tests.orchestration.publishing.sites import FIRST, SECOND, put_site, seen

OLD_CSS = {"acme/assets/report.0123456789.css": "css 1"}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "www"


def test_a_release_is_whole_and_old_links_open(tmp_path: Path, target: Path) -> None:
    first = publish_site(put_site(tmp_path / "site", FIRST), str(target))
    assert (first.release, first.sent, first.files) == (1, len(FIRST) + 1, len(FIRST) + 1)
    assert seen(target) == FIRST
    second = publish_site(put_site(tmp_path / "site", SECOND), str(target))
    # Changed or new, and the manifest.
    assert (second.release, second.sent) == (2, 6)
    # A page of the first release that is still open finds its stylesheet.
    assert seen(target) == SECOND | OLD_CSS
    old, new = (target / f"releases/00000{number}/acme/daily/2026-11-20/index.html" for number in (1, 2))
    assert old.samefile(new)
    third = publish_site(put_site(tmp_path / "site", SECOND | {"index.html": "front 3"}), str(target))
    assert (third.release, third.sent) == (3, 2)
    assert seen(target) == SECOND | {"index.html": "front 3"}


def test_nothing_new_is_no_release(tmp_path: Path, target: Path) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, str(target))
    again = publish_site(site, str(target))
    assert (again.release, again.sent) == (1, 0)
    assert [path.name for path in sorted((target / "releases").iterdir())] == ["000001", "000001.json"]


@pytest.mark.parametrize("crash_at", [1, 5, 9])
def test_a_crash_halfway_leaves_the_old_site(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch, crash_at: int
) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, str(target))
    put_site(site, SECOND)
    done = 0

    def crash(*_: object) -> None:
        nonlocal done
        done += 1
        if done == crash_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish_site(site, str(target), progress=crash)
    assert seen(target) == FIRST
    assert publish_site(site, str(target)).release == 2
    assert seen(target) == SECOND | OLD_CSS
    assert not list((target / "releases").glob("*.partial"))


def test_a_crash_right_before_the_switch_leaves_the_old_site(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, str(target))
    put_site(site, SECOND)
    monkeypatch.setattr(folder_module.FolderTarget, "_switch", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publish_site(site, str(target))
    assert seen(target) == FIRST
    monkeypatch.undo()
    assert publish_site(site, str(target)).release == 3
    assert seen(target) == SECOND | OLD_CSS
    # The way back is to what readers saw, not to what broke off.
    assert roll_back(str(target)).release == 1
    assert seen(target) == FIRST


def test_what_does_not_arrive_whole_is_not_shown(tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, str(target))
    put_site(site, SECOND)
    monkeypatch.setattr(folder_module.shutil, "copyfile", lambda _, copy: Path(copy).write_text("half"))
    with pytest.raises(PublishingError, match="did not arrive as it was sent"):
        publish_site(site, str(target))
    assert seen(target) == FIRST


def test_a_file_that_rotted_in_a_release_is_sent_again(tmp_path: Path, target: Path) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, str(target))
    (target / "releases/000001/acme/data/mart_x.parquet").write_text("rotten")
    publish_site(put_site(site, SECOND), str(target))
    assert seen(target)["acme/data/mart_x.parquet"] == "PAR1"


def test_two_at_once_are_refused(tmp_path: Path, target: Path) -> None:
    site = put_site(tmp_path / "site", FIRST)
    publish_site(site, str(target))
    with (target / ".publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PublishingError, match="somebody else is publishing"):
            publish_site(site, str(target))


def test_so_many_releases_are_kept_and_one_can_go_back(tmp_path: Path, target: Path) -> None:
    site = tmp_path / "site"
    for number in range(1, 5):
        done = publish_site(put_site(site, FIRST | {"index.html": f"front {number}"}), str(target), keep=2)
    assert done.removed_releases == 1
    assert sorted(path.name for path in (target / "releases").iterdir() if path.is_dir()) == ["000003", "000004"]
    assert roll_back(str(target)).release == 3
    assert seen(target)["index.html"] == "front 3"
    with pytest.raises(PublishingError, match="no release before"):
        roll_back(str(target))
    assert publish_site(site, str(target), keep=2).release == 5
    assert seen(target)["index.html"] == "front 4"


def test_tenants_only_leaves_out_what_names_them_all(tmp_path: Path, target: Path) -> None:
    publish_site(put_site(tmp_path / "site", FIRST), str(target), tenants_only=True)
    assert set(seen(target)) == {path for path in FIRST if path.startswith("acme/")}
    assert not (target / "current/manifest.json").exists()


@pytest.mark.parametrize("spoil", ["", "other"])
def test_a_site_that_is_not_as_it_was_made_is_refused(
    tmp_path: Path, target: Path, spoil: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = put_site(tmp_path / "site", FIRST)
    page = site / "acme/daily/2026-11-20/index.html"
    page.write_text(spoil) if spoil else page.unlink()
    assert main(["publish", str(target), "--site", str(site)]) == 1
    assert f"{page} is not the file that manifest.json lists" in capsys.readouterr().err
    assert not target.exists()


def test_what_is_published_can_be_read_by_others_whatever_the_umask(tmp_path: Path, target: Path) -> None:
    before = os.umask(0o077)
    try:
        publish_site(put_site(tmp_path / "site", FIRST), str(target))
        # A file that a release has from the one before, too.
        (target / "releases/000001/acme/daily/2026-11-20/index.html").chmod(0o600)
        publish_site(put_site(tmp_path / "site", SECOND), str(target))
    finally:
        os.umask(before)
    shown = [target, target / "releases", *(target / "current/").resolve().parent.glob("0*/**/*")]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in shown if path.suffix != ".json"}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o644}
    # The site itself holds every tenant's data, and is as private as whoever runs this wants it.
    assert stat.S_IMODE((tmp_path / "site/index.html").stat().st_mode) == 0o600


def test_a_full_disk_is_a_sentence_and_the_old_site_stays(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_site(put_site(tmp_path / "site", FIRST), str(target))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(folder_module.shutil, "copyfile", full)
    with pytest.raises(PublishingError, match="cannot be published to: No space left on device: x"):
        publish_site(put_site(tmp_path / "site", SECOND), str(target))
    assert seen(target) == FIRST


def test_the_command_says_what_it_did(tmp_path: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = put_site(tmp_path / "site", FIRST)
    assert main(["publish", str(target), "--site", str(site), "--json"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"Published {target} shows release 1: 10 of 10 files sent, ")
    assert '"release": 1' in said[-1] and '"exit_code": 0' in said[-1]
    assert main(["publish", str(target), "--rollback"]) == 1
    assert "has no release before the current one" in capsys.readouterr().err
    assert main(["publish", str(tmp_path / "nowhere"), "--site", str(tmp_path / "empty")]) == 1
    assert "there is no site at" in capsys.readouterr().err
    assert main(["publish", "/proc/nowhere", "--site", str(site)]) == 1
    assert "cannot be written to" in capsys.readouterr().err


def test_types_and_caching_follow_the_name() -> None:
    assert content_type("acme/index.html") == "text/html; charset=utf-8"
    assert content_type("acme/data/x.csv") == "text/csv; charset=utf-8"
    assert content_type("acme/explore/data/2026-11.js") == "text/javascript; charset=utf-8"
    assert content_type("acme/weekly/2026-W47/report.pdf") == "application/pdf"
    assert cache_control("acme/assets/report.0123456789.css").endswith("immutable")
    assert cache_control("assets/logo.0123456789.svg").endswith("immutable")
    assert cache_control("acme/weekly/2026-W47/index.html") == "no-cache"
    with pytest.raises(PublishingError, match=r"files that end in \.exe"):
        content_type("acme/x.exe")
