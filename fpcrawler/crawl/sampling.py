"""Stop a response when the sample is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.exceptions import StopDownload

from fpcrawler.core.http.decoding import Decoder, DecodingError, decoder_of
from fpcrawler.core.http.multipart import MAX_OVERHEAD, boundary_of
from fpcrawler.core.http.sampling import (
    ImageSampling,
    PageSampling,
    PartSampling,
    RangeSampling,
    RobotsSampling,
    wanted_bytes,
)
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.requests import count_downloaded
from fpcrawler.crawl.responses import HeaderLines, answer_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Headers

    from fpcrawler.core.file.extents import Extent
    from fpcrawler.core.http.ranges import Answer

_MEDIA = ("image/", "audio/", "video/", "font/")


class Sampling:
    """Ends a download at the last byte wanted, or at once if it is not wanted."""

    def __init__(
        self, crawler: Crawler, *, min_image_size: int, wanted: ReadOptions
    ) -> None:
        self.stats = crawler.stats
        self.min_image_size = min_image_size
        self.wanted = wanted
        self._readings: WeakKeyDictionary[
            Request,
            ImageSampling
            | PageSampling
            | PartSampling
            | RangeSampling
            | RobotsSampling,
        ] = WeakKeyDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Sampling:
        sampling = cls(
            crawler,
            min_image_size=crawler.settings.getint("MIN_IMAGE_SIZE"),
            wanted=ReadOptions.from_settings(crawler.settings),
        )
        crawler.signals.connect(sampling.headers_received, signals.headers_received)
        crawler.signals.connect(sampling.bytes_received, signals.bytes_received)
        return sampling

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Plan how far to read; stop if an image arrives where a page was expected."""
        errand, lines = errand_of(request), HeaderLines(headers)
        content_type = (lines.get("content-type") or "").lower()
        match errand.kind:
            case "image":
                answer = answer_of(lines)
                if answer.contradicts_itself and not errand.is_whole:
                    raise StopDownload(fail=False)  # the image is requested once more
                self._readings[request] = self._image_sampling(lines, answer)
            case "range" if errand.extents:
                self._readings[request] = _range_sampling(errand.extents, lines)
            case "robots":
                self._readings[request] = RobotsSampling()
            case "page" if errand.is_html:
                pass  # its first bytes are known to be HTML: read all of it
            case "page" if content_type.startswith("image/"):
                raise StopDownload(fail=False)
            case "part" if content_type.startswith(_MEDIA):
                raise StopDownload  # a page is rendered without media
            case "part":
                self._readings[request] = PartSampling(decoder=_decoder(lines))
            case "page":
                self._readings[request] = PageSampling(
                    is_typed_as_html="html" in content_type,
                    decoder=_decoder(lines),
                )

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count the bytes; stop the download when there are enough."""
        reading = self._readings.get(request)
        if reading is None:
            return
        count_downloaded(request, self.stats, len(data))
        if reading.enough(data):
            raise StopDownload(fail=isinstance(reading, PartSampling))

    def _image_sampling(self, lines: HeaderLines, answer: Answer) -> ImageSampling:
        length = None if answer.encoded else answer.content_length
        part = answer.content_range
        is_part = part is not None and not part.is_whole
        wanted = wanted_bytes(
            is_range=is_part and not answer.contradicts_itself,
            length=length,
            min_size=self.min_image_size,
        )
        return ImageSampling(
            wanted=wanted,
            length=length,
            decoder=_decoder(lines),
            limit=0 if is_part else self.wanted.stream_limit,
            metadata=self.wanted.kinds,
            has_picture=self.wanted.has_picture,
        )


def _range_sampling(extents: tuple[Extent, ...], lines: HeaderLines) -> RangeSampling:
    answer = answer_of(lines)
    part = answer.content_range
    length = sum(extent.length for extent in extents)
    if len(extents) > 1 and boundary_of(lines.get("content-type") or ""):
        return RangeSampling(length=length + (len(extents) + 1) * MAX_OVERHEAD)
    is_other = part is None or part.first != extents[0].first
    if is_other or answer.contradicts_itself:
        raise StopDownload(fail=False)  # not the requested range
    return RangeSampling(length=length)


def _decoder(headers: HeaderLines) -> Decoder | None:
    try:
        return decoder_of(headers.coding)
    except DecodingError:
        return None  # the code that decodes the response reports it
