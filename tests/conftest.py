"""Fixtures of crawl tests: a crawl in a child process, and its results."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.settings import EXTENSIONS
from tests.commands import COVERAGE, ROOT, run_scrapy
from tests.servers.s3 import s3_server
from tests.servers.tor import TorNetwork, tor_network

CORPUS = ROOT.parent / "shared" / "corpus"
_SLOWEST = ("fleet", "end_to_end", "servers")
_FAILURE = re.compile(r"\[images\] \w+: (\S+): .* \((\w+)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """The results of a crawl."""

    exit_code: int
    stdout: str
    stderr: str
    records: list[dict[str, Any]]
    received: dict[str, int]
    dropped: dict[str, str]
    stats: dict[str, Any]

    @property
    def failed(self) -> dict[str, str]:
        """URL to reason, as in the log."""
        return dict(_FAILURE.findall(self.stderr))

    @property
    def summary(self) -> list[str]:
        """The lines of the summary, after the log."""
        return [line for line in self.stderr.splitlines() if line[:1].isalpha()]

    @property
    def unaccounted(self) -> dict[str, int]:
        """The number of images and pages without an outcome; 0 unless one was lost."""

        def count(*prefixes: str) -> int:
            return sum(n for name, n in self.stats.items() if name.startswith(prefixes))

        images = count("item_scraped_count", "item_dropped_count")
        return {
            "images": count("images/found")
            - images
            - count("images/failed/", "images/duplicates", "images/done_before"),
            "pages": count("pages/found")
            - count("pages/crawled", "pages/failed/", "pages/duplicates")
            - count("pages/done_before"),
        }

    def record(self, url: str) -> dict[str, Any]:
        (record,) = [record for record in self.records if record["url"] == url]
        return record


Crawl = Callable[..., Crawled]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the slowest tests, so that the processes end together."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return (*_SLOWEST, folder).index(folder)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Measure no coverage in a test marked ``untraced``, nor in its children.

    Such a test repeats thousands of times what shorter tests reach as well, and
    coverage would make it up to three times slower.
    """
    if not item.get_closest_marker("untraced"):
        yield
        return
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(COVERAGE, raising=False)
            yield
    finally:
        sys.settrace(trace)


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    """Run ``scrapy crawl images ARGUMENT…`` in its own folder."""
    return lambda *args, **kwargs: run_crawl(tmp_path, *args, **kwargs)


@pytest.fixture(scope="session")
def tor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TorNetwork]:
    """Start a private Tor network, shared by all tests of the session."""
    if not shutil.which("tor"):
        pytest.skip("tor is not installed")
    with tor_network(tmp_path_factory.mktemp("tor")) as network:
        yield network


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """Run an S3 server; yields the environment for it, without retries."""
    with s3_server() as env:
        yield {**env, "AWS_MAX_ATTEMPTS": "1"}


def run_crawl(
    folder: Path,
    *arguments: str,
    feed: bool = True,
    log_level: str = "INFO",
    env: dict[str, str] | None = None,
    settings: dict[str, Any] | None = None,
    prefix: Sequence[str] = (),
    meanwhile: Callable[[int], object] | None = None,
) -> Crawled:
    """Crawl in ``folder``; ``prefix`` and ``meanwhile`` as for ``run_scrapy``."""
    observed, output = folder / "observed.json", folder / "feed.json"
    observed.unlink(missing_ok=True)
    options: dict[str, Any] = {
        "OBSERVER_FILE": observed,
        "LOG_LEVEL": log_level,
        "EXTENSIONS": json.dumps({**EXTENSIONS, "tests.observer.Observer": 900}),
        **(settings or {}),
    }
    sets = [part for pair in options.items() for part in ("-s", "{}={}".format(*pair))]
    feeds = ["-O", str(output)] if feed else []
    command = ("crawl", "images", *arguments, *feeds, *sets)
    child = run_scrapy(
        *command, cwd=folder, env=env, prefix=prefix, meanwhile=meanwhile
    )
    seen = json.loads(observed.read_text()) if observed.exists() else {}
    is_written = feed and output.exists()
    return Crawled(
        exit_code=child.returncode,
        stdout=child.stdout,
        stderr=child.stderr,
        records=json.loads(output.read_text()) if is_written else [],
        received=seen.get("received", {}),
        dropped=seen.get("dropped", {}),
        stats=seen.get("stats", {}),
    )
