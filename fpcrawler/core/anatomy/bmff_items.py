"""The items of a HEIF file, their properties and locations (ISO/IEC 14496-12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.boxes import Numbers, boxes
from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.boxes import Box
    from fpcrawler.core.anatomy.draft import Draft

MAX_ITEMS = 4_096

_COST = 2
"""Of an entry of a table; that of a single number is 1."""

_IN_FILE, _IN_IDAT = 0, 1

_CODECS = {b"hvcC", b"av1C", b"avcC", b"vvcC", b"j2kH", b"jpgC"}

_MAX_CODEC = 65_536

_SHOWN = {b"clap", b"irot", b"imir", b"colr", b"auxC", b"lsel", b"a1op"}
"""Properties that decide what is shown of the decoded items, of a few bytes each.

Crop, rotation, mirror, what an auxiliary item is, the layer (23008-12 6.5.9, 6.5.10,
6.5.12, 6.5.8, 6.5.11), the operating point (AV1 Image File Format 2.3.2).
"""

_COLOURS, _CODE_POINTS = b"colr", b"nclx"
"""Colours in code points, with the matrix and the range of YCbCr (14496-12 12.1.5).

The other kinds are ICC profiles. They are metadata.
"""

_MAX_SHOWN = 128
_MAX_INFO = 1_024
"""Bytes of an item's entry: a name and a type are short."""


@dataclass(slots=True)
class Item:
    """A coded or derived picture or a block of metadata, and its location.

    ``made_of`` are the item numbers of its ``dimg`` reference, ``adds_to`` those of
    its ``auxl`` reference; ``is_premultiplied``: it has a ``prem`` reference.
    ``is_lost``: a part of its data is nowhere in the file. ``is_unread``: it is, where
    this reader does not look.
    """

    type: bytes = b""
    content_type: bytes = b""
    content_encoding: bytes = b""
    extents: list[Extent] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)
    made_of: list[int] = field(default_factory=list)
    adds_to: list[int] = field(default_factory=list)
    is_premultiplied: bool = False
    is_lost: bool = False
    is_unread: bool = False


@dataclass(slots=True)
class Meta:
    """The tables of a ``meta`` box.

    ``items`` by item number; ``sizes`` (width, height), ``codecs`` (decoder
    configurations) and ``shown`` (other properties that decide what is shown) by
    property index, from 1. ``is_located``: all tables were read.
    """

    primary: int = 0
    items: dict[int, Item] = field(default_factory=dict)
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    codecs: dict[int, bytes] = field(default_factory=dict)
    shown: dict[int, bytes] = field(default_factory=dict)
    is_located: bool = False

    def item(self, number: int) -> Item:
        if number not in self.items and len(self.items) >= MAX_ITEMS:
            raise GivenUp("too many items")
        return self.items.setdefault(number, Item())


def read_tables(draft: Draft, meta: Meta, children: dict[bytes, Extent]) -> None:
    """Read the tables of a ``meta`` box; ``children`` are its boxes by type."""
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
    meta.is_located = True


def _read_infos(draft: Draft, meta: Meta, data: Extent) -> None:
    version = draft.number(data.first, 1)
    skip = 4 + (4 if version else 2)
    for box in boxes(draft, data.first + skip, data.end):
        if box.type != b"infe":
            continue
        draft.step(_COST)
        info = draft.file.at(box.data.first, min(box.data.length, _MAX_INFO))
        if info[:1] < b"\2":  # older entries have no item type
            continue
        end = 6 if info[0] == 2 else 8  # noqa: PLR2004
        at = end + 2  # after two bytes of protection
        if len(info) < at + 4:
            raise Malformed("an item's entry is too short")
        item = meta.item(int.from_bytes(info[4:end], "big"))
        item.type = info[at : at + 4]
        if item.type == b"mime":
            texts = info[at + 4 :].split(b"\0")
            item.content_type = texts[1] if len(texts) > 1 else b""
            item.content_encoding = texts[2] if len(texts) > 2 else b""  # noqa: PLR2004


def _read_properties(draft: Draft, meta: Meta, data: Extent) -> None:
    for box in boxes(draft, data.first, data.end):
        if box.type == b"ipco":
            for number, entry in enumerate(boxes(draft, box.data.first, box.data.end)):
                if entry.type == b"ispe":
                    numbers = Numbers(draft, entry.data)
                    numbers.take(4)
                    meta.sizes[number + 1] = numbers.take(4), numbers.take(4)
                elif entry.type in _CODECS:
                    _read_deciding(draft, entry, number + 1, meta.codecs, _MAX_CODEC)
                elif entry.type in _SHOWN:
                    _read_deciding(draft, entry, number + 1, meta.shown, _MAX_SHOWN)
        elif box.type == b"ipma":
            _read_associations(draft, meta, box.data)


def _read_deciding(
    draft: Draft, entry: Box, index: int, found: dict[int, bytes], limit: int
) -> None:
    """Add the type and content of a property that decides how the picture is shown."""
    length = min(entry.data.length, limit)
    for content in draft.deciding(draft.file.at, entry.data.first, length):
        if entry.type != _COLOURS or content.startswith(_CODE_POINTS):
            found[index] = entry.type + content


def _read_associations(draft: Draft, meta: Meta, data: Extent) -> None:
    numbers = Numbers(draft, data)
    version, flags = numbers.version_and_flags()
    wide = flags & 1
    for _ in range(numbers.take(4)):
        item = meta.item(numbers.take(4 if version else 2))
        count = numbers.take(1)
        draft.step(_COST + count)
        for _ in range(count):
            # The highest bit marks an essential property.
            index = numbers.take(2) & 0x7FFF if wide else numbers.take(1) & 0x7F
            item.properties.append(index)


def _read_references(draft: Draft, meta: Meta, data: Extent) -> None:
    word = 4 if draft.number(data.first, 1) else 2
    for box in boxes(draft, data.first + 4, data.end):
        if box.type not in (b"dimg", b"auxl", b"prem"):
            continue
        numbers = Numbers(draft, box.data)
        item = meta.item(numbers.take(word))
        count = numbers.take(2)
        draft.step(count)
        named = [numbers.take(word) for _ in range(count)]
        if box.type == b"dimg":
            item.made_of = named
        elif box.type == b"auxl":
            item.adds_to = named
        else:  # 23008-12 6.10.1.2: by the alpha plane that it names
            item.is_premultiplied = True


def _read_locations(draft: Draft, meta: Meta, children: dict[bytes, Extent]) -> None:
    """Read ``iloc`` (ISO/IEC 14496-12 section 8.11.3)."""
    numbers = Numbers(draft, children[b"iloc"])
    version, _ = numbers.version_and_flags()
    sizes = numbers.take(2)
    offset_size, length_size, base_size, index_size = (
        sizes >> shift & 0xF for shift in (12, 8, 4, 0)
    )
    if version == 0:
        index_size = 0
    word = 4 if version > 1 else 2
    sources = {_IN_FILE: Extent(0, draft.file.size), _IN_IDAT: children.get(b"idat")}
    for _ in range(numbers.take(word)):
        draft.step(_COST)
        item = meta.item(numbers.take(word))
        method = numbers.take(2) & 0xF if version else _IN_FILE
        numbers.take(2)  # data reference index
        base = numbers.take(base_size)
        for _ in range(numbers.take(2)):
            draft.step(_COST)
            numbers.take(index_size)
            place = Extent(base + numbers.take(offset_size), numbers.take(length_size))
            _locate(item, place, sources.get(method))
        item.is_unread |= method > _IN_IDAT  # the data are in the data of other items


def _locate(item: Item, place: Extent, source: Extent | None) -> None:
    """Add an extent of the item's data, as far as ``source`` has it."""
    if source is None:
        item.is_lost = True
        return
    left = source.length - place.first
    length = min(place.length or left, left)  # 0: to the source's end
    item.is_lost |= length <= 0 or length < place.length
    if length > 0:
        item.extents.append(Extent(source.first + place.first, length))
