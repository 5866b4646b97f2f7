"""Every kind of page under the HTML checker of the W3C (vnu), which `make test` installs where Java and npm are."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKER = Path(__file__).parents[2] / ".venv/html-checker/node_modules/vnu-jar/build/dist/vnu.jar"
# What it cannot know: 'self' of a page on disk, and that a block of JSON is no script to run.
_EXPLAINED = ("Resource violates Content Security Policy", "Inline script violates Content Security Policy")


def findings(*pages: Path) -> list[str]:
    """What the checker says of pages or folders of them, but for what it cannot know."""
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        pytest.skip("the checker of the W3C needs Java, and npm to be installed by `make test`")
    command = [java, "-jar", str(CHECKER), "--skip-non-html", "--format", "json", *map(str, pages)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    messages = json.loads(said)["messages"]
    return [
        f"{each['url'].rsplit('/', 4)[-4:]}: {each['message']}"
        for each in messages
        if not each["message"].startswith(_EXPLAINED)
    ]


def test_the_checker_finds_nothing(small_site: Path) -> None:
    pages = [small_site / "index.html"]
    for scope in ("all", "acme", "x.-.41cme"):
        for kind in ("yearly", "billing", "monthly", "weekly", "daily", "custom", "latest", "items", "teams", "users"):
            pages += sorted((small_site / scope / kind).glob("*/index.html"))[-2:]
        pages += [*(small_site / scope).glob("*/index.html"), small_site / scope / "index.html"]
    assert {page.parent.name for page in pages} >= {"all", "explore", "glossary", "quality", "users", "user-6"}
    assert findings(*pages) == []


def test_the_checker_would_find_something(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><html lang=en><title>A</title><p id=a><p id=a>", encoding="utf-8")
    assert any("Duplicate ID" in each for each in findings(page))
