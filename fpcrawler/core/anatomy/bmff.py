"""HEIF and AVIF (ISO/IEC 23008-12, 14496-12) and Canon's CR3 in the same boxes."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import tiff
from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.anatomy.bmff_items import MAX_ITEMS, Item, Meta, read_tables
from fpcrawler.core.anatomy.boxes import Box, boxes
from fpcrawler.core.anatomy.structure import Malformed, MetadataKind
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

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

_C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")

_MANIFEST = b"manifest\0"

_C2PA_HEADER = _UUID + 4 + len(_MANIFEST) + 8

_MAX_BETWEEN = 8

_NEXT_HEADER = 8 + _C2PA_HEADER


def read(draft: Draft) -> None:
    """Read the top-level boxes up to ``meta``, which lists the items."""
    for box in boxes(draft, 0, draft.file.size):
        if box.type == b"meta":
            # Request the whole box: its tables point to everything else. Also the
            # header of the next one, which may have a manifest store.
            length = min(box.whole.length, _MAX_META) + _NEXT_HEADER
            if not draft.file.has(box.first, length):
                draft.need_for_all(box.first, length)
            _read_meta(draft, box)
            _read_manifests(draft, box.data.end)
            return
        if box.type == b"moov":
            draft.need(box.first, min(box.data.end - box.first, _MAX_META))
            _read_movie(draft, box)
            if draft.format == "cr3":
                _read_canon_xmp(draft, box.data.end)
                return
        if box.type == b"uuid":
            _note_manifests(draft, box)


def _read_manifests(draft: Draft, first: int) -> None:
    """Read the boxes between the items and their data."""
    if "provenance" not in draft.sought:
        return
    with draft.going_on(), suppress(Malformed):
        for box in islice(boxes(draft, first, draft.file.size), _MAX_BETWEEN):
            if box.type == b"mdat":
                return
            if box.type == b"uuid":
                _note_manifests(draft, box)


def _note_manifests(draft: Draft, box: Box) -> None:
    """Note a manifest store: C2PA 2.2, appendix A.5.1.

    After the identifier come version and flags, the purpose of the box, and the offset
    of another box.
    """
    with draft.going_on():
        header = draft.file.at(box.data.first, _C2PA_HEADER)
        if header.startswith(_C2PA_UUID) and header[_UUID + 4 :].startswith(_MANIFEST):
            length = max(box.data.length - _C2PA_HEADER, 0)
            draft.add("provenance", [Extent(box.data.first + _C2PA_HEADER, length)])


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
        if item.type == b"Exif":
            _note_lost(draft, meta, item, "exif")
            draft.add_exif(item.extents, has_offset=True)
        elif item.type == b"mime" and item.content_type == _XMP_TYPE:
            _note_lost(draft, meta, item, "xmp")
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
            is_end_known=not any(item.is_lost for item in coded),
        )


def _note_lost(draft: Draft, meta: Meta, item: Item, kind: MetadataKind) -> None:
    if item.is_unread:
        draft.left_out.add(kind)
    elif meta.is_located and (item.is_lost or not item.extents):
        draft.damaged.add(kind)


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
    """Return the primary item's type, its derivation, the decoder configurations.

    Then the properties that decide what is shown of the items, such as transforms
    (23008-12 6.5.1), in their order: those of the primary item, and other ones of its
    components and auxiliary items.
    """
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
    applied = [
        [meta.shown[n] for n in item.properties if n in meta.shown]
        for item in (primary, *(item for item in coded if item is not primary))
    ]
    others = dict.fromkeys(chain.from_iterable(applied[1:]))
    alpha = [b"prem"] if primary.is_premultiplied else []
    return [*found, *configurations, *applied[0], *others, *alpha]


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
    if "xmp" not in draft.sought:
        draft.left_out.add("xmp")
        return
    with draft.going_on():
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
