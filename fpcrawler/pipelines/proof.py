"""Look again at an image that may be a copy: at its end and at a few blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem, NotConfigured

from fpcrawler.core.fingerprint.head import head_sha256
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.fetching import (
    FileChanged,
    NoRange,
    NotFetched,
    is_closing,
    leave_to_resume,
)
from fpcrawler.crawl.multirange import MultiRangeFetcher
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.verify.plan import located, planned, seen
from fpcrawler.verify.records import later_than

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.core.anatomy import Anatomy, Picture
    from fpcrawler.items import ImageRecord, Sample
    from fpcrawler.verify.plan import Look

_OF_THIS_LOOK = {"picture_sha256", "has_ranges", "format"}
"""Fields that are read again as a whole, beside those of the proof."""


class ImageChanged(DropItem):
    """The image is not the one of its record: it proves nothing."""


class NothingSeen(DropItem):
    """Neither end nor block of the image came: its record stays as it is."""


class ProofPipeline:
    """Fetches ends and blocks of an image with a goal; its record becomes the old one.

    The old record has what this look does not read again, such as metadata and page.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.stats = crawler.stats
        self.fetcher = MultiRangeFetcher(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProofPipeline:
        verify: str = getattr(crawler.spider, "verify", "")
        if not verify and not crawler.settings.getbool("VERIFY_IN_CRAWL"):
            raise NotConfigured  # without a text: most crawls do not verify
        return cls(crawler)

    async def process_item(self, item: Sample) -> Sample:
        errand = errand_of(item.source.request)
        goal, spending = errand.goal, errand.spending
        if goal is None:
            return item
        if changed := _changed(item, goal.record):
            raise ImageChanged(f"{item.url} has changed ({changed}); crawl it again")
        _, picture = _located(item)
        look = planned(item.file, picture, goal, item.format)
        held = item.file.held
        failure = await self._fetched(item, look)
        if failure is not None and item.file.held == held:
            raise NothingSeen(f"no end or block of {item.url} came ({failure.name})")
        self.stats.inc_value("proof/requests", spending.requests["proof"])
        self.stats.inc_value("proof/bytes", spending.received["proof"])
        if failure is not None:
            self.stats.inc_value("proof/incomplete")
        anatomy, picture = _located(item)  # the end may show where the data end
        found = seen(item.file, anatomy, picture, look)
        return item.but(**_kept(item, goal.record) | found.fields)

    async def _fetched(self, item: Sample, look: Look) -> NotFetched | None:
        """Fetch the missing bytes into the file; return why some did not come."""
        if not look.needs:
            return None
        try:
            if not item.has_ranges:
                raise NoRange
            await self.fetcher.fetch(item, "proof", look.needs)
        except FileChanged as error:
            raise ImageChanged(f"{item.url} has changed; crawl it again") from error
        except NotFetched as reason:
            if is_closing(self.crawler):
                leave_to_resume(self.crawler, item)
            self.stats.inc_value(f"proof/failed/{reason.name}")
            return reason
        return None


def _located(item: Sample) -> tuple[Anatomy, Picture]:
    anatomy = located(item.file, item.format)
    if anatomy.picture is None:
        raise NothingSeen(f"the picture data of {item.url} were not found")
    return anatomy, anatomy.picture


def _changed(item: Sample, old: ImageRecord) -> str | None:
    """Return the field in which an image differs from its record; None: in none."""
    new = {
        "image_size": item.image_size,
        "etag": item.etag,
        "last_modified": item.last_modified,
        "sha256_first_10240_bytes": head_sha256(item.head),
        "picture_sha256": item.picture_sha256,
    }
    for name, value in new.items():
        before = getattr(old, name) or None  # an empty hash is of an older feed
        if None not in (value, before) and value != before:
            return name
    if old.etag and item.etag is None:
        # RFC 9110 section 15.3.7: a 206 has the ETag that a 200 would have.
        return "it had an ETag"
    return None


def _kept(item: Sample, old: ImageRecord) -> dict[str, Any]:
    """Return the old record, without the fields that a look sets."""
    kept = {
        name: getattr(old, name) for name in RECORD_FIELDS if name not in _OF_THIS_LOOK
    }
    spending = errand_of(item.source.request).spending
    requests = {
        purpose: old.requests.get(purpose, 0) + spending.requests[purpose]
        for purpose in ("sample", "metadata", "picture", "proof")
    }
    return {
        **kept,
        "timestamp": later_than(old.timestamp, item.timestamp),
        "requests": requests,
        "bytes_downloaded": old.bytes_downloaded + spending.received.total(),
        "tor": item.tor,
    }
