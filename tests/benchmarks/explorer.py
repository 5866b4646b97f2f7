"""How long the explorer of a tenant with 50 users takes over six months, in a browser, from disk.

    python -m tests.benchmarks.explorer [--events N] [--repeat N]

Prints seconds from the opening of the page to its first view, and milliseconds from a choice to the new figures and
charts: medians of all repeats, of each kind of filter.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
CHOICES = ("team", "user", "item", "model", "channel")


def made_site(folder: Path, events: int) -> Path:
    """The explorer's page of a generated tenant."""
    generate = ["--tenants", "1", "--days", "182", "--events", str(events), "--seed", "1", "--out", str(folder / "raw")]
    run = ["--raw", str(folder / "raw"), "--warehouse", str(folder / "w.duckdb"), "--site", str(folder / "site")]
    for command in (["generate", *generate], ["run", *run, "--from", "2026-11-20", "--to", "2026-11-21"]):
        command = [sys.executable, "-m", "orchestration.cli", *command]
        subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    [page] = [path for path in folder.glob("site/*/explore/index.html") if "/all/" not in str(path)]
    return page


def first_view(page: Page, address: str) -> float:
    """Seconds until the page shows its figures and charts."""
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(address)
    page.locator("body[data-shown]").wait_for()
    return time.perf_counter() - started


def filter_change(page: Page, name: str) -> float:
    """Milliseconds, as the page measures them, of choosing the first name of a filter."""
    before = page.locator("body").get_attribute("data-shown")
    label = page.locator(f"#list-{name} option").first.get_attribute("value") or ""
    page.locator(f"[name={name}]").fill(label)
    page.locator(f"[name={name}]").press("Tab")
    page.locator(f"body:not([data-shown='{before}'])").wait_for()
    return float(page.locator("body").get_attribute("data-took") or "nan")


def main() -> None:
    """Generate, publish, open, choose."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=84_000)
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        explorer = made_site(Path(name), args.events)
        sizes = [path.stat().st_size for path in explorer.parent.glob("data/*.js")]
        print(f"months {len(sizes)}, largest {max(sizes) / 1000:.0f} kB")
        path = CHROMIUM if CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox"])
        page = browser.new_page()
        address = f"{explorer.as_uri()}#range=6m"
        print(f"first view      {median(first_view(page, address) for _ in range(args.repeat)):.2f} s")
        for choice in CHOICES:
            times = []
            for _ in range(args.repeat):
                first_view(page, address)
                times.append(filter_change(page, choice))
            print(f"filter {choice:<8} {median(times):.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
