"""What a load of many small files takes a file, by format.

    python -m tests.benchmarks.many_files [--files N ...]

A zone for each number of files, one row in each: usage events as JSON lines, CSV and Parquet, and calls as LiteLLM's S3
logger writes them, an object a file. Prints seconds on the clock and milliseconds a file; what a load of a single file
takes is measured and taken out. Linear is what does not grow from one number of files to the next.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks.load_and_build import Cost, tallybook

_AT = "2026-03-01T10:00:00Z"


def _event(number: int) -> dict[str, object]:
    return {"event_id": f"e{number}", "occurred_at": _AT, "tenant_id": "t1", "model_id": "m", "credits": "1.5"}


def _call(number: int) -> dict[str, object]:
    return {
        "id": f"c{number}", "startTime": 1772359200 + number, "endTime": 1772359201 + number, "model": "gpt-4o",
        "prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12, "response_cost": 0.001, "status": "success",
        "metadata": {"user_api_key_team_id": "t1"},
    }  # fmt: skip


def _csv(number: int) -> bytes:
    event = _event(number)
    return f"{','.join(event)}\n{','.join(map(str, event.values()))}\n".encode()


def _parquet(number: int) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([_event(number)]), sink)
    return bytes(sink.getvalue())


# Format → folder of the source, ending, content of the file of a number.
FORMATS: dict[str, tuple[str, str, Callable[[int], bytes]]] = {
    "usage .jsonl": ("usage", "jsonl", lambda number: json.dumps(_event(number)).encode() + b"\n"),
    "usage .csv": ("usage", "csv", _csv),
    "usage .parquet": ("usage", "parquet", _parquet),
    "litellm .json": ("litellm", "json", lambda number: json.dumps(_call(number)).encode()),
}


def load_cost(name: str, files: int, work: Path) -> Cost:
    """What a load of so many files of a format takes, in an empty warehouse."""
    source, ending, content = FORMATS[name]
    landed = work / "zone" / source / "2026-03-01"
    landed.mkdir(parents=True)
    (work / "zone" / "directory").mkdir()
    (work / "zone" / "directory" / "tenants.csv").write_text("tenant_id,tenant_name\nt1,One\n", encoding="utf-8")
    for number in range(files):
        (landed / f"{number:06}.{ending}").write_bytes(content(number))
    cost = tallybook("load", env={"TALLYBOOK_RAW": str(work / "zone"), "TALLYBOOK_WAREHOUSE": str(work / "w.duckdb")})
    shutil.rmtree(work)
    return cost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[2_500, 10_000])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in FORMATS:
            alone = load_cost(name, 1, Path(folder) / "zone-of-1")
            for files in args.files:
                cost = load_cost(name, files, Path(folder) / f"zone-of-{files}")
                clock, processors = (after - before for after, before in zip(cost, alone, strict=True))
                print(
                    f"{name:<15} {files:>7,} files {clock:7.2f} s   {1000 * clock / files:5.2f} ms a file   "
                    f"processors {1000 * processors / files:5.2f} ms a file",
                    flush=True,
                )


if __name__ == "__main__":
    main()
