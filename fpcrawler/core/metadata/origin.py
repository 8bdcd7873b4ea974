"""Read which device, where and when from the metadata of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.metadata.device import Device, read_device
from fpcrawler.core.metadata.location import Location, read_location
from fpcrawler.core.metadata.makers import read_maker_notes
from fpcrawler.core.metadata.taken import Taken, read_taken

if TYPE_CHECKING:
    from fpcrawler.core.metadata.reader import Metadata


class Origin(NamedTuple):
    """Where and when a picture was taken, and by which camera."""

    location: Location
    taken: Taken
    device: Device


def read_origin(metadata: Metadata) -> Origin:
    """Return the origin, as far as the received bytes say it; never raise.

    Call it after the last bytes were received: none are requested for maker notes, so
    it is not known before which of their bytes come with those of other fields.
    """
    exif, xmp = metadata.exif, metadata.xmp
    return Origin(
        read_location(exif, xmp),
        read_taken(exif, xmp, metadata.iptc),
        read_device(exif, xmp, read_maker_notes(metadata.notes)),
    )
