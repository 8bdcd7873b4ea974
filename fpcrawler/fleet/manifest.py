"""The JSON files at a place: the manifest, results and parked shards."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from fpcrawler.errors import BadInput
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.program import Program  # noqa: TC001 - msgspec reads it
from fpcrawler.fleet.shards import chains

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

DROPPED = "item_dropped_reasons_count/"
"""Prefix of the stats that count dropped images by reason."""
MANIFEST = "manifest.json"
COLLECTED = "collected.json"
ENQUEUED = ".redis"
"""An empty file that says that Redis has had chains of the list."""
LISTS = "shards"
RESULTS = "results"
PARKED = "parked"
_VERSION = 4

Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]


def list_name(fleet: str, number: int, generation: int = 0) -> str:
    """Return the name of a shard's list; it is unique to the fleet.

    Generation 0 crawls the list that was submitted. Generation N, from 1 on, crawls
    what failed in the one before; its list is there once a retry was asked for.
    """
    return f"{LISTS}/{number:05}-{fleet}{_suffix(generation)}.txt"


def feed_name(number: int, generation: int = 0) -> str:
    """Return the name of a shard's feed; it has the records of all generations."""
    return f"{RESULTS}/{number:05}{_suffix(generation)}.jsonl.gz"


def failed_name(number: int, generation: int = 0) -> str:
    """Return the name of the list of what failed in a shard, as JSON Lines."""
    return f"{RESULTS}/{number:05}{_suffix(generation)}.failed.jsonl.gz"


def result_name(number: int) -> str:
    """Return the name of the file that marks a shard as done."""
    return f"{RESULTS}/{number:05}.json"


def parked_name(number: int) -> str:
    """Return the name of the file that says why a shard was parked."""
    return f"{PARKED}/{number:05}.json"


def _suffix(generation: int) -> str:
    return f"-{generation}" if generation else ""


class Shard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the list. ``follows``: the shard before it must be done first.

    ``machine``: the only one that has the local files of this shard; None: any can
    crawl it.
    """

    urls: Count
    sha256: str
    follows: bool = False
    machine: str | None = None


class Manifest(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    dict=True,
    tag_field="version",
    tag=_VERSION,
):
    """A submitted list, written after the lists of all its shards.

    ``list_sha256``: of the URLs as they were listed. ``duplicates``, ``rejected``,
    ``local``: skipped lines that repeat a URL, are invalid, or name a local file.
    ``list_origin``: the URLS_FILE_ORIGIN of all shards. ``program``: crawls them all;
    ``marks``: a short digest of each setting in its ``settings_sha256``.
    """

    id: str
    submitted: str
    urls_file: str
    list_origin: str
    list_sha256: str
    program: Program
    marks: dict[str, str] = {}  # msgspec copies an empty default
    duplicates: Count
    rejected: Count
    local: Count
    arguments: dict[str, str]
    settings: dict[str, str]
    shards: Annotated[list[Shard], Meta(min_length=1)]

    @cached_property
    def urls(self) -> int:
        """The number of URLs in all shards."""
        return sum(shard.urls for shard in self.shards)

    @cached_property
    def chains(self) -> list[range]:
        """Groups of shards that are crawled one after the other."""
        return chains(shard.follows for shard in self.shards)

    @cached_property
    def chain_of(self) -> dict[int, range]:
        """Shard number to its chain."""
        return {number: chain for chain in self.chains for number in chain}

    def save(self, place: Place) -> bool:
        """Write the manifest, which submits the list; False if the place has one."""
        return place.create(MANIFEST, msgspec.json.encode(self))

    def is_at(self, place: Place) -> bool:
        """Return whether the place still has this manifest.

        Raises PlaceUnavailable if it has none, as in a folder that is not mounted.
        """
        try:
            return Manifest.of(place).id == self.id
        except BadInput as error:
            raise PlaceUnavailable(str(error)) from error

    @classmethod
    def load(cls, place: Place) -> Manifest | None:
        """Read the manifest of a place; None if nothing was submitted to it.

        Raises BadInput if it is not a valid manifest of this version.
        """
        text = place.read(MANIFEST)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=cls)
        except (ValueError, RecursionError) as error:
            raise BadInput(
                f"{place.uri}/{MANIFEST} is not a manifest of this version "
                f"({error}); name another place, or remove it."
            ) from error

    @classmethod
    def of(cls, place: Place) -> Manifest:
        """Read the manifest of a place; raises PlaceUnavailable if it has none."""
        manifest = cls.load(place)
        if manifest is None:
            raise PlaceUnavailable(
                f"{place.uri}/{MANIFEST} is missing; is the place mounted?"
            )
        return manifest


class Result(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The result of a shard, written after its feed, so it proves the feed is whole.

    ``fleet``: the manifest's ``id``, which shows a result copied from another fleet.
    ``generation``: of feed and list of what failed, which it makes valid together.
    ``size``: bytes of the feed. ``mark``: the store's ETag of the feed. ``failed``:
    lines of the list of what failed; ``failed_sha256`` is None where nothing did.
    ``seconds``: from start to ``ended`` (Unix time). ``stats``: of the last crawl,
    but of all generations those of dropped images.
    """

    fleet: str
    shard: Count
    generation: Count = 0
    urls: Count
    records: Count
    size: Count
    sha256: str
    mark: str | None
    failed: Count
    failed_sha256: str | None
    program: Program
    attempt: Count
    worker: str
    seconds: Seconds
    ended: Seconds
    stats: dict[str, Any]

    def save(self, place: Place) -> None:
        """Write the result, which marks the shard as done."""
        place.write(result_name(self.shard), msgspec.json.encode(self))

    @property
    def feed(self) -> str:
        """The name of the feed."""
        return feed_name(self.shard, self.generation)

    @property
    def failures(self) -> str:
        """The name of the list of what failed."""
        return failed_name(self.shard, self.generation)

    def by_reason(self, prefix: str) -> dict[str, int]:
        """Return the counts of the stats below a prefix, without the prefix."""
        return {
            name.removeprefix(prefix): count
            for name, count in self.stats.items()
            if name.startswith(prefix) and isinstance(count, int)
        }

    @property
    def images(self) -> int:
        """The number of images that were recorded, dropped or failed."""
        dropped = self.by_reason(DROPPED)
        return self.records + sum(dropped.values()) + self.failed


class Parked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a shard was given up; ``refused``: because the place refused its result.

    ``log``: the end of the last attempt's log.
    """

    fleet: str
    shard: Count
    reason: str
    attempts: Count
    worker: str
    log: str
    refused: bool = False

    def save(self, place: Place) -> None:
        """Write the reason; the shard is skipped until ``--retry`` is given."""
        place.write(parked_name(self.shard), msgspec.json.encode(self))
