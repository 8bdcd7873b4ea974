"""Read the active manifest of a C2PA manifest store, which may have holes.

The store lies in one place of each container. Its bytes, as ``read_store`` takes them:

- JPEG: the APP11 segments whose data begin with ``JP`` (ISO/IEC 18477-3, Annex B):
  common identifier (2 bytes), box instance number (2), packet sequence number (4), then
  a copy of the box header. Join the segments of one instance number in the order of
  their sequence numbers: the first without its first 8 bytes; of the others drop the
  copy of the box header too (8 bytes, or 16 where its length field is 1). A JPEG may
  have other JUMBF under other instance numbers: ``read_store`` says it is not C2PA.
  All segments but the last normally carry equally many bytes of the store (the first
  counts its box header), and the box header says the length of the store: so segments
  that were not received can be located without a request for each, and the end can be
  requested at once. Compare the segment headers that then arrive.
- PNG: the data of the chunk ``caBX``, whole chunks only. WebP: those of the chunk
  ``C2PA``, nearly always the last.
- AVIF, HEIC: the top-level box ``uuid`` d8fec3d6-1b0e-483c-9297-5828877ec481: after the
  identifier come version and flags (4 bytes), the purpose ``manifest`` with its NUL,
  and an offset (8 bytes); then the store. Other purposes have no store.
- JPEG XL, JPEG 2000: a top-level box ``jumb``, header included.
- TIFF, DNG: the value of tag 0xCD41 in the first IFD.
- GIF: the sub-blocks of the application extension ``C2PA_GIF``, joined without their
  length bytes. All but the last normally have 255 bytes, so the same holds.
- SVG: the text of ``c2pa:manifest`` in ``metadata``, decoded from base64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.structure import STORE_TAIL, STORE_WHOLE, GivenUp, Malformed
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.cbor import decode_cbor
from fpcrawler.core.metadata.claims import (
    Action,
    actions_of,
    assertions_of,
    generator_of,
    is_actions,
)
from fpcrawler.core.metadata.jumbf import STORE, Boxes, Manifest, Store, Superbox
from fpcrawler.core.metadata.provenance import Provenance, created_as, is_cut
from fpcrawler.core.metadata.signers import Signer, certificate_of, signer_of

if TYPE_CHECKING:
    from fpcrawler.core.metadata.cbor import Cbor

WINDOW = 4_096
"""Bytes to fetch at the header of a box of a larger store."""

MAX_ACTIONS = 100

MAX_LISTS = 4
"""Lists of actions that are read; a manifest has one, or one and a gathered one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReading:
    """What a store says, and which of its bytes are missing.

    ``needs`` are ranges of the store: fetch them all, and read again. ``error`` says
    what could not be read of bytes that are here. ``is_given_up``: something was left
    out or cut because it is too long, or its manifest is compressed.
    """

    provenance: Provenance
    needs: tuple[Extent, ...] = ()
    error: str | None = None
    is_given_up: bool = False


def read_store(store: Store) -> StoreReading:
    """Read the active manifest of a C2PA manifest store; never raises.

    A store of up to STORE_WHOLE bytes needs one request. Of a larger one, which holds
    thumbnails, the end is requested: writers put claim and signature last, and the
    claim lists the assertions, so it is known whether actions lie before the end. Only
    then the boxes are visited from the first on.
    """
    boxes = Boxes(store)
    try:
        top = boxes.whole()
    except MissingBytes:
        return StoreReading(provenance=Provenance(), needs=_first_needs(store.length))
    except Malformed as error:
        return StoreReading(provenance=Provenance(), error=str(error))
    if top.type != STORE:
        return StoreReading(provenance=Provenance(c2pa=False))

    return _read_manifest(boxes, top)


def _read_manifest(boxes: Boxes, top: Superbox) -> StoreReading:
    visited = _Draft(boxes)
    visited.read(boxes.active_manifest, top)
    if not visited.needs:
        return _checked(visited)
    if top.end <= STORE_WHOLE:
        return replace(visited.finished(), needs=(Extent(0, top.end),))

    ending = _Draft(boxes)
    ending.read(boxes.end_of_manifest, top)
    if ending.is_whole:
        return ending.finished()
    needs = ending.needs or [_widened(need, top.end) for need in visited.needs]
    ending.fill_from(visited)
    return replace(ending.finished(), needs=tuple(needs))


def _checked(visited: _Draft) -> StoreReading:
    reading = visited.finished()
    if visited.is_whole or reading.error or reading.is_given_up:
        return reading
    return replace(reading, error="the manifest lacks claim, signature or actions")


def _first_needs(length: int) -> tuple[Extent, ...]:
    if length <= STORE_WHOLE:
        return (Extent(0, length),)
    return Extent(0, WINDOW), Extent(length - STORE_TAIL, STORE_TAIL)


def _widened(need: Extent, end: int) -> Extent:
    rest = end - need.first
    return Extent(need.first, rest if rest <= STORE_WHOLE else max(need.length, WINDOW))


class _Draft:
    """What was read of a manifest so far, and what was missing."""

    def __init__(self, boxes: Boxes) -> None:
        self.is_whole = False
        self.needs: list[Extent] = []
        self._boxes = boxes
        self._provenance = Provenance(c2pa=True)
        self._error: str | None = None
        self._is_given_up = False

    def finished(self) -> StoreReading:
        """Return the reading."""
        return StoreReading(
            provenance=self._provenance,
            needs=tuple(self.needs),
            error=self._error,
            is_given_up=self._is_given_up or is_cut(self._provenance),
        )

    def read(self, find: Callable[[Superbox], Manifest], store: Superbox) -> None:
        """Find the manifest, and read what it says.

        It is whole if it has a claim, a signature, and every list of actions that the
        claim refers to.
        """
        with self._going_on():
            manifest = find(store)
            if manifest.is_compressed:
                raise GivenUp("a compressed manifest")
            self._read(manifest)

    def fill_from(self, other: _Draft) -> None:
        """Take what the other draft has read and this one has not."""
        ours, theirs = self._provenance, other._provenance
        self._provenance = Provenance(
            c2pa=True,
            generator=ours.generator or theirs.generator,
            actions=theirs.actions if ours.actions is None else ours.actions,
            digital_source_type=ours.digital_source_type or theirs.digital_source_type,
            signer=ours.signer or theirs.signer,
        )

    def _read(self, manifest: Manifest) -> None:
        claim = self._value(manifest.claim)
        lists = [box for box in manifest.assertions if is_actions(box.label)]
        listed = {label for label in assertions_of(claim) if is_actions(label)}
        is_listed = listed <= {box.label for box in lists}

        actions = self._actions(lists) if lists or (claim and not listed) else None
        self._provenance = Provenance(
            c2pa=True,
            generator=generator_of(claim),
            actions=actions,
            digital_source_type=created_as(actions or ()),
            signer=self._signer(manifest.signature),
        )
        has_boxes = bool(manifest.claim and manifest.signature)
        self.is_whole = has_boxes and is_listed and not self.needs

    def _actions(self, lists: list[Superbox]) -> tuple[Action, ...]:
        values = (self._value(box) for box in lists[:MAX_LISTS])
        every = (action for value in values for action in actions_of(value))
        actions = tuple(islice(every, MAX_ACTIONS))
        is_more = next(every, None) is not None or len(lists) > MAX_LISTS
        self._is_given_up |= is_more
        return actions

    def _signer(self, box: Superbox | None) -> Signer | None:
        signature = self._value(box)
        first = signature[0] if isinstance(signature, list) and signature else None
        protected: Cbor = None
        if isinstance(first, bytes) and first:
            with self._going_on():
                protected = decode_cbor(first)
        certificate = certificate_of(signature, protected)
        return signer_of(certificate) if certificate else None

    def _value(self, box: Superbox | None) -> Cbor:
        with self._going_on():
            return decode_cbor(self._boxes.cbor(box)) if box else None
        return None

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """Note what the ``with`` block misses or cannot read, and leave the block."""
        try:
            yield
        except MissingBytes as missing:
            self.needs.append(Extent(missing.first, missing.length))
        except GivenUp:
            self._is_given_up = True
        except Malformed as error:
            self._error = self._error or str(error)
