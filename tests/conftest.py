"""What crawl tests share: a crawl in a child process, and what came of it."""

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
    """What a crawl left behind."""

    exit_code: int
    stdout: str
    stderr: str
    records: list[dict[str, Any]]
    received: dict[str, int]
    dropped: dict[str, str]
    stats: dict[str, Any]

    @property
    def failed(self) -> dict[str, str]:
        """URL to reason, as the log tells it."""
        return dict(_FAILURE.findall(self.stderr))

    @property
    def summary(self) -> list[str]:
        """The lines below the log."""
        return [line for line in self.stderr.splitlines() if line[:1].isalpha()]

    @property
    def unaccounted(self) -> dict[str, int]:
        """What was found and has no outcome: 0, unless something got lost."""

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
    """Begin with what takes long, so that no process is at it alone in the end."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return (*_SLOWEST, folder).index(folder)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Measure no coverage where a test says so, in its children neither.

    Such a test tries many thousand times what shorter ones reach as well, and
    would take up to three times as long.
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
