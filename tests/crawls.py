"""A crawl in a child process, and what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fpcrawler.settings import EXTENSIONS
from tests.commands import run_scrapy
from tests.validation import validate

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
            - count("pages/crawled", "pages/failed/", "pages/dropped/")
            - count("pages/duplicates")
            - count("pages/done_before"),
        }

    def record(self, url: str) -> dict[str, Any]:
        (record,) = [record for record in self.records if record["url"] == url]
        return record


Crawl = Callable[..., Crawled]


def observed_extensions(**others: int) -> dict[str, int | None]:
    """Return the extensions, the observer, and ``others`` of tests/observer.py."""
    return {
        **EXTENSIONS,
        "fpcrawler.crawl.sampling.Sampling": None,
        "tests.observer.ObservedSampling": 100,
        "tests.observer.Observer": 900,
        **{f"tests.observer.{name}": order for name, order in others.items()},
    }


def run_crawl(
    folder: Path,
    *arguments: str,
    feed: bool = True,
    log_level: str = "INFO",
    env: dict[str, str] | None = None,
    settings: dict[str, Any] | None = None,
    prefix: Sequence[str] = (),
    timeout: float = 240,
    meanwhile: Callable[[int], object] | None = None,
) -> Crawled:
    """Crawl in ``folder``; the last three arguments are as for ``run_scrapy``.

    The records, the notes and the record of the run must be as ``schemas/`` says.
    """
    observed, output = folder / "observed.json", folder / "feed.json"
    observed.unlink(missing_ok=True)
    options: dict[str, Any] = {
        "OBSERVER_FILE": observed,
        "LOG_LEVEL": log_level,
        "EXTENSIONS": json.dumps(observed_extensions()),
        **(settings or {}),
    }
    sets = [part for pair in options.items() for part in ("-s", "{}={}".format(*pair))]
    feeds = ["-O", str(output)] if feed else []
    command = ("crawl", "images", *arguments, *feeds, *sets)
    child = run_scrapy(
        *command,
        cwd=folder,
        env=env,
        prefix=prefix,
        timeout=timeout,
        meanwhile=meanwhile,
    )
    seen = json.loads(observed.read_text()) if observed.exists() else {}
    is_written = feed and output.exists()
    records = json.loads(output.read_text()) if is_written else []
    if not any("FEED_EXPORT_FIELDS" in text for text in (*options, *arguments)):
        validate("record", *records)
    notes = output.with_name(f"{output.name}.notes")
    if notes.exists():
        validate("note", *map(json.loads, notes.read_text().splitlines()))
    runs = output.with_name(f"{output.name}.run")
    if runs.exists():
        validate("run", json.loads(runs.read_text()))
    return Crawled(
        exit_code=child.returncode,
        stdout=child.stdout,
        stderr=child.stderr,
        records=records,
        received=seen.get("received", {}),
        dropped=seen.get("dropped", {}),
        stats=seen.get("stats", {}),
    )
