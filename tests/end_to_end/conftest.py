"""Fixtures of tests that crawl; no other test imports Scrapy, moto or stem for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawls import Crawl, run_crawl
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
