"""The graph and the run history in a browser: `python -m orchestration.defs.dev` becomes `dagster dev`."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from orchestration.defs.instance import prepare_home
from orchestration.errors import TallybookError
from orchestration.object_stores import missing_extra
from orchestration.settings import Settings


def main() -> None:
    """Does not return: the process is Dagster's server from then on. Where something is missing it says what."""
    try:
        if find_spec("dagster_webserver") is None:
            raise missing_extra("the graph in a browser", "dagster-webserver", "ui")
        os.environ["DAGSTER_HOME"] = str(prepare_home(Settings.from_env()))
    except TallybookError as error:
        sys.exit(str(error))
    # Dagster's own processes go by the zone rules of the package tzdata, not by this machine's.
    os.environ["PYTHONTZPATH"] = ""
    dagster = str(Path(sys.executable).with_name("dagster"))
    os.execv(dagster, [dagster, "dev", "-m", "orchestration.definitions"])


if __name__ == "__main__":
    main()
