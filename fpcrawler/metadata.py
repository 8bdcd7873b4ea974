"""Which metadata is looked for, and for how many requests and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from fpcrawler.core.ranges import SAMPLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.settings import BaseSettings

    from fpcrawler.core.anatomy import Kind
    from fpcrawler.core.extents import Extent

KINDS = ("exif", "xmp", "iptc")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataWanted:
    """What one image's metadata may cost beyond its sample."""

    kinds: frozenset[Kind]
    max_requests: int
    max_bytes: int

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> MetadataWanted:
        kinds = {kind.strip() for kind in settings.getlist("METADATA_KINDS")}
        return cls(
            kinds=cast("frozenset[Kind]", frozenset(kinds)),
            max_requests=settings.getint("METADATA_MAX_REQUESTS"),
            max_bytes=settings.getint("METADATA_MAX_BYTES"),
        )

    @property
    def stream_limit(self) -> int:
        """How far a stream is read that cannot be asked for ranges, in bytes."""
        return SAMPLE_BYTES + self.max_bytes

    def affordable(
        self, needs: Sequence[Extent], *, requests: int, received: int
    ) -> list[Extent]:
        """Return the extents to fetch next, after so many requests and bytes."""
        room = self.max_bytes - received
        taken: list[Extent] = []
        for need in needs[: self.max_requests - requests]:
            if need.length <= room:
                taken.append(need)
                room -= need.length
        return taken
