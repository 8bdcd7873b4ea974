"""Cut a list into shards, so that only one process crawls a host at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urlsplit

from fpcrawler.core.web.addresses import plain_name, private_host
from fpcrawler.core.web.onion import MalformedOnion, onion_label


class Cut(NamedTuple):
    """The URLs of one shard; those of a site come one after the other.

    ``follows``: its only site is that of the previous shard, which must be done first.
    A site with such a chain of shards is in no other shard.
    """

    urls: list[str]
    follows: bool = False


def is_local(url: str) -> bool:
    """Return whether a URL names a file of this machine."""
    return url.startswith("file:")


def site_of(url: str) -> str:
    """Return the site of a URL, the unit of politeness, in one spelling.

    It is the host without port and ``www.``, as a crawl treats these as one site.
    An onion is one site with its subdomains, as they share a limit. The disk needs no
    turns, so each local file counts as a site.
    """
    if is_local(url):
        return url
    return _site_of_host(urlsplit(url).hostname or "")


def cut(listed: Iterable[tuple[str, str]], least: int) -> Iterator[Cut]:
    """Cut pairs of site and URL, grouped by site, into shards in order.

    Every shard but the last has at least ``least`` URLs and fewer than twice as
    many. Small sites share a shard, because starting a crawl takes time. A site of
    ``least`` URLs or more has its own shards, in a chain.
    """
    urls: list[str] = []
    for _, group in groupby(listed, key=itemgetter(0)):
        of_site, follows = list[str](), False
        for _, url in group:
            of_site.append(url)
            if len(of_site) == 2 * least:
                yield Cut(of_site[:least], follows)
                of_site, follows = of_site[least:], True
        if len(of_site) >= least:
            yield Cut(of_site, follows)
            continue
        if len(urls) + len(of_site) >= 2 * least:
            yield Cut(urls)
            urls = []
        urls += of_site
    if urls:
        yield Cut(urls)


def chains(follows: Iterable[bool]) -> list[range]:
    """Return the groups of consecutive shards, from whether each follows the last."""
    found: list[range] = []
    for number, is_next in enumerate(follows):
        first = found.pop().start if is_next and found else number
        found.append(range(first, number + 1))
    return found


def retry_delay(attempt: int, first: float) -> float:
    """Return the seconds to wait after failed attempt 1, 2, …: doubled each time."""
    return first * 2.0 ** min(attempt - 1, 6)


@lru_cache(maxsize=100_000)
def _site_of_host(host: str) -> str:
    with suppress(MalformedOnion):
        return onion_label(host)
    name = plain_name(host)
    with suppress(UnicodeError):  # a label is too long, so it never resolves
        name = name.encode("idna").decode()
    return private_host(name) or name.removeprefix("www.")
