"""Scheduled running: the command of the container and of the service, and that they name what is there."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT

DEPLOY = PROJECT / "orchestration" / "deploy"


def test_the_daemon_comes_up_with_the_schedules_switched_on(tmp_path: Path) -> None:
    env = os.environ | {"TALLYBOOK_WAREHOUSE": str(tmp_path / "w.duckdb"), "TALLYBOOK_SITE": str(tmp_path / "site")}
    env.pop("DAGSTER_HOME", None)
    command = [sys.executable, "-m", "orchestration.defs.daemon"]
    said = []
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "configured with the following daemons" in line:
                break
        process.send_signal(signal.SIGTERM)
    text = "".join(said)
    assert "Started all schedules" in text and "SchedulerDaemon" in text and "SensorDaemon" in text
    assert (tmp_path / "w.dagster/dagster.yaml").exists()


def test_what_is_wrong_with_the_settings_is_said_at_once(tmp_path: Path) -> None:
    env = os.environ | {"TALLYBOOK_RAW": str(tmp_path / "nowhere")}
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.defs.daemon"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "is not a folder (set --raw or TALLYBOOK_RAW)" in done.stderr


def test_container_and_service_name_what_is_there() -> None:
    project = DEPLOY.parents[1]
    container = (DEPLOY / "Containerfile").read_text("utf-8")
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", container, re.MULTILINE):
        assert all((project / name).exists() for name in source.split())
    service = (DEPLOY / "tallybook.service").read_text("utf-8")
    for text in (container, service):
        assert "orchestration.defs.daemon" in text and "doctor" in text
