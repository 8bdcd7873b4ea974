"""The decoded bytes of the parts of an anatomy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.payload import Payload, Room, payload
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Part
    from fpcrawler.core.file.sparse import SparseFile

MAX_PARTS = 4
"""The limit of parts that are read of one kind; a normal file has one."""

MAX_PART_BYTES = 4_194_304
"""A part that has more bytes in the file is not read."""


class Payloads:
    """The decoded bytes of the parts of one file; each part is decoded once.

    All parts together are decompressed up to one limit: an image may have many.
    """

    def __init__(self, file: SparseFile) -> None:
        self.file = file
        self._room = Room()
        self._decoded: dict[Part, Payload] = {}

    def of(self, part: Part) -> Payload | None:
        """Return a part's decoded bytes.

        None if some are missing, or if the part has more than MAX_PART_BYTES.
        """
        if part.length > MAX_PART_BYTES:
            return None
        if found := self._decoded.get(part):
            return found
        try:
            found = payload(self.file, part, self._room)
        except MissingBytes:
            return None
        if part.encodings:
            self._decoded[part] = found
        return found
