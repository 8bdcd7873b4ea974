"""HEIF and AVIF (ISO/IEC 23008-12, 14496-12) and Canon's CR3 in the same boxes."""

from __future__ import annotations

from contextlib import nullcontext, suppress

from fpcrawler.core.anatomy import tiff
from fpcrawler.core.anatomy.bmff_items import MAX_ITEMS, Item, Meta, read_tables
from fpcrawler.core.anatomy.boxes import Box, boxes
from fpcrawler.core.anatomy.draft import Block, Draft
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

_MAX_META = 65_536

_DERIVED = {b"grid", b"iovl", b"iden", b"tmap"}

_MAX_DERIVATION = 1_024

_XMP_TYPE = b"application/rdf+xml"

_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")

_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # XMP part 3, 1.2.7

_BLOCKS = {b"CMT1": "", b"CMT2": "EXIF", b"CMT4": "GPS"}
"""Canon's boxes with TIFF blocks, and the directories of EXIF that they stand for."""

_NOTE = b"CMT3"

_UUID = 16


def read(draft: Draft) -> None:
    """Read the top-level boxes up to ``meta``, which lists the items."""
    for box in boxes(draft, 0, draft.file.size):
        if box.type == b"meta":
            # Request the whole box: its tables point to everything else.
            whole = Extent(box.first, min(box.data.end - box.first, _MAX_META))
            if not draft.file.has(whole.first, whole.length):
                draft.need_for_all(whole.first, whole.length)
            _read_meta(draft, box)
            return
        if box.type == b"moov":
            draft.need(box.first, min(box.data.end - box.first, _MAX_META))
            _read_movie(draft, box)
            if draft.format == "cr3":
                _read_canon_xmp(draft, box.data.end)
                return


def _read_meta(draft: Draft, box: Box) -> None:
    meta = Meta()
    inner = Extent(box.data.first + 4, max(box.data.length - 4, 0))
    children: dict[bytes, Extent] = {}
    for child in boxes(draft, inner.first, inner.end):
        children.setdefault(child.type, child.data)
    try:
        read_tables(draft, meta, children)
    finally:
        _use(draft, meta)


def _use(draft: Draft, meta: Meta) -> None:
    for item in meta.items.values():
        if item.type == b"Exif" and item.extents:
            draft.add_exif(item.extents, has_offset=True)
        elif item.type == b"mime" and item.content_type == _XMP_TYPE:
            deflated = item.content_encoding == b"deflate"
            draft.add("xmp", item.extents, ("deflate",) if deflated else ())

    primary = meta.items.get(meta.primary)
    if primary is None:
        return
    sizes = [meta.sizes[at] for at in primary.properties if at in meta.sizes]
    if sizes:
        draft.width, draft.height = sizes[0]
    coded = _coded(meta)
    if coded and all(item.extents for item in coded):
        draft.set_picture(
            *(extent for item in coded for extent in item.extents),
            parameters=_parameters(draft, meta, primary, coded),
        )


def _coded(meta: Meta) -> list[Item]:
    """Return the items with coded data: the primary item, or its components.

    Auxiliary items, such as a mask, follow it (23008-12 section 6.4.5). The data of
    a derived item only describe how to combine its components. Each derived item is
    expanded once, so that items that reference each other cause no endless loop.
    """
    found: list[Item] = []
    seen: set[int] = set()
    auxiliary = [n for n, item in meta.items.items() if meta.primary in item.adds_to]
    stack = [*reversed(auxiliary), meta.primary]
    while stack and len(found) < MAX_ITEMS:
        number = stack.pop()
        item = meta.items[number]
        inner = [n for n in item.made_of if n in meta.items]
        if item.type not in _DERIVED or not inner:
            found.append(item)
        elif number not in seen:
            seen.add(number)
            stack += reversed(inner)
    return found


def _parameters(
    draft: Draft, meta: Meta, primary: Item, coded: list[Item]
) -> list[bytes]:
    """Return the primary item's type, its derivation, the decoder configurations."""
    if not draft.has_picture:
        return []
    found = [primary.type]
    if primary.type in _DERIVED:
        derivation = Block(draft.file, primary.extents)
        length = min(derivation.length, _MAX_DERIVATION)
        found += draft.deciding(derivation.at, 0, length)
    configurations = dict.fromkeys(
        meta.codecs[number]
        for item in coded
        for number in item.properties
        if number in meta.codecs
    )
    return [*found, *configurations]


def _read_movie(draft: Draft, box: Box) -> None:
    for child in boxes(draft, box.data.first, box.data.end):
        if child.type == b"uuid" and draft.file.at(child.data.first, _UUID) == _CANON:
            _read_canon(draft, child)
        elif child.type == b"trak":
            _read_track(draft, child)


def _read_canon(draft: Draft, box: Box) -> None:
    """Read Canon's uuid box of TIFF blocks; the first has the dimensions."""
    for inner in boxes(draft, box.data.first + _UUID, box.data.end):
        if inner.type == _NOTE:
            draft.add("maker-note", [inner.data])
        if inner.type not in _BLOCKS:
            continue
        draft.add("exif", [inner.data], name=_BLOCKS[inner.type])
        if inner.type == b"CMT1":
            draft.width, draft.height = tiff.size_in(draft, [inner.data])


def _read_canon_xmp(draft: Draft, first: int) -> None:
    """Read the uuid boxes after the movie: XMP and a preview."""
    with nullcontext() if "xmp" in draft.wanted else suppress(MissingBytes):
        for box in boxes(draft, first, draft.file.size):
            if box.type != b"uuid":
                return
            if draft.file.at(box.data.first, _UUID) == _XMP_UUID:
                length = max(box.data.length - _UUID, 0)
                draft.add("xmp", [Extent(box.data.first + _UUID, length)])
                return


def _read_track(draft: Draft, box: Box) -> None:
    """Take the dimensions of the first track, for a sequence without a still image."""
    for child in boxes(draft, box.data.first, box.data.end):
        if child.type == b"tkhd" and draft.width is None:
            try:
                words = draft.exactly(child.data.end - 8, 8)
            except MissingBytes:
                return
            width, height = (int.from_bytes(words[at : at + 2], "big") for at in (0, 4))
            if width and height:
                draft.width, draft.height = width, height
