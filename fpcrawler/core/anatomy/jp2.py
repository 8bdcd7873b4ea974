"""JPEG 2000: ITU-T T.800 annexes A and I; the uuid boxes of metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.boxes import Box, boxes
from fpcrawler.core.anatomy.photoshop import read_resources
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_CODESTREAM = b"\xff\x4f\xff\x51"
_DECIDING = {b"pclr", b"cmap", b"cdef", b"bpcc"}
"""Palette, its mapping, the meaning of channels, depths: I.5.3.4, I.5.3.5, I.5.3.6."""

_MAX_DECIDING = 8_192
_CHANNELS = slice(8, 12)
"""In ``ihdr`` (I.5.3.1): number and depth of components, compression."""

_ENUMERATED, _COLOURS = 1, 7
"""The method of ``colr`` (I.5.3.3) without an ICC profile, and its length then."""

_UUID = 16
_PHOTOSHOP_EXIF = bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e")
_EXIF = {b"JpgTiffExif->JP2", _PHOTOSHOP_EXIF}
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_PHOTOSHOP_IPTC = bytes.fromhex("09a14e97c0b442e0bebf36df6f0ce36f")
_IPTC = {bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"), _PHOTOSHOP_IPTC}
_RESOURCES = bytes.fromhex("2c4c0100850440b9a03e562148d6dfeb")


def read(draft: Draft) -> None:
    """Read a JP2 file or a bare codestream."""
    if draft.file.at(0, 4) == _CODESTREAM:
        whole = Extent(0, draft.file.size)
        draft.set_picture(whole)
        _read_size(draft, whole)
        return
    parameters: list[bytes] = []
    for box in boxes(draft, 0, draft.file.size):
        _note(draft, box, parameters)


def _note(draft: Draft, box: Box, parameters: list[bytes]) -> None:
    if box.type == b"jp2h":
        for inner in boxes(draft, box.data.first, box.data.end):
            if inner.type == b"ihdr":
                draft.height = draft.number(inner.data.first, 4)
                draft.width = draft.number(inner.data.first + 4, 4)
            for content in draft.deciding(_deciding, draft, inner):
                parameters += [inner.type + content] if content else []
    elif box.type == b"jp2c" and draft.picture is None:
        draft.set_picture(box.data, parameters=parameters, is_end_known=not box.is_cut)
        if draft.width is None:
            _read_size(draft, box.data)
    elif box.type == b"uuid":
        _note_uuid(draft, box)
    elif box.type == b"jumb":
        draft.add("provenance", [box.whole])


def _deciding(draft: Draft, box: Box) -> bytes:
    """Return of a box in the header what decides the colours of the decoded picture."""
    first, length = box.data.first, min(box.data.length, _MAX_DECIDING)
    if box.type == b"ihdr":
        return draft.file.at(first, length)[_CHANNELS]
    if box.type == b"colr":
        colours = draft.file.at(first, min(length, _COLOURS))
        return colours if colours[:1] == bytes([_ENUMERATED]) else b""
    return draft.file.at(first, length) if box.type in _DECIDING else b""


def _note_uuid(draft: Draft, box: Box) -> None:
    identity = draft.exactly(box.data.first, _UUID)
    data = Extent(box.data.first + _UUID, max(box.data.length - _UUID, 0))
    if identity in _EXIF:
        draft.add_exif([data])
    elif identity == _XMP:
        draft.add("xmp", [data])
    elif identity in _IPTC:
        draft.add("iptc", [data])
    elif identity == _RESOURCES:
        with draft.going_on():
            read_resources(draft, [data])


def _read_size(draft: Draft, data: Extent) -> None:
    """Read SIZ, which follows SOC: the reference grid and the image's offset in it."""
    grid = draft.exactly(data.first + 8, 16)
    width, height, left, top = (
        int.from_bytes(grid[at : at + 4], "big") for at in (0, 4, 8, 12)
    )
    draft.width, draft.height = max(width - left, 0), max(height - top, 0)
