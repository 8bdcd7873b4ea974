"""The outcome of a shard: its last file at the place, which names all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from fpcrawler.console.text import count_in_words

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

RESULTS = "results"
_DIGITS = 20

Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]
_Feed = Annotated[str, Meta(pattern=rf"^{RESULTS}/\d+-\d+\.jsonl\.gz$")]
_Failures = Annotated[str, Meta(pattern=rf"^{RESULTS}/\d+-\d+\.failed\.jsonl\.gz$")]


def outcome_name(shard: int) -> str:
    """Return the name of the file that marks a shard as ended."""
    return f"{RESULTS}/{shard:05}.json"


def feed_name(shard: int, sha256: str) -> str:
    """Return the name of a feed; two feeds of different content have two names."""
    return f"{RESULTS}/{shard:05}-{int(sha256[:16], 16):0{_DIGITS}}.jsonl.gz"


def failures_name(shard: int, sha256: str) -> str:
    """Return the name of a list of what failed, as JSON Lines."""
    return feed_name(shard, sha256).replace(".jsonl", ".failed.jsonl")


class Outcome(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a shard ended; written after the files that it names.

    ``fleet``: the manifest's ``id``, which shows an outcome copied from another fleet.
    ``program``: the SHA-256 of the manifest's. ``feed``: the records of all crawls of
    the shard, with their number, ``size`` in bytes and ``sha256``; None if no crawl
    finished. ``failures``: the list of what failed in the last crawl that finished, or
    of all URLs if none did; ``failed`` counts them by reason, and ``dropped`` the
    images that filters dropped. ``parked``: why the shard was given up; ``refused``:
    because the place refused its files. ``again``: it is to be crawled again.
    ``crawls``: their number, from the one that made the feed on. ``seconds``: of the
    last crawl; ``ended``: the Unix time after it; ``stats``: of the last crawl that
    finished; ``log``: the end of its log, where it was given up.
    """

    fleet: str
    shard: Count
    program: str
    urls: Count
    feed: _Feed | None = None
    records: Count = 0
    size: Count = 0
    sha256: str = ""
    failures: _Failures | None = None
    failed: dict[str, Count] = {}  # msgspec copies an empty default
    dropped: dict[str, Count] = {}
    parked: str | None = None
    refused: bool = False
    again: bool = False
    attempt: Count = 0
    worker: str = ""
    crawls: Count = 0
    seconds: Seconds = 0.0
    ended: Seconds = 0.0
    stats: dict[str, Any] = {}
    log: str = ""

    def save(self, place: Place) -> None:
        """Write the outcome, which makes the files that it names count."""
        place.write(outcome_name(self.shard), msgspec.json.encode(self))

    @property
    def files(self) -> set[str]:
        """The names of feed and list of what failed."""
        return {name for name in (self.feed, self.failures) if name is not None}

    @property
    def is_done(self) -> bool:
        """Whether the shard needs no further crawl."""
        return self.parked is None and not self.again

    @property
    def images(self) -> int:
        """The number of images that were recorded, dropped or failed."""
        return sum((self.records, *self.dropped.values(), *self.failed.values()))

    @property
    def unfetched(self) -> int:
        """The number of URLs that failed: all of the list if no crawl has finished."""
        return self.urls if self.feed is None else sum(self.failed.values())

    @property
    def shown_parked(self) -> dict[str, Any]:
        """What status and collected.json say of a parked shard."""
        reason = {"reason": self.parked, "attempts": self.attempt}
        return {"shard": self.shard, "urls": self.unfetched, **reason}

    @property
    def in_words(self) -> str:
        """What has come of the shard, for a message."""
        if self.parked is not None:
            return f"given up: {self.parked}"
        failed = f"; failed: {sum(self.failed.values()):,}" if self.failed else ""
        return (
            f"{count_in_words(self.records, 'record')} from "
            f"{count_in_words(self.urls, 'URL')} in {self.seconds:,.0f} s{failed}"
        )
