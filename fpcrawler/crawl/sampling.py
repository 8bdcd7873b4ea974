"""Stop a response when the sample is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.exceptions import StopDownload

from fpcrawler.core.http.decoding import Decoder, DecodingError, decoder_of
from fpcrawler.core.http.sampling import (
    ImageSampling,
    PageSampling,
    PartSampling,
    RangeSampling,
    wanted_bytes,
)
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.crawl.requests import count_downloaded, kind_of
from fpcrawler.crawl.responses import answer_of, header

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Headers

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
            Request, ImageSampling | PageSampling | PartSampling | RangeSampling
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
        content_type = (header(headers, "Content-Type") or "").lower()
        match kind_of(request):
            case "image":
                answer = answer_of(headers)
                if answer.contradicts_itself and "is_whole" not in request.meta:
                    raise StopDownload(fail=False)  # the image is requested once more
                self._readings[request] = self._image_sampling(headers, answer)
            case "range":
                first, length = request.meta["extent"]
                answer = answer_of(headers)
                part = answer.content_range
                if part is None or part.first != first or answer.contradicts_itself:
                    raise StopDownload(fail=False)  # not the requested range
                self._readings[request] = RangeSampling(length=length)
            case "page" if "is_html" in request.meta:
                pass  # its first bytes are known to be HTML: read all of it
            case "page" if content_type.startswith("image/"):
                raise StopDownload(fail=False)
            case "part" if content_type.startswith(_MEDIA):
                raise StopDownload  # a page is rendered without media
            case "part":
                self._readings[request] = PartSampling(decoder=_decoder(headers))
            case "page":
                self._readings[request] = PageSampling(
                    is_typed_as_html="html" in content_type,
                    decoder=_decoder(headers),
                )

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count the bytes; stop the download when there are enough."""
        reading = self._readings.get(request)
        if reading is None:
            return
        count_downloaded(request, self.stats, len(data))
        if reading.enough(data):
            raise StopDownload(fail=isinstance(reading, PartSampling))

    def _image_sampling(self, headers: Headers, answer: Answer) -> ImageSampling:
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
            decoder=_decoder(headers),
            limit=0 if is_part else self.wanted.stream_limit,
            metadata=self.wanted.kinds,
            has_picture=self.wanted.has_picture,
        )


def _decoder(headers: Headers) -> Decoder | None:
    try:
        return decoder_of(header(headers, "Content-Encoding") or "")
    except DecodingError:
        return None  # the code that decodes the response reports it
