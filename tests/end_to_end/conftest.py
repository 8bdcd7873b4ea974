"""Fixtures of tests that crawl; no other test imports Scrapy, moto or stem for them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS
from tests.crawls import Crawl, run_crawl
from tests.end_to_end.report_records import RECORDS
from tests.end_to_end.report_tab import (
    CHROMIUM,
    Tab,
    report_of,
    tab_of,
    watched,
)
from tests.servers.s3 import s3_server
from tests.servers.tor import TorNetwork, tor_network


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    """Run ``scrapy crawl images ARGUMENT…`` in a folder of its own."""
    return lambda *args, **kwargs: run_crawl(tmp_path, *args, **kwargs)


@pytest.fixture(scope="session")
def tor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TorNetwork]:
    """Start a private Tor network, once for all tests that ask for it."""
    if not shutil.which("tor"):
        pytest.skip("tor is not installed")
    with tor_network(tmp_path_factory.mktemp("tor")) as network:
        yield network


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """Run a server that speaks S3; gives what leads to it, and asks it once only."""
    with s3_server() as env:
        yield {**env, "AWS_MAX_ATTEMPTS": "1"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    feed = tmp_path_factory.mktemp("report") / "feed.jsonl"
    report, said = report_of(feed, RECORDS)
    assert re.fullmatch(
        r"scrapy report: 61 images, \d+\.\d KB, to report\.html\n", said
    )
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be missing

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            chromium_sandbox=bool(PLAYWRIGHT_LAUNCH_OPTIONS["chromium_sandbox"]),
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def opened(browser: Any, report: Path) -> Iterator[Tab]:
    """Open a tab once for all tests; another one takes longer than most of them."""
    tab = tab_of(browser, report)
    yield tab
    tab.page.context.close()


@pytest.fixture
def tab(opened: Tab) -> Iterator[Tab]:
    with watched(opened):
        yield opened
