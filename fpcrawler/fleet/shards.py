"""Cut a list into shards, so that only one process crawls a host at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlsplit

from fpcrawler.core.web.addresses import plain_name, private_host
from fpcrawler.core.web.onion import MalformedOnion, onion_label

LOCAL = "file:"
"""The scheme of local files; no host begins so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The URLs of one shard; the URLs of a site are consecutive.

    ``follows``: the number of the previous shard of the same site, which must be
    done first. A site with such a chain of shards is in no other shard.
    """

    urls: list[str]
    sites: int
    follows: int | None = None


def site_of(url: str) -> str:
    """Return the site of a URL, the unit of politeness, in one spelling.

    It is the host without port and ``www.``, as a crawl treats these as one site.
    An onion is one site with its subdomains, as they share a limit. The disk needs no
    turns, so each local file counts as a site.
    """
    if url.startswith(LOCAL):
        return url
    return _site_of_host(urlsplit(url).hostname or "")


def cut(listed: Iterable[tuple[str, str]], least: int) -> Iterator[Cut]:
    """Cut pairs of site and URL, grouped by site, into shards in order.

    Every shard but the last has at least ``least`` URLs and fewer than twice as
    many. Small sites share a shard, because starting a crawl takes time. A site of
    ``least`` URLs or more has its own shards, in a chain.
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
    """Return the groups of consecutive shards, from what each shard follows."""
    found: list[range] = []
    for number, before in enumerate(follows):
        if before is None:
            found.append(range(number, number + 1))
        else:
            found[-1] = range(found[-1].start, number + 1)
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
