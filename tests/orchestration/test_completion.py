"""What a shell completes after `tallybook`, as that shell does it, where it is there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.cli.completion import SHELLS
from orchestration.cli.parsing import VERBS


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def completed_by_bash(script: str, folder: Path, *words: str) -> set[str]:
    """What bash offers for the last of the words."""
    ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_tallybook; printf "%s\\n" "${COMPREPLY[@]}"'
    command = ["bash", "--norc", "-c", f"{script}\n{ask}", "bash", "tallybook", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_bash_completes_verbs_options_values_and_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = script("bash", capsys)
    (tmp_path / "landing").mkdir()
    (tmp_path / "lines.txt").touch()
    assert completed_by_bash(text, tmp_path, "re") == {verb for verb in VERBS if verb.startswith("re")}
    assert completed_by_bash(text, tmp_path, "load", "--ra") == {"--raw"}
    assert completed_by_bash(text, tmp_path, "site", "--pdf", "") >= {"daily"}
    assert completed_by_bash(text, tmp_path, "run", "--raw", "l") == {"landing"}


def test_fish_completes_verbs_and_says_what_they_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = script("fish", capsys)
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed here")
    (tmp_path / "script.fish").write_text(text, encoding="utf-8")
    ask = f'source {tmp_path}/script.fish; complete -C "tallybook re"'
    done = subprocess.run(["fish", "--no-config", "-c", ask], capture_output=True, text=True, check=True)
    assert {line.split("\t")[0] for line in done.stdout.splitlines()} == {"reopen", "reprice"}
    assert VERBS["reopen"] in done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_every_verb_and_its_options_are_in_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = script(shell, capsys)
    assert all(verb in text for verb in VERBS)
    assert all(option in text for option in ("full-refresh", "tenants-only", "dry-run"))


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_itself_can_read_the_script(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    (tmp_path / "script").write_text(script(shell, capsys), encoding="utf-8")
    done = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_shell_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["completion", "cmd"])
    assert stopped.value.code == 2 and "bash" in capsys.readouterr().err
