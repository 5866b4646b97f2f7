"""How long load + build take on a generated zone, against one hand-written DuckDB pass over the same files.

    python -m tests.benchmarks.load_and_build [--events N] [--repeat N] [--zone FOLDER] [--floor FLOOR.py]

Prints seconds on the clock, seconds of the processors, and ratios: medians of all repeats. What a run with nothing new
takes is measured and taken out, so that the start of the interpreter does not count. The floor runs in every repeat,
since neither machine nor disk is quiet; where others share the machine, the processors say more than the clock. Beside
the whole build stands that of the usage marts alone (`usage_marts`), since the floor knows neither ledger nor money.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
FLOOR = PROJECT.parent / "shared" / "floor.py"
# Sums without what a run with nothing new takes, and what stands in them beside the load.
SUMS = {"load + usage marts": "usage marts", "load + build": "build"}
GENERATE = ("generate", "--tenants", "50", "--days", "90", "--seed", "1")


class Cost(NamedTuple):
    """What a process took. clock, processors: seconds."""

    clock: float
    processors: float


def cost_of(command: Sequence[str], env: Mapping[str, str]) -> tuple[Cost, str]:
    """Run a command to its end: what it took, and its stdout."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=PROJECT, env=os.environ | env, capture_output=True, text=True, check=False)
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited {done.returncode}: {done.stderr}")
    return Cost(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), done.stdout


def tallybook(*args: str, env: Mapping[str, str]) -> Cost:
    """What one call of the command takes."""
    return cost_of([sys.executable, "-m", "orchestration.cli", *args], env)[0]


def floor_cost(floor: Path, zone: Path) -> Cost:
    """What the hand-written pass takes; on the clock, what it says itself."""
    cost, said = cost_of([sys.executable, str(floor), str(zone)], {})
    return Cost(float(re.findall(r"([\d.]+) s", said)[0]), cost.processors)


def measure(zone: Path, work: Path, floor: Path) -> dict[str, Cost]:
    """Load, build, and both again with nothing new, in an empty folder; the floor too, where it is there."""
    env = {
        "TALLYBOOK_RAW": str(zone),
        "TALLYBOOK_WAREHOUSE": str(work / "w.duckdb"),
        "TALLYBOOK_SITE": str(work / "site"),
    }
    costs = {"floor": floor_cost(floor, zone)} if floor.exists() else {}
    costs["load"] = tallybook("load", env=env)
    costs["usage marts"] = usage_marts_cost(work)
    for name in ("build", "load again", "build again"):
        costs[name] = tallybook(name.split()[0], env=env)
    for name, what in SUMS.items():
        costs[name] = Cost(*(
            costs["load"][unit] + costs[what][unit] - costs["load again"][unit] - costs["build again"][unit]
            for unit in (0, 1)
        ))  # fmt: skip
    return costs


def usage_marts_cost(work: Path) -> Cost:
    """What the usage marts alone take, in a copy of what was loaded."""
    place = work / "usage"
    place.mkdir()
    shutil.copy(work / "w.duckdb", place)
    shutil.copytree(work / "w.lake", place / "w.lake")
    return cost_of([sys.executable, "-m", "tests.benchmarks.usage_marts", str(place / "w.duckdb")], {})[0]


def show(repeats: Sequence[Mapping[str, Cost]]) -> None:
    """Print the medians, and the median ratio of a repeat's cost to its own floor."""
    for name in repeats[0]:
        clock, processors = (median(costs[name][unit] for costs in repeats) for unit in (0, 1))
        print(f"{name:<18} {clock:6.2f} s   processors {processors:6.2f} s")
    if "floor" not in repeats[0]:
        print("no floor to compare with")
        return
    for name in SUMS:
        ratios = [median(costs[name][unit] / costs["floor"][unit] for costs in repeats) for unit in (0, 1)]
        print(f"{name}: ratio {ratios[0]:.2f}, processors {ratios[1]:.2f}")


def main() -> None:
    """Generate the zone where none is given, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--zone", type=Path, help="an existing landing zone instead of a generated one")
    parser.add_argument("--floor", type=Path, default=FLOOR)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        zone = args.zone or work / "zone"
        if not args.zone:
            made = tallybook(*GENERATE, "--events", str(args.events), "--out", str(zone), env={})
            print(f"generate           {made.clock:6.2f} s   {args.events:,} events")
        repeats = []
        for repeat in range(args.repeat + 1):
            place = work / str(repeat)
            place.mkdir()
            repeats.append(measure(zone, place, args.floor))
        show(repeats[1:])  # the first may have parsed the dbt project


if __name__ == "__main__":
    main()
