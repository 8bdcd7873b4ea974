"""The parts of an anatomy by kind, and their decoded bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import brotli

from fpcrawler.core.anatomy import Undecodable, payload
from fpcrawler.core.anatomy.payload import MAX_BYTES
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Anatomy, MetadataKind, Part
    from fpcrawler.core.file.sparse import SparseFile

MAX_PARTS = 4
"""The limit of parts that are read of one kind; a normal file has one."""


def parts_of(anatomy: Anatomy, kind: MetadataKind) -> list[Part]:
    """Return the first MAX_PARTS parts of a kind."""
    return [part for part in anatomy.metadata if part.kind == kind][:MAX_PARTS]


def payload_of(file: SparseFile, part: Part) -> bytes | None:
    """Return a part's decoded bytes; ``b""`` if broken.

    None if some are missing, or if the part has more than MAX_BYTES in the file.
    """
    if part.length > MAX_BYTES:
        return None
    try:
        if part.encodings == ("brotli",):
            return _from_brotli(payload(file, replace(part, encodings=())))
        return payload(file, part)
    except MissingBytes:
        return None
    except Undecodable:
        return b""


def _from_brotli(data: bytes) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        decoded: bytes = decompressor.process(data, output_buffer_limit=MAX_BYTES)
    except brotli.error as error:
        raise Undecodable(str(error)) from error
    return decoded[:MAX_BYTES]
