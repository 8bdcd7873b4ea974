"""Find the boxes of a C2PA manifest store in JUMBF (ISO/IEC 19566-5) with holes.

A superbox ``jumb`` contains a description box ``jumd`` and then content boxes, which
may be superboxes. C2PA 2.2, section 11.1 ("Use of JUMBF"), says which superboxes a
manifest store has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from fpcrawler.core.anatomy.structure import (
    LARGEST_VALUE,
    STORE_TAIL,
    GivenUp,
    Malformed,
)
from fpcrawler.core.file.sparse import MissingBytes

MAX_BOXES = 2_000
"""Box headers that are read of one store."""

STORE, ASSERTIONS, CLAIM, SIGNATURE = b"c2pa", b"c2as", b"c2cl", b"c2cs"
COMPRESSED = b"c2cm"
"""A manifest whose boxes are compressed by Brotli; it is not read."""

MANIFESTS = {b"c2ma", b"c2um", COMPRESSED}
_SUPERBOX, _DESCRIPTION, _CBOR = b"jumb", b"jumd", b"cbor"
_HEADER, _LONG_HEADER = 8, 16
_TO_THE_END, _LONG = 0, 1
_TYPE = 16
_HAS_LABEL = 0x02
_MAX_LABEL = 256


class Store(Protocol):
    """The bytes of a manifest store, some of which may be missing.

    ``at`` raises MissingBytes, with any offsets, for a hole; ``anatomy.draft.Block`` is
    one. ``length`` is that of the store in bytes, holes included.
    """

    length: int

    def at(self, first: int, length: int) -> bytes:
        """Return these bytes, fewer at the end."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its four-character type, the offsets of its header, content and end."""

    type: bytes
    first: int
    content: int
    end: int


@dataclass(frozen=True, slots=True)
class Superbox:
    """A superbox: the first four bytes of its type, its label, where its boxes are.

    ``content`` is the offset after the description box.
    """

    type: bytes
    label: str
    content: int
    end: int


@dataclass(slots=True)
class Manifest:
    """The superboxes of one manifest, as far as they were found."""

    claim: Superbox | None = None
    signature: Superbox | None = None
    assertions: list[Superbox] = field(default_factory=list)
    is_compressed: bool = False

    def add(self, box: Superbox) -> None:
        """Take a superbox that is neither a manifest nor an assertion store."""
        if box.type == CLAIM:
            self.claim = box
        elif box.type == SIGNATURE:
            self.signature = box
        else:
            self.assertions.append(box)


class Boxes:
    """Reads the boxes of one store and counts them, so that the work is bounded.

    Each method raises MissingBytes, with offsets in the store, for a hole; Malformed if
    a size contradicts the specification; GivenUp beyond MAX_BOXES.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._left = MAX_BOXES

    def whole(self) -> Superbox:
        """Return the superbox that the store is, as far as the store goes."""
        superbox = self._superbox(self._box(0, self._store.length, is_clipped=True))
        if superbox is None:
            raise Malformed("a manifest store is not a superbox")
        return superbox

    def active_manifest(self, store: Superbox) -> Manifest:
        """Return the last manifest, found from the start of the store on.

        C2PA 2.2, section 2.3 ("Active Manifest"): the last manifest in the list.
        """
        manifests = (box for box in self._children(store) if box.type in MANIFESTS)
        last = None
        for manifest in manifests:
            last = manifest
        if last is None:
            raise Malformed("a manifest store has no manifest")
        return self._manifest(last)

    def end_of_manifest(self, store: Superbox) -> Manifest:
        """Return what the last STORE_TAIL bytes have of the active manifest.

        The end of an assertion store is the first byte of the next box. So the boxes
        that follow each other up to the end of the store belong to the last manifest,
        if none of them is a manifest.
        """
        first = max(store.end - STORE_TAIL, store.content)
        tail = self._at(first, store.end - first)
        at = tail.find(_SUPERBOX)
        while at >= 0:
            try:
                return self._from(first + at - 4, store.end)
            except (Malformed, MissingBytes) as error:
                if isinstance(error, GivenUp):
                    raise
            at = tail.find(_SUPERBOX, at + 1)
        return Manifest()

    def cbor(self, superbox: Superbox) -> bytes:
        """Return the content of the first ``cbor`` box in the superbox."""
        at = superbox.content
        while at < superbox.end:
            box = self._box(at, superbox.end)
            if box.type == _CBOR:
                length = box.end - box.content
                if length > LARGEST_VALUE:
                    raise GivenUp(f"{superbox.label} has {length} bytes")
                return self._at(box.content, length)
            at = box.end
        raise Malformed(f"{superbox.label} has no CBOR")

    def _from(self, at: int, end: int) -> Manifest:
        found = Manifest()
        while at < end:
            box = self._box(at, end)
            superbox = self._superbox(box)
            if superbox is None:
                raise Malformed(f"no superbox at {at}")
            if superbox.type in MANIFESTS:
                found = self._manifest(superbox)
            else:
                self._gather(superbox, found)
            at = box.end
        return found

    def _manifest(self, manifest: Superbox) -> Manifest:
        found = Manifest(is_compressed=manifest.type == COMPRESSED)
        for box in () if found.is_compressed else self._children(manifest):
            self._gather(box, found)
        return found

    def _gather(self, box: Superbox, found: Manifest) -> None:
        if box.type == ASSERTIONS:
            found.assertions += self._children(box)
        else:
            found.add(box)

    def _children(self, superbox: Superbox) -> Iterator[Superbox]:
        at = superbox.content
        while at < superbox.end:
            box = self._box(at, superbox.end)
            child = self._superbox(box)
            if child is not None:
                yield child
            at = box.end

    def _superbox(self, box: Box) -> Superbox | None:
        """Read the description box: a type, toggles, and a label if they say so.

        ISO/IEC 19566-5, section A.3.
        """
        if box.type != _SUPERBOX:
            return None
        description = self._box(box.content, box.end)
        if description.type != _DESCRIPTION:
            raise Malformed(f"no description box at {box.content}")
        length = min(description.end - description.content, _TYPE + 1 + _MAX_LABEL)
        raw = self._at(description.content, length)
        has_label = len(raw) > _TYPE and raw[_TYPE] & _HAS_LABEL
        label = raw[_TYPE + 1 :].partition(b"\0")[0] if has_label else b""
        text = label.decode("utf-8", "replace")
        return Superbox(raw[:4], text, description.end, box.end)

    def _box(self, at: int, end: int, *, is_clipped: bool = False) -> Box:
        if not self._left:
            raise GivenUp("too many boxes")
        self._left -= 1
        if end - at < _HEADER:
            raise Malformed(f"{end - at} bytes are left for a box at {at}")
        header = self._at(at, _HEADER)
        size, content = int.from_bytes(header[:4], "big"), at + _HEADER
        if size == _LONG and end - at >= _LONG_HEADER:
            size = int.from_bytes(self._at(content, 8), "big")
            content = at + _LONG_HEADER
        elif size == _TO_THE_END:
            size = end - at
        if is_clipped:
            size = min(size, end - at)
        if size < content - at or size > end - at:
            raise Malformed(f"box size {size} at {at}")
        return Box(header[4:], at, content, at + size)

    def _at(self, first: int, length: int) -> bytes:
        try:
            data = self._store.at(first, length)
        except MissingBytes:
            raise MissingBytes(first, length) from None
        if len(data) < length:
            raise Malformed(f"cut off at {first + len(data)}")
        return data
