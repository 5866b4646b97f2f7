"""The run history: one Dagster home beside each warehouse, shared by the command line, the UI and the daemon.

`python -m orchestration.defs.instance` prepares it and prints its path.
"""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.settings import Settings

# One run at a time: a DuckDB warehouse has one writing process.
_DAGSTER_YAML = """\
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""


def prepare_home(settings: Settings) -> Path:
    """The folder of the run history, made where missing. DAGSTER_HOME, where set, wins."""
    home = Path(os.environ.get("DAGSTER_HOME") or settings.dagster_home).absolute()
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(_DAGSTER_YAML, encoding="utf-8")
    return home


if __name__ == "__main__":
    print(prepare_home(Settings.from_env()))
