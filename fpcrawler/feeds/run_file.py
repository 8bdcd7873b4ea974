"""The file beside a feed that says which runs of the crawler have written it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

from fpcrawler.feeds.whole_file import whole_file
from fpcrawler.items import Timestamp  # noqa: TC001 - tests/schemas.py reads it

RUN_SUFFIX = ".run"
"""Ends the name of the file, after that of the feed."""

_MAX_BYTES = 16_777_216
"""Of a file that is read; a run takes one or two KB."""


class HashedFile(TypedDict):
    """A file that a run has read; no hash of a stream, or of one from the web."""

    name: str
    sha256: str | None


class Run(TypedDict):
    """One run of the crawler. ``ended`` is null until it has ended.

    Secrets in arguments and settings are masked. ``settings``: those that differ from
    the defaults. ``feed_sha256``: of the whole feed at the end of the run.
    """

    version: str
    arguments: dict[str, str]
    settings: dict[str, str]
    url_lists: list[HashedFile]
    known_lists: list[HashedFile]
    started: Timestamp
    ended: Timestamp | None
    exit_code: int | None
    feed_sha256: str | None


class RunFile(TypedDict):
    """The file: all runs that have written the feed, the first one first."""

    runs: list[Run]


def run_path(feed: Path) -> Path:
    """Return the file beside a feed."""
    return feed.with_name(feed.name + RUN_SUFFIX)


def write_runs(path: Path, runs: list[Run]) -> None:
    """Write the file as a whole; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"runs": runs}, indent=1, ensure_ascii=False)
    with whole_file(path) as partial:
        partial.write_text(f"{text}\n", encoding="utf-8", errors="replace")


def read_runs(path: Path) -> list[Run]:
    """Return the runs of a file, nothing if there is none or it is another file.

    Somebody else may have written it: what is not as ``Run`` says is left out.
    """
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return []
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    runs = value.get("runs") if isinstance(value, dict) else None
    return [run for run in runs if _is_run(run)] if isinstance(runs, list) else []


def _is_run(value: object) -> bool:
    match value:
        case {
            "version": str(),
            "arguments": dict(arguments),
            "settings": dict(settings),
            "url_lists": list(lists),
            "known_lists": list(known),
            "started": str(),
            "ended": str() | None,
            "exit_code": int() | None,
            "feed_sha256": str() | None,
        }:
            texts = [*arguments.values(), *settings.values()]
            return all(isinstance(text, str) for text in texts) and all(
                map(_is_hashed, [*lists, *known])
            )
    return False


def _is_hashed(value: object) -> bool:
    match value:
        case {"name": str(), "sha256": str() | None}:
            return True
    return False
