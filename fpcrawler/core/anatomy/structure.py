"""The data classes and exceptions of an anatomy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from fpcrawler.core.file.extents import Extent

LARGEST_VALUE = 65_536

END_WINDOW = 1_024
"""How many last bytes of the coded data tell pictures apart."""

STORE_WHOLE = 65_536
"""A C2PA manifest store of up to this many bytes is fetched whole."""

STORE_TAIL = 32_768
"""Bytes at the end of a longer store, in which the boxes that matter usually lie."""

MetadataKind = Literal[
    "exif", "xmp", "extended-xmp", "iptc", "texts", "provenance", "maker-note"
]

Encoding = Literal["deflate", "brotli", "raw-profile", "base64", "open-root"]

METADATA: frozenset[MetadataKind] = frozenset({"exif", "xmp", "iptc"})

SOUGHT: frozenset[MetadataKind] = METADATA | {"texts", "provenance"}
"""The kinds that have places of their own."""


class Malformed(Exception):
    """The container contradicts its own specification."""


class GivenUp(Malformed):
    """The container has more elements than the reader's limit allows."""


class Requested(Exception):
    """Bytes are missing that were requested already."""


class Part(NamedTuple):
    """One block of metadata: the bytes of its extents, concatenated.

    For ``exif`` this is the TIFF block, from its byte order mark on. ``maker-note`` is
    one outside of EXIF: a TIFF block of Canon's, or FLIR's thermal data. Decode
    ``encodings`` in the given order. ``raw-profile`` is ImageMagick's encoding: a
    line with a name, a line with a decimal length, then hexadecimal digits. With
    ``open-root`` the end tag of the XML element that begins the part is missing.

    ``texts``: the data of a PNG chunk, its type in ``name``, or of a ``comment`` of
    JPEG or GIF. ``extended-xmp``: ``name`` is the MD5 that the packet refers to.
    ``provenance``: a C2PA manifest store, from the header of its first box on.
    """

    kind: MetadataKind
    extents: tuple[Extent, ...]
    encodings: tuple[Encoding, ...] = ()
    name: str = ""

    @property
    def length(self) -> int:
        """The part's length in the file, in bytes."""
        return sum(extent.length for extent in self.extents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The coded picture data, and the parameters that decide how they decode.

    The data are the bytes of ``extents``, concatenated. An ``opening`` has the first
    of them without headers between. ``parameters`` are complete only if
    ``read_anatomy`` was called with ``has_picture``. With ``is_constant_size`` the
    dimensions determine the length, so that an equal length proves nothing.
    Without ``is_end_known`` the extents end where the data end at the latest. With
    ``is_upper_bound`` they do too, but the file is known to have all of the data.
    """

    extents: tuple[Extent, ...]
    opening: tuple[Extent, ...] = ()
    parameters: tuple[bytes, ...] = ()
    is_constant_size: bool = False
    is_end_known: bool = True
    is_upper_bound: bool = False

    @property
    def length(self) -> int:
        """The length of all extents, in bytes."""
        return sum(extent.length for extent in self.extents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """What a file contains and where, as far as its bytes were received.

    ``needs`` lists every byte range that is known to be missing; fetch them all
    before reading again. It is empty once every place where the format can keep
    metadata was read, or if the search ``is_given_up`` because there are too many
    places. ``picture_needs`` lists those that are missing to locate the picture and
    to read its parameters. ``ends_in_checksum``: the last coded bytes hold a checksum
    of the whole picture. Of the kinds in ``left_out`` there may be more: a limit was
    reached, or nothing says where they would be. Of those in ``damaged`` a place is
    beyond the end of the file, or cannot be located.
    """

    format: str | None
    width: int | None = None
    height: int | None = None
    metadata: tuple[Part, ...] = ()
    picture: Picture | None = None
    needs: tuple[Extent, ...] = ()
    picture_needs: tuple[Extent, ...] = ()
    ends_in_checksum: bool = False
    error: str | None = None
    is_given_up: bool = False
    left_out: frozenset[MetadataKind] = frozenset()
    damaged: frozenset[MetadataKind] = frozenset()
