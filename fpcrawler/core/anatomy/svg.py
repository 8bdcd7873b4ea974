"""SVG: dimensions of the root element in pixels; RDF and a manifest in ``metadata``."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.draft import WINDOW, Draft
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import MetadataKind

# XML 1.0 section 3.1: the value of an attribute may have a > in it.
_ATTRIBUTES = rb"""(?:[^"'<>]|"[^"<]{0,4000}"|'[^'<]{0,4000}'){0,4000}+"""
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?svg\b" + _ATTRIBUTES, re.IGNORECASE)
_LENGTH = re.compile(
    rb"""\s(width|height)\s*=\s*["']\s*(\d{1,7})(?:\.\d{0,9})?(?:px)?\s*["']"""
)
_VIEW_BOX = re.compile(
    rb"""\sviewBox\s*=\s*["']\s*[-\d.]{1,20}[\s,]+[-\d.]{1,20}[\s,]+"""
    rb"""(\d{1,7})[\d.]{0,9}[\s,]+(\d{1,7})"""
)

_KINDS: frozenset[MetadataKind] = frozenset({"xmp", "provenance"})
_SEARCHED, _LONGEST = 65_536, 262_144
"""Bytes that are searched for ``metadata``; those in which it has to end."""

_LEAST_READ = 16_384
_AFTER_STORE = 1_024
"""Bytes to request for what follows a manifest in ``metadata``: mostly end tags."""

_MAX_ELEMENTS, _MAX_NOTED = 64, 4
"""How many ``metadata`` are looked at; how many may have RDF or a manifest."""

# A comment or a CDATA section may have anything in it.
_START = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|"
    rb"<(?P<prefix>[\w.-]{1,40}:)?metadata(?:\s" + _ATTRIBUTES + rb")?(?<!/)>",
    re.DOTALL,
)
_RDF = re.compile(rb"<(?:[\w.-]{1,40}:)?RDF[\s>]")
_STORE = re.compile(rb"<c2pa:manifest(?:\s[^<>]{0,500})?>\s{0,100}([\w+/]{8})")
_MANIFEST = re.compile(rb"<c2pa:manifest(?:\s[^<>]{0,500})?>([^<]*)")


def read(draft: Draft) -> None:
    """Take the dimensions from the root's width and height, else from its viewBox."""
    root = _ROOT.search(draft.file.at(0, WINDOW))
    if root is None:
        return
    lengths = {name: int(value) for name, value in _LENGTH.findall(root[0])}
    view = _VIEW_BOX.search(root[0])
    if len(lengths) == len({b"width", b"height"}):
        draft.width, draft.height = lengths[b"width"], lengths[b"height"]
    elif view:
        draft.width, draft.height = int(view[1]), int(view[2])
    _read_metadata(draft, root)


def _read_metadata(draft: Draft, root: re.Match[bytes]) -> None:
    """Note the ``metadata`` elements (SVG 2, section 5.9) in the first bytes.

    They may be anywhere, but most writers put one of them before the shapes. So the
    search ends with the bytes that are here once one has RDF or a manifest.
    """
    _, end = draft.file.spans[0]
    text = draft.file.at(0, min(end, _LONGEST))
    noted, at = 0, root.end()
    for _ in range(_MAX_ELEMENTS):
        start = _next_start(text, at)
        if start is None:
            if not noted and len(text) < draft.file.size:
                is_announced = b":rdf" in root[0]
                _need_more(draft, len(text), _SEARCHED if is_announced else 0)
            return
        at = text.find(b"</%smetadata" % (start["prefix"] or b""), start.end())
        if at < 0:
            _need_more(draft, len(text), _LONGEST, _end_of_store(text, start.end()))
            return
        if noted == _MAX_NOTED:
            break
        end = text.find(b">", at) + 1 or at
        noted += _note_element(draft, text, root, start.start(), end)
    draft.left_out |= _KINDS


def _end_of_store(text: bytes, first: int) -> int:
    """Return where a manifest store ends that is not all here; 0 if none begins.

    It begins with its length. Lines end as often as in what is here of it.
    """
    store = _STORE.search(text, first)
    if store is None:
        return 0
    length = int.from_bytes(binascii.a2b_base64(store[1])[:4], "big")
    held = len(text) - store.start(1)
    digits = max(len(text[store.start(1) :].translate(None, b" \t\r\n")), 1)
    return store.start(1) + -(-length // 3) * 4 * held // digits + _AFTER_STORE


def _next_start(text: bytes, at: int) -> re.Match[bytes] | None:
    found = _START.finditer(text, at)
    return next((each for each in found if not each[0].startswith(b"<!")), None)


def _need_more(draft: Draft, held: int, limit: int, end: int = 0) -> None:
    """Request the bytes up to ``end``, or some, unless ``limit`` is too near."""
    is_near = max(held, end - _AFTER_STORE) < min(limit, draft.file.size)
    if is_near and draft.sought & _KINDS:
        draft.need(held, min(max(held, _LEAST_READ, end - held), limit - held))
    else:
        draft.left_out |= _KINDS


def _note_element(
    draft: Draft, text: bytes, root: re.Match[bytes], start: int, end: int
) -> bool:
    """Note RDF, with the root's start tag for its namespaces, and a manifest store.

    Return whether there is one of them.
    """
    rest = [Extent(start, end - start)]
    if manifest := _MANIFEST.search(text, start, end):
        first, after = manifest.span(1)
        draft.add("provenance", [Extent(first, after - first)], ("base64",))
        rest = [Extent(start, first - start), Extent(after, end - after)]
    if not _RDF.search(text, start, end):
        return manifest is not None
    if text[root.end() : root.end() + 1] == b">":
        tag = Extent(root.start(), root.end() + 1 - root.start())
        draft.add("xmp", [tag, *rest], ("open-root",))
    else:
        draft.add("xmp", rest)
    return True
