"""Regenerate the checked-in landing zone of `raw/`: `python -m orchestration.generating.sample`."""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from orchestration.generating.generate import FOLDERS, GeneratedSummary, generate

TENANTS, DAYS, EVENTS, SEED, END = 4, 100, 30_000, 20, date(2026, 11, 21)


def make_sample(out: Path) -> GeneratedSummary:
    """Write the sample into the folder `out`, which must hold no landing zone yet."""
    return generate(out, tenants=TENANTS, days=DAYS, events=EVENTS, seed=SEED, end=END, sample_stories=True)


def main() -> None:
    """Replace the native folders of `raw/` beside this package; whatever else is there stays."""
    raw = Path(__file__).resolve().parents[2] / "raw"
    with tempfile.TemporaryDirectory(dir=raw.parent, prefix=".sample-") as folder:
        made = make_sample(Path(folder))
        for name in FOLDERS:
            shutil.rmtree(raw / name, ignore_errors=True)
            shutil.move(Path(folder) / name, raw / name)
    sys.stdout.write(f"Wrote {made.events:,} events, {made.files} files, {made.bytes:,} bytes to {raw}\n")


if __name__ == "__main__":
    main()
