"""What a fleet has to crawl, and what it says it has: the files at its place."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fpcrawler.errors import BadInput
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.shards import chains
from fpcrawler.fleet.typed import typed

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

MANIFEST = "manifest.json"
COLLECTED = "collected.json"
RESULTS = "results"
PARKED = "parked"
_VERSION = 2
_LARGE = 1_000_000
"""Bytes, of some 10,000 shards."""


def list_name(fleet: str, number: int) -> str:
    """Return the name of a shard's list, which no other fleet writes to."""
    return f"shards/{number:05}-{fleet}.txt"


def feed_name(number: int) -> str:
    """Return the name of a shard's records."""
    return f"{RESULTS}/{number:05}.jsonl.gz"


def result_name(number: int) -> str:
    """Return the name of what says that a shard is done."""
    return f"{RESULTS}/{number:05}.json"


def parked_name(number: int) -> str:
    """Return the name of what says that a shard is given up, and why."""
    return f"{PARKED}/{number:05}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of the list: its URLs, sites, the SHA-256 of its file, what it follows."""

    urls: int
    sites: int
    sha256: str
    follows: int | None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The whole of a submitted list, written when all its shards are there.

    ``list_sha256``: of the URLs as they were listed. ``duplicates``, ``rejected``,
    ``local``: lines that were listed twice, name nothing, or name a file.
    """

    id: str
    submitted: str
    urls_file: str
    list_sha256: str
    duplicates: int
    rejected: int
    local: int
    arguments: dict[str, str]
    settings: dict[str, str]
    shards: list[Shard]

    @cached_property
    def _text(self) -> bytes:
        return json.dumps({"version": _VERSION, **asdict(self)}).encode()

    @cached_property
    def urls(self) -> int:
        """How many URLs all shards have."""
        return sum(shard.urls for shard in self.shards)

    @cached_property
    def chains(self) -> list[range]:
        """The shards that are crawled one after the other."""
        return chains(shard.follows for shard in self.shards)

    @cached_property
    def chain_of(self) -> dict[int, range]:
        """The chain of each shard."""
        return {number: chain for chain in self.chains for number in chain}

    def save(self, place: Place) -> bool:
        """Write the manifest, if the place has none; then the list is submitted."""
        return place.create(MANIFEST, self._text)

    def is_at(self, place: Place) -> bool:
        """Tell whether the place is still this fleet's.

        Raises PlaceUnavailable where it has no manifest: a folder that is not
        mounted looks so. A large one is known by its size, not read for each shard;
        where that is wrong, the result still names its fleet.
        """
        stored = place.stored(MANIFEST)
        if stored is not None and stored.size == len(self._text) > _LARGE:
            return True
        try:
            there = Manifest.load(place)
        except BadInput as error:
            raise PlaceUnavailable(str(error)) from error
        if there is None:
            raise PlaceUnavailable(
                f"{place.uri}/{MANIFEST} is not there; is the place mounted?"
            )
        return there.id == self.id

    @classmethod
    def load(cls, place: Place) -> Manifest | None:
        """Read the manifest of a place; None if nothing was submitted to it.

        Raises BadInput if it is none of this version.
        """
        text = place.read(MANIFEST)
        if text is None:
            return None
        try:
            return cls._parsed(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise BadInput(
                f"{place.uri}/{MANIFEST} is not a fleet's of this version "
                f"({error}); name another place, or remove it."
            ) from error

    @classmethod
    def _parsed(cls, data: object) -> Manifest:
        if not isinstance(data, dict) or data.get("version") != _VERSION:
            raise ValueError(f"its version is not {_VERSION}")
        listed = data.get("shards")
        if not isinstance(listed, list) or not listed:
            raise ValueError("it has no shards")
        shards = [typed(Shard, shard) for shard in listed]
        for number, shard in enumerate(shards):
            if shard.follows not in (None, number - 1) or shard.follows == -1:
                raise ValueError(f"shard {number} follows {shard.follows}")
        of_list = {name: value for name, value in data.items() if name != "version"}
        return typed(cls, {**of_list, "shards": shards})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a shard gave: written last, so that it stands for the feed beside it.

    ``fleet``: the manifest's ``id``; a copy of another fleet's result has another.
    ``seconds`` from start to ``ended``, Unix time. ``mark``: the store's of the
    feed. ``stats``: those of the crawl.
    """

    fleet: str
    shard: int
    urls: int
    records: int
    size: int
    sha256: str
    mark: str | None
    attempt: int
    worker: str
    seconds: float
    ended: float
    stats: dict[str, Any]

    def save(self, place: Place) -> None:
        """Write the result; from then on the shard is done."""
        place.write(result_name(self.shard), json.dumps(asdict(self)).encode())

    @classmethod
    def parse(cls, text: bytes) -> Result:
        """Read what :meth:`save` wrote; raises ValueError."""
        return typed(cls, json.loads(text))

    def by_reason(self, prefix: str) -> dict[str, int]:
        """Return the counts of all stats below a prefix."""
        return {
            name.removeprefix(prefix): count
            for name, count in self.stats.items()
            if name.startswith(prefix) and isinstance(count, int)
        }

    @property
    def images(self) -> int:
        """How many images the shard had to do with."""
        return self.records + sum(
            sum(self.by_reason(prefix).values())
            for prefix in ("item_dropped_reasons_count/", "images/failed/")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Why a shard was given up, after how many attempts; the end of its log."""

    fleet: str
    shard: int
    reason: str
    attempts: int
    worker: str
    log: str

    def save(self, place: Place) -> None:
        """Write it down; the shard waits until somebody has it tried again."""
        place.write(parked_name(self.shard), json.dumps(asdict(self)).encode())

    @classmethod
    def parse(cls, text: bytes) -> Parked:
        """Read what :meth:`save` wrote; raises ValueError."""
        return typed(cls, json.loads(text))
