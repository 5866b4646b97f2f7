"""What the documents say must be true: commands exist, paths exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

DOCS = (
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "DECISIONS.md", "SECURITY.md", "raw/README.md",
    "site_builder/README.md", "orchestration/README.md", "dbt_project/README.md",
)  # fmt: skip
# Made by a run, not checked in.
COMPUTED = ("warehouse/", "site/", ".venv", "dbt_project/target/")
FOLDERS = ("orchestration/", "dbt_project/", "site_builder/", "raw/", "tests/")


def _text(project_dir: Path, doc: str) -> str:
    path = project_dir / doc
    assert path.exists(), f"{doc} is missing"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("doc", DOCS)
def test_paths_named_in_a_document_exist(project_dir: Path, doc: str) -> None:
    named = re.findall(r"`([\w./-]+)`|\]\(([\w./-]+)\)", _text(project_dir, doc))
    paths = {first or second for first, second in named}
    local = [path for path in paths if path.startswith(FOLDERS) and not path.startswith(COMPUTED)]
    missing = [path for path in local if not (project_dir / path).exists()]
    assert missing == []


@pytest.mark.parametrize("doc", DOCS)
def test_links_between_documents_lead_somewhere(project_dir: Path, doc: str) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", _text(project_dir, doc))
    missing = [link for link in links if not ((project_dir / doc).parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("doc", DOCS)
def test_make_targets_named_in_a_document_exist(project_dir: Path, doc: str) -> None:
    makefile = (project_dir / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`|^ {0,4}make ([a-z-]+)", _text(project_dir, doc), re.MULTILINE))
    assert {first or second for first, second in named} <= targets


@pytest.mark.parametrize("doc", DOCS)
def test_tallybook_commands_named_in_a_document_parse(project_dir: Path, doc: str) -> None:
    from orchestration.cli.parsing import parser

    lines = re.findall(
        r"^ {0,4}(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?tallybook ([^\n#`]+)", _text(project_dir, doc), re.MULTILINE
    )
    lines += re.findall(r"`tallybook ([^`]+)`", _text(project_dir, doc))
    for line in lines:
        words = [re.sub(r"^(DATE|D)$", "2026-11-21", word) for word in line.split()]
        if any(word.startswith("[") for word in words):
            continue
        if len(words) == 1:
            assert words[0] in {*_verbs(), "--help", "--version"}
        else:
            parser(words).parse_args(words)


def _verbs() -> set[str]:
    from orchestration.cli.parsing import VERBS

    return set(VERBS)


def test_nothing_but_the_agreed_top_level_is_tracked(project_dir: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=project_dir, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    top = {path.split("/")[0] for path in listed.stdout.splitlines()}
    allowed = {
        "pyproject.toml",
        "orchestration",
        "dbt_project",
        "site_builder",
        "raw",
        "tests",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "DECISIONS.md",
        "LICENSE",
        "NOTICE",
        "SECURITY.md",
        "Makefile",
        "requirements.lock",
        "requirements-dev.lock",
    }
    assert {name for name in top if not name.startswith(".")} <= allowed
