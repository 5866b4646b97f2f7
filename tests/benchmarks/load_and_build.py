"""How long load + build take on a generated zone, against one hand-written DuckDB pass over the same files.

    python -m tests.benchmarks.load_and_build [--events N] [--zone FOLDER] [--floor FLOOR.py]

Prints seconds and ratios. What a run with nothing new takes is measured and taken out, so that the start of the
interpreter and of dbt do not count. The floor runs before and after, since neither machine nor disk is quiet.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FLOOR = PROJECT.parent / "shared" / "floor.py"


def tallybook(*args: str, env: dict[str, str]) -> float:
    """Seconds one call of the command takes."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *args],
        cwd=PROJECT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"tallybook {args[0]} exited {done.returncode}: {done.stderr}")
    return time.perf_counter() - started


def floor_seconds(floor: Path, zone: Path) -> float:
    """Seconds of the hand-written pass, as it reports them itself."""
    done = subprocess.run([sys.executable, str(floor), str(zone)], capture_output=True, text=True, check=True)
    return float(re.findall(r"([\d.]+) s", done.stdout)[0])


def measure(zone: Path, work: Path, floor: Path) -> None:
    """Load, build, and both again with nothing new, printing what each took."""
    env = {
        "TALLYBOOK_RAW": str(zone),
        "TALLYBOOK_WAREHOUSE": str(work / "w.duckdb"),
        "TALLYBOOK_SITE": str(work / "site"),
    }
    tallybook("check", "--help", env=env)
    before = floor_seconds(floor, zone) if floor.exists() else None
    load, build = tallybook("load", env=env), tallybook("build", env=env)
    load_again, build_again = tallybook("load", env=env), tallybook("build", env=env)
    print(f"load            {load:6.2f} s   nothing new {load_again:6.2f} s")
    print(f"build           {build:6.2f} s   nothing new {build_again:6.2f} s")
    cost = load + build - load_again - build_again
    print(f"load + build    {cost:6.2f} s   with a run with nothing new taken out")
    if before is None:
        print(f"no floor to compare with: {floor} is not there")
        return
    after = floor_seconds(floor, zone)
    print(f"floor           {before:6.2f} s before, {after:.2f} s after")
    print(f"ratio           {cost / ((before + after) / 2):6.2f}")


def main() -> None:
    """Generate the zone where none is given, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--zone", type=Path, help="an existing landing zone instead of a generated one")
    parser.add_argument("--floor", type=Path, default=FLOOR)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        zone = args.zone or work / "zone"
        if not args.zone:
            seconds = tallybook(
                "generate",
                "--tenants",
                "50",
                "--days",
                "90",
                "--events",
                str(args.events),
                "--seed",
                "1",
                "--out",
                str(zone),
                env={},
            )
            print(f"generate        {seconds:6.2f} s   {args.events:,} events")
        measure(zone, work, args.floor)


if __name__ == "__main__":
    main()
