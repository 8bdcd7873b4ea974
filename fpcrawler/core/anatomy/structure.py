"""What the anatomy of a file is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fpcrawler.core.file.extents import Extent

LARGEST_VALUE = 65_536

MetadataKind = Literal["exif", "xmp", "extended-xmp", "iptc", "text"]

Encoding = Literal["deflate", "brotli", "raw-profile"]

METADATA: frozenset[MetadataKind] = frozenset({"exif", "xmp", "iptc"})


class Malformed(Exception):
    """The container contradicts its own specification."""


class GivenUp(Malformed):
    """The container has more of something than is looked at."""


@dataclass(frozen=True, slots=True)
class Part:
    """One block of metadata, whose bytes are those of the extents, joined.

    For ``exif`` that is the TIFF block, from its byte order on. ``encodings``
    are to be undone in their order; a ``raw-profile`` is ImageMagick's: a name
    and a length in decimal on lines of their own, then hexadecimal digits.
    """

    kind: MetadataKind
    extents: tuple[Extent, ...]
    encodings: tuple[Encoding, ...] = ()
    name: str = ""

    @property
    def length(self) -> int:
        """How many bytes the part has in the file."""
        return sum(extent.length for extent in self.extents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The coded picture data, and what decides how they decode.

    The data are those of the ``extents``, joined. ``parameters`` are read where
    the picture was asked for. The size of ``is_constant_size`` data follows from
    the dimensions, so two pictures of one length need not be the same. Without
    ``is_end_known`` the extents are as far as the data can reach.
    """

    extents: tuple[Extent, ...]
    parameters: tuple[bytes, ...] = ()
    is_constant_size: bool = False
    is_end_known: bool = True

    @property
    def length(self) -> int:
        """How many bytes the extents have."""
        return sum(extent.length for extent in self.extents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """Where things are in a file, as far as its bytes are here.

    ``needs`` are bytes to fetch before reading again, all that are known to be
    needed now; none means that all places where the format keeps metadata (or
    those that tell where the picture is, if only that was asked for) were looked
    at, or that there are so many that the search ``is_given_up``.
    """

    format: str | None
    width: int | None = None
    height: int | None = None
    metadata: tuple[Part, ...] = ()
    picture: Picture | None = None
    needs: tuple[Extent, ...] = ()
    error: str | None = None
    is_given_up: bool = False

    @property
    def is_complete(self) -> bool:
        """Tell whether more bytes would tell no more."""
        return not (self.needs or self.is_given_up)
