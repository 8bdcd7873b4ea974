"""How to go on with a crawl that was stopped, by the feeds that it has written."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from scrapy.extensions.feedexport import FeedExporter

from fpcrawler.console.going_on import SAVED_LIST, resuming_command, same_command
from fpcrawler.errors import BadInput
from fpcrawler.feeds.exporter import TruthfulFeedExporter
from fpcrawler.feeds.files import expanded, feed_words, joined_feeds
from fpcrawler.feeds.names import PLACEHOLDER
from fpcrawler.feeds.storage import LiveFileStorage, feed_path
from fpcrawler.input.lists import STDIN, local_path
from fpcrawler.input.sources import is_stream

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.extensions.feedexport import FeedSlot


def how_to_go_on(crawler: Crawler, command: Sequence[str]) -> str:
    """Return the command that goes on with a crawl, or why there is none.

    ``command``: the words of the one that has ended, whose feeds are closed.
    """
    arguments = getattr(crawler.spider, "arguments", {})
    is_list_gone = _is_gone(arguments.get("urls_file", ""))
    if crawler.settings["JOBDIR"]:
        text = same_command(command, is_list_gone=is_list_gone)
    elif slots := _resumable(crawler.get_extension(FeedExporter)):
        earlier = feed_words(arguments.get("resume", ""))
        feed, words = _named(slots, earlier)
        resumed = joined_feeds([*dict.fromkeys([*earlier, *words])])
        text = resuming_command(command, feed, resumed, is_list_gone=is_list_gone)
    else:
        return "only with a JOBDIR, or a local .json, .jsonl or .csv feed"
    if not is_list_gone:
        return text
    return f"save the list as {SAVED_LIST}, it cannot be read again, and run: {text}"


def _is_gone(urls_file: str) -> bool:
    """Return whether a list cannot be read again by the same name."""
    return bool(urls_file) and (local_path(urls_file) == STDIN or is_stream(urls_file))


def _resumable(exporter: FeedExporter | None) -> list[FeedSlot]:
    """Return the first feed that can be resumed, with its batches; best with notes."""
    if not isinstance(exporter, TruthfulFeedExporter):
        return []
    found = [
        (not slot.storage.has_notes, slot)
        for slot in exporter.ended_slots
        if isinstance(slot.storage, LiveFileStorage) and slot.storage.can_be_resumed
    ]
    if not found:
        return []
    _, best = min(found, key=lambda pair: pair[0])
    return [slot for _, slot in found if slot.uri_template == best.uri_template]


def _named(slots: Sequence[FeedSlot], earlier: Sequence[str]) -> tuple[str, list[str]]:
    """Return what ``-o`` and ``-a resume=`` name; no file that was never begun.

    A glob names batches if it names no other file than they and ``earlier`` do: what
    another crawl has done must not be skipped.
    """
    paths = [feed_path(slot.uri) for slot in slots]
    files = [path for path in paths if path.is_file() and path.stat().st_size]
    if not slots[0].feed_options["batch_item_count"]:
        return str(paths[0]), [str(path) for path in files]
    template = str(feed_path(slots[0].uri_template))
    literals = (part.replace("%%", "%") for part in PLACEHOLDER.split(template))
    pattern = "*".join(map(glob.escape, literals))
    known = {path.resolve() for path in files}
    with suppress(BadInput):  # a feed that was removed meanwhile
        known |= {path.resolve() for path in expanded(earlier)}
    with suppress(BadInput):
        if {path.resolve() for path in expanded([pattern])} <= known:
            return template, [pattern]
    return template, [str(path) for path in files]
