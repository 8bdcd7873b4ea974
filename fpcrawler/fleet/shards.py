"""How a list is cut, so that a host is crawled in one place at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlsplit

from fpcrawler.core.web.addresses import plain_name, private_host
from fpcrawler.core.web.onion import MalformedOnion, onion_label

BUCKETS = 256
"""Files that a list is spread over at once; one more level for each byte of a hash."""
SITE_LEVELS = 8
"""So many bytes of the hash of a site tell its bucket, then those of the URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The URLs of one shard; those of one site come one after the other.

    ``follows``: the number of the shard before of the same site, which has to be
    done first. A site that is in such a chain is in no other shard.
    """

    urls: list[str]
    sites: int
    follows: int | None = None


def site_of(url: str) -> str:
    """Return what the politeness of a crawl is about, one spelling of it.

    That is a host whatever its port, with and without ``www.``, for a crawl takes
    them for one site; an onion with its subdomains, for they share a limit.
    """
    return _site_of_host(urlsplit(url).hostname or "")


def bucket_of(site: str, url: str, level: int) -> int:
    """Return the bucket (0-255) of a URL where those of one bucket are split again."""
    key = site if level < SITE_LEVELS else url
    return blake2b(key.encode(), digest_size=64).digest()[level % 64]


def cut(listed: Iterable[tuple[str, str]], least: int) -> Iterator[Cut]:
    """Cut pairs of site and URL, those of a site together, into shards in order.

    Every shard but the last has ``least`` URLs or more, and fewer than twice as
    many; small sites fill it up, for each crawl takes its time to begin. A site of
    ``least`` URLs or more has shards of its own, in a chain.
    """
    number = 0
    urls: list[str] = []
    sites = 0
    for _, group in groupby(listed, key=itemgetter(0)):
        of_site: list[str] = []
        follows: int | None = None
        for _, url in group:
            of_site.append(url)
            if len(of_site) < 2 * least:
                continue
            yield Cut(urls=of_site[:least], sites=1, follows=follows)
            of_site, follows, number = of_site[least:], number, number + 1
        if len(of_site) >= least:
            yield Cut(urls=of_site, sites=1, follows=follows)
            number += 1
            continue
        if len(urls) + len(of_site) >= 2 * least:
            yield Cut(urls=urls, sites=sites)
            urls, sites, number = [], 0, number + 1
        urls += of_site
        sites += 1
    if urls:
        yield Cut(urls=urls, sites=sites)


def chains(follows: Iterable[int | None]) -> list[range]:
    """Return the shards that come one after the other, by what each of them follows."""
    found: list[range] = []
    for number, before in enumerate(follows):
        if before is None:
            found.append(range(number, number + 1))
        else:
            found[-1] = range(found[-1].start, number + 1)
    return found


def retry_delay(attempt: int, first: float) -> float:
    """Return the seconds after a failed attempt (1, 2, …): twice as long each time."""
    return first * 2.0 ** min(attempt - 1, 6)


@lru_cache(maxsize=100_000)
def _site_of_host(host: str) -> str:
    with suppress(MalformedOnion):
        return onion_label(host)
    name = plain_name(host)
    with suppress(UnicodeError):  # too long a label: nobody will resolve it
        name = name.encode("idna").decode()
    return private_host(name) or name.removeprefix("www.")
