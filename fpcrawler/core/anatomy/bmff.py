"""HEIF and AVIF (ISO/IEC 23008-12, 14496-12) and Canon's CR3 in the same boxes."""

from __future__ import annotations

from dataclasses import dataclass, field

from fpcrawler.core.anatomy import tiff
from fpcrawler.core.anatomy.boxes import Box, Numbers, boxes
from fpcrawler.core.anatomy.structure import (
    Block,
    Draft,
    GivenUp,
    Part,
)
from fpcrawler.core.extents import Extent
from fpcrawler.core.sparse import MissingBytes

_MAX_META = 65_536
_MAX_ITEMS = 4_096
_MAX_EXTENTS = 20_000

_IN_FILE, _IN_IDAT = 0, 1
_DERIVED = {b"grid", b"iovl", b"iden", b"tmap"}
_CODECS = {b"hvcC", b"av1C", b"avcC", b"vvcC", b"j2kH", b"jpgC"}
_MAX_CODEC = 65_536
_MAX_DERIVATION = 1_024
_XMP_TYPE = b"application/rdf+xml"
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_UUID = 16


@dataclass(slots=True)
class _Item:
    type: bytes = b""
    content_type: bytes = b""
    content_encoding: bytes = b""
    extents: list[Extent] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)
    made_of: list[int] = field(default_factory=list)
    adds_to: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Meta:
    primary: int = 0
    items: dict[int, _Item] = field(default_factory=dict)
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    codecs: dict[int, bytes] = field(default_factory=dict)

    def item(self, number: int) -> _Item:
        if number not in self.items and len(self.items) >= _MAX_ITEMS:
            msg = "too many items"
            raise GivenUp(msg)
        return self.items.setdefault(number, _Item())


def read(draft: Draft) -> None:
    """Read the top-level boxes up to the one that names the items."""
    for box in boxes(draft, 0, draft.file.size):
        if box.type == b"meta":
            # All of it at once: its tables point to everything else.
            whole = Extent(box.first, min(box.data.end - box.first, _MAX_META))
            if not draft.file.has(whole.first, whole.length):
                draft.need_for_all(whole.first, whole.length)
            _read_meta(draft, box)
            return
        if box.type == b"moov":
            draft.need(box.first, min(box.data.end - box.first, _MAX_META))
            _read_movie(draft, box)
            if draft.format == "cr3":
                return


def _read_meta(draft: Draft, box: Box) -> None:
    meta = _Meta()
    inner = Extent(box.data.first + 4, max(box.data.length - 4, 0))
    children: dict[bytes, Extent] = {}
    for child in boxes(draft, inner.first, inner.end):
        children.setdefault(child.type, child.data)
    try:
        _read_tables(draft, meta, children)
    finally:
        _use(draft, meta)


def _read_tables(draft: Draft, meta: _Meta, children: dict[bytes, Extent]) -> None:
    if b"pitm" in children:
        numbers = Numbers(draft, children[b"pitm"])
        version, _ = numbers.version_and_flags()
        meta.primary = numbers.take(4 if version else 2)
    if b"iinf" in children:
        _read_infos(draft, meta, children[b"iinf"])
    if b"iprp" in children:
        _read_properties(draft, meta, children[b"iprp"])
    if b"iref" in children:
        _read_references(draft, meta, children[b"iref"])
    if b"iloc" in children:
        _read_locations(draft, meta, children)


def _read_infos(draft: Draft, meta: _Meta, data: Extent) -> None:
    version = draft.number(data.first, 1)
    skip = 4 + (4 if version else 2)
    for box in boxes(draft, data.first + skip, data.end):
        if box.type != b"infe":
            continue
        numbers = Numbers(draft, box.data)
        version, _ = numbers.version_and_flags()
        if version < 2:  # noqa: PLR2004 - before items had types
            continue
        item = meta.item(numbers.take(2 if version == 2 else 4))  # noqa: PLR2004
        numbers.take(2)  # protection
        item.type = numbers.text(4)
        texts = numbers.rest.split(b"\0")
        if item.type == b"mime":
            item.content_type = texts[1] if len(texts) > 1 else b""
            item.content_encoding = texts[2] if len(texts) > 2 else b""  # noqa: PLR2004


def _read_properties(draft: Draft, meta: _Meta, data: Extent) -> None:
    for box in boxes(draft, data.first, data.end):
        if box.type == b"ipco":
            for number, entry in enumerate(boxes(draft, box.data.first, box.data.end)):
                if entry.type == b"ispe":
                    numbers = Numbers(draft, entry.data)
                    numbers.take(4)
                    meta.sizes[number + 1] = numbers.take(4), numbers.take(4)
                elif entry.type in _CODECS and draft.is_for_picture:
                    length = min(entry.data.length, _MAX_CODEC)
                    content = draft.file.at(entry.data.first, length)
                    meta.codecs[number + 1] = entry.type + content
        elif box.type == b"ipma":
            _read_associations(draft, meta, box.data)


def _read_associations(draft: Draft, meta: _Meta, data: Extent) -> None:
    numbers = Numbers(draft, data)
    version, flags = numbers.version_and_flags()
    wide = flags & 1
    for _ in range(numbers.take(4)):
        item = meta.item(numbers.take(4 if version else 2))
        for _ in range(numbers.take(1)):
            # The highest bit says whether the property is essential.
            index = numbers.take(2) & 0x7FFF if wide else numbers.take(1) & 0x7F
            item.properties.append(index)


def _read_references(draft: Draft, meta: _Meta, data: Extent) -> None:
    word = 4 if draft.number(data.first, 1) else 2
    for box in boxes(draft, data.first + 4, data.end):
        if box.type not in (b"dimg", b"auxl"):
            continue
        numbers = Numbers(draft, box.data)
        item = meta.item(numbers.take(word))
        named = [numbers.take(word) for _ in range(numbers.take(2))]
        if box.type == b"dimg":
            item.made_of = named
        else:
            item.adds_to = named


def _read_locations(draft: Draft, meta: _Meta, children: dict[bytes, Extent]) -> None:
    """ISO/IEC 14496-12 section 8.11.3."""
    numbers = Numbers(draft, children[b"iloc"])
    version, _ = numbers.version_and_flags()
    sizes = numbers.take(2)
    offset_size, length_size, base_size, index_size = (
        sizes >> shift & 0xF for shift in (12, 8, 4, 0)
    )
    if version == 0:
        index_size = 0
    word = 4 if version > 1 else 2
    extents = 0
    for _ in range(numbers.take(word)):
        item = meta.item(numbers.take(word))
        method = numbers.take(2) & 0xF if version else _IN_FILE
        numbers.take(2)  # the data reference
        base = numbers.take(base_size)
        for _ in range(numbers.take(2)):
            extents += 1
            if extents > _MAX_EXTENTS:
                msg = "too many extents"
                raise GivenUp(msg)
            numbers.take(index_size)
            place = Extent(base + numbers.take(offset_size), numbers.take(length_size))
            located = _located(draft, place, method, children.get(b"idat"))
            if located:
                item.extents.append(located)


def _located(
    draft: Draft, place: Extent, method: int, idat: Extent | None
) -> Extent | None:
    if method == _IN_FILE:
        source = Extent(0, draft.file.size)
    elif method == _IN_IDAT and idat:
        source = idat
    else:
        return None
    length = place.length or source.length - place.first  # 0 is all the rest
    return Extent(source.first + place.first, length) if length > 0 else None


def _use(draft: Draft, meta: _Meta) -> None:
    for item in meta.items.values():
        if item.type == b"Exif" and item.extents:
            _add_exif(draft, item.extents)
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


def _add_exif(draft: Draft, extents: list[Extent]) -> None:
    """Pass over the offset of the TIFF header, which comes first."""
    part = Part("exif", tuple(extents))
    first = extents[0]
    draft.need(first.first, 4)
    if first.length > 4:  # noqa: PLR2004
        extents = [Extent(first.first + 4, first.length - 4), *extents[1:]]
    if part.length:
        draft.add_exif(extents)


def _coded(meta: _Meta) -> list[_Item]:
    """Return the primary item, or those with coded data that it is made of.

    Auxiliary ones, such as a mask, come after it (23008-12 section 6.4.5). A
    derived item's own data are only how its pictures are put together. Each is
    looked into once: items that are made of each other would never end.
    """
    found: list[_Item] = []
    seen: set[int] = set()
    auxiliary = [n for n, item in meta.items.items() if meta.primary in item.adds_to]
    stack = [*reversed(auxiliary), meta.primary]
    while stack and len(found) < _MAX_ITEMS:
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
    draft: Draft, meta: _Meta, primary: _Item, coded: list[_Item]
) -> list[bytes]:
    """Return the primary item's type, how it is put together, the decoder's set-up."""
    if not draft.is_for_picture:
        return []
    found = [primary.type]
    if primary.type in _DERIVED:
        places = Block(draft.file, primary.extents)
        found += [places.at(0, min(places.length, _MAX_DERIVATION))]
    set_up = dict.fromkeys(
        meta.codecs[number]
        for item in coded
        for number in item.properties
        if number in meta.codecs
    )
    return [*found, *set_up]


def _read_movie(draft: Draft, box: Box) -> None:
    """Canon keeps TIFF blocks in a uuid box: the first has the dimensions."""
    for child in boxes(draft, box.data.first, box.data.end):
        if child.type == b"uuid" and draft.file.at(child.data.first, _UUID) == _CANON:
            for inner in boxes(draft, child.data.first + _UUID, child.data.end):
                if inner.type in (b"CMT1", b"CMT2", b"CMT4"):
                    name = inner.type.decode("ascii")
                    draft.add("exif", [inner.data], name=name)
                if inner.type == b"CMT1":
                    size = tiff.size_in(draft, [inner.data])
                    draft.width, draft.height = size
        elif child.type == b"trak":
            _read_track(draft, child)


def _read_track(draft: Draft, box: Box) -> None:
    """Take the first track's size for a sequence without a picture of its own."""
    for child in boxes(draft, box.data.first, box.data.end):
        if child.type == b"tkhd" and draft.width is None:
            try:
                words = draft.exactly(child.data.end - 8, 8)
            except MissingBytes:
                return
            width, height = (int.from_bytes(words[at : at + 2], "big") for at in (0, 4))
            if width and height:
                draft.width, draft.height = width, height
