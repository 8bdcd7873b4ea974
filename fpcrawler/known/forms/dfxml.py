"""DFXML: the digests of ``fileobject`` elements, in any namespace.

https://github.com/dfxml-working-group/dfxml_schema: ``hashdigest`` has the kind as its
``type``; those in a ``byte_run`` are of a part of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from lxml import etree

from fpcrawler.errors import BadInput
from fpcrawler.known.columns import kind_of_type
from fpcrawler.known.rows import Head, Layout, ListFile
from fpcrawler.known.streaming import Entry, hex_of, streamed

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import DigestKind

_START = re.compile(
    r"\s*(?:(?><\?.*?\?>|<!--.*?-->|<![^>\[]*(?:\[.*?\]\s*)?>)\s*+)*+"
    r"<(?:\w+:)?(?:dfxml|fileobject|fiwalk|ewfinfo)\b",
    re.DOTALL,
)


def _layout(head: Head) -> Layout | None:
    return Layout() if _START.match(head.text) else None


def _entries(text: TextIO, known: ListFile) -> Iterator[Entry]:
    # Entities are not resolved and nothing is loaded from elsewhere.
    elements = etree.iterparse(
        text.buffer,
        events=("end",),
        tag="{*}fileobject",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
    )
    try:
        for row, (_, found) in enumerate(elements, start=1):
            yield _entry(row, found)
            _forget(found)
    except etree.XMLSyntaxError as error:
        raise BadInput(
            f"known list {known.path} is not complete XML (line {error.lineno}); "
            "correct it."
        ) from error


def _entry(row: int, found: etree._Element) -> Entry:
    digests: dict[DigestKind, str] = {}
    for each in found.iterfind("{*}hashdigest"):
        kind = kind_of_type(each.get("type", ""))
        if kind is not None and each.text:
            digests[kind] = hex_of(kind, each.text)
    return Entry(
        row,
        digests,
        size=found.findtext("{*}filesize"),
        name=found.findtext("{*}filename"),
    )


def _forget(found: etree._Element) -> None:
    """Free an element and those before it."""
    found.clear()
    while found.getprevious() is not None:
        parent = found.getparent()
        if parent is None:
            return
        del parent[0]


FORM = streamed("DFXML", _layout, _entries)
