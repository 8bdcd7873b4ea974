"""Measure size, time and memory of ``scrapy report``, and how fast its page is.

``python -m benchmarks.report [RECORDS …]`` writes a feed of RECORDS records (by
default 10,000 and 100,000), makes its report and opens it in Chromium without a
network. Seconds are valid only on an idle machine.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import CDPSession, Page, ViewportSize, sync_playwright

from benchmarks.report_feed import record
from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS

RECORDS = (10_000, 100_000)
COMMAND = """
import re, sys
from scrapy.cmdline import execute
try:
    execute(["scrapy", "report", *sys.argv[1:]])
finally:
    # The peak of getrusage() includes that of the parent process.
    with open("/proc/self/status") as status:
        print(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1], file=sys.stderr)
"""
# What a click on a facet costs, up to the next frame.
FILTER = """
async (name) => {
  const section = [...document.querySelectorAll(".facet")]
    .find((each) => each.querySelector("h3").textContent === name);
  const before = performance.now();
  section.querySelector("li button").click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - before;
}
"""
# The same of a word; the page waits 120 ms for the next key.
SEARCH = """
async (word) => {
  const input = document.querySelector(".tools input");
  input.value = word;
  const before = performance.now();
  input.dispatchEvent(new Event("input"));
  await new Promise((done) => setTimeout(done, 121));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - before - 121;
}
"""
WORDS = ("1/125", "gpslatitude 28/10", "photograph-77", "")
FACETS = ("Camera", "Format", "Location", "Copies", "Software")


@dataclass(frozen=True, slots=True)
class Made:
    """What making a report cost."""

    seconds: float
    cpu: float  # seconds of all cores
    peak: int  # bytes
    size: int  # bytes


def make(feed: Path, report: Path) -> Made:
    """Run the command."""
    start, before = time.monotonic(), _cpu_of_children()
    child = subprocess.run(
        [sys.executable, "-c", COMMAND, str(feed), "-O", str(report)],
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, cpu = time.monotonic() - start, _cpu_of_children() - before
    peak = int(child.stderr.splitlines()[-1]) * 1024
    return Made(seconds, cpu, peak, report.stat().st_size)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, and of the page's main thread."""

    seconds: float
    cpu: float


def opened(report: Path) -> tuple[Cost, list[Cost], list[Cost]]:
    """Return what it costs until the page is ready, each filter, and each search."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(PLAYWRIGHT_LAUNCH_OPTIONS["executable_path"]),
            chromium_sandbox=bool(PLAYWRIGHT_LAUNCH_OPTIONS["chromium_sandbox"]),
        )
        page = browser.new_page(
            viewport=ViewportSize(width=1440, height=900), offline=True
        )
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = _cpu(session)
        page.goto(report.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        seconds = int(page.locator("html").get_attribute("data-ready") or 0) / 1000
        ready = Cost(seconds, _cpu(session) - before)
        page.wait_for_selector("html[data-searchable]", state="attached")
        filters = [_step(page, session, FILTER, name) for name in FACETS]
        page.get_by_role("button", name="Clear all").click()
        searches = [_step(page, session, SEARCH, words) for words in WORDS]
        browser.close()
    return ready, filters, searches


def _step(page: Page, session: CDPSession, script: str, argument: str) -> Cost:
    page.wait_for_timeout(500)
    before = _cpu(session)
    seconds = float(page.evaluate(script, argument)) / 1000
    return Cost(seconds, _cpu(session) - before)


def _cpu(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def _most(costs: list[Cost]) -> str:
    seconds, cpu = (
        max(each.seconds for each in costs),
        max(each.cpu for each in costs),
    )
    return f"{seconds * 1000:.0f} ms (CPU {cpu * 1000:.0f} ms)"


def main(arguments: list[str]) -> None:
    """Print a line for each number of records."""
    for count in map(int, arguments or map(str, RECORDS)):
        with tempfile.TemporaryDirectory() as name:
            feed, report = Path(name, "feed.jsonl"), Path(name, "report.html")
            with feed.open("w") as file:
                file.writelines(
                    f"{json.dumps(record(each))}\n" for each in range(count)
                )
            made = make(feed, report)
            ready, filters, searches = opened(report)
            print(
                f"{count:,} records: made in {made.seconds:.1f} s (CPU "
                f"{made.cpu:.1f} s), {made.peak / 1e6:.0f} MB of memory, "
                f"{made.size / 1e6:.2f} MB; ready in {ready.seconds:.2f} s (CPU "
                f"{ready.cpu:.2f} s), a filter in at most {_most(filters)}, a search "
                f"in at most {_most(searches)}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
