"""How many report pages a core makes in a second, and how large they are, by edition.

    python -m tests.benchmarks.site WAREHOUSE [--first D] [--last D] [--repeat N]

Builds the site of a built warehouse into a folder that is thrown away, with one worker. A page is a report with all of
its files: page, CSVs, report.json and PDF. Seconds are those of the processors, of this process and of those that it
forks, so that a busy machine says the same; sizes are those of the pages alone, as they are and compressed.
"""

from __future__ import annotations

import argparse
import gzip
import os
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import median

from site_builder.build import build_site
from site_builder.reports.summary import ReportMade


def processor_seconds() -> float:
    """Of this process and of those that it forked and that have ended."""
    return sum(os.times()[:4])


def sizes_of(site: Path, made: tuple[ReportMade, ...]) -> dict[str, list[tuple[int, int]]]:
    """Bytes of the pages, as they are and compressed, by edition."""
    sizes: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for report in made:
        content = (site / report.path).read_bytes()
        sizes[report.edition].append((len(content), len(gzip.compress(content, mtime=0))))
    return sizes


def main() -> None:
    """Build, count, weigh."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--first", type=date.fromisoformat)
    parser.add_argument("--last", type=date.fromisoformat)
    parser.add_argument("--repeat", type=int, default=1)
    args = parser.parse_args()
    rates = []
    for _ in range(args.repeat):
        with tempfile.TemporaryDirectory() as name:
            started = processor_seconds()
            summary = build_site(args.warehouse, Path(name), first=args.first, last=args.last, workers=1)
            rates.append(len(summary.reports) / (processor_seconds() - started))
            sizes = sizes_of(Path(name), summary.reports)
    print(f"{median(rates):.2f} pages per second and core")
    for edition, found in sorted(sizes.items()):
        plain, compressed = (median(size[place] for size in found) / 1000 for place in (0, 1))
        print(f"{edition:<10} {len(found):>5} pages  {plain:>6.0f} kB  {compressed:>5.0f} kB compressed")


if __name__ == "__main__":
    main()
