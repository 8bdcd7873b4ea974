"""Read all that the received bytes of an image say, and what to fetch next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fpcrawler.core.fingerprint.picture import PictureReading, read_picture
from fpcrawler.core.fingerprint.whole import file_digests, rest_of
from fpcrawler.core.metadata.memory import Memory
from fpcrawler.core.metadata.origin import read_origin
from fpcrawler.core.metadata.reader import Metadata, locate, read_metadata
from fpcrawler.core.metadata.spans import spans_of

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Anatomy, Extent
    from fpcrawler.core.file.sparse import SparseFile
    from fpcrawler.core.fingerprint.digests import FileDigests
    from fpcrawler.core.fingerprint.evidence import Evidence
    from fpcrawler.core.metadata.device import Device
    from fpcrawler.core.metadata.location import Location
    from fpcrawler.core.metadata.provenance import Provenance
    from fpcrawler.core.metadata.status import Kind
    from fpcrawler.core.metadata.taken import Taken
    from fpcrawler.core.metadata.texts import Text
    from fpcrawler.crawl.budget import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The metadata and the fingerprint of an image, from one walk of its container.

    ``rest``: the missing bytes of an image that has to be read to its end.
    """

    file: SparseFile
    anatomy: Anatomy
    metadata: Metadata
    picture: PictureReading
    memory: Memory
    rest: tuple[Extent, ...] = ()

    @property
    def needs(self) -> dict[Purpose, tuple[Extent, ...]]:
        """The missing bytes by purpose, to be planned together."""
        return {
            # The rest contains all others. If it is too long, they may be read.
            "metadata": (*self.rest, *self.metadata.needs),
            "picture": self.picture.needs,
        }

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the record that are read from the image."""
        metadata, picture = self.metadata, self.picture
        origin = read_origin(metadata)
        return {
            "width": self.anatomy.width,
            "height": self.anatomy.height,
            "exif": metadata.exif,
            "metadata_status": metadata.status,
            "user_comment": metadata.user_comment,
            "xmp": metadata.xmp,
            "iptc": metadata.iptc,
            "texts": [_object(text) for text in metadata.texts],
            "provenance": _nested(metadata.provenance),
            "location": _object(origin.location),
            "taken": _object(origin.taken),
            "device": _object(origin.device),
            "picture_sha256": picture.sha256,
            "picture_length": picture.length,
            "end_sha256": picture.end_sha256,
            "evidence": _object(picture.evidence),
            "file_digests": _object(file_digests(self.file)),
            "spans": spans_of(
                self.file, metadata.parts, metadata.thumbnails, self.anatomy.picture
            ),
        }


def _object(
    value: Location | Taken | Device | Provenance | Evidence | FileDigests | Text,
) -> dict[str, Any]:
    """Return a data class as an object; ``asdict`` copies deeply, which is slow."""
    return {name: getattr(value, name) for name in value.__slots__}


def _nested(value: Provenance) -> dict[str, Any]:
    if value.actions is None and value.signer is None:
        return _object(value)
    return asdict(value)


def read_received(
    file: SparseFile,
    kinds: frozenset[Kind],
    *,
    has_picture: bool,
    earlier: Reading | None = None,
) -> Reading:
    """Read as far as the received bytes allow; never raise.

    ``kinds`` and ``has_picture`` are what to look for beyond these bytes. What is
    final in an ``earlier`` reading of the file is not read again.
    """
    anatomy = locate(file, kinds, has_picture=has_picture)
    metadata = earlier.metadata if earlier else None
    memory = earlier.memory if earlier else Memory()
    if metadata is None or not metadata.is_final:
        metadata = read_metadata(file, anatomy, kinds, memory)
    return Reading(
        file=file,
        anatomy=anatomy,
        metadata=metadata,
        picture=read_picture(file, anatomy) if has_picture else PictureReading(),
        memory=memory,
        rest=rest_of(file, anatomy.format) if has_picture else (),
    )
