"""Check settings that every shard would refuse, or that the fleet sets itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.errors import BadInput
from fpcrawler.feeds.checks import check_feeds
from fpcrawler.input.known_names import named_list
from fpcrawler.middlewares.rendering import check_rendering
from fpcrawler.tor.proxies import check_tor

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_SHARD_PREFIXES = (
    *("FEEDS", "FEED_URI", "FEED_FORMAT", "FEED_EXPORTERS", "FEED_STORAGES"),
    *("FEED_EXPORT_BATCH_ITEM_COUNT", "FEED_TEMPDIR", "PAGES_FEED", "URLS_FILE"),
    *("STATS_", "EXTENSIONS", "ITEM_PIPELINES", "ITEM_PROCESSOR", "ADDONS"),
    *("SPIDER_MODULES", "SPIDER_LOADER", "LOG_FILE", "JOBDIR"),
    *("MEMUSAGE_", "CLOSESPIDER_"),
)
"""Prefixes of settings that the fleet sets for each shard or relies on."""


def check_for_shards(
    settings: BaseSettings, sets: Iterable[str], *, is_here: bool
) -> None:
    """Raise BadInput for settings with which every shard would fail or end early.

    ``is_here``: the crawls run on this machine, so check its programs as well.
    """
    for name in sets:
        if name.startswith(_SHARD_PREFIXES):
            raise BadInput(f"-s {name} cannot be changed for a fleet; leave it out.")
    _check_fields(settings)
    check_bodies(settings)
    check_tor(settings)
    of_shard = settings.copy()
    of_shard.set("FEEDS", {}, "cmdline")  # each shard has its own
    of_shard.set("PAGES_FEED", "", "cmdline")
    check_feeds(of_shard)
    if is_here:
        check_rendering(settings)
    _check_lists(settings)


def _check_lists(settings: BaseSettings) -> None:
    # Scrapy imports every command; crawls without a list need no DuckDB.
    from fpcrawler.known.files import STDIN, find_lists  # noqa: PLC0415

    texts = (str(name).strip() for name in settings.getlist("KNOWN_LISTS"))
    names = [name for name in texts if name]
    if any(named_list(name)[0] == STDIN for name in names):
        raise BadInput(
            "KNOWN_LISTS names -, which is stdin, and the crawls of a fleet have no "
            "stdin; name files."
        )
    find_lists(names)


def _check_fields(settings: BaseSettings) -> None:
    fields = settings.getdictorlist("FEED_EXPORT_FIELDS")
    if not fields or "url" in fields:
        return
    raise BadInput(
        f"FEED_EXPORT_FIELDS is {settings['FEED_EXPORT_FIELDS']!r}; "
        f"add url, which a fleet needs."
    )
