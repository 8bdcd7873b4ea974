"""Check what asks for a second look before the crawl."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.console.program import program
from fpcrawler.console.streams import say
from fpcrawler.console.text import count_in_words
from fpcrawler.core.fingerprint.columns import PROVING
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FORMATS
from fpcrawler.feeds.storage import LiveFileStorage
from fpcrawler.input.arguments import LIST_ARGUMENTS, SCOPE_ARGUMENTS
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.verify.selection import selected

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def check_verify(settings: BaseSettings, arguments: Mapping[str, str]) -> None:
    """Raise BadInput for feeds that cannot be verified, or what contradicts verify.

    Writes to stderr which feeds have lines that are not records, what VERIFY_BLOCKS
    cannot prove, and why no image is looked at.
    """
    for name in (*LIST_ARGUMENTS, *SCOPE_ARGUMENTS):
        if name in arguments:
            raise BadInput(
                f"-a verify= reads images of feeds only, so -a {name}= has no meaning; "
                "leave one of them out."
            )
    if not settings.getbool("PICTURE_FINGERPRINT"):
        raise BadInput(
            "PICTURE_FINGERPRINT is False, but -a verify= compares pictures; set it to "
            "True."
        )
    blocks = settings.getint("VERIFY_BLOCKS")
    found, who = selected(arguments["verify"], blocks), f"{program()} crawl"
    for path, count in found.skipped.items():
        say(f"{who}: {path}: {count_in_words(count, 'invalid line')} skipped\n")
    if lack := found.lack():
        say(f"{who}: nothing to verify: {lack}\n")
    elif blocks < PROVING:
        say(
            f"{who}: VERIFY_BLOCKS is {blocks}, so only images of which head "
            f"and end are all picture data are proven; use {PROVING} or more\n"
        )


def check_verify_in_crawl(settings: BaseSettings) -> None:
    """Raise BadInput if VERIFY_IN_CRAWL cannot read what the crawl writes."""
    if not settings.getbool("VERIFY_IN_CRAWL"):
        return
    if not settings.getbool("PICTURE_FINGERPRINT"):
        raise BadInput(
            "PICTURE_FINGERPRINT is False, but VERIFY_IN_CRAWL compares pictures; set "
            "it to True."
        )
    feeds = settings.getdict("FEEDS")
    default = settings.getint("FEED_EXPORT_BATCH_ITEM_COUNT")
    fields = settings.getlist("FEED_EXPORT_FIELDS")
    for uri, options in feeds.items():
        path = str(uri)
        is_local = urlsplit(path).scheme in ("", "file")
        is_named = Path(path).suffix.lower() in FORMATS
        is_one = not options.get("batch_item_count", default)
        has_all = {*RECORD_FIELDS} <= {*(options.get("fields") or fields)}
        if is_local and is_named and is_one and has_all:
            storage = LiveFileStorage(path, feed_options=dict(options))
            if storage.has_notes:
                return
    raise BadInput(
        f"VERIFY_IN_CRAWL reads a feed of the crawl, but of {[*map(str, feeds)]} none "
        "is a local .json, .jsonl or .csv file with all fields and in one part; name "
        "one with -o, or verify later with -a verify=FEED."
    )
