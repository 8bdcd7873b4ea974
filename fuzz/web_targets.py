"""Read inputs as what the web sends beside images: documents, lists, responses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from parsel import Selector
from scrapy.http import Headers

from fpcrawler.core.http.decoding import DecodingError, decode_step, decoder_of
from fpcrawler.core.http.ranges import parse_byte_range, validator_of
from fpcrawler.core.http.sampling import (
    ImageSampling,
    PageSampling,
    PartSampling,
    RangeSampling,
    RobotsSampling,
    wanted_bytes,
)
from fpcrawler.core.http.server_digests import server_digests
from fpcrawler.core.links.page import css_links, page_links
from fpcrawler.core.links.references import Base, suffix
from fpcrawler.core.links.sitemaps import (
    is_listing,
    listing_of,
    may_become_listing,
)
from fpcrawler.core.links.srcset import candidates, largest
from fpcrawler.core.metadata.reader import ALL_KINDS
from fpcrawler.core.web.addresses import one_spelling, private_host
from fpcrawler.core.web.hosts import asked_url
from fpcrawler.core.web.list_formats import words_of
from fpcrawler.core.web.onion import MalformedOnion, is_onion
from fpcrawler.core.web.origins import bare_origin, is_same_origin
from fpcrawler.core.web.passwords import basic_of, shown
from fpcrawler.core.web.url_list import BadLine, web_url
from fpcrawler.crawl.responses import HeaderLines, answer_of, etag_of

_URL = "https://a.example/d/page.html?q=1"
_CHARSETS = (None, "utf-8", "windows-1251", "gbk", "iso-2022-jp", "utf-16-le")
_SIZES = (1, 3, 700, 10_241)
"""Bytes of a chunk: TCP splits a body anywhere."""


def read_links(data: bytes) -> None:
    """Read a page; the first byte chooses the character set of its queries."""
    page = Selector(data[1:].decode("utf-8", "replace"))
    page_links(page, _URL, charset=_CHARSETS[sum(data[:1]) % len(_CHARSETS)])


def read_css(data: bytes) -> None:
    """Read a style sheet."""
    css_links(data.decode("utf-8-sig", "replace"), _URL)


def read_srcset(data: bytes) -> None:
    """Read a srcset; raises RuntimeError if its largest is not a candidate."""
    text = data.decode("utf-8", "replace")
    best = largest(text)
    if best is not None and best not in {each.url for each in candidates(text)}:
        raise RuntimeError(f"{best!r} is not a candidate")


def read_sitemap(data: bytes) -> None:
    """Recognize and read a sitemap, a feed of the web or a text of URLs."""
    is_listing(data)
    may_become_listing(data)
    listing_of(data, _URL)


def read_url(data: bytes) -> None:
    """Read a line of a list, and a reference in each character set.

    Raises RuntimeError if a URL that is asked for is written in another way when it
    is read again.
    """
    text = data.decode("utf-8", "surrogateescape")
    with suppress(BadLine):
        web_url(text)
    basic_of(text)
    shown(text)
    suffix(text)
    is_same_origin(text, _URL)
    with suppress(MalformedOnion):
        is_onion(text)
    private_host(text)
    one_spelling(text)
    reference = data.decode("utf-8", "replace")
    for charset in _CHARSETS:
        _, url = Base(_URL, charset).absolute(reference)
        if not url:
            continue
        if asked_url(url) != url:
            raise RuntimeError(f"{url!r} becomes {asked_url(url)!r}")
        bare_origin(url)


def read_list(data: bytes) -> None:
    """Read a list of URLs as a crawl does, line by line."""
    lines = data.decode("utf-8-sig", "surrogateescape").splitlines(keepends=True)
    for _, word in words_of(iter(lines)):
        if isinstance(word, str):
            with suppress(BadLine):
                web_url(word)


def read_digests(data: bytes) -> None:
    """Read headers: a line each, after one with the status, the host and the path."""
    first, *lines = data.split(b"\n")
    status, _, rest = first.decode("latin-1").partition(" ")
    host, _, path = rest.partition(" ")
    headers = Headers()
    for line in lines:
        name, _, value = line.partition(b":")
        headers.appendlist(name.strip() or b"etag", value.strip())
    answer = answer_of(HeaderLines(headers), sum(map(ord, status)) % 600)
    etag_of(HeaderLines(headers))
    stated = {
        name.decode("latin-1").lower(): [value.decode("latin-1") for value in values]
        for name, values in dict.items(headers)
    }
    server_digests(stated, answer, host.lower(), path)
    parse_byte_range(path)
    validator_of(rest or None, path, host)


def read_encoded(data: bytes) -> None:
    """Decode a body in chunks; its first line is the Content-Encoding.

    Raises RuntimeError if more bytes come than were asked for.
    """
    coding, _, body = data.partition(b"\n")
    with suppress(DecodingError):
        decoder = decoder_of(coding.decode("latin-1"))
        if decoder is None:
            return
        room = 100_000
        for chunk in _chunks(body):
            found = decode_step(decoder, chunk, room)
            if len(found) > room:
                raise RuntimeError(f"{len(found)} bytes, {room} were asked for")
            room -= len(found)


def read_sampling(data: bytes) -> None:
    """Take a body as each kind of response, chunk by chunk, until it is enough.

    The first line is the Content-Encoding, the second the Content-Length.
    """
    coding, _, rest = data.partition(b"\n")
    stated, _, body = rest.partition(b"\n")
    length = int(stated) if stated.isdigit() and len(stated) < 20 else None  # noqa: PLR2004
    name = coding.decode("latin-1")
    for enough in _samplings(name, length, is_range=len(body) % 2 == 0):
        for chunk in _chunks(body):
            if enough(chunk):
                break


def _samplings(
    coding: str, length: int | None, *, is_range: bool
) -> Iterator[Callable[[bytes], bool]]:
    wanted = wanted_bytes(is_range=is_range, length=length, min_size=20_480)
    with suppress(DecodingError):
        yield ImageSampling(
            wanted=min(wanted, 2_000),
            length=length,
            decoder=decoder_of(coding),
            limit=12_000,
            metadata=ALL_KINDS,
            has_picture=True,
        ).enough
        for is_typed in (True, False):
            yield PageSampling(
                decoder=decoder_of(coding), is_typed_as_html=is_typed
            ).enough
        yield PartSampling(decoder=decoder_of(coding)).enough
    yield RangeSampling(length=length or 0).enough
    yield RobotsSampling().enough


def _chunks(body: bytes) -> Iterator[bytes]:
    at = 0
    for number in range(len(body)):
        size = _SIZES[number % len(_SIZES)]
        yield body[at : at + size]
        at += size
        if at >= len(body):
            return
