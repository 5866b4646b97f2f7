"""A verb that is told to stop ends in order: one line, the exit code that shells expect, and nothing left running."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from site_builder.files.undisturbed import undisturbed

# A verb that stands for any: it tells that it is at work, and what a library may make of a signal.
_VERB = """
import sys, time
from orchestration.cli import build, main
from orchestration.writer_lock import writer_lock
from pathlib import Path

def work(args, progress):
    with writer_lock(Path(sys.argv[1])):
        print("at work", flush=True)
        try:
            time.sleep(600)
        except BaseException as error:
            if sys.argv[2] == "disguised":
                raise RuntimeError("Query interrupted") from error
            raise

build.obey = work
sys.exit(main(["build", "--json"]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("how", ["plain", "disguised"])
def test_a_stopped_verb_says_so_in_a_line(tmp_path: Path, number: signal.Signals, how: str) -> None:
    verb = subprocess.Popen(
        [sys.executable, "-c", _VERB, str(tmp_path / "w.duckdb"), how], cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert verb.stdout is not None and verb.stdout.readline() == "at work\n"
    verb.send_signal(number)
    out, err = verb.communicate()
    assert verb.returncode == 128 + number
    assert err == (f"tallybook build: stopped by {number.name}; the next run takes up what is not done: run it again\n")
    assert f'"exit_code": {128 + number}' in out


def test_what_must_not_be_interrupted_ends_first() -> None:
    done = []
    # A shell starts what runs in its background with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            with undisturbed():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("all of it")
            done.append("more")
    finally:
        signal.signal(signal.SIGINT, before)
    assert done == ["all of it"]
