"""Read what is done from the feeds of earlier crawls and from their notes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fpcrawler.core.progress.done import Done, DoneBuilder, is_told_by
from fpcrawler.errors import BadInput
from fpcrawler.feeds.checks import feed_options
from fpcrawler.feeds.files import exists, feed_words, joined_feeds, resumed_feeds
from fpcrawler.feeds.storage import NOTES_SUFFIX, feed_path

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from fpcrawler.feeds.files import FeedFile

_MEMORY = "512MB"
"""Memory limit of DuckDB; the result itself takes 8 bytes per image."""
_THREADS = 4
"""Each thread has buffers of 32 MB, so 16 would exceed the memory limit."""
_PAGES = 10_000
"""Pages in the cache of routes."""
_MAX_LINE_BYTES = 262_144
"""Of a line of the notes; a URL has up to 8,192 characters of up to 6 bytes."""


@lru_cache(maxsize=1)
def done_before(resume: str) -> Done:
    """Return what the named feeds have done, nothing for ""; raises BadInput.

    The result is cached: the check before the crawl and the crawl read it once.
    """
    if not resume:
        return Done()
    feeds = resumed_feeds(resume)
    builder = DoneBuilder()
    try:
        exceptions = _add_notes(builder, feeds)
        _add_records(builder, feeds, exceptions)
    except (OSError, MemoryError) as error:
        raise BadInput(
            f"resume={resume} cannot be read ({error}); free space in TMPDIR."
        ) from error
    return builder.built()


def _add_records(
    builder: DoneBuilder, feeds: Sequence[FeedFile], exceptions: set[int]
) -> None:
    """Add each record. ``exceptions``: records whose page shows the wrong route."""
    # Most crawls do not resume, so they do not need DuckDB.
    from fpcrawler.tables.database import database, fetched  # noqa: PLC0415
    from fpcrawler.tables.feeds import load_every  # noqa: PLC0415

    is_tor = lru_cache(_PAGES)(is_told_by)
    with database(_MEMORY) as connection:
        connection.execute(f"SET threads = {min(_THREADS, os.cpu_count() or 1)}")
        load_every(
            connection, feeds, table="done", fields=["page_url"], columns="page_url"
        )
        rows = fetched(connection.execute("SELECT url, page_url FROM done"))
        for url, page_url in rows:
            by_tor = is_tor(page_url)
            if exceptions and hash((url, page_url)) in exceptions:
                by_tor = not by_tor
            builder.add_image(url, by_tor=by_tor)


def _add_notes(builder: DoneBuilder, feeds: Sequence[FeedFile]) -> set[int]:
    """Add the notes; return the records whose page shows the wrong route."""
    exceptions = set()
    for feed in feeds:
        for note in _notes_beside(feed.path):
            match note:
                case {"dropped": str(url), "reason": "NotAnImage", "tor": bool(tor)}:
                    builder.add_no_image(url, by_tor=tor)
                case {"dropped": str(url), "tor": bool(tor)}:
                    builder.add_image(url, by_tor=tor)
                case {"page": str(url), "depth": int(depth), "tor": bool(tor)}:
                    builder.add_page(url, depth=depth, by_tor=tor)
                case {"record": str(url), "tor": bool(tor), "redirects": list(others)}:
                    page_url = note.get("page_url")
                    if tor != is_told_by(page_url):
                        exceptions.add(hash((url, page_url)))
                    for other in filter(lambda other: other != url, others):
                        builder.add_image(str(other), by_tor=tor)
    return exceptions


def _notes_beside(feed: Path) -> Iterator[dict[str, Any]]:
    """Yield the notes of a feed; skip a line that a kill has cut off."""
    # If a feed is gzipped afterwards, its notes keep their name.
    for name in dict.fromkeys((feed.name, feed.name.removesuffix(".gz"))):
        path = feed.with_name(name + NOTES_SUFFIX)
        if not path.is_file():
            continue
        with path.open("rb") as lines:
            while line := lines.readline(_MAX_LINE_BYTES):
                try:
                    note = json.loads(line)
                except ValueError:
                    continue
                if isinstance(note, dict):
                    yield note


def check_resume(settings: BaseSettings, arguments: Mapping[str, str]) -> str:
    """Return the feeds to resume, "" for none; raises BadInput.

    A feed that this crawl appends to may be missing, so that one command both
    starts and continues a crawl.
    """
    resume = arguments.get("resume", "")
    own = {
        _path(uri): options for uri, options in feed_options(settings) if _is_local(uri)
    }
    if not exists(resume):
        words = [resume] if _is_new(resume, own) else feed_words(resume)
        started = [word for word in words if not _is_new(word, own)]
        resume = joined_feeds(started) if len(started) < len(words) else resume
    for feed in resumed_feeds(resume) if resume else ():
        if own.get(feed.path.resolve(), {}).get("overwrite"):
            raise BadInput(
                f"resume={feed.path} would be replaced by this crawl; "
                "append to it with -o, or write another feed with -O."
            )
    return resume


def _is_new(word: str, own: Mapping[Path, Any]) -> bool:
    return not exists(word) and Path(word).resolve() in own


def _is_local(uri: str) -> bool:
    return urlsplit(uri).scheme in ("", "file")


def _path(uri: str) -> Path:
    return feed_path(uri).resolve()
