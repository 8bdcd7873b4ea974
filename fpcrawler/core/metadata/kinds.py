"""Read the parts of each kind of metadata except EXIF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, get_args

from fpcrawler.core.anatomy import Extent, Part, Payload
from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata import iptc, xmp
from fpcrawler.core.metadata.limits import MarkupLimits
from fpcrawler.core.metadata.manifests import read_store
from fpcrawler.core.metadata.parts import MAX_PARTS, Payloads
from fpcrawler.core.metadata.provenance import Provenance
from fpcrawler.core.metadata.status import Progress
from fpcrawler.core.metadata.texts import (
    RawText,
    Text,
    TextKind,
    read_texts,
)

_PADDING = b" \t\r\n\0"
_LEAST_PADDING = 256
_ENDS = (b":xmpmeta>", b":RDF>")
_LONGEST_END = 32
_NAMED = re.compile(rb"HasExtendedXMP[\s=\"'>]{1,20}([0-9A-Fa-f]{32})")
_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"

_TEXT_KINDS: dict[str, TextKind] = {kind: kind for kind in get_args(TextKind)}

Value_co = TypeVar("Value_co", covariant=True)
_Reading = TypeVar("_Reading", bound="_HasProgress")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Value_co]):
    """What the parts of a kind say, their missing bytes, and how far they were read."""

    value: Value_co
    needs: tuple[Extent, ...] = ()
    progress: Progress


class _HasProgress(Protocol):
    @property
    def is_damaged(self) -> bool: ...
    @property
    def is_cut(self) -> bool: ...


def find_xmp(payloads: Payloads, parts: Sequence[Part]) -> Found[dict[str, str]]:
    """Read the packets of XMP, each with the extended XMP that it names."""
    packets = [part for part in parts if part.kind == "xmp"]
    # ImageMagick names both EXIF and XMP of a JPEG's APP1 segments "APP1".
    profiles = [part for part in parts if part.kind == "exif" and part.encodings]
    packets += [
        part
        for part in profiles[:MAX_PARTS]
        if (profile := payloads.of(part)) and profile.data.startswith(_XMP_NAME)
    ]
    if not packets:
        return Found(value={}, progress=Progress())
    extensions = [part for part in parts if part.kind == "extended-xmp"]
    needs: list[Extent] = []
    is_missing = False
    limits = MarkupLimits()

    def read(packet: bytes) -> xmp.XmpReading:
        nonlocal is_missing
        named = _named_in(packet, extensions)
        if named is None:
            reading = xmp.read_xmp(packet, limits=limits)
            is_missing |= xmp.EXTENSION_DIGEST in reading.properties
            return reading
        extension = payloads.of(named)
        if extension is None:
            is_missing = True
            needs.extend(named.extents)
            return xmp.read_xmp(packet, limits=limits)
        return xmp.read_xmp(packet, extension.data, limits=limits)

    found = _read_all(payloads, packets, read, _packet)
    reading = xmp.united(found.value)
    progress = _progress(reading, of=found.progress)
    return Found(
        value=reading.properties,
        needs=(*found.needs, *needs),
        progress=progress.after(Progress(is_missing=is_missing)),
    )


def _packet(payloads: Payloads, part: Part) -> Payload | None:
    """Return a packet, or all of it but its padding: up to 12 KB that are not needed.

    XMP part 1 section 7.3.2: spaces follow the document, so that it can grow in place.
    """
    packet, file = payloads.of(part), payloads.file
    if packet is not None or part.encodings or len(part.extents) > 1:
        return packet
    holes = file.holes(part.extents[0].first, part.length)
    if not holes:
        return None
    start = file.at(part.extents[0].first, holes[0][0] - part.extents[0].first)
    document = start.rstrip(_PADDING)
    is_whole = document[-_LONGEST_END:].replace(b"\0", b"").endswith(_ENDS)
    has_padding = len(start) - len(document) >= _LEAST_PADDING
    return Payload(start) if is_whole and has_padding else None


def _named_in(packet: bytes, extensions: Iterable[Part]) -> Part | None:
    """Return the extension whose digest the packet names.

    XMP part 3 section 1.1.3.1: one with another digest does not belong to the packet.
    """
    named = _NAMED.search(packet)
    digest = named[1].decode().upper() if named else ""
    return next((part for part in extensions if part.name.upper() == digest), None)


def find_iptc(payloads: Payloads, parts: Sequence[Part]) -> Found[dict[str, str]]:
    """Read the blocks of IPTC-IIM."""
    blocks = [part for part in parts if part.kind == "iptc"]
    if not blocks:
        return Found(value={}, progress=Progress())
    found = _read_all(payloads, blocks, iptc.read_iim)
    reading = iptc.united(found.value)
    return Found(
        value=reading.datasets,
        needs=found.needs,
        progress=_progress(reading, of=found.progress),
    )


def find_texts(payloads: Payloads, parts: Sequence[Part]) -> Found[tuple[Text, ...]]:
    """Read the texts."""
    raw: list[RawText] = []
    needs: list[Extent] = []
    places = [part for part in parts if part.kind == "texts"]
    if not places:
        return Found(value=(), progress=Progress())
    for part in places:
        text = payloads.of(part)
        if text is None:
            needs += part.extents
        else:
            raw.append(RawText(_TEXT_KINDS[part.name], text.data))
    reading = read_texts(raw)
    return Found(
        value=reading.texts,
        needs=tuple(needs),
        progress=_progress(reading).after(Progress(is_missing=bool(needs))),
    )


def find_provenance(payloads: Payloads, parts: Sequence[Part]) -> Found[Provenance]:
    """Read the manifest stores; the first that is one of C2PA decides."""
    stores = [part for part in parts if part.kind == "provenance"]
    found = Found(value=Provenance(), progress=Progress())
    if not stores:
        return found
    for part in stores[:MAX_PARTS]:
        store = _find_store(payloads, part)
        found = Found(
            value=found.value if found.value.c2pa else store.value,
            needs=found.needs + store.needs,
            progress=store.progress.after(found.progress),
        )
    beyond = Progress(is_missing=len(stores) > MAX_PARTS)
    return Found(
        value=found.value, needs=found.needs, progress=found.progress.after(beyond)
    )


def _find_store(payloads: Payloads, part: Part) -> Found[Provenance]:
    block = Block(payloads.file, part.extents)
    decoding = Progress()
    if part.encodings:
        store = payloads.of(part)
        if store is None:
            missing = Progress(is_missing=True)
            return Found(value=Provenance(), needs=part.extents, progress=missing)
        decoding = _progress(store)
        decoded = SparseFile(len(store.data))
        decoded.add(0, store.data)
        block = Block(decoded, [Extent(0, len(store.data))])
    reading = read_store(block)
    needs = (block.extents(need.first, need.length) for need in reading.needs)
    return Found(
        value=reading.provenance,
        needs=tuple(extent for extents in needs for extent in extents),
        progress=Progress(
            is_damaged=reading.error is not None,
            is_missing=bool(reading.needs),
            is_cut=reading.is_given_up,
        ).after(decoding),
    )


def _read_all(
    payloads: Payloads,
    parts: Sequence[Part],
    read: Callable[[bytes], _Reading],
    payload_of: Callable[[Payloads, Part], Payload | None] = Payloads.of,
) -> Found[list[_Reading]]:
    """Read up to MAX_PARTS parts; ``read`` gets what could be decoded."""
    readings: list[_Reading] = []
    needs: list[Extent] = []
    progress = Progress(is_missing=len(parts) > MAX_PARTS)
    for part in parts[:MAX_PARTS]:
        decoded = payload_of(payloads, part)
        if decoded is None:
            progress = progress.after(Progress(is_missing=True))
            needs += part.extents
            continue
        progress = progress.after(_progress(decoded))
        progress = progress.after(Progress(is_damaged=not decoded.data))
        readings.append(read(decoded.data))
    return Found(
        value=readings,
        needs=tuple(needs),
        progress=progress,
    )


def _progress(reading: _HasProgress, of: Progress | None = None) -> Progress:
    """Return how far bytes were read, and ``of`` their decoding.

    Bytes that were cut break off, which is not damage.
    """
    of = of or Progress()
    is_damaged = reading.is_damaged and not of.is_cut
    return Progress(is_damaged=is_damaged, is_cut=reading.is_cut).after(of)
