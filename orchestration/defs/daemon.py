"""Scheduled running without a browser: `python -m orchestration.defs.daemon` switches the schedules on and becomes
Dagster's daemon.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.defs.instance import prepare_home
from orchestration.settings import Settings

_MODULE = ["-m", "orchestration.definitions"]


def main() -> None:
    """Never returns: the process is Dagster's daemon from then on. What is wrong with the settings is said at once."""
    os.environ["DAGSTER_HOME"] = str(prepare_home(Settings.from_env()))
    # Dagster's own processes go by the zone rules of the package tzdata, not by this machine's.
    os.environ["PYTHONTZPATH"] = ""
    beside = Path(sys.executable).parent
    subprocess.run([beside / "dagster", "schedule", "start", "--start-all", *_MODULE], check=True)
    daemon = str(beside / "dagster-daemon")
    os.execv(daemon, [daemon, "run", *_MODULE])


if __name__ == "__main__":
    main()
