"""The manifest of a fleet: its list, cut into shards, and what crawls them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from fpcrawler.errors import BadInput
from fpcrawler.fleet.outcome import Count  # noqa: TC001 - msgspec reads it
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.program import Program  # noqa: TC001 - msgspec reads it
from fpcrawler.fleet.shards import chains

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

MANIFEST = "manifest.json"
COLLECTED = "collected.json"
ENQUEUED = ".redis"
"""An empty file that says that Redis has had chains of the list."""
LISTS = "shards"
_VERSION = 5


def list_name(fleet: str, number: int) -> str:
    """Return the name of a shard's list; it is unique to the fleet."""
    return f"{LISTS}/{number:05}-{fleet}.txt"


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
    ``list_origin``: the URLS_FILE_ORIGIN of all shards. ``program``: crawls them all.
    """

    id: str
    submitted: str
    urls_file: str
    list_origin: str
    list_sha256: str
    program: Program
    duplicates: Count
    rejected: Count
    local: Count
    shard_urls: Count
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
        return place.write(MANIFEST, msgspec.json.encode(self), replaces=False)

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
