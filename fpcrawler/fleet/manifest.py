"""The JSON files at a place: the manifest, results and parked shards."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fpcrawler.errors import BadInput
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.shards import chains
from fpcrawler.fleet.typed import typed
from fpcrawler.input.lists import origin_of_list

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

MANIFEST = "manifest.json"
COLLECTED = "collected.json"
RESULTS = "results"
PARKED = "parked"
_VERSION = 2
_LARGE = 1_000_000
"""Bytes; a manifest of some 10,000 shards."""


def list_name(fleet: str, number: int) -> str:
    """Return the name of a shard's list; it is unique to the fleet."""
    return f"shards/{number:05}-{fleet}.txt"


def feed_name(number: int) -> str:
    """Return the name of a shard's feed."""
    return f"{RESULTS}/{number:05}.jsonl.gz"


def result_name(number: int) -> str:
    """Return the name of the file that marks a shard as done."""
    return f"{RESULTS}/{number:05}.json"


def parked_name(number: int) -> str:
    """Return the name of the file that says why a shard was parked."""
    return f"{PARKED}/{number:05}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of the list. ``follows``: the shard that must be done first."""

    urls: int
    sites: int
    sha256: str
    follows: int | None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A submitted list, written after the lists of all its shards.

    ``list_sha256``: of the URLs as they were listed. ``duplicates``, ``rejected``,
    ``local``: skipped lines that repeat a URL, are invalid, or name a local file.
    ``list_origin``: the URLS_FILE_ORIGIN of all shards.
    """

    id: str
    submitted: str
    urls_file: str
    list_origin: str
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
        return place.create(MANIFEST, self._text)

    def is_at(self, place: Place) -> bool:
        """Return whether the place still has this manifest.

        Raises PlaceUnavailable if it has none, as in a folder that is not mounted.
        Of a large one only the size is compared, to save reading it for each shard;
        if that misleads, the result still names its fleet.
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
                f"{place.uri}/{MANIFEST} is missing; is the place mounted?"
            )
        return there.id == self.id

    @classmethod
    def load(cls, place: Place) -> Manifest | None:
        """Read the manifest of a place; None if nothing was submitted to it.

        Raises BadInput if it is not a valid manifest of this version.
        """
        text = place.read(MANIFEST)
        if text is None:
            return None
        try:
            return cls._parsed(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise BadInput(
                f"{place.uri}/{MANIFEST} is not a manifest of this version "
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
        if "list_origin" not in of_list:  # an older manifest
            of_list["list_origin"] = origin_of_list(str(of_list.get("urls_file")))
        return typed(cls, {**of_list, "shards": shards})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a shard, written after its feed, so it proves the feed is whole.

    ``fleet``: the manifest's ``id``, which shows a result copied from another fleet.
    ``size``: bytes of the feed. ``seconds``: from start to ``ended`` (Unix time).
    ``mark``: the store's ETag of the feed. ``stats``: the stats of the crawl.
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
        """Write the result, which marks the shard as done."""
        place.write(result_name(self.shard), json.dumps(asdict(self)).encode())

    @classmethod
    def parse(cls, text: bytes) -> Result:
        """Read what :meth:`save` wrote; raises ValueError."""
        return typed(cls, json.loads(text))

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
        return self.records + sum(
            sum(self.by_reason(prefix).values())
            for prefix in ("item_dropped_reasons_count/", "images/failed/")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Why a shard was given up; ``log`` is the end of the last attempt's log."""

    fleet: str
    shard: int
    reason: str
    attempts: int
    worker: str
    log: str

    def save(self, place: Place) -> None:
        """Write the reason; the shard is skipped until ``--retry`` is given."""
        place.write(parked_name(self.shard), json.dumps(asdict(self)).encode())

    @classmethod
    def parse(cls, text: bytes) -> Parked:
        """Read what :meth:`save` wrote; raises ValueError."""
        return typed(cls, json.loads(text))
