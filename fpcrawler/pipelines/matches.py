"""Match images against known lists."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from fpcrawler.console.known_words import in_words, sets_of
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind, whole_digests

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.core.fingerprint.known import Match
    from fpcrawler.items import Sample
    from fpcrawler.known.loading import KnownLists

logger = logging.getLogger(__name__)


class MatchesPipeline:
    """Looks up an image in KNOWN_LISTS by each of its known digests."""

    def __init__(self, crawler: Crawler, known: KnownLists) -> None:
        self.crawler = crawler
        self.known = known
        self.stats = crawler.stats
        self.stats.set_value("matches/digests", known.digests)
        self.stats.set_value("matches/passed_over", known.skipped)
        for each in known.lists:
            name, kinds = each.entries.name, each.entries.kinds
            self.stats.set_value(f"matches/kinds/{name}", ", ".join(kinds))
            self.stats.set_value(f"matches/comparable/{name}", 0)
            if each.entries.note:
                logger.info(
                    "known list %s: %s",
                    name,
                    each.entries.note,
                    extra={"spider": crawler.spider},
                )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MatchesPipeline:
        if not crawler.settings.getlist("KNOWN_LISTS"):
            raise NotConfigured  # without a text: most crawls do not need it
        from fpcrawler.known.loading import known_lists  # noqa: PLC0415 - nor NumPy

        return cls(crawler, known_lists(crawler.settings))

    def process_item(self, item: Sample) -> Sample:
        digests = digests_of(item)
        self._count_comparable(digests)
        matches = self.known.matches(digests, item.head, item.image_size)
        if not matches:
            return item
        self.stats.inc_value("matches/found")
        for name in dict.fromkeys(match["list"] for match in matches):
            self.stats.inc_value(f"matches/list/{name}")
        for known_set in sets_of(matches):
            self.stats.inc_value(f"matches/set/{known_set}")
        logger.info(
            "%s is known: %s",
            item.url,
            ", ".join(map(_in_words, matches)),
            extra={"spider": self.crawler.spider},
        )
        return item.but(matches=matches)

    def _count_comparable(self, digests: dict[DigestKind, str]) -> None:
        """Count the image for each list that has a kind of its digests."""
        self.stats.inc_value("matches/images")
        # 128 bytes of a list are looked for in the sample, which each image has.
        kinds = {*digests, DigestKind.SAMPLE}
        for each in self.known.lists:
            if not kinds.isdisjoint(each.entries.kinds):
                self.stats.inc_value(f"matches/comparable/{each.entries.name}")


def _in_words(match: Match) -> str:
    row = "" if match["row"] is None else f" row {match['row']}"
    said = in_words(match)
    return f"{match['list']}{row} ({match['kind']}{f'; {said}' if said else ''})"


def digests_of(item: Sample) -> dict[DigestKind, str]:
    """Return the digests of an image by kind, in hex."""
    digests: dict[DigestKind, str] = {}
    for found in (item.server_digests, item.file_digests):
        # A digest from the server may be wrong, so those computed here win.
        digests |= {kind: value for kind in WHOLE if (value := found.get(kind))}
    if len(item.head) == item.image_size:
        digests |= whole_digests(item.head)
    digests[DigestKind.HEAD] = item.sha256_first_10240_bytes
    if item.picture_sha256 is not None:
        digests[DigestKind.PICTURE] = item.picture_sha256
    return digests
