"""Say which runs of the crawler have written the feeds of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.console.text import printable
from fpcrawler.feeds.run_file import read_runs, run_path

if TYPE_CHECKING:
    from fpcrawler.feeds.run_file import HashedFile, Run

MOST_RUNS = 10
"""Lines in the head of a report: the last runs of all feeds."""
_MOST_CHARS = 1_000


def run_lines(feeds: Iterable[Path]) -> list[str]:
    """Return a line for each run, the last ones first, from the files beside feeds."""
    found = [(run, feed.name) for feed in feeds for run in read_runs(run_path(feed))]
    found.sort(key=lambda each: each[0]["started"], reverse=True)
    names = {name for _, name in found}
    lines = [
        _in_words(run, name if len(names) > 1 else "")
        for run, name in found[:MOST_RUNS]
    ]
    more = len(found) - len(lines)
    return [*lines, f"and {more:,} earlier"] if more else lines


def _in_words(run: Run, feed: str) -> str:
    start, end = _time(run["started"]), run["ended"]
    until = f" to {_time(end)} UTC" if end else " UTC, did not end"
    code = "" if run["exit_code"] is None else f", exit code {run['exit_code']}"
    parts = [
        f"Crawl {start}{until}{code}, fpcrawler {run['version']}",
        feed and f"feed {feed}",
        run["feed_sha256"] and f"SHA-256 of the feed {run['feed_sha256']}",
        _pairs("arguments", run["arguments"]),
        _pairs("settings", run["settings"]),
        *(f"list {_hashed(each)}" for each in run["url_lists"]),
        *(f"known list {_hashed(each)}" for each in run["known_lists"]),
    ]
    text = printable(" · ".join(filter(None, parts)))
    return text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}…"


def _hashed(file: HashedFile) -> str:
    return f"{file['name']}, SHA-256 {file['sha256'] or 'unknown'}"


def _pairs(what: str, values: Mapping[str, str]) -> str:
    pairs = " ".join(f"{name}={value}" for name, value in values.items())
    return f"{what} {pairs}" if pairs else ""


def _time(text: str) -> str:
    return text.replace("T", " ")
