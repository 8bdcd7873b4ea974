"""Make the pictures of README: a report, and a crawl in a terminal.

``python -m examples.pictures`` serves the examples on ports of this machine, crawls
them, makes the report, and writes ``docs/report.png`` and ``docs/terminal.svg``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS
from tests.servers.files import folder
from tests.servers.http import serving

ROOT = Path(__file__).parents[1]
SITES = {"gallery": 8001, "journey/blog": 8002, "journey/market": 8003}
COMMANDS = (
    "crawl images -a urls_file=sites.txt -a depth=1 -O site.json",
    "duplicates site.json",
    "report site.json -O report.html",
)
MAX_LINES = 9
"""Lines of a command's output; ``…`` stands for the rest."""

VIEW = ViewportSize(width=1440, height=1010)
COLOURS = 128
"""The page has few: a palette halves the file."""

LINE, LEFT, TOP, CHAR = 18, 16, 44, 7.83
"""Pixels of the terminal's picture."""


def main() -> None:
    """Write both pictures."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        work = Path(name)
        for site, port in SITES.items():
            stack.enter_context(serving(folder(ROOT / "examples" / site), port=port))
        pages = (f"http://127.0.0.1:{port}/index.html\n" for port in SITES.values())
        (work / "sites.txt").write_text("".join(pages))
        lines = [line for command in COMMANDS for line in run(command, work)]
        (ROOT / "docs" / "terminal.svg").write_text(terminal(lines))
        take(work / "report.html", ROOT / "docs" / "report.png")


def run(command: str, work: Path) -> list[str]:
    """Return the command as it is typed, and the first lines that it prints."""
    child = subprocess.run(
        [sys.executable, "-m", "scrapy", *command.split()],
        cwd=work,
        env={
            **os.environ,
            "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    found = child.stdout.rstrip().splitlines()
    if len(found) > MAX_LINES:
        found = [*found[: MAX_LINES - 2], "…", found[-1]]
    return [f"$ scrapy {command}", *found, ""]


def terminal(lines: list[str]) -> str:
    """Return the lines as an SVG, those that are typed in another colour."""
    lines = lines[:-1]
    width = int(2 * LEFT + CHAR * max(map(len, lines)))
    height = TOP + LINE * len(lines)
    rows = "\n".join(
        f'<text x="{LEFT}" y="{TOP + LINE * at}" fill="{_colour(line)}" '
        f'xml:space="preserve">{escape(line, quote=False)}</text>'
        for at, line in enumerate(lines)
        if line
    )
    buttons = "".join(
        f'<circle cx="{LEFT + 5 + 18 * at}" cy="15" r="5" fill="#4b5563"/>'
        for at in range(3)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="ui-monospace, \'DejaVu Sans '
        f'Mono\', Menlo, Consolas, monospace" font-size="13">\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#14181f"/>\n{buttons}\n'
        f"{rows}\n</svg>\n"
    )


def _colour(line: str) -> str:
    return "#7dd3a8" if line.startswith("$ ") else "#d5dae3"


def take(report: Path, target: Path) -> None:
    """Write a picture of the page's overview."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(PLAYWRIGHT_LAUNCH_OPTIONS["executable_path"]),
            chromium_sandbox=bool(PLAYWRIGHT_LAUNCH_OPTIONS["chromium_sandbox"]),
        )
        page = browser.new_page(viewport=VIEW, color_scheme="light", offline=True)
        page.goto(report.as_uri())
        page.wait_for_selector("html[data-searchable]", state="attached")
        page.wait_for_timeout(1_000)  # the map unpacks
        page.screenshot(path=str(target))
        browser.close()
    Image.open(target).quantize(COLOURS).save(target, optimize=True)


if __name__ == "__main__":
    main()
