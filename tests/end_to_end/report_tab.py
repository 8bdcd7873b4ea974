"""A report in a browser without a network, and what goes wrong on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS
from tests.commands import run_scrapy

CHROMIUM = Path(str(PLAYWRIGHT_LAUNCH_OPTIONS["executable_path"]))
VIEWS = (
    *("overview", "matches", "map", "devices", "timeline", "copies", "origin"),
    *("hosts", "table"),
)
SIZE = {"width": 1440, "height": 900}
needs_browser = pytest.mark.skipif(
    find_spec("playwright") is None or not CHROMIUM.exists(),
    reason="playwright or Chromium is not installed",
)


def report_of(feed: Path, records: Iterable[object]) -> tuple[Path, str]:
    """Write a feed of JSON Lines, and make its report beside it.

    Returns the path of the report, and what the command said.
    """
    feed.write_text("".join(json.dumps(each) + "\n" for each in records))
    command = ("report", feed.name, "-O", "report.html")
    child = run_scrapy(*command, cwd=feed.parent)
    assert child.returncode == 0, child.stderr
    return feed.with_name("report.html"), child.stderr


@dataclass
class Tab:
    """A page of the browser, and what went wrong on it."""

    page: Any
    path: Path
    faults: list[str] = field(default_factory=list)
    opened: int = 0

    def open(self, fragment: str = "") -> Any:
        """Open the report anew; ``fragment`` is the state.

        Another query makes it another document, in the browser's same process.
        """
        self.opened += 1
        self.page.goto(f"{self.path.as_uri()}?{self.opened}#{fragment}")
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page

    def status(self) -> str:
        return str(self.page.locator(".status").inner_text())


@contextmanager
def watched(tab: Tab) -> Iterator[Tab]:
    """Check that a tab, as it is at first, stays without errors and requests."""
    tab.page.set_viewport_size(SIZE)
    tab.page.emulate_media(media="null")
    tab.faults = []
    yield tab
    assert tab.faults == []


def tab_of(
    browser: Any, report: Path, *, size: dict[str, int] = SIZE, **options: Any
) -> Tab:
    context = browser.new_context(viewport=size, offline=True, **options)
    tab = Tab(context.new_page(), report)
    tab.page.set_default_timeout(20_000)
    tab.page.on("console", lambda message: tab.faults.append(message.text))
    tab.page.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(report.as_uri())
            else tab.faults.append(request.url)
        ),
    )
    return tab
