"""What the files in orchestration/deploy tell cron, systemd, Kubernetes, Airflow and whoever builds the image."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def deploy(project_dir: Path) -> Path:
    return project_dir / "orchestration/deploy"


def unit(path: Path) -> ConfigParser:
    found = ConfigParser(interpolation=None)
    found.optionxform = str  # type: ignore[method-assign,assignment]
    found.read_string(path.read_text(encoding="utf-8"))
    return found


def cron_line(deploy: Path) -> str:
    (line,) = [line for line in (deploy / "tallybook.cron").read_text().splitlines() if re.match(r"[\d*]", line)]
    return line


def job(deploy: Path) -> dict[str, Any]:
    """The pod of the Kubernetes CronJob."""
    found: dict[str, Any] = yaml.safe_load((deploy / "cronjob.yaml").read_text(encoding="utf-8"))
    assert (found["apiVersion"], found["kind"]) == ("batch/v1", "CronJob")
    return found


def airflow_task(deploy: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the DAG tells Airflow, of which only a stand-in is here."""
    tasks: list[dict[str, Any]] = []

    class Dag:
        def __init__(self, **_: Any) -> None: ...
        def __enter__(self) -> None: ...
        def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None: ...

    for name in ("airflow", "airflow.sdk", "airflow.providers", "airflow.providers.standard",
                 "airflow.providers.standard.operators", "airflow.providers.standard.operators.bash"):  # fmt: skip
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["airflow.sdk"].DAG = Dag  # type: ignore[attr-defined]
    bash = sys.modules["airflow.providers.standard.operators.bash"]
    bash.BashOperator = lambda **told: tasks.append(told)  # type: ignore[attr-defined]
    exec(compile((deploy / "airflow_dag.py").read_text(encoding="utf-8"), "airflow_dag.py", "exec"), {})
    (task,) = tasks
    return task


def exit_code(command: list[str], folder: Path, code: int) -> int:
    """What whoever runs the command sees where `tallybook run` ends with `code`."""
    stand_in = folder / ".venv/bin/tallybook"
    stand_in.parent.mkdir(parents=True, exist_ok=True)
    stand_in.write_text(f'#!/bin/sh\n[ "$*" = run ] && exit {code}\nexit 9\n')
    stand_in.chmod(0o755)
    env = {"PATH": f"{stand_in.parent}:/usr/bin:/bin"}
    words = [word.replace("/opt/tallybook", str(folder)) for word in command]
    return subprocess.run(words, cwd=folder, env=env, check=False).returncode


def commands(deploy: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    shell = ["/bin/sh", "-c"]
    container = job(deploy)["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    return {
        "cron": [*shell, cron_line(deploy).split(maxsplit=6)[6]],
        "kubernetes": container["command"],
        "airflow": ["bash", "-c", airflow_task(deploy, monkeypatch)["bash_command"]],
    }


@pytest.mark.parametrize("scheduler", ["cron", "kubernetes", "airflow"])
def test_three_means_done_and_what_failed_stays_failed(
    scheduler: str, deploy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = commands(deploy, monkeypatch)[scheduler]
    assert [exit_code(command, tmp_path, code) == 0 for code in (0, 3, 1, 2, 143)] == [True, True, False, False, False]


def test_systemd_takes_three_for_done(deploy: Path) -> None:
    run = unit(deploy / "tallybook-run.service")["Service"]
    assert run["SuccessExitStatus"] == "3" and run["Type"] == "oneshot"
    assert shlex.split(run["ExecStart"])[-2:] == ["/opt/tallybook/.venv/bin/tallybook", "run"]
    assert "OnCalendar" in unit(deploy / "tallybook-run.timer")["Timer"]
    assert unit(deploy / "tallybook.service")["Service"]["ExecStart"].endswith("-m orchestration.defs.daemon")


def test_cron_reads_its_line(deploy: Path) -> None:
    assert "%" not in cron_line(deploy)  # cron makes a line end of it
    assert (deploy / "tallybook.cron").read_text().endswith("\n")


def test_kubernetes_runs_one_at_a_time_as_a_number_on_a_root_that_stays_as_it_is(deploy: Path) -> None:
    spec = job(deploy)["spec"]
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert spec["concurrencyPolicy"] == "Forbid" and pod["restartPolicy"] == "Never"
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001
    assert container["securityContext"]["readOnlyRootFilesystem"]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounted == {"data": "/data", "tmp": "/tmp"} and {each["name"] for each in pod["volumes"]} == set(mounted)
    rules = spec["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert [rule["onExitCodes"]["values"] for rule in rules if rule["action"] == "FailJob"] == [[2]]


def test_the_image_has_the_run_time_lock_a_number_for_a_user_and_a_parsed_project(deploy: Path) -> None:
    text = (deploy / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    image = lines[[number for number, line in enumerate(lines) if line.startswith("FROM")][-1] :]
    assert re.search(r"pip install .*--require-hashes -r /opt/tallybook/requirements\.lock", "\n".join(image))
    assert not [line for line in lines if "requirements-dev" in line]
    installs = [line for line in lines if "pip install" in line]
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert "USER 10001:10001" in image and image.index("USER 10001:10001") > image.index(
        "COPY --from=wheel /wheels/ /opt/tallybook/wheels/"
    )  # noqa: E501
    assert any("ensure_manifest()" in line for line in image[: image.index("USER 10001:10001")])
    written = dict(re.findall(r"(TALLYBOOK_\w+|HOME)=(\S+)", "\n".join(image)))
    assert all(path.startswith(("/data/", "/tmp")) for name, path in written.items() if name != "TALLYBOOK_DBT_CACHE")


def test_what_the_image_copies_is_there(deploy: Path, project_dir: Path) -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (deploy / "Containerfile").read_text(), re.MULTILINE)
    assert copied
    assert [path for line in copied for path in line.split() if not (project_dir / path).exists()] == []
